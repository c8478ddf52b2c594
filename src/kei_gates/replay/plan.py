"""What calls are judged by: policies in a form that can be handed to other processes."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple

from kei_gates.hook import store
from kei_gates.policy import compiled

if TYPE_CHECKING:
    from kei_gates.policy.compiled import Policy, Sources


class Packed(NamedTuple):
    """A compiled policy, and the sources that it was made from."""

    dumped: bytes
    sources: Sources


class Plan(NamedTuple):
    """By which policies calls are judged: none is each project's own, as it is written.

    With `is_compared` every call is judged by `other`, too. What a worker has kept of an earlier
    `run` does not count in this one: policies and files may have changed since.
    """

    run: str
    policy: Packed | None
    other: Packed | None
    is_compared: bool


def plan(policy: str | None, other: str | None, home: str) -> Plan:
    """Compile the policies of two files; none is each project's own. Raises `Fault`."""
    return Plan(token_hex(8), _pack(policy, home), _pack(other, home), other is not None)


def _pack(path: str | None, home: str) -> Packed | None:
    if path is None:
        return None
    policy = store.build(path, home)[0]
    return Packed(policy.dump(), policy.sources)


class OtherVersionError(RuntimeError):
    """Another version of kei-gates or of Python has compiled a policy."""


def unpack(packed: Packed) -> Policy:
    """Revive a policy. Raises `OtherVersionError`."""
    policy = compiled.load(packed.dumped, dict(packed.sources).get)
    if policy is None:
        raise OtherVersionError
    return policy
