"""What the scope gates share: parameters, readings of a path, changes that nobody can place."""

from __future__ import annotations

from kei_gates.gates._wording import choice_flaw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Target

CHECK, DENY, ALLOW = "check", "deny", "allow"

_CHOICES = {"unknown_writes": (CHECK, DENY), "scratch": (ALLOW, DENY)}


def flaw_of(values: Mapping[str, object]) -> str | None:
    """Say what is wrong with the parameters that the scope gates share; none when nothing is."""
    return choice_flaw(values, _CHOICES)


def readings(target: Target) -> list[str]:
    """Give the target as it lies below the root, in each of its readings; folders end in `/`."""
    ending = "/" if target.is_folder else ""
    return [path + ending for path in target.relative if path]


def is_left_to_check(target: Target, unknown_writes: str) -> bool:
    """Whether a change is one that only the check on return can judge.

    Where an interpreter's code writes, and what a file of the project writes, often depends on what
    runs; in what the call itself says, a path that cannot be known stays denied.
    """
    if unknown_writes != CHECK or target.spelled:
        return False
    if target.effect.noted:
        return True
    from kei_gates.shell.interpreters import interpreter  # noqa: PLC0415 -- hardly ever

    return interpreter(target.effect.by) is not None
