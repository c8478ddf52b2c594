"""Where `mktemp` makes its file. Source: mktemp(1) of GNU coreutils 9 and of macOS."""

from __future__ import annotations

from kei_gates.shell.files import LATER
from kei_gates.shell.options import Grammar, read
from kei_gates.shell.values import TEMPORARY, is_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State

_GRAMMAR = Grammar("p", "suffix", optional="")
_USUAL = "/tmp"  # noqa: S108 -- only a name


def made_by(ev: Evaluator, words: list[Field], state: State) -> Field:
    """Give the path of the file that `mktemp` makes; none where that is not known."""
    if any(word is None or is_unknown(word) for word in words):
        return None
    options = read(words, _GRAMMAR, permute=True)
    template = (options.operands or [""])[0] or ""
    below, slash, _ = template.rpartition("/")
    named = [value for value in options.values("p", "tmpdir") if value]
    folder: Field = ""
    if named:
        folder = f"{named[-1]}/"
    elif not template or options.has("t", "p", "tmpdir"):
        folder = _temporary(state)
    return None if folder is None else f"{folder}{below}{slash}{TEMPORARY}{len(ev.invocations)}"


def _temporary(state: State) -> Field:
    """Give the folder of temporary files, with a `/` behind it."""
    value = state.lookup("TMPDIR") if "TMPDIR" in state.variables else _USUAL
    return f"{value or _USUAL}/" if isinstance(value, str) and "\0" not in value else None


def touch_temporary(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Add what `mktemp` makes."""
    if not read(words, _GRAMMAR, permute=True).has("u", "dry-run", "help", "version"):
        ev.touch("write", made_by(ev, words, state), program, state, content=LATER)
