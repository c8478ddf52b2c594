"""What came out of looking at what an agent returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.model import Value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.checks.work import Finding, Ran

OWN = "kei-gates"
"""The id of findings that are no capability's."""


class Outcome(Value):
    """What does not hold, what holds, what was not looked at and why, what was run.

    `findings` and `skipped` pair a capability with a finding and with a reason; a finding of no
    capability is of `kei-gates` itself. `remarks` are for people: what was left out.
    """

    __slots__ = ("findings", "passed", "remarks", "runs", "skipped")

    def __init__(
        self,
        findings: Sequence[tuple[str, Finding]] = (),
        passed: Sequence[str] = (),
        skipped: Sequence[tuple[str, str]] = (),
        runs: Sequence[Ran] = (),
        remarks: Sequence[str] = (),
    ) -> None:
        self.findings: Final = tuple(findings)
        self.passed: Final = tuple(passed)
        self.skipped: Final = tuple(skipped)
        self.runs: Final = tuple(runs)
        self.remarks: Final = tuple(remarks)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def is_certain(self) -> bool:
        """Whether anything was found that the agent has surely done itself."""
        return any(not finding.doubt for _, finding in self.findings)
