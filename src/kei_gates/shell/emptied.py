"""Where a path leads whose variable turns out to be empty: `rm -rf "$BUILD/"` deletes `/`.

Only for people's accidents: what is not known is judged as not known all the same.
"""

from __future__ import annotations

from kei_gates.shell.ast import Arithmetic, Literal, Parameter, Simple, Substitution
from kei_gates.shell.expand import PIPE
from kei_gates.shell.numbers import is_numeric
from kei_gates.shell.parameters import SET_BY_SHELLS, join, piece_of
from kei_gates.shell.values import COMPUTED, FOLDER, OUTSIDE, with_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.shell.ast import Part
    from kei_gates.shell.findings import Findings
    from kei_gates.shell.state import State

# Variables that are never empty, beside those that shells set: environ(7).
_ALWAYS_SET = SET_BY_SHELLS | frozenset(("USER", "LOGNAME", "SHELL"))
_DEFAULTED = frozenset((":-", ":="))
_TOP = ("git", "rev-parse", "--show-toplevel")


def if_empty(found: Findings, by: str, state: State) -> Iterator[str]:
    """Give where the words of the latest command lead if what is not known of them is empty.

    Each is an absolute path or pattern. Words of which all is known give nothing, nor do those
    that surely hold something more, nor those of which `by` gets others in their place.
    """
    if by not in _CHOOSING and any(word.plain in _CHOOSING for word in found.written):
        return
    astray = any(folder is None or "\0" in folder for folder in state.folders)
    for word in found.written:
        pieces = [_piece(part, found, state) for part in word.parts]
        if None in pieces:
            continue
        text = "".join(piece for piece in pieces if piece is not None)
        known = text.replace(OUTSIDE, "").replace(COMPUTED, "")
        first = word.parts[0]
        if isinstance(first, Literal) and not first.quoted and text.startswith("~"):
            known = _with_home(known, state.home(found.facts.home))
        if known and (
            known != text or FOLDER in text or (astray and not known.startswith(("/", "-")))
        ):
            yield from _absolute(known, found, state)


# Programs that give what they find to the command in their words.
_CHOOSING = frozenset(
    ("fd", "fdfind", "find", "gfind", "gxargs", "parallel", "rargs", "xargs")
)  # fmt: skip


def _with_home(text: str, home: str | None) -> str:
    """Expand a tilde; whatever others' homes are called, they lie beside each other."""
    name, slash, rest = text[1:].partition("/")
    if name:
        home = "/root" if name == "root" else f"/home/{name}"
    return "" if home is None else f"{home}{slash}{rest}"


def _piece(part: Part, found: Findings, state: State) -> str | None:
    """Give a part with a mark for what is not known; none where that surely is something."""
    known = piece_of(part, state, found.facts.home)
    if isinstance(part, Literal) or (known and not isinstance(part, Arithmetic)):
        text = known[0] if known else ""
        return None if text.startswith(PIPE) else text
    if is_numeric(part, state) or (isinstance(part, Parameter) and _is_filled(part, found, state)):
        return None
    return _printed(part, found) if isinstance(part, Substitution) else COMPUTED


def _printed(part: Substitution, found: Findings) -> str | None:
    """Give what a substitution prints if it fails; the top of a repository is most likely here."""
    command = part.body.items[0][0] if len(part.body.items) == 1 else None
    words = [word.plain for word in command.words] if isinstance(command, Simple) else []
    if tuple(words) == _TOP:
        return COMPUTED + found.facts.cwd
    return COMPUTED if part.kind == "$" else None


def _is_filled(part: Parameter, found: Findings, state: State) -> bool:
    """Whether an expansion surely gives something."""
    if part.operator == ":?":
        return True
    if part.operator in _DEFAULTED:
        default = join(part.operand, state, found.facts.home)
        return default is not None and all(default)
    if part.operator not in ("", "["):
        return False
    own = part.name in state.variables
    return part.name in found.filled or (part.name in _ALWAYS_SET and not own)


def _absolute(text: str, found: Findings, state: State) -> Iterator[str]:
    """Give the paths that a text means from the folders that the shell may be in."""
    whole = text.startswith("/")
    for folder in [""] if whole else [_entered(one, found) for one in state.folders]:
        path = text if whole else f"{folder}/{text}"
        if FOLDER not in path:
            yield with_names(path)
        elif path.replace(FOLDER, "").strip("/.*") == "":
            yield "/"  # all of a folder that a program named


def _entered(folder: str | None, found: Findings) -> str:
    """Give a folder of the shell: `cd ""` stays where it is."""
    return found.facts.cwd if folder is None or OUTSIDE in folder or COMPUTED in folder else folder
