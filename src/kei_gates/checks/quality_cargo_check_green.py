"""Hold a Rust workspace to compile.

What it checks: `cargo check --workspace`, and `cargo check -p` for each of `crates`, end without an
error, in the folder of the work and once more after a simulated merge. A project that has no
`Cargo.toml` at its root, and had none, is not looked at.
Why: what compiles in a worktree may rely on files that do not travel with the merge.
Instead: run `cargo check --workspace` yourself, and mend what it says before you return.
"""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from kei_gates.checks._commands import failures, flaw_of_crates, flaw_of_timeout
from kei_gates.checks.work import Finding, SkippedError
from kei_gates.model import Params as BaseParams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.checks.work import Work

RUNS = True

_MANIFEST = "Cargo.toml"


class Params(BaseParams):
    """`crates`: those that are checked by themselves too; `timeout`: seconds for each command."""

    crates: tuple[str, ...] = ()
    timeout: int = 900

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse what is no name of a crate, and a time limit in which nothing can be run."""
        return flaw_of_crates(values) or flaw_of_timeout(values)


def check(work: Work, params: Params) -> list[Finding]:
    """Run cargo. Raises `SkippedError` where there is nothing that it could check."""
    if work.read(_MANIFEST) is None:
        if work.change_set.before(_MANIFEST) is None:
            raise SkippedError("there is no `Cargo.toml` at the root")
        message = "`Cargo.toml` at the root was deleted, so that nothing can be checked"
        return [Finding(message, "bring it back", path=_MANIFEST)]
    single = (f"cargo check -p {quote(crate)}" for crate in params.crates)
    return list(failures(work, ("cargo check --workspace", *single), params.timeout))
