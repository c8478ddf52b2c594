"""Which commands of version control throw work away: changes, stashes, branches, what others have.

Sources: the manual pages of git 2.39; the command references of Mercurial, Sapling, jj, Subversion
and gh. `git push --force-with-lease` passes: it overwrites only what was seen before. So do forms
that git itself keeps a way back from: `switch -C`, `branch -M`, `tag -d`, an aborted rebase.
"""

from __future__ import annotations

from kei_gates.gates._destructive_git_aliases import spelled_out
from kei_gates.gates._git_line import GIT_VERBS, git_words, read_git
from kei_gates.gates._wording import shorten
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

    from kei_gates.gates._git_line import GitLine
    from kei_gates.model import Event, Invocation, Target
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options

CHANGES = "throws away changes that are not committed"
COMMITS = "throws away commits, or the way back to them"
OTHERS = "overwrites or deletes what others may have from the remote"
UNTRACKED = "deletes files that git does not keep"
STASHED = "throws away stashed changes"
_STASH = "keep the changes with `git stash` or a commit first"
_KEEP = "leave what is there"
_LEASE = "push without force, or with `--force-with-lease`"
_INSTEAD = {
    CHANGES: _STASH,
    COMMITS: _KEEP,
    OTHERS: _LEASE,
    STASHED: _KEEP,
    UNTRACKED: "look with `git clean -n`, and delete by name",
}


class Loss:
    """What a verb throws away with one of the options `given`, or always without.

    It takes one of `also` too where there are some, and none of `unless`.
    """

    __slots__ = ("also", "given", "grammar", "says", "unless")

    def __init__(
        self,
        says: str,
        given: str = "",
        grammar: Grammar | None = None,
        *,
        also: str = "",
        unless: str = "",
    ) -> None:
        """Take options without dashes as strings, separated by blanks."""
        self.says: Final = says
        self.given: Final = tuple(given.split())
        self.grammar: Final = grammar or Grammar()
        self.also: Final = tuple(also.split())
        self.unless: Final = ("h", "help", *unless.split())

    def holds(self, found: Options) -> bool:
        """Say whether the options are those."""
        return (
            (not self.given or found.has(*self.given))
            and (not self.also or found.has(*self.also))
            and not found.has_exactly(*self.unless)
        )


_DRY = "n dry-run"
_FORCE = "f force"
_BRANCH = Grammar("u", "set-upstream-to sort format contains merged no-contains points-at")
_LOSSES: dict[str, Loss] = {
    "branch": Loss(COMMITS, "D f force", _BRANCH),
    "checkout-index": Loss(CHANGES, _FORCE),
    "clean": Loss(
        UNTRACKED,
        "f force i interactive",
        Grammar("e", "exclude"),
        unless=_DRY,
    ),
    "filter-branch": Loss(COMMITS),
    "filter-repo": Loss(COMMITS, unless="analyze dry-run"),
    "prune": Loss(COMMITS, unless=_DRY),
    "read-tree": Loss(CHANGES, "reset", also="u"),
    "reflog delete": Loss(COMMITS, unless=_DRY),
    "reflog drop": Loss(COMMITS),
    "reflog expire": Loss(COMMITS, unless=_DRY),
    "reset": Loss(CHANGES, "hard merge"),
    "rm": Loss(CHANGES, _FORCE, also="r", unless=f"cached {_DRY}"),
    "stash clear": Loss(STASHED),
    "stash drop": Loss(STASHED),
    "submodule deinit": Loss(CHANGES, _FORCE),
    "submodule update": Loss(CHANGES, _FORCE, Grammar(long="reference depth jobs")),
    "switch": Loss(CHANGES, "f force discard-changes", Grammar("cC", "create force-create orphan")),
    "update-ref": Loss(COMMITS, "d", Grammar("m")),
    "worktree remove": Loss(CHANGES, _FORCE),
}
# The same of other programs: the verb, then the options, as of a `Loss`.
_OTHERS: dict[str, dict[str, Loss]] = {
    "hg": {
        "purge": Loss(CHANGES, unless="p print"),
        "clean": Loss(CHANGES, unless="p print"),
        "strip": Loss(COMMITS),
        "revert": Loss(CHANGES, "C no-backup a all"),
        "update": Loss(CHANGES, "C clean", Grammar("r", "rev")),
        "up": Loss(CHANGES, "C clean", Grammar("r", "rev")),
        "push": Loss(OTHERS, _FORCE),
    },
    "jj": {
        "op abandon": Loss(COMMITS),
        "operation abandon": Loss(COMMITS),
    },
    "svn": {
        "revert": Loss(CHANGES),
        "cleanup": Loss(CHANGES, "remove-unversioned remove-ignored"),
    },
    "gh": {"repo delete": Loss(OTHERS)},
    "glab": {"repo delete": Loss(OTHERS), "project delete": Loss(OTHERS)},
    "bfg": {"": Loss(COMMITS)},
}
_OTHERS["sl"] = _OTHERS["hg"] | {"goto": Loss(CHANGES, "C clean", Grammar("r", "rev"))}
_OTHERS["chg"] = _OTHERS["rhg"] = _OTHERS["hg"]
_WRAPPING = frozenset(("hub", "yadm"))
_MOST_ALIASES = 3


def objection(name: str, invocation: Invocation, event: Event) -> tuple[str, str] | None:
    """Give what a command of version control throws away, and what to do instead."""
    argv = invocation.argv
    words = ["git", *argv[1:]] if name in _WRAPPING else git_words(argv)
    others = _OTHERS.get(name, {})
    says = _of_other(others, argv) if words is None else _of_git(words, event)
    return None if says is None else (f"`{shorten(str(invocation))}` {says}", _INSTEAD[says])


def _of_other(losses: dict[str, Loss], argv: Sequence[Field]) -> str | None:
    for verb, loss in losses.items():
        found = read(argv, loss.grammar, permute=True)
        if found.operands[: len(verb.split())] == verb.split() and loss.holds(found):
            return loss.says
    return None


def _of_git(words: Sequence[Field], event: Event) -> str | None:
    line = read_git(words)
    for _ in range(_MOST_ALIASES):
        if line.verb is None or line.verb in GIT_VERBS or line.verb in _LOSSES:
            break
        plain = spelled_out(line, event)
        if plain is None:
            return None
        line = plain
    special = _SPECIAL.get(line.verb or "")
    return special(line, event) if special is not None else _loss(line)


def _loss(line: GitLine) -> str | None:
    """Judge a verb of the table, alone or with what stands behind it."""
    behind = next((word for word in line.words if word is None or word[:1] != "-"), None)
    loss = _LOSSES.get(line.verb or "") or _LOSSES.get(f"{line.verb} {behind}")
    if loss is None:
        return None
    return loss.says if loss.holds(read(["", *line.words], loss.grammar, permute=True)) else None


# --- verbs of which the operands matter -------------------------------------------------------

_ASKS = ("h", "help")
_PUSH = Grammar("o", "repo receive-pack exec push-option recurse-submodules")
_DELETING = ("d", "delete", "mirror", "prune")


def _push(line: GitLine, event: Event) -> str | None:
    """Judge `git push`: options, and refspecs that force (`+a`) or delete (`:a`)."""
    del event
    found = read(["", *line.words], _PUSH, permute=True)
    if found.has_exactly("n", "dry-run", *_ASKS):
        return None
    refspecs = [word or "" for word in found.operands]
    forced = any(len(word) > 1 and word[0] in "+:" for word in refspecs)
    forced = forced or any(
        name == "-c" and "push=+" in (value or "") for name, value in line.options
    )
    return OTHERS if forced or found.has(*_FORCE.split(), *_DELETING) else None


def _restore(line: GitLine, event: Event) -> str | None:
    """Judge `git restore`: with `--staged` alone, no file is touched."""
    del event
    found = read(
        ["", *line.words], Grammar("sU", "source conflict pathspec-from-file"), permute=True
    )
    if found.has_exactly(*_ASKS) or (found.has("S", "staged") and not found.has("W", "worktree")):
        return None
    return CHANGES


_CHECKOUT = Grammar("bB", "orphan conflict pathspec-from-file")


def _checkout(line: GitLine, event: Event) -> str | None:
    """Judge `git checkout`: of files, not of branches."""
    found = read(["", *line.words], _CHECKOUT, permute=True)
    if found.has_exactly(*_ASKS):
        return None
    if found.has("f", "force", "p", "patch", "pathspec-from-file"):
        return CHANGES
    if found.has("b", "B", "orphan", "detach", "d", "t", "track"):
        return None
    paths = _paths(line, found, event)
    if found.has("ours", "theirs", "2", "3"):  # one side of a conflict that is being settled
        paths = [path for path in paths if path in _EVERYTHING]
    return CHANGES if paths else None


_EVERYTHING = frozenset((".", "./", ":/", ":/.", "*"))


def _paths(line: GitLine, found: Options, event: Event) -> Sequence[Field]:
    """Give the operands that are paths: those behind `--`, behind a commit, or that exist."""
    if "--" in line.words:
        return line.words[line.words.index("--") + 1 :]
    operands = found.operands
    if len(operands) > 1:
        return operands
    return [word for word in operands if _is_path(word, event)]


def _is_path(word: Field, event: Event) -> bool:
    """Whether a word names files: by its form, or as something lies there."""
    if word is None:
        return any(
            one.kind == "write" and one.glob and one.by == "git" for one in event.analysis.effects
        )
    if word in _EVERYTHING or word.startswith((":", "../")) or word.endswith("/"):
        return True
    end = "/" + word.removeprefix("./").lstrip("/")
    return any(_is_named(target) and target.spelled.endswith(end) for target in event.targets)


def _is_named(target: Target) -> bool:
    """Whether git writes a path of a name, and not all of where it is."""
    effect = target.effect
    return effect.by == "git" and effect.kind == "write" and not (effect.path or "").endswith("/.")


def _clean(line: GitLine, event: Event) -> str | None:
    """Judge `git clean`, also where configuration lets it go without force."""
    del event
    found = read(["", *line.words], _LOSSES["clean"].grammar, permute=True)
    free = any(
        name == "-c" and (value or "").casefold().startswith("clean.requireforce=")
        for name, value in line.options
    )
    if free and not found.has_exactly("n", "dry-run", *_ASKS):
        return _LOSSES["clean"].says
    return _loss(line)


def _gc(line: GitLine, event: Event) -> str | None:
    """Judge `git gc --prune=now`: what nothing leads to is gone at once."""
    del event
    found = read(["", *line.words], Grammar(), permute=True)
    return COMMITS if any(value in ("now", "all") for value in found.values("prune")) else None


_SPECIAL: dict[str, Callable[[GitLine, Event], str | None]] = {
    "checkout": _checkout,
    "clean": _clean,
    "gc": _gc,
    "http-push": _push,
    "push": _push,
    "restore": _restore,
    "send-pack": _push,
}
