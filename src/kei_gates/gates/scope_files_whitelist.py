"""Deny writing or deleting anything outside the listed files.

What it does: every path that a call would write or delete, through any tool or shell command, must
match one of `patterns` (globs as in .gitignore, from the project root, or from the root of its
worktree for an agent that has one), both as it is spelled and where its links really lead. An empty
list allows nothing. What a shell command does to temporary files passes (`/tmp`, `$TMPDIR`) as long
as they are nobody's project, unless `scratch = "deny"`. With `unknown-writes = "deny"`, programs
are denied of which nobody knows what they write (builds, test runners); else that is left to the
check on return.
Why: a task is given certain files; a change elsewhere is unreviewed and collides with others.
Instead: change only those files; if the task cannot be done so, stop and report the file and the
reason.
"""

from __future__ import annotations

from kei_gates.gates._scope import ALLOW, CHECK, DENY, flaw_of, is_left_to_check, readings
from kei_gates.gates._wording import deny_unseen
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams
from kei_gates.policy.globs import Globs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Event, Target, Verdict


class Params(BaseParams):
    """`patterns`: the globs of what may be written."""

    patterns: Globs = Globs()
    unknown_writes: str = CHECK
    scratch: str = ALLOW

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse words that mean nothing."""
        return flaw_of(values)


REMEDY = "change only those; if the task needs this file, stop and report it and the reason"


def check(event: Event, params: Params) -> Verdict:
    """Judge every target that the call would change."""
    for target in event.targets:
        if target.changes and not _may_change(target, event, params):
            return Deny(
                f"`{target}` is outside the files this role may change ({params.patterns})", REMEDY
            )
    if params.unknown_writes == DENY and event.call.command is not None:
        from kei_gates.gates._unknown_writes import deny_unknown  # noqa: PLC0415 -- few roles

        denied = deny_unknown(event)
        if denied is not None:
            return denied
    return deny_unseen(event, "write outside the files this role may change") or Abstain()


def _may_change(target: Target, event: Event, params: Params) -> bool:
    in_scratch = target.is_scratch and event.call.command is not None and params.scratch == ALLOW
    return (
        in_scratch
        or _covers(params.patterns, target, folds_case=event.places.folds_case)
        or is_left_to_check(target, params.unknown_writes)
    )


def _covers(patterns: Globs, target: Target, *, folds_case: bool) -> bool:
    """Whether the target, in each of its readings and with all it takes along, is whitelisted."""
    if not target.relative or not all(target.relative) or target.below is None:
        return False
    # `src/**` holds whatever is put into `src`, and so also the making of `src` itself
    return all(
        not path.startswith("/") and patterns.match(path, folds_case=folds_case)
        for path in (*readings(target), *target.below)
    )
