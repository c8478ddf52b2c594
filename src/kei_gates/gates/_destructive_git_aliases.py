"""What an alias of git stands for, as the command line or git's configuration says.

Source: git-config(1), `alias.*` and SYNTAX. Included files are not read.
"""

from __future__ import annotations

from kei_gates.gates._git_line import read_git

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.gates._git_line import GitLine
    from kei_gates.model import Event

_PREFIX = "alias."
_SECTION = "[alias]"
_OF_USER = (".gitconfig", ".config/git/config")
_ENDS = frozenset(";&|\n")


def spelled_out(line: GitLine, event: Event) -> GitLine | None:
    """Give the command line that an alias stands for; none where it is not known."""
    name = (line.verb or "").casefold()
    for key, value in _aliases(line, event):
        if key == name:
            words = _words(value)
            if words is None:
                return None
            found = read_git(["git", *words, *line.words])
            found.options.extend(line.options)
            return found
    return None


def _words(value: str) -> Sequence[str] | None:
    """Give the words of an alias behind `git`; of one for a shell, those of its first command."""
    if not value.startswith("!"):
        return [word.strip("'\"") for word in value.split()]
    text = value[1:].strip()
    end = next((at for at, char in enumerate(text) if char in _ENDS), len(text))
    words = text[:end].split()
    return words[1:] if words[:1] == ["git"] else None


def _aliases(line: GitLine, event: Event) -> Iterator[tuple[str, str]]:
    """Give each alias by its name in small letters, those that count most first."""
    for option, value in reversed(line.options):
        key, equals, meant = (value or "").partition("=")
        if option == "-c" and equals and key.casefold().startswith(_PREFIX):
            yield key[len(_PREFIX) :].casefold(), meant
    for invocation in event.analysis.invocations:
        words = [word or "" for word in invocation.argv]
        for key, meant in zip(words[1:], words[2:], strict=False):  # noqa: RUF007 -- no `itertools` here
            if invocation.program == "git" and key.casefold().startswith(_PREFIX):
                yield key[len(_PREFIX) :].casefold(), meant
    for path in _files(event):
        found = event.look(path)
        if found.kind == "text":
            yield from _in_file(found.text)


def _files(event: Event) -> Iterator[str]:
    """Give the files of configuration: of the project's repository, and of the user."""
    link = event.look(f"{event.places.project}/.git")
    folder = f"{event.places.project}/.git"
    if link.kind == "text":
        folder = link.text.removeprefix("gitdir:").strip().partition("/worktrees/")[0]
    yield f"{folder}/config"
    yield from (f"{event.places.home}/{name}" for name in _OF_USER)


def _in_file(text: str) -> Iterator[tuple[str, str]]:
    inside = False
    for written in text.split("\n"):
        line = written.strip()
        if line.startswith("["):
            inside = line.casefold().startswith(_SECTION)
        elif inside:
            key, equals, value = line.partition("=")
            if equals and line[:1] not in "#;":
                yield key.strip().casefold(), value.strip().strip('"').replace('\\"', '"')
