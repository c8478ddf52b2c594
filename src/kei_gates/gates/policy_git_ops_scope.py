"""Deny every use of version control but the listed verbs of git.

What it does: git passes only with a verb of `verbs`; an entry of two words, as in `stash list`,
allows just that form. Everything else of git is denied, aliases too, and so are all other programs
of version control and direct writes into a repository. A listed verb is denied with what makes it
do more than its name: configuration or another repository given before the verb, options that name
a program to run or a file to write, and configuration that says what git runs. An empty list allows
nothing.
Why: a role that commits does not need to push, and a verb that is allowed must not become any
command through one option.
Instead: use a listed verb plainly, or describe the step in your report and leave it to the
orchestrator.
"""

from __future__ import annotations

from kei_gates.gates._git_files import is_git_data
from kei_gates.gates._git_line import GIT_VERBS, git_words, globals_objection, read_git
from kei_gates.gates._git_programs import uses_git
from kei_gates.gates._git_running import more_than_its_verb, running_form
from kei_gates.gates._wording import deny_unseen, shorten
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kei_gates.gates._git_line import GitLine
    from kei_gates.model import Event, Verdict
    from kei_gates.shell.expand import Field

_MOST_WORDS = 2


class Params(BaseParams):
    """`verbs`: git's verbs that may be used, alone or with one subcommand."""

    verbs: tuple[str, ...] = ()

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse what is no verb of git: it would be an alias, or a mistake that allows nothing."""
        verbs = values.get("verbs", ())
        for entry in verbs if isinstance(verbs, (list, tuple)) else ():
            words = str(entry).split(" ")
            if words[0] not in GIT_VERBS:
                return f"`{entry}` begins with no verb of git's own"
            if len(words) > _MOST_WORDS or not all(words):
                return f"`{entry}` is neither a verb nor a verb and a subcommand"
        return None


# The client's tools that make and remove worktrees, and the form of git that does.
TOOLS = {"EnterWorktree": "worktree add", "ExitWorktree": "worktree remove"}


def check(event: Event, params: Params) -> Verdict:
    """Judge the tool, every invocation, and every target that the call would change."""
    remedy = _remedy(params)
    form = TOOLS.get(event.call.tool)
    if form is not None and not _is_listed(*form.split(" "), params=params):
        return Deny(f"`{event.call.tool}` is `git {form}`, which is not a listed verb", remedy)
    for invocation in event.analysis.invocations:
        why = _objection(invocation.argv, event, params)
        if why is not None:
            return Deny(f"in `{shorten(str(invocation))}` {why}", remedy)
    for target in event.targets:
        if target.changes and is_git_data(target, event.places):
            return Deny(f"`{target}` belongs to git, and is changed past it", remedy)
    return deny_unseen(event, "run git with other verbs") or Abstain()


def _remedy(params: Params) -> str:
    if not params.verbs:
        return "describe the step in your report and leave it to the orchestrator"
    listed = ", ".join(f"`git {verb}`" for verb in params.verbs)
    return f"use only {listed}, plainly, or leave the step to the orchestrator"


def _objection(argv: Sequence[Field], event: Event, params: Params) -> str | None:
    words = git_words(argv)
    if words is None:
        return "another program uses version control" if uses_git(argv) else None
    line = read_git(words)
    return (
        globals_objection(line, event, keys=True)
        or _verb_objection(line, params)
        or more_than_its_verb(line)
    )


def _verb_objection(line: GitLine, params: Params) -> str | None:
    if line.verb is None:
        return "there is no verb" if line.certain else "the verb is not known"
    form = running_form(line)
    if form is not None and form not in params.verbs:
        return f"`git {form}` runs a command, and is not listed itself"
    behind = line.words[0] if line.words else None
    if _is_listed(line.verb, behind, params=params):
        return None
    forms = any(entry.startswith(f"{line.verb} ") for entry in params.verbs)
    return f"`{line.verb}{' ' + (behind or '...') if forms else ''}` is not a listed verb"


def _is_listed(verb: str, behind: Field, *, params: Params) -> bool:
    """Whether a verb is listed, alone or with the word that stands right behind it."""
    return verb in params.verbs or (behind is not None and f"{verb} {behind}" in params.verbs)
