"""Deny every tool that the role does not list.

What it does: a call passes only if its tool is in `tools`. In an entry `*` stands for any
characters, as in `mcp__github__get_*`; `mcp__github` stands for every tool of that server.
Why: new tools appear with every client and MCP server, and what is not known cannot be judged.
Instead: use a tool of the list, or report what you need and let the person widen the role.
"""

from __future__ import annotations

from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kei_gates.model import Event, Verdict


class Params(BaseParams):
    """`tools`: the names, with `*` for any characters."""

    tools: tuple[str, ...] = ()

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse what looks like a tool and would never match one."""
        from kei_gates.protocol.tools import TOOLS  # noqa: PLC0415 -- only where policies are made

        names = values.get("tools", ())
        known = {name.casefold(): name for name in TOOLS}
        for name in names if isinstance(names, (list, tuple)) else ():
            right = known.get(name.casefold(), name)
            if right != name:
                return f"there is no tool `{name}`, only `{right}`"
            if not name or set(name) & set(" (),"):
                return f"`{name}` is no tool's name; what a shell may run is said in `bash.allow`"
        return None


def check(event: Event, params: Params) -> Verdict:
    """Judge the tool's name."""
    tool = event.call.tool
    if lists(params.tools, tool):
        return Abstain()
    return Deny(
        f"the tool `{tool}` is not on the role's list",
        "use an allowed tool, or report what you need to whoever started you",
    )


def lists(entries: Iterable[str], tool: str) -> bool:
    """Whether a list of tools holds one."""
    return any(tool == entry or _matches(entry, tool) for entry in entries)


_MCP = "mcp__"


def _matches(entry: str, tool: str) -> bool:
    """Whether an entry with wildcards, or one that names a whole server, holds a tool."""
    if entry.startswith(_MCP) and "__" not in entry[len(_MCP) :] and "*" not in entry:
        return tool.startswith(f"{entry}__")
    first, *inner = entry.split("*")
    if not inner or not tool.startswith(first):
        return False
    at = len(first)
    for part in inner[:-1]:
        found = tool.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return tool.endswith(inner[-1]) and len(tool) - len(inner[-1]) >= at
