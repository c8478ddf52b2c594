"""What a source started by itself, under a name of its own, and may therefore end.

`docker run --name x IMAGE; ...; docker rm -f x` ends nobody's work but its own. The name must stand
in the source before it is ended, and nothing else may be ended with it.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.gates._kill_table import Found
    from kei_gates.model import Event, Invocation, Origin
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options

_ENGINES = frozenset(("docker", "podman", "nerdctl"))
_COMPOSERS = frozenset(("docker-compose", "podman-compose"))
_CLUSTERS = frozenset(("kubectl", "kubecolor", "oc"))
# What ends a thing that has a name: by the first words of the command.
_ENDING = frozenset(("kill", "remove", "restart", "rm", "stop", "pause"))
# What is made with its name as the first operand.
_MADE_BY_NAME = frozenset(("network", "volume", "pod"))
_PROJECT = Grammar(
    "fpc", "file project-name profile env-file project-directory parallel progress ansi context"
)
_PROJECT_ENDS = frozenset(("down", "kill", "rm", "stop", "restart", "pause"))
_MOST_EARLIER = 64


def made_before(found: Found, invocation: Invocation, event: Event) -> bool:
    """Say whether a command ends nothing but what the source made before it."""
    before = earlier(invocation, event)
    name = invocation.program
    if name in _CLUSTERS:
        return _resources(found, before)
    if name in _COMPOSERS or "compose" in invocation.argv:
        return _project(invocation, before)
    return name in _ENGINES and _containers(found, invocation, before)


def unit_made_before(found: Found, invocation: Invocation, event: Event) -> bool:
    """Say whether units are stopped that the source made before with `systemd-run --unit`."""
    made = {
        (read(one.argv, _RUNNING, permute=False).value("u", "unit") or "").removesuffix(".service")
        for one in earlier(invocation, event)
        if one.program == "systemd-run"
    } - {""}
    units = [(word or "").removesuffix(".service") for word in found.operands]
    return bool(units) and found.path[0] in ("stop", "kill", "restart") and made >= set(units)


_RUNNING = Grammar(
    "uMHpE",
    "unit property description slice host machine uid gid nice working-directory setenv "
    "on-active on-boot on-calendar timer-property path-property socket-property service-type",
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


def _containers(found: Found, invocation: Invocation, before: list[Invocation]) -> bool:
    if found.path[-1] not in _ENDING or not found.operands or found.given.has("all", "a"):
        return False
    kind = found.path[0] if found.path[0] in _MADE_BY_NAME else "container"
    engine = invocation.program
    names = {
        name
        for one in before
        if one.program == engine
        for name in _made(one.argv, kind)
        if name is not None
    }
    origins = dict(invocation.origins)
    unknown = [origins.get(at, ()) for at, word in enumerate(invocation.argv) if word is None]
    known = [word for word in found.operands if word is not None]
    return all(word in names for word in known) and all(
        sources and all(_starts_one(source, engine) for source in sources) for sources in unknown
    )


def _made(argv: tuple[Field, ...], kind: str) -> Iterator[Field]:
    """Give the names of what a command makes."""
    words = _behind(argv, kind)
    if not words:
        return
    if kind == "container" and words[0] in ("run", "create"):
        yield _run(words).value("name")
    elif kind != "container" and words[0] == "create":
        found = read(words, Grammar("do", "driver opt label subnet gateway name"), permute=True)
        yield from (*found.operands[-1:], found.value("name"))


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
    if origin.kind != "output" or words[:1] != [engine]:
        return False
    behind = _behind(origin.words, "container")
    return behind[:1] == ["create"] or (
        behind[:1] == ["run"] and _run(behind).has_exactly("d", "detach")
    )


# --- compose projects -------------------------------------------------------------------------


def _project(invocation: Invocation, before: list[Invocation]) -> bool:
    """Whether a project of a known name was brought up before, by the same name."""
    name, verb = _named_project(invocation)
    if name is None or verb not in _PROJECT_ENDS:
        return False
    return any(_named_project(one) == (name, started) for one in before for started in _STARTS)


_STARTS = ("up", "run", "create")


def _named_project(invocation: Invocation) -> tuple[Field, Field]:
    """Give the name of the project that a command names, and its verb; none where it has none."""
    words = list(invocation.argv)
    if invocation.program in _ENGINES:
        words = words[1:]
        if words[:1] != ["compose"]:
            return None, None
    elif invocation.program not in _COMPOSERS:
        return None, None
    found = read(words, _PROJECT, permute=False)
    return found.value("p", "project-name"), next(iter(words[found.at :]), None)


# --- kubernetes -------------------------------------------------------------------------------

_CREATING = Grammar("nf", "namespace image context restart env port labels filename output")
_KINDS = {"namespaces": "namespace", "ns": "namespace", "pods": "pod", "po": "pod"}


def _resources(found: Found, before: list[Invocation]) -> bool:
    """Whether a pod or a namespace is deleted that was made before by its name."""
    if (
        found.path != ["delete"]
        or None in found.operands
        or found.given.has("all", "l", "selector")
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
    if (found.value("n", "namespace"), found.value("context")) != place:
        return
    words = [word or "" for word in found.operands]
    if words[:1] == ["run"] and len(words) > 1:
        yield "pod", words[1]
    elif words[:1] == ["create"] and len(words) > 2:  # noqa: PLR2004 -- verb, kind and name
        yield _KINDS.get(words[1], words[1]), words[2]
