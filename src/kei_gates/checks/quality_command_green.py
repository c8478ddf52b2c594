"""Hold commands to end without an error.

What it checks: each of `commands` is run in the folder of the work, and once more after a simulated
merge; each must end by itself with exit code 0 within `timeout` seconds, and print at most 32 MiB.
Why: "it works" is said too easily; a command that fails says otherwise.
Instead: run the commands yourself before you return, and mend what they find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.checks._commands import failures, flaw_of_timeout
from kei_gates.checks.work import SkippedError
from kei_gates.model import Params as BaseParams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.checks.work import Finding, Work

RUNS = True


class Params(BaseParams):
    """`commands`: what is run by `sh`; `timeout`: for how many seconds each may run."""

    commands: tuple[str, ...] = ()
    timeout: int = 600

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse a time limit in which nothing can be run."""
        return flaw_of_timeout(values)


def check(work: Work, params: Params) -> list[Finding]:
    """Run each command. Raises `SkippedError` where there are none."""
    if not any(command.strip() for command in params.commands):
        raise SkippedError("no commands are named: list them in `commands`")
    return list(failures(work, params.commands, params.timeout))
