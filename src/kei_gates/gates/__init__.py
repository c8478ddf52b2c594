"""One module per capability: what it denies, decided from an `Event` and its parameters alone.

The file name is the id: `policy_no_git_ops.py` is `policy::no-git-ops`. A gate module has a
docstring in three parts (What it does, Why, Instead), a class `Params`, and
`check(event, params) -> Verdict`. `ALWAYS = "first"` or `"last"` puts it on for
every role, before or after the role's own. Modules whose names
begin with `_` hold what gates share.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from kei_gates.model import Event, Verdict
    from kei_gates.model import Params as BaseParams

    class Gate(Protocol):
        """What a gate module offers."""

        Params: type[BaseParams]

        check: Callable[[Event, BaseParams], Verdict]


def load(capability: str) -> Gate:
    """Import the gate of a capability id. Raises `ImportError` when there is none."""
    name = "kei_gates.gates." + capability.replace("::", "_").replace("-", "_")
    gate: Gate = __import__(name, fromlist=("check",))
    return gate
