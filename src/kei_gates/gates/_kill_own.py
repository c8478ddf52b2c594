"""What a session started by itself, under a name of its own, and may therefore end.

`docker run --name x IMAGE && { ...; docker rm -f x; }` ends nobody's work but its own. What made it
must have succeeded before (see `_kill_proofs`), in the source or in an earlier call of the session,
and nothing else may be ended with it. A training, or what uses a graphics card, is somebody's work
whoever has started it.
"""

from __future__ import annotations

from kei_gates.gates._trainings import looks_like_training
from kei_gates.model import Fault
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.gates._kill_table import Found
    from kei_gates.model import Event, Invocation
    from kei_gates.particulars import Origin, Past
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options

_ENGINES = frozenset(("docker", "podman", "nerdctl"))
_CLUSTERS = frozenset(("kubectl", "kubecolor", "oc"))
# What ends a thing that has a name: by the first words of the command.
_ENDING = frozenset(("kill", "remove", "restart", "rm", "stop", "pause"))
# What is made with its name as the first operand.
_MADE_BY_NAME = frozenset(("network", "volume", "pod"))
# Ways to make a thing that do not fail where one of that name is there already.
_TOLERANT = ("dry-run", "help", "ignore", "replace", "save-config")
# What sends the same command elsewhere, or makes a name stand for another thing.
_MOVING = (
    "DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST", "CONTAINER_CONNECTION", "KUBECONFIG",
    "context use", "use-context", "set-context", "kubens", "kubectx", " rename",
)  # fmt: skip
_CARDS = ("--gpus", "nvidia", "--device=/dev/dri")
_MOST_EARLIER = 64
_RECENT = 3600.0
"""Seconds for which what an earlier call made is nobody's long work."""


def made_before(found: Found, invocation: Invocation, event: Event) -> bool:
    """Say whether a command ends nothing but what the session made before it."""
    name = invocation.program
    if name in _CLUSTERS:
        return _resources(found, makers(invocation, event))
    if "compose" in invocation.argv or name not in _ENGINES:
        from kei_gates.gates._kill_composed import made  # noqa: PLC0415 -- only for compose

        return made(invocation, event)
    return _containers(found, invocation, event)


def unit_made_before(found: Found, invocation: Invocation, event: Event) -> bool:
    """Say whether units are stopped that the session made before with `systemd-run --unit`."""
    made = {
        (read(one.argv, _RUNNING, permute=False).value("u", "unit") or "").removesuffix(".service")
        for one in makers(invocation, event, "systemd-run")
    } - {""}
    units = [(word or "").removesuffix(".service") for word in found.operands]
    return bool(units) and found.path[0] in ("stop", "kill", "restart") and made >= set(units)


_RUNNING = Grammar(
    "uMHpE",
    "unit property description slice host machine uid gid nice working-directory setenv "
    "on-active on-boot on-calendar timer-property path-property socket-property service-type",
)


def makers(invocation: Invocation, event: Event, program: str = "") -> list[Invocation]:
    """Give the commands of a program that have surely succeeded before one, on the same machine.

    They stand in the same source, or in an earlier call of the last hour. Without `program`, that
    of the command itself is meant.
    """
    from kei_gates.gates._kill_proofs import surely_before  # noqa: PLC0415 -- it loads the parser

    program = program or invocation.program
    source = event.call.command or ""
    found = [
        one
        for one in earlier(invocation, event)
        if one.program == program and surely_before(one, invocation, source)
    ]
    sources = [source]
    if not _place(invocation):
        for past in recent(event, program):
            sources.append(past.command)
            found += _makers_in(past, program)
    if any(mark in text for mark in _MOVING for text in sources):
        return []
    return [one for one in found if not _is_work(one.argv)]


def recent(event: Event, mark: str) -> list[Past]:
    """Give the shell calls of the last hour in which a text stands, oldest first."""
    try:
        history = event.facts.history()
    except Fault:
        return []
    return [
        past
        for past in history
        if mark in past.command and 0 <= event.facts.now - past.at <= _RECENT
    ]


def has_ended_well(past: Past) -> bool:
    """Say whether a call has ended, and did not fail."""
    output = past.output
    in_background = past.given.get("run_in_background") is True
    return not (past.failed or output is None or in_background or "background" in output)


def _makers_in(past: Past, program: str) -> list[Invocation]:
    """Give the commands of a program that have surely succeeded in an earlier call."""
    from kei_gates.gates._kill_proofs import surely_succeeded  # noqa: PLC0415 -- the same

    if not has_ended_well(past):
        return []
    return [
        one
        for one in past.analyse().invocations[:_MOST_EARLIER]
        if one.program == program and not _place(one) and surely_succeeded(one, past.command)
    ]


def _is_work(argv: tuple[Field, ...]) -> bool:
    """Whether what a command makes is a training, or uses a graphics card."""
    words = [word or "" for word in argv]
    return (
        looks_like_training(argv)
        or any(looks_like_training((f"./{word}",)) for word in words if word[:1].isalnum())
        or any(card in word for card in _CARDS for word in words)
    )


def earlier(invocation: Invocation, event: Event) -> list[Invocation]:
    """Give the commands before one that run on the same machine."""
    found = []
    for one in event.analysis.invocations[:_MOST_EARLIER]:
        if one is invocation:
            break
        found.append(one)
    return [one for one in found if _place(one) == _place(invocation)]


def _place(invocation: Invocation) -> list[str]:
    """Give the wrappers that lead elsewhere: to another machine, or into a container."""
    return [name for name in invocation.via if name in ("ssh", "docker", "podman", "kubectl")]


# --- containers -------------------------------------------------------------------------------


def _containers(found: Found, invocation: Invocation, event: Event) -> bool:
    if found.path[-1] not in _ENDING or not found.operands or found.given.has("all", "a"):
        return False
    if invocation.argv[1] != found.path[0]:  # of another machine
        return False
    kind = found.path[0] if found.path[0] in _MADE_BY_NAME else "container"
    engine = invocation.program
    names = {
        name
        for one in makers(invocation, event)
        for name in _made(one.argv, kind, engine)
        if name is not None
    }
    origins = dict(invocation.origins)
    unknown = [origins.get(at, ()) for at, word in enumerate(invocation.argv) if word is None]
    known = [word for word in found.operands if word is not None]
    return all(word in names for word in known) and all(
        sources and all(_starts_one(source, engine) for source in sources) for sources in unknown
    )


def _made(argv: tuple[Field, ...], kind: str, engine: str) -> Iterator[Field]:
    """Give the names of what a command makes, and none where it may have been there before."""
    words = _behind(argv, kind)
    if not words:
        return
    if kind == "container" and words[0] in ("run", "create"):
        found = _run(words)
        if found.operands and not found.has_exactly(*_TOLERANT):
            yield found.value("name")
    elif kind != "container" and words[0] == "create":
        found = read(words, Grammar("do", "driver opt label subnet gateway name"), permute=True)
        tolerant = found.has_exactly(*_TOLERANT) or (kind == "volume" and engine != "podman")
        yield from () if tolerant else (*found.operands[-1:], found.value("name"))


def _behind(argv: tuple[Field, ...], kind: str) -> list[Field]:
    """Give a command's words from its verb on."""
    words = list(argv[1:])
    if words[:1] == [kind]:
        return words[1:]
    return words if kind == "container" else []


def _run(words: list[Field]) -> Options:
    from kei_gates.shell.wrappers_containers import CONTAINERS  # noqa: PLC0415 -- only where asked

    way = CONTAINERS["docker"].ways["run"]  # type: ignore[union-attr]
    return read(words, way.grammar, permute=False)


def _starts_one(origin: Origin, engine: str) -> bool:
    """Whether a word is what starting a container prints: its id."""
    words = [word for word in origin.words if word is not None]
    if origin.kind != "output" or words[:1] != [engine] or _is_work(origin.words):
        return False
    behind = _behind(origin.words, "container")
    return behind[:1] == ["create"] or (
        behind[:1] == ["run"] and _run(behind).has_exactly("d", "detach")
    )


# --- kubernetes -------------------------------------------------------------------------------

_CREATING = Grammar("nf", "namespace image context restart env port labels filename output")
_OTHER_CLUSTER = ("cluster", "kubeconfig", "s", "server", "user")
_KINDS = {"namespaces": "namespace", "ns": "namespace", "pods": "pod", "po": "pod"}


def _resources(found: Found, before: list[Invocation]) -> bool:
    """Whether a pod or a namespace is deleted that was made before by its name."""
    if (
        found.path != ["delete"]
        or None in found.operands
        or found.given.has_exactly("all", "l", "selector", *_OTHER_CLUSTER)
    ):
        return False
    words = [word or "" for word in found.operands]
    kind, slash, name = words[0].partition("/") if words else ("", "", "")
    wanted = {(_KINDS.get(kind, kind), each) for each in ([name] if slash else words[1:])}
    if (slash and len(words) > 1) or not wanted:
        return False
    place = found.given.value("n", "namespace"), found.given.value("context")
    made = {item for one in before for item in _created(one, place)}
    return wanted <= made


def _created(invocation: Invocation, place: tuple[Field, Field]) -> Iterator[tuple[str, str]]:
    """Give the kind and name of what a command creates in a namespace."""
    if invocation.program not in _CLUSTERS:
        return
    found = read(invocation.argv, _CREATING, permute=True)
    here = found.value("n", "namespace"), found.value("context")
    if here != place or found.has_exactly(*_TOLERANT, *_OTHER_CLUSTER):
        return
    words = [word or "" for word in found.operands]
    if words[:1] == ["run"] and len(words) > 1:
        yield "pod", words[1]
    elif words[:1] == ["create"] and len(words) > 2:  # noqa: PLR2004 -- verb, kind and name
        yield _KINDS.get(words[1], words[1]), words[2]
