"""Globs that name a program: looked up where the files are."""

from __future__ import annotations

from kei_gates.shell.ast import Parameter, Word
from kei_gates.shell.expand import Pattern
from kei_gates.shell.findings import absolute_patterns
from kei_gates.shell.parameters import is_from_outside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State

_MOST = 8


def looked_up(
    ev: Evaluator, words: Sequence[Word], ways: list[list[Field]], state: State
) -> list[list[Field]]:
    """Give the words of a command that begins with a glob, as the glob matches files."""
    first = words[0].plain or ""
    if ev.zsh and first.startswith("=") and first[1:].replace("-", "").isalnum():
        # In zsh, `=git` is where git lies.
        return [[ev.facts.which(first[1:]) or first[1:], *way[1:]] for way in ways]
    name = _behind_variable(words[0], state)
    if name:
        return [[name, *way[1:]] for way in ways]
    spelled = ev.with_patterns(words, state)
    pattern = spelled[0] if spelled else None
    if not isinstance(pattern, Pattern):
        return ways
    found: list[list[Field]] = []
    rest: list[Field] = [None if isinstance(word, Pattern) else word for word in spelled[1:]]
    for absolute in absolute_patterns(pattern, state):
        matches = None if absolute is None else ev.files.matching(absolute, ev.facts.glob)
        if matches is None or len(matches) > _MOST:
            return [[None]]
        # As spelled: a relative glob gives names relative to where the shell is.
        folder = "" if pattern.startswith("/") else f"{(state.folders[0] or '').rstrip('/')}/"
        names: list[Field] = [path.removeprefix(folder) for path in matches]
        if names:
            found.append([*names, *rest])
    return found or ways  # a file of such a name may be there by then


def _behind_variable(word: Word, state: State) -> str:
    """Give the program's name of `$JAVA_HOME/bin/java`: the folder is the environment's word."""
    first = word.parts[0] if word.parts else None
    if not isinstance(first, Parameter) or first.operator or first.flags:
        return ""
    rest = Word(word.parts[1:], word.span).plain or ""
    known = is_from_outside(first.name, state) and rest.startswith("/")
    return rest.rpartition("/")[2] if known and not set("*?[{~") & set(rest) else ""


def listed_files(ev: Evaluator, word: Word, state: State) -> list[str] | None:
    """Give the files that a word names by a glob alone; none where that is not certain.

    What matches nothing stands for itself, in bash; zsh gives up.
    """
    if word.plain is None:
        return None
    spelled = ev.with_patterns((word,), state)
    pattern = spelled[0] if len(spelled) == 1 else None
    found = files_of(ev, pattern, state) if isinstance(pattern, Pattern) else None
    return None if found is None else found or [word.plain]


def files_of(ev: Evaluator, pattern: Pattern, state: State) -> list[str] | None:
    """Give the files that a pattern matches, spelled as it is; none where that is not certain."""
    if len(state.folders) != 1:
        return None
    (absolute,) = absolute_patterns(pattern, state)
    matches = None if absolute is None else ev.files.matching(absolute.rstrip("/"), ev.facts.glob)
    if matches is None or len(matches) > _MOST_LISTED:
        return None
    if pattern.endswith("/"):
        matches = [f"{path}/" for path in matches if ev.is_folder(path)]
    folder = "" if pattern.startswith("/") else f"{(state.folders[0] or '').rstrip('/')}/"
    return [path.removeprefix(folder) for path in matches]


_MOST_LISTED = 20
