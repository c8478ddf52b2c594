"""Deny writing or deleting the listed files.

What it does: no path that a call would write or delete, through any tool or shell command, may
match one of `patterns` (globs as in .gitignore, from the project root), neither as it is spelled
nor where its links really lead. It wins over the whitelist.
Why: some files reach further than a task: workspace manifests, lock files, CI, secrets.
Instead: leave the file as it is; if the task needs it changed, stop and report the file and the
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
    """`patterns`: the globs of what may not be written."""

    patterns: Globs = Globs()


REMEDY = "leave it as it is; if the task needs it changed, stop and report it and the reason"


def check(event: Event, params: Params) -> Verdict:
    """Judge every target that the call would change."""
    if not params.patterns:
        return Abstain()
    for target in event.targets:
        if not target.changes:
            continue
        if not target.relative or target.below is None:
            return Deny(f"{target} could be one of {params.patterns}", "name the file plainly")
        glob = _denied_by(params.patterns, target)
        if glob is not None:
            return Deny(f"`{target}` matches `{glob}`, which this role may not change", REMEDY)
    return deny_unseen(event, f"change {params.patterns}") or Abstain()


def _denied_by(patterns: Globs, target: Target) -> str | None:
    """Give the glob that holds the target in any of its readings, or anything it takes along."""
    ending = "/" if target.is_folder else ""
    readings = [path + ending for path in target.relative if path]
    for path in (*readings, *(target.below or ())):
        glob = patterns.match(path)
        if glob is not None:
            return glob
    return None
