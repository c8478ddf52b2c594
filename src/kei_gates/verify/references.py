"""Names to commits: HEAD, what a person names, what work will be merged onto, where both met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.model import Fault, Value
from kei_gates.verify.git import LOOKUP_SECONDS, Git
from kei_gates.verify.private import is_id, opened
from kei_gates.verify.repository import find

if TYPE_CHECKING:
    from typing import Final

    from kei_gates.verify.git import Done
    from kei_gates.verify.repository import Repository

# Names of the branch that work is merged onto, where nothing else says which.
_USUAL = ("main", "master", "trunk", "develop")
_KINDS = ("refs/heads/", "refs/remotes/", "refs/tags/")
_NAME_ONE = "name the commit with `--base`"


class Target(Value):
    """What work will be merged onto: its name for people, and the commit."""

    __slots__ = ("commit", "name")

    def __init__(self, name: str, commit: str) -> None:
        self.name: Final = name
        self.commit: Final = commit


def head_of(repository: Repository) -> str | None:
    """Give the commit that is checked out; none before the first one. Raises `Fault`."""
    return _looked_up(repository.git_dir, "HEAD")


def resolve(root: str, rev: str) -> str:
    """Give the commit that a person's word means in a checkout. Raises `Fault`."""
    return _resolved(find(root), rev)


def packed(repository: Repository) -> bytes:
    """Give all branches and tags in the form of git's file `packed-refs`. Raises `Fault`."""
    words = ("for-each-ref", "--format=%(objectname) %(refname)", *_KINDS)
    return Git(repository.git_dir).output(*words, seconds=LOOKUP_SECONDS)


def target_of(root: str) -> Target:
    """Give what a person's work will be merged onto: the remote's branch, or the main one.

    Raises `Fault` where nothing says which.
    """
    repository = find(root)
    done = _asked(repository.git_dir, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    named = [done.output.decode("utf-8", "replace").strip()] if done.code == 0 else []
    for part in ("refs/remotes/origin/", "refs/heads/", "refs/remotes/upstream/"):
        named += [part + name for name in _USUAL]
    for name in named:
        found = _looked_up(repository.git_dir, name)
        if found is not None:
            short = name.removeprefix("refs/").removeprefix("heads/").removeprefix("remotes/")
            return Target(short, found)
    if head_of(repository) is None:
        raise _no_commit(repository)
    raise Fault(
        f"nothing says what the work in `{repository.root}` will be merged onto: there is no "
        f"`origin/HEAD` and no branch {', '.join(f'`{one}`' for one in _USUAL)}",
        _NAME_ONE,
    )


def target_of_agent(root: str) -> Target:
    """Give what the work in an agent's worktree will be merged onto.

    That is what the main checkout has checked out; in the main checkout itself, its HEAD. Raises
    `Fault` where there is no commit yet.
    """
    repository = find(root)
    found = _looked_up(repository.common, "HEAD")
    if found is None:
        raise Fault(
            f"the repository of `{repository.root}` has no commit that work can be merged onto",
            "make the first commit",
        )
    done = _asked(repository.common, "symbolic-ref", "--quiet", "--short", "HEAD")
    name = done.output.decode("utf-8", "replace").strip() if done.code == 0 else found[:12]
    return Target(name, found)


def merge_base(root: str, rev: str) -> str:
    """Give the commit in which what is checked out in a root, and another, met last.

    Raises `Fault` where one of the two is not there, or they have none in common.
    """
    repository = find(root)
    head = head_of(repository)
    if head is None:
        raise _no_commit(repository)
    other = _resolved(repository, rev)
    with opened(repository) as own:
        done = own.git.run("merge-base", head, other)
        found = done.output.decode("ascii", "replace").split()
        is_shallow = own.is_shallow
    if done.code == 0 and found and is_id(found[0]):
        return found[0]
    if is_shallow:
        raise Fault(
            f"the clone `{repository.root}` is too shallow to hold what HEAD and `{rev}` share",
            "fetch the rest with `git fetch --unshallow`",
        )
    if done.code == 1:
        raise Fault(f"HEAD and `{rev}` share no history", "name another commit with `--base`")
    raise Fault(
        f"what HEAD and `{rev}` share cannot be told: {done.said}",
        "see with `git fsck` whether the repository is whole",
    )


def _no_commit(repository: Repository) -> Fault:
    return Fault(f"there is no commit in `{repository.root}` yet", "make the first commit")


def _looked_up(git_dir: str, name: str) -> str | None:
    """Give the id of an object by a name; none for none. Raises `Fault`."""
    done = _asked(git_dir, "rev-parse", "--verify", "--quiet", name)
    found = done.output.decode("ascii", "replace").strip()
    return found if done.code == 0 and is_id(found) else None


def _asked(git_dir: str, *words: str) -> Done:
    return Git(git_dir).run(*words, seconds=LOOKUP_SECONDS)


def _resolved(repository: Repository, rev: str) -> str:
    if not rev or rev.startswith("-") or any(not one.isprintable() for one in rev):
        raise Fault(f"`{rev}` names no commit", "name a branch, a tag or a commit")
    found = _looked_up(repository.git_dir, rev)
    if found is None:
        raise Fault(
            f"there is no commit `{rev}` in `{repository.root}`",
            "see `git branch --all` for what there is, or fetch it",
        )
    with opened(repository) as own:
        return own.commit(found)
