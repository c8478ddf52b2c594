"""Deny every tool that the role does not list.

What it does: a call passes only if its tool is in `tools`; an entry may end in `*`, as in
`mcp__github__*`.
Why: new tools appear with every client and MCP server, and what is not known cannot be judged.
Instead: use a tool of the list, or report what you need and let the person widen the role.
"""

from __future__ import annotations

from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Event, Verdict


class Params(BaseParams):
    """`tools`: the names, exact or ending in `*`."""

    tools: tuple[str, ...] = ()

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse a `*` that is not at the end: it would never match."""
        for name in _names(values):
            if "*" in name[:-1]:
                return f"`{name}` has a `*` before its end"
        return None


def _names(values: Mapping[str, object]) -> tuple[str, ...]:
    names = values.get("tools", ())
    return tuple(names) if isinstance(names, (list, tuple)) else ()


def check(event: Event, params: Params) -> Verdict:
    """Judge the tool's name."""
    tool = event.call.tool
    for name in params.tools:
        if tool == name or (name.endswith("*") and tool.startswith(name[:-1])):
            return Abstain()
    return Deny(
        f"the tool `{tool}` is not on the role's list",
        "use an allowed tool, or report what you need to whoever started you",
    )
