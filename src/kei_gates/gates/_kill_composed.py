"""Projects of compose that the session itself has made, and may therefore end.

`docker compose up` does not fail where a project of that name runs already, so only what it printed
in an earlier call tells: it makes the project's network where there was none. Sources: docker
compose 2.29, `pkg/progress`; the Compose specification, "Project name" and "Networks".
"""

from __future__ import annotations

from kei_gates.gates._kill_own import has_ended_well, recent
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event, Invocation
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options

_ENGINES = frozenset(("docker", "podman", "nerdctl"))
_COMPOSERS = frozenset(("docker-compose", "podman-compose"))
_PROJECT = Grammar(
    "fpc", "file project-name profile env-file project-directory parallel progress ansi context"
)
_ENDS = frozenset(("down", "kill", "rm", "stop", "restart", "pause"))
_FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
# What sends it elsewhere, or gives the project another name.
_MOVING = ("DOCKER_HOST", "DOCKER_CONTEXT", "COMPOSE_", "context use")
# What in a project's file tells of work that somebody waits for.
_WORK = ("nvidia", "gpu", "train")


def made(invocation: Invocation, event: Event) -> bool:
    """Say whether a command ends a project that an earlier call of the session has made."""
    found = _read(invocation)
    verb = found.operands[:1]
    if not verb or verb[0] not in _ENDS:
        return False
    if found.has_exactly("context", "c", "project-directory", "env-file", "profile"):
        return False
    project = _project(found, event)
    if project is None or any(mark in (event.call.command or "") for mark in _MOVING):
        return False
    wants = ["Network"]
    if any(word in ("-v", "--volumes") for word in invocation.argv):
        wants.append("Volume")
    if any((word or "").startswith("--rmi") for word in invocation.argv):
        return False
    pasts = recent(event, "compose")
    if any(mark in past.command for mark in _MOVING for past in pasts):
        return False
    return any(
        has_ended_well(past)
        and len(past.analyse().invocations) == 1
        and _starts(past.analyse().invocations[0], found)
        and all(_created(past.output or "", what, project) for what in wants)
        for past in pasts
    )


def _starts(invocation: Invocation, ended: Options) -> bool:
    found = _read(invocation)
    return found.operands[:1] == ["up"] and _place(found) == _place(ended)


def _place(found: Options) -> tuple[list[Field], list[Field]]:
    return found.values("p", "project-name"), found.values("f", "file")


def _read(invocation: Invocation) -> Options:
    """Read the words of compose; without a verb where it is another command."""
    words = list(invocation.argv)
    if invocation.program in _ENGINES and words[1:2] == ["compose"]:
        words = words[1:]
    elif invocation.program not in _COMPOSERS:
        words = words[:1]
    return read(words, _PROJECT, permute=False)


def _project(found: Options, event: Event) -> str | None:
    """Give the name of the project of a command; none where a file may give it another one."""
    paths = found.values("f", "file") or _FILES
    folder = event.call.cwd
    texts = []
    for path in (*paths, ".env"):
        if path is None:
            return None
        fact = event.look(path if path.startswith("/") else f"{folder}/{path}")
        if fact.kind not in ("missing", "text"):
            return None
        texts.append(fact.text)
    if any(mark in text.casefold() for mark in _WORK for text in texts[:-1]):
        return None
    given = found.values("p", "project-name")
    if given:
        return given[-1]
    named = any(line.startswith("name") for text in texts for line in text.split("\n"))
    if named or "COMPOSE_PROJECT_NAME" in texts[-1] or found.values("f", "file"):
        return None
    name = folder.rstrip("/").rpartition("/")[2].casefold()
    return "".join(char for char in name if char.isalnum() or char in "-_") or None


def _created(output: str, what: str, project: str) -> bool:
    """Whether the lines of a start tell that something of a project was made: `Network x_y`."""
    return any(
        words[:1] == [what] and words[1].startswith(f"{project}_") and "Created" in words[2:]
        for words in map(_words, output.split("\n"))
    )


def _words(line: str) -> list[str]:
    """Give the words of a line without what stands before them: ` ✔ Network x_default  Created`."""
    words = line.replace('"', " ").split()
    start = 0 if words and words[0][:1].isascii() else 1
    return [*words[start:], "", ""]
