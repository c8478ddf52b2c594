"""Deny writing or deleting anything outside the listed files.

What it does: every path that a call would write or delete, through any tool or shell command, must
match one of `patterns` (globs as in .gitignore, from the project root), both as it is spelled and
where its links really lead. An empty list allows nothing.
Why: a task is given certain files; a change elsewhere is unreviewed and collides with others.
Instead: change only those files; if the task cannot be done so, stop and report the file and the
reason.
"""

from __future__ import annotations

from kei_gates.gates._wording import deny_unseen
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams
from kei_gates.policy.globs import Globs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event, Target, Verdict


class Params(BaseParams):
    """`patterns`: the globs of what may be written."""

    patterns: Globs = Globs()


def check(event: Event, params: Params) -> Verdict:
    """Judge every target that the call would change."""
    for target in event.targets:
        if target.changes and not _covers(params.patterns, target):
            return Deny(
                f"`{target}` is outside the files this role may change ({params.patterns})",
                "change only those; if the task needs this file, stop and report it and the reason",
            )
    return deny_unseen(event, "write outside the files this role may change") or Abstain()


def _covers(patterns: Globs, target: Target) -> bool:
    """Whether the target, in each of its readings and with all it takes along, is whitelisted."""
    if not target.relative or target.below is None:
        return False
    # `src/**` holds whatever is put into `src`, and so also the making of `src` itself
    ending = "/" if target.is_folder else ""
    readings = [path and path + ending for path in target.relative]
    return all(path and patterns.match(path) for path in (*readings, *target.below))
