"""A task: what one subagent is to do, and the narrower rules that hold while it does. Cold path.

`.claude/kei-gates/tasks/ID.toml`. What a task says is asked beside the role of the agent that works
on it, so it can only narrow that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from kei_gates.model import Fault
from kei_gates.policy import schema
from kei_gates.policy.build import compile_grant
from kei_gates.policy.documents import Documents
from kei_gates.policy.schema import Dashed, Output, RoleName, Verification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.policy.compiled import CompiledGrant, Reader
    from kei_gates.policy.schema import Catalogue


class Header(Dashed):
    """`[task]`: the role that the agent has at most, who works on it, and who gave it."""

    role: RoleName | None = None
    agent_id: str | None = None
    parent_agent: str | None = None


class Scope(Dashed):
    """`[scope]`: the files of the task. Without `files-whitelist`, those of the role."""

    files_whitelist: list[str] | None = None
    files_denylist: list[str] = Field(default_factory=list)


class Body(Dashed):
    """`[body]`: what is to be done, in words."""

    text: str = ""


class Task(Dashed):
    """A whole task file."""

    version: Literal[1] = 1
    task: Header = Header()
    scope: Scope = Scope()
    verification: Verification = Verification()
    output: Output = Output()
    body: Body = Body()


def compile_task(
    path: str, catalogue: Catalogue, roles: Sequence[str], read: Reader
) -> tuple[str | None, list[CompiledGrant]]:
    """Read a task and give its role and grants. Raises `Fault` naming file, line and key."""
    found = Documents(read, "task").find(path)
    if found is None:
        raise Fault(f"there is no task `{path}`", "make it with `kei-gates task new`")
    document, where = found
    table = schema.validate(Task, document, where, ())
    if table.task.role is not None:
        schema.check_role(table.task.role, roles, where, ("task", "role"))
    grants = []
    if table.scope.files_whitelist is not None:
        params: dict[str, object] = {"patterns": table.scope.files_whitelist}
        grants.append(("scope::files-whitelist", params))
    if table.scope.files_denylist:
        grants.append(("scope::files-denylist", {"patterns": table.scope.files_denylist}))
    return table.task.role, [
        compile_grant(name, params, catalogue, where, ()) for name, params in grants
    ]
