"""Merge an agent's work onto what it is for, without touching the repository.

All is done in a throw-away folder: a git folder of our own, which sees the repository's objects and
obeys nobody's settings (`private.py`), and the merged tree beside it. Its `.git` leads to that git
folder, for tests that ask git what is there. A path that leaves the repository (`../other`) leads
elsewhere there. A merge driver of the user's is not run: its files are merged as text.

Only what git would carry travels. What tests need and nobody commits is linked in
(`surroundings.py`).
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from kei_gates.model import Fault, Value
from kei_gates.verify.built_modules import bring_modules
from kei_gates.verify.carried import Carrier
from kei_gates.verify.conflicts import MERGERS, WORK, Teller, plain, unmerged
from kei_gates.verify.git import Git
from kei_gates.verify.private import SUBMODULE, lay_out, opened
from kei_gates.verify.references import head_of, packed
from kei_gates.verify.repository import find, is_checkout
from kei_gates.verify.staging import DAMAGED, failed, listed, must, stage
from kei_gates.verify.surroundings import Surroundings
from kei_gates.verify.throwaway import throwaway

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Final

    from kei_gates.checks.work import Finding
    from kei_gates.verify.changes import Changes
    from kei_gates.verify.conflicts import Sides
    from kei_gates.verify.references import Target
    from kei_gates.verify.repository import Repository
    from kei_gates.verify.staging import Entries

_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (
        ("NAME", "kei-gates"),
        ("EMAIL", "kei-gates@localhost"),
        ("DATE", "2000-01-01T00:00:00Z"),
    )
}
_CONFLICTS = 1
# Making files is most of the time of a merge; from git 2.32 on several processes can do it.
_WORKERS = "checkout.workers=4"
# What `git merge` leaves behind of a merge that is not done (gitrepository-layout(5)).
_OPEN = ("AUTO_MERGE", "MERGE_HEAD", "MERGE_MODE", "MERGE_MSG", "ORIG_HEAD")


class Merged(Value):
    """What a merge gives: the folder where it lies, what is in conflict, what was left out.

    `environment` holds variables for commands that are run there. Where something is in conflict,
    the tree is only half made.
    """

    __slots__ = ("conflicts", "environment", "left_out", "root")

    def __init__(
        self,
        root: str,
        conflicts: tuple[Finding, ...],
        left_out: tuple[str, ...],
        environment: Mapping[str, str],
    ) -> None:
        self.root: Final = root
        self.conflicts: Final = conflicts
        self.left_out: Final = left_out
        self.environment: Final = environment


@contextmanager
def simulated(  # noqa: PLR0913, PLR0917 -- the parts of a merge
    top: str, base: str, target: Target, changes: Changes, below: str, seen_from: str
) -> Iterator[Merged]:
    """Merge all changes of a checkout since `base` onto `target`, for as long as it is needed.

    `below` is where the throw-away folder is made; `seen_from` is the folder in the checkout that
    paths and commands count from. Raises `Fault`.
    """
    repository = find(top)
    with throwaway(below) as place:
        # not around the `yield`: what fails while it is used is another's
        yield _made(repository, place, base, target, changes, seen_from)


def _made(  # noqa: PLR0913, PLR0917 -- the parts of a merge
    repository: Repository, place: str, base: str, target: Target, changes: Changes, seen_from: str
) -> Merged:
    try:
        prefix = _prefix(repository.root, os.path.realpath(seen_from))
        return _Merge(repository, place, target, changes, prefix).onto(base)
    except OSError as error:
        raise Fault(
            f"the merge of `{repository.root}` cannot be made in `{place}`: {error}",
            "see that both can be read, and that there is room on the disk",
        ) from None
    except Fault as fault:
        if fault.remedy != DAMAGED or not _is_partial(repository):
            raise
        # that is how a partial clone is made to fetch what a commit holds
        words = f"for one in {target.commit} {base}; do git archive $one > /dev/null; done"
        raise Fault(fault.reason, f"fetch what the clone left out: `{words}`") from None


def _is_partial(repository: Repository) -> bool:
    """Say whether a clone has left out objects (gitrepository-layout(5), `.promisor`)."""
    with suppress(OSError):
        packs = os.listdir(f"{repository.common}/objects/pack")
        return any(name.endswith(".promisor") for name in packs)
    return False


def _prefix(root: str, seen_from: str) -> str:
    """Give the way from the checkout to a folder in it, with a `/` at its end. Raises `Fault`."""
    if seen_from == root:
        return ""
    if not seen_from.startswith(f"{root}/"):
        raise Fault(f"`{seen_from}` does not lie in `{root}`", "name a folder in the checkout")
    return f"{seen_from[len(root) + 1 :]}/"


class _Merge:
    """One merge in a throw-away folder."""

    def __init__(
        self, repository: Repository, place: str, target: Target, changes: Changes, prefix: str
    ) -> None:
        self._repository: Final = repository
        self._place: Final = place
        self._tree: Final = f"{place}/tree"
        self._target: Final = target
        self._changes: Final = changes
        self._prefix: Final = prefix
        self._git: Final = self._laid_out(f"{place}/git")

    def _laid_out(self, folder: str) -> Git:
        os.mkdir(folder)
        os.mkdir(self._tree)
        lay_out(folder, self._repository)
        os.mkdir(f"{folder}/objects/info")
        with open(f"{folder}/objects/info/alternates", "xb") as file:
            file.write(_quoted(os.fsencode(f"{self._repository.common}/objects")) + b"\n")
        user, local = self._repository.attributes
        if os.path.isfile(local):
            shutil.copyfile(local, f"{folder}/info/attributes")
        return Git(
            folder,
            work_tree=self._tree,
            index=f"{folder}/index",
            settings=(*self._repository.settings, f"core.attributesFile={user}", _WORKERS),
        )

    def onto(self, base: str) -> Merged:
        """Make the merge. Raises `Fault` and `OSError`."""
        staged = stage(self._git, self._repository, base, self._changes)
        # by its history git finds the bases; there may be several, so `base` alone does not do
        ours = self._commit(staged.tree, head_of(self._repository) or base)
        must(self._git, "update-ref", "--no-deref", "HEAD", self._target.commit)
        must(self._git, "read-tree", "--reset", "-u", self._target.commit, cwd=self._tree)
        conflicts = self._merge(ours)
        left_out = staged.left_out
        if not conflicts:
            tree = must(self._git, "write-tree").decode("ascii").strip()
            merged = self._commit(tree, self._target.commit, ours)
            must(self._git, "update-ref", "--no-deref", "HEAD", merged)
            left_out += self._carry(staged.entries)
            self._open_to_git()
        root = self._seen_from()
        surroundings = Surroundings(self._repository, self._place, self._prefix)
        surroundings.link_in()
        return Merged(root, conflicts, left_out, surroundings.environment())

    def _carry(self, own: Entries) -> tuple[str, ...]:
        """Bring over what git alone cannot make; `own` is what it holds of the checkout."""
        root, merged = self._repository.root, listed(self._git)
        bring_modules(root, self._tree, merged, own)
        return Carrier(self._git, root, self._tree, own).carry(merged)

    def _open_to_git(self) -> None:
        """Let git find the merge from its tree, with the branches and tags of the repository."""
        must(self._git, "update-ref", "-d", f"refs/heads/{WORK}")
        with open(f"{self._git.folder}/packed-refs", "xb") as names:
            names.write(packed(self._repository))
        with open(f"{self._tree}/.git", "x", encoding="ascii") as file:
            file.write("gitdir: ../git\n")

    def _commit(self, tree: str, *parents: str) -> str:
        words = [word for parent in parents for word in ("-p", parent)]
        out = must(self._git, "commit-tree", tree, *words, "-m", "work", environment=_NOBODY)
        return out.decode("ascii").strip()

    def _merge(self, ours: str) -> tuple[Finding, ...]:
        """Merge in the tree that is checked out, and give what is in conflict.

        That is done by git's own command, with its own choice of strategy, and so comes out as it
        will for people: `git merge-recursive` finds other renames before git 2.50, and loses texts.
        """
        must(self._git, "update-ref", f"refs/heads/{WORK}", ours)
        words = ("merge", "--no-ff", "--no-commit", "--no-verify", "--no-stat", WORK)
        done = self._git.run(*words, cwd=self._tree, environment=_NOBODY)
        if done.code not in (0, _CONFLICTS):
            raise failed("merge", done.errors, done.said)
        found = unmerged(self._git)
        if done.code == _CONFLICTS and not found:
            raise failed("merge", done.errors, done.said)
        for name in _OPEN:
            with suppress(FileNotFoundError):
                os.unlink(f"{self._git.folder}/{name}")
        doubts = {change.path: change.doubt for change in self._changes.changes}
        teller = Teller(
            self._target.name, self._tree, done.output.decode("utf-8", "surrogateescape")
        )
        told: dict[str, Finding] = {}
        for path, sides in found.items():
            name = plain(path, self._tree, found)
            if name not in told and not self._is_settled(path, sides):
                doubt = doubts.get(name) or MERGERS
                told[name] = teller.finding(path, sides, self._shown(name), doubt)
        return tuple(told.values())

    def _shown(self, path: str) -> str:
        inside = path.startswith(self._prefix)
        return path[len(self._prefix) :] if inside else f"{self._repository.root}/{path}"

    def _is_settled(self, path: str, sides: Sides) -> bool:
        """Whether of a submodule one side goes on from the other; then take that, as git does.

        Git looks into the submodule itself for that, and in the merge there is none yet.
        """
        at = f"{self._repository.root}/{path}"
        is_submodule = {mode for mode, _ in sides.values()} == {SUBMODULE}
        if not is_submodule or len(sides) != 3 or not is_checkout(at):  # noqa: PLR2004 -- all sides
            return False
        base, target, work = (sides[number][1] for number in (1, 2, 3))
        with opened(find(at)) as own:

            def leads_to(one: str, other: str) -> bool:
                return own.git.run("merge-base", "--is-ancestor", one, other).code == 0

            if not leads_to(base, target) or not leads_to(base, work):
                return False
            last = {(True, False): work, (False, True): target}.get(
                (leads_to(target, work), leads_to(work, target))
            )
        if last is not None:
            line = f"{SUBMODULE:o} {last}\t{path}\0".encode("utf-8", "surrogateescape")
            must(self._git, "update-index", "-z", "--index-info", stdin=line)
        return last is not None

    def _seen_from(self) -> str:
        """Give the folder in the tree that commands are run in. Raises `Fault`."""
        root = f"{self._tree}/{self._prefix}".rstrip("/")
        # a merge may leave nothing in it; it is there in the checkout
        if not os.path.lexists(root):
            os.makedirs(root)
        if (
            not os.path.isdir(root)
            or os.path.realpath(root) != os.path.realpath(self._tree) + root[len(self._tree) :]
        ):
            raise Fault(
                f"after a merge with `{self._target.name}`, `{self._prefix}` is no folder",
                "look at what has become of it there",
            )
        return root


def _quoted(path: bytes) -> bytes:
    """Quote a path where git would read it otherwise (gitrepository-layout(5), alternates)."""
    if b"\n" not in path:
        return path
    for one, shown in ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n")):
        path = path.replace(one, shown)
    return b'"' + path + b'"'
