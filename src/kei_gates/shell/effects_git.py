"""What git does to the files of the working tree. Source: the manual pages of git 2.39."""

from __future__ import annotations

from kei_gates.shell.expand import Pattern
from kei_gates.shell.files import Unread
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import EffectKind
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State

_GLOBAL = Grammar("Cc", "git-dir work-tree namespace super-prefix config-env attr-source")
_PATHS = Grammar("bBosm", "source conflict pathspec-from-file", optional="")
# Verbs that write the named files, or all that differ where none is named.
_NAMED: dict[str, EffectKind] = {"restore": "write", "rm": "delete", "mv": "delete"}
_CHECKOUT = Grammar("bB", "orphan conflict pathspec-from-file")
# Verbs that may write any file of the tree.
_WHOLE = frozenset(
    (
        "am", "apply", "bisect", "cherry-pick", "merge", "pull", "read-tree", "rebase", "reset",
        "revert", "stash", "submodule", "subtree", "switch", "checkout-index",
    )
)  # fmt: skip
# Options whose value is a file that is written.
_OUTPUT = Grammar("o", "output output-directory output-indicator")


def touch_git(  # noqa: C901 -- one verb after another
    ev: Evaluator, program: str, words: list[Field], state: State
) -> None:
    """Add what a git command does to files beside its own."""
    words = ev.spelled_as(words)
    leading = read(words, _GLOBAL, permute=False)
    rest = words[leading.at :]
    verb = rest[0] if rest else ""
    at = state.copy()
    for folder in leading.values("C"):
        at.enter(at.paths(folder))
    written = read(rest, _OUTPUT, permute=True) if rest else leading
    for value in written.values("output") + written.values("output-directory"):
        ev.touch("write", value, program, at)
    if verb in ("archive", "format-patch", "bundle"):
        for value in written.values("o"):
            ev.touch("write", value, program, at)
    if verb == "checkout":
        _checkout(ev, rest, at)
    elif verb in _NAMED:
        for operand in read(rest, _PATHS, permute=True).operands or [None]:
            ev.touch(_NAMED[verb], operand, program, at, tree=True)
        if verb == "mv":
            ev.touch("write", rest[-1], program, at, tree=True)
    elif verb == "clean" and not read(rest, Grammar("e"), permute=True).has("n", "dry-run"):
        for operand in read(rest, Grammar("e", "exclude"), permute=True).operands or ["."]:
            ev.touch("delete", operand, program, at, tree=True)
    elif verb == "clone":
        operands = read(
            rest, Grammar("bocuj", "branch origin depth reference"), permute=True
        ).operands
        target = operands[1] if len(operands) > 1 else None
        ev.touch("write", target, program, at, tree=True, content=Unread())
    elif verb in _WHOLE and rest[1:2] not in (["list"], ["show"], ["status"], ["log"]):
        ev.touch("write", ".", program, at, tree=True, content=Unread())


def _checkout(ev: Evaluator, rest: list[Field], state: State) -> None:
    """Follow `git checkout`: the files behind `--`, or those of another branch."""
    paths = rest[rest.index("--") + 1 :] if "--" in rest else []
    for path in paths or [".", *_existing(ev, rest, state)]:
        ev.touch("write", path, "git", state, tree=True, content=Unread())


def _existing(ev: Evaluator, rest: list[Field], state: State) -> list[Field]:
    """Give the operands of `git checkout` that are files or folders, and so hardly branches."""
    found = read(rest, _CHECKOUT, permute=True)
    if found.has("b", "B", "orphan"):
        return []
    return [
        word for word in found.operands if isinstance(word, Pattern) or _is_there(ev, word, state)
    ]


def _is_there(ev: Evaluator, word: Field, state: State) -> bool:
    return any(
        path is not None and (ev.facts.is_folder(path) or ev.facts.look(path).kind != "missing")
        for path in state.paths(word)
    )
