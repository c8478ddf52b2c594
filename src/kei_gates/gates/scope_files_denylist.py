"""Deny writing or deleting the listed files.

What it does: no path that a call would write or delete, through any tool or shell command, may
match one of `patterns` (globs as in .gitignore, from the project root and from the root of each
worktree), neither as it is spelled nor where its links really lead. It wins over the whitelist.
With `unknown-writes = "deny"`, programs are denied of which nobody knows what they write (builds,
test runners); else that is left to the check on return.
Why: some files reach further than a task: workspace manifests, lock files, CI, secrets.
Instead: leave the file as it is; if the task needs it changed, stop and report the file and the
reason.
"""

from __future__ import annotations

from kei_gates.gates._scope import CHECK, DENY, flaw_of, is_left_to_check, readings
from kei_gates.gates._wording import deny_unseen
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams
from kei_gates.policy.globs import Globs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Event, Target, Verdict


class Params(BaseParams):
    """`patterns`: the globs of what may not be written."""

    patterns: Globs = Globs()
    unknown_writes: str = CHECK

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse words that mean nothing."""
        return flaw_of(values)


REMEDY = "leave it as it is; if the task needs it changed, stop and report it and the reason"


def check(event: Event, params: Params) -> Verdict:
    """Judge every target that the call would change."""
    if not params.patterns:
        return Abstain()
    for target in event.targets:
        if not target.changes or is_left_to_check(target, params.unknown_writes):
            continue
        if not target.relative or target.below is None:
            return Deny(f"{target} could be one of {params.patterns}", "name the file plainly")
        glob = _denied_by(params.patterns, target, folds_case=event.places.folds_case)
        if glob is not None:
            return Deny(f"`{target}` matches `{glob}`, which this role may not change", REMEDY)
    if params.unknown_writes == DENY and event.call.command is not None:
        from kei_gates.gates._unknown_writes import deny_unknown  # noqa: PLC0415 -- few roles

        denied = deny_unknown(event)
        if denied is not None:
            return denied
    return deny_unseen(event, f"change {params.patterns}") or Abstain()


def _denied_by(patterns: Globs, target: Target, *, folds_case: bool) -> str | None:
    """Give the glob that holds the target in any of its readings, or anything it takes along."""
    for path in (*readings(target), *(target.below or ()), *target.elsewhere):
        glob = None if path.startswith("/") else patterns.match(path, folds_case=folds_case)
        if glob is not None:
            return glob
    return None
