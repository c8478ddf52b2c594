"""Deny every change of a file.

What it does: denies the tools that edit files, and everything in a shell command that writes or
deletes one, except temporary files (`/tmp`, `$TMPDIR`) that are nobody's project;
`scratch = "deny"` takes these away too. Programs of which nobody knows what they write are denied
(builds, test runners, code that loads unknown libraries); `unknown-writes = "check"` leaves them to
the check on return. Other tools are for `tools::allowed` to judge.
Why: who looks and judges must not change what is looked at.
Instead: report what should change, and let whoever started you have it changed.
"""

from __future__ import annotations

from kei_gates.gates._scope import ALLOW, DENY, flaw_of, is_left_to_check
from kei_gates.gates._wording import deny_unseen
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Event, Target, Verdict


class Params(BaseParams):
    """`unknown_writes`: whether what cannot be known is denied, or left to the check on return."""

    unknown_writes: str = DENY
    scratch: str = ALLOW

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse words that mean nothing."""
        return flaw_of(values)


REMEDY = "report what should change, and let whoever started you have it changed"


def check(event: Event, params: Params) -> Verdict:
    """Judge every target that the call would change, and what may change others."""
    for target in event.targets:
        if target.changes and not _may_change(target, event, params):
            return Deny(f"`{target}` would be changed, and this role only reads", REMEDY)
    if event.call.command is None:
        return Abstain()
    if params.unknown_writes == DENY:
        from kei_gates.gates._unknown_writes import deny_unknown  # noqa: PLC0415 -- only for shells

        denied = deny_unknown(event)
        if denied is not None:
            return denied
    return deny_unseen(event, "change a file") or Abstain()


def _may_change(target: Target, event: Event, params: Params) -> bool:
    if event.call.command is None:
        return False  # a tool that edits files
    in_scratch = target.is_scratch and params.scratch == ALLOW
    return in_scratch or is_left_to_check(target, params.unknown_writes)
