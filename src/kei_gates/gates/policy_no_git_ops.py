"""Deny everything that uses or changes version control.

What it does: denies git and the programs built on it, the forges' command lines (except their
plain reading forms), tools that commit or tag for you, the client's worktree tools, and every write
into a `.git` folder or git's own configuration. Words that only mention git pass.
Why: one owner of branches, commits and pushes; an agent that stages or pushes by itself undoes the
review.
Instead: list the changed files in your report and leave git to the orchestrator.
"""

from __future__ import annotations

from kei_gates.gates._git_programs import uses_git
from kei_gates.gates._wording import deny_unseen, shorten
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event, Places, Target, Verdict


class Params(BaseParams):
    """No parameters."""


REMEDY = "list the changed files in your report and leave git to the orchestrator"
TOOLS = ("EnterWorktree", "ExitWorktree")


def check(event: Event, params: Params) -> Verdict:  # noqa: ARG001 -- the gates' common signature
    """Judge the tool, every invocation, and every target that the call would change."""
    if event.call.tool in TOOLS:
        return Deny(f"`{event.call.tool}` makes or removes a git worktree", REMEDY)
    for invocation in event.analysis.invocations:
        if uses_git(invocation.argv):
            return Deny(f"`{shorten(str(invocation))}` uses version control", REMEDY)
    for target in event.targets:
        if target.changes and _is_git_data(target, event.places):
            return Deny(f"`{target}` belongs to git", REMEDY)
    return deny_unseen(event, "run git") or Abstain()


def _is_git_data(target: Target, places: Places) -> bool:
    """Whether a change of the target changes a repository or git's configuration.

    Deleting a folder deletes the repository in it. Writing below one may mean any file there, and
    an unknown path any at all; that alone is not taken for git's.
    """
    if any(_inside_git(path, places) for path in (target.spelled, target.real)):
        return True
    if not (target.real and target.effect.tree and target.effect.kind == "delete"):
        return False
    holds_project = f"{places.project}/".startswith(f"{target.real.rstrip('/')}/")
    return holds_project or any(".git" in path.split("/") for path in target.below or ())


def _inside_git(path: str, places: Places) -> bool:
    parts = path.split("/")
    return (
        ".git" in parts
        or parts[-1] == ".gitmodules"
        or path in (f"{places.home}/.gitconfig", "/etc/gitconfig")
        or path.startswith(f"{places.home}/.config/git/")
    )
