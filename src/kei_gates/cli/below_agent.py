"""What an agent may have looked at by hand: what it could not run itself, this does not run for it.

`kei-gates verify` runs the commands that a policy names. An agent that had it read a policy, a
task, or what was accepted, from a place of its own choice could run anything past every gate.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kei_gates.hook import trust
from kei_gates.model import Fault
from kei_gates.observe.clients import MARKS, client_environment, is_below_agent

if TYPE_CHECKING:
    from kei_gates.model import Places

# They say where the user's policy lies, and what was accepted.
_PLACES = (b"HOME", b"XDG_CONFIG_HOME", b"XDG_STATE_HOME")


def is_agents() -> bool:
    """Say whether an agent runs this, or may: where no table of processes tells.

    Code of an agent that hides where it comes from could as well run what it wants by itself.
    """
    return _is_marked() or is_below_agent() is not False


def is_surely_agents() -> bool:
    """Say whether it can be seen that an agent runs this."""
    return _is_marked() or is_below_agent() is True


def check(where: Places, task: str | None) -> None:
    """Check that an agent has this look where a person would. Raises `Fault`."""
    if is_surely_agents() and os.path.exists("/proc/self/environ"):
        _check_variables()
    if task is not None and not trust.is_known(where):
        raise Fault(
            f"an agent has the task `{task}` looked at, and nobody has accepted a policy of "
            f"`{where.project}`",
            "run it in the project, or let a person make a policy and accept it",
        )


def _is_marked() -> bool:
    return any(mark in os.environb for mark in MARKS)


def _check_variables() -> None:
    variables = client_environment()
    if variables is None:
        raise Fault(
            "an agent runs this, and the client that has started it cannot be seen",
            "run it in the foreground, by itself",
        )
    for name in _PLACES:
        if os.environb.get(name, b"") != variables.get(name, b""):
            raise Fault(
                f"an agent runs this with another `{name.decode()}` than its client has",
                f"run it with `{name.decode()}` as it is in the client",
            )
