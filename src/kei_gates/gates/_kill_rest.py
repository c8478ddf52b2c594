"""Requests to the services that run compute, by curl, wget, HTTPie, grpcurl and PowerShell.

What reads passes (GET, HEAD, a GraphQL query). Of hosts whose every other request manages compute,
all else is taken for the worst; of hosts that also answer calls, only what is named for an end:
DELETE, or a path with `stop`, `cancel` and the like. Sources: the API references of the services,
as of 2025; curl(1) 8.10, wget(1) 1.24, HTTPie 3.2.
"""

from __future__ import annotations

from kei_gates.gates._argv_patterns import is_like
from kei_gates.gates._killing import Killing, called
from kei_gates.gates._wording import shorten
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from kei_gates.model import Event, Invocation
    from kei_gates.shell.expand import Field

    # The method, the addresses, and the text that is sent, none for one that is not known.
    Request: TypeAlias = tuple[str, list[Field], Field]

# They manage what runs: every request that is no read counts.
_MANAGING = (
    "api.modal.com", "*.api.modal.com", "api.runpod.io", "rest.runpod.io", "console.vast.ai",
    "cloud.vast.ai", "cloud.lambda.ai", "cloud.lambdalabs.com", "api.paperspace.com",
    "api.paperspace.io", "api.primeintellect.ai", "rest.compute.cudo.org",
    "infrahub-api.nexgencloud.com", "backboard.railway.app", "backboard.railway.com",
    "backendprod.jarvislabs.net", "dashboard.tensordock.com", "marketplace.tensordock.com",
    "api.crusoecloud.com", "api.fluidstack.io", "api.thundercompute.com",
)  # fmt: skip
# They also answer calls: only what is named for an end counts.
_CALLED = (
    "*.modal.run", "queue.fal.run", "fal.run", "rest.alpha.fal.ai", "api.fal.ai",
    "api.replicate.com", "api.together.xyz", "api.together.ai", "huggingface.co",
    "api.endpoints.huggingface.cloud", "app.beam.cloud", "api.beam.cloud", "rest.cerebrium.ai",
    "api.baseten.co", "*.api.baseten.co", "api.ngc.nvidia.com", "api.anyscale.com",
    "api.machines.dev", "api.fly.io", "api.heroku.com", "api.vercel.com", "api.render.com",
    "api.digitalocean.com", "api.hetzner.cloud", "api.linode.com", "api.vultr.com",
    "management.azure.com", "*.googleapis.com", "*.amazonaws.com", "*.cloud.databricks.com",
    "*.azuredatabricks.net", "api.runpod.ai", "api.wandb.ai", "api.scaleway.com",
)  # fmt: skip
# They also keep much that is no compute: there, a DELETE alone says nothing.
_MIXED = ("api.github.com", "gitlab.com", "api.openai.com", "api.cloudflare.com")
# Services of one's own machines, by their ports: Docker, Kubernetes, Ray, Jupyter, Nomad.
_PORTS = (":2375", ":2376", ":6443", ":8001", ":8265", ":8888", ":4646")
_SOCKETS = ("docker.sock", "podman.sock", "containerd.sock", "crio.sock", "snapd.socket")
HOSTS = (*_MANAGING, *_CALLED, *_MIXED)
"""The services, by patterns of their hosts."""
_ENDING = (
    "abort", "cancel", "deallocate", "delete", "destroy", "down", "drain", "force-cancel", "halt",
    "hibernate", "kill", "pause", "poweroff", "power-off", "preempt", "prune", "reboot", "reset",
    "restart", "scale-to-zero", "shutdown", "stop", "suspend", "terminate",
)  # fmt: skip
_READS = frozenset(("GET", "HEAD", "OPTIONS"))
_INSTEAD = (
    "read with GET, use the service's own command line, or report what should be stopped and why"
)
# Storage: what is deleted there is no running work.
_STORED = ("s3.", "storage.")

_CURL = Grammar(
    "AbcCdDeEFHKmoPQrtTuUwxXyYz",
    "request data data-ascii data-binary data-raw data-urlencode form form-string header json "
    "upload-file url url-query user user-agent output cookie cookie-jar proxy max-time "
    "connect-timeout retry retry-delay retry-max-time unix-socket abstract-unix-socket resolve "
    "cacert cert key write-out config referer range interface limit-rate connect-to dump-header "
    "oauth2-bearer aws-sigv4 stderr trace trace-ascii ciphers tls-max cert-type key-type capath "
    "noproxy netrc-file proto max-redirs output-dir variable",
)
_WGET = Grammar(
    "aAbBDeiIloOPQRtTUwX",
    "method body-data body-file post-data post-file header output-document user password timeout "
    "tries output-file user-agent referer load-cookies directory-prefix",
)
_HTTPIE = Grammar(
    "aAopsf",
    "auth auth-type output print style session session-read-only proxy timeout cert cert-key "
    "verify raw format-options pretty boundary path-as-is max-redirects check-status",
)
_POWERSHELL = Grammar(
    long="method uri body headers contenttype outfile infile authentication credential token",
    single_dash=True,
)
_GRPC = Grammar(
    long="authority cacert cert connect-timeout d H import-path keepalive-time key max-msg-sz "
    "max-time proto protoset reflect-header rpc-header servername user-agent",
    single_dash=True,
)
_READING = ("Get", "History", "List", "Lookup", "Logs", "Stats")
_POSTING = (
    "d", "data", "data-ascii", "data-binary", "data-raw", "data-urlencode", "F", "form",
    "form-string", "json",
)  # fmt: skip


def _curl(words: Sequence[Field]) -> tuple[Request, Field]:
    found = read(words, _CURL, permute=True)
    method = "POST" if found.has_exactly(*_POSTING) else "GET"
    if found.has_exactly("T", "upload-file"):
        method = "PUT"
    if found.has_exactly("G", "get"):
        method = "GET"
    if found.has_exactly("X", "request"):
        method = found.value("X", "request") or "?"
    sent = found.values(*_POSTING)
    in_file = any(one is None or "@" in one[:1] for one in sent)  # or from a pipe: `@-`
    text = None if in_file else " ".join(str(one) for one in sent)
    urls = [*found.operands, *found.values("url")]
    return (method.upper(), urls, text), found.value("unix-socket", "abstract-unix-socket")


def _wget(words: Sequence[Field]) -> Request:
    found = read(words, _WGET, permute=True)
    posts = found.has_exactly("post-data", "post-file", "body-data", "body-file")
    method = found.value("method") if found.has_exactly("method") else "POST" if posts else "GET"
    return (method or "?").upper(), found.operands, found.value("post-data", "body-data")


def _httpie(words: Sequence[Field]) -> Request:
    found = read(words, _HTTPIE, permute=True)
    operands = found.operands
    first = operands[0] if operands else ""
    if first is not None and first.isalpha() and len(operands) > 1:
        return first.upper(), operands[1:2], None
    sends = found.has_exactly("raw") or any(
        word is None or ("=" in word and "==" not in word) for word in operands[1:]
    )
    return "POST" if sends else "GET", operands[:1], None


def _grpc(words: Sequence[Field]) -> Request:
    found = read(words, _GRPC, permute=False)
    host, *rest = found.operands or [None]
    called = rest[0] if rest else "list"
    reads = called in ("describe", "list") or _is_read(called)
    address = None if host is None else f"https://{host}/{called or '...'}"
    return "GET" if reads else "POST", [address], None


def _is_read(method: Field) -> bool:
    """Whether a method of a service is named for a read: `modal.client.ModalClient/AppList`."""
    return method is not None and method.endswith(_READING)


def _powershell(words: Sequence[Field]) -> Request:
    found = read([word and word.casefold() for word in words], _POWERSHELL, permute=True)
    given = found.has("method")
    method = (found.value("method") or "?") if given else "GET"
    return method.upper(), [*found.operands, *found.values("uri")], found.value("body")


def objection(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a request ends, or may end."""
    name = called(invocation)
    if name in _RAW:
        return _raw(invocation, event)
    if name.startswith("curl"):
        request, socket = _curl(invocation.argv)
        return _configured(invocation, event) or _sent(request, socket, invocation, event)
    reads = _wget if name.startswith("wget") else _httpie if name.startswith(_HTTPIES) else None
    reads = _grpc if name == "grpcurl" else reads or _powershell
    return _sent(reads(invocation.argv), "", invocation, event)


_HTTPIES = ("http", "xh")


def _sent(request: Request, socket: Field, invocation: Invocation, event: Event) -> Killing | None:
    method, addresses, text = request
    if method in _READS:
        return None
    managed = any(name in (socket or "") for name in _SOCKETS)
    for address in addresses:
        known = address if address is not None else _spelled(event.source(invocation.span))
        if managed and _named_for_an_end(method, known):
            return _killing(method, f"{socket} {known}", invocation)
        if counts(method, known, text):
            return _killing(method, known, invocation)
    return None


# What `gh api` and `glab api` send a request with.
_FORGE = Grammar(
    "XHfFqtp", "method header field raw-field input jq template preview hostname cache"
)


def of_forge(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a request to a forge ends: `gh api -X POST .../runs/1/cancel`."""
    found = read(invocation.argv[1:], _FORGE, permute=True)
    sends = found.has_exactly("f", "F", "field", "raw-field", "input")
    given = found.has_exactly("X", "method")
    method = (found.value("X", "method") or "?").upper() if given else "POST" if sends else "GET"
    path = next(iter(found.operands), "") or event.source(invocation.span)
    if method in _READS or not _named_for_an_end("", f"forge/{path}"):
        return None
    return _killing(method, path, invocation)


# Programs that send what they read: there is no request in their words.
_RAW = frozenset(("nc", "ncat", "netcat", "openssl", "socat"))


def _raw(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a request that is written out ends, as a program sends it that knows none."""
    source = event.call.command or ""
    words = " ".join(word or "" for word in invocation.argv[1:])
    method = next(
        (name for name in ("DELETE", "POST", "PUT", "PATCH") if f"{name} /" in source), ""
    )
    ports = words.replace(" ", ":")
    known = [name for name in (*_SOCKETS, *_PORTS) if ports.endswith(name) or f"{name}:" in ports]
    known += [host for host in _MANAGING if host.removeprefix("*.") in words]
    if not method or not known:
        return None
    path = source.partition(f"{method} ")[2].split()[0]
    return _killing(method, f"{known[0]} {path}", invocation)


def _configured(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a request ends of which a file tells: `curl -K FILE`."""
    found = read(invocation.argv, _CURL, permute=True)
    for path in found.values("K", "config"):
        text = event.call.command or ""
        if path not in (None, "-"):
            text = event.look(path if path[:1] == "/" else f"{event.call.cwd}/{path}").text
        address = _spelled(text.replace("\n", " "))
        if address and counts("?", address, None):
            return _killing("...", address, invocation)
    return None


def _killing(method: str, address: str, invocation: Invocation) -> Killing:
    target = f"{method} {address}"
    reason = f"`{shorten(str(invocation))}` may stop what runs there"
    # What is sent says what is stopped: dots keep a person's word to this very request.
    return Killing(f"what `{target}` names ...", reason, _INSTEAD)


def _spelled(source: str) -> str:
    """Give the address of a known host in a source where the words are not known."""
    hosts = [host.lstrip("*") for host in HOSTS if host.lstrip("*") in source]
    at = min((source.find(host) for host in hosts), default=-1)
    if at < 0:
        return ""
    start = max(source.rfind(sign, 0, at) for sign in "\"' \t/=") + 1
    return source[start:].partition('"')[0].partition("'")[0].partition(" ")[0]


def counts(method: str, address: str, text: Field) -> bool:
    """Whether a request manages compute, or ends something there."""
    host, path = _split(address)
    if host.startswith(_STORED):
        return False
    if any(is_like(known, host.partition(":")[0]) for known in _MANAGING):
        query = path.endswith("graphql") and text is not None and "mutation" not in text
        return not (query and text)
    if host in _MIXED:
        return _named_for_an_end("", address)
    called = any(is_like(known, host.partition(":")[0]) for known in _CALLED)
    return (called or host.endswith(_PORTS)) and _named_for_an_end(method, address)


def _split(address: str) -> tuple[str, str]:
    rest = address.partition("://")[2] or address
    host, _, path = rest.partition("/")
    return host.rpartition("@")[2].casefold(), path


def _named_for_an_end(method: str, address: str) -> bool:
    path = _split(address)[1].casefold()
    words = path.replace("?", "/").replace("&", "/").replace(":", "/").replace("_", "-").split("/")
    return method in ("DELETE", "?") or any(
        word in _ENDING or word.partition("-")[0] in _ENDING for word in words
    )
