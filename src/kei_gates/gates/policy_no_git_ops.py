"""Deny everything that uses or changes version control.

What it does: denies git and the programs built on it, the forges' command lines (except their
plain reading forms), tools that commit or tag for you, the client's worktree tools, and every write
into a repository, its hooks or git's own configuration. Words that only mention git pass. With
`allow = "read"`, the forms of git, gh, hub and jj pass that surely only read: `git status`,
`git diff`, `git log -- FILE`. Without it even `git --version` is denied: no git is a rule that
nobody has to look up.
Why: one owner of branches, commits and pushes; an agent that stages or pushes by itself undoes the
review.
Instead: list the changed files in your report and leave git to the orchestrator.
"""

from __future__ import annotations

from kei_gates.gates._git_files import is_git_data
from kei_gates.gates._wording import deny_unseen, shorten
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Event, Invocation, Verdict

_READ = "read"


class Params(BaseParams):
    """`allow`: `read` for what only reads; empty for nothing."""

    allow: str = ""

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse what is no class of commands."""
        allow = values.get("allow", "")
        return None if allow in ("", _READ) else f"`{allow}` is neither `{_READ}` nor empty"


REMEDY = "list the changed files in your report and leave git to the orchestrator"
TOOLS = ("EnterWorktree", "ExitWorktree")


def check(event: Event, params: Params) -> Verdict:
    """Judge the tool, every invocation, and every target that the call would change."""
    if event.call.tool in TOOLS:
        return Deny(f"`{event.call.tool}` makes or removes a git worktree", REMEDY)
    use = _use(event, params) if event.analysis.invocations else None
    if use is not None:
        return Deny(use, REMEDY)
    for target in event.targets:
        if target.changes and is_git_data(target, event.places):
            return Deny(f"`{target}` belongs to git", REMEDY)
    return deny_unseen(event, "run git") or Abstain()


def _use(event: Event, params: Params) -> str | None:
    """Say which invocation uses version control in a way that is not allowed."""
    from kei_gates.gates._git_programs import uses_git  # noqa: PLC0415 -- most calls are no shell

    for invocation in event.analysis.invocations:
        if uses_git(invocation.argv):
            why = _objection(invocation, event) if params.allow == _READ else ""
            if why is not None:
                shown = f"`{shorten(str(invocation))}` uses version control"
                return f"{shown}: {why}" if why else shown
    return None


def _objection(invocation: Invocation, event: Event) -> str | None:
    """Say why a command may do more than read; none when it surely only reads."""
    from kei_gates.gates._forge_reads import other_reads  # noqa: PLC0415 -- only for who may read
    from kei_gates.gates._git_line import git_words, program_of, read_git  # noqa: PLC0415
    from kei_gates.gates._git_reads import read_objection  # noqa: PLC0415

    words = git_words(invocation.argv)
    if words is not None:
        return read_objection(read_git(words), event)
    if other_reads(program_of(invocation.argv), invocation.argv):
        return None
    return "it may do more than read"
