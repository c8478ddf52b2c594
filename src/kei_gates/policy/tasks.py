"""A task: what one subagent is to do, and the narrower rules that hold while it does. Cold path.

`.claude/kei-gates/tasks/ID.toml`. What a task says is asked beside the role of the agent that works
on it, so it can only narrow that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from kei_gates.model import Fault, Value
from kei_gates.policy.build import compile_grant, split
from kei_gates.policy.documents import Documents
from kei_gates.policy.params import without_shorthands
from kei_gates.policy.schema import RoleName
from kei_gates.policy.validating import Dashed, check_role, validate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.policy.capabilities import Catalogue
    from kei_gates.policy.compiled import CompiledRole, Reader
    from kei_gates.policy.params import Grants
    from kei_gates.policy.where import Where


class Header(Dashed):
    """`[task]`: the role that the agent has at most, who works on it, and who gave it."""

    role: RoleName | None = None
    agent_id: str | None = None
    parent_agent: str | None = None


class Scope(Dashed):
    """`[scope]`: the files of the task. Without `files-whitelist`, those of the role."""

    files_whitelist: list[str] | None = None
    files_denylist: list[str] = Field(default_factory=list)


class Rest(Dashed):
    """`verification` and `output`: they hold nothing but shorthands, as a role's do."""


class Body(Dashed):
    """`[body]`: what is to be done, in words."""

    text: str = ""


class Task(Dashed):
    """A whole task file."""

    version: Literal[1] = 1
    task: Header = Header()
    scope: Scope = Scope()
    verification: Rest = Rest()
    output: Rest = Rest()
    body: Body = Body()


class Written(Value):
    """A task as it is written: its tables, its grants, where it stands."""

    __slots__ = ("grants", "table", "where")

    def __init__(self, table: Task, grants: Grants, where: Where) -> None:
        self.table: Final = table
        self.grants: Final = grants
        self.where: Final = where


def read_task(path: str, catalogue: Catalogue, roles: Sequence[str], read: Reader) -> Written:
    """Read a task. Raises `Fault` naming file, line and key."""
    found = Documents(read, "task").find(path)
    if found is None:
        raise Fault(f"there is no task `{path}`", "make it with `kei-gates task new`")
    document, where = found
    rest, grants = without_shorthands(document, {}, catalogue.params, where, ())
    table = validate(Task, rest, where, ())
    if table.task.role is not None:
        check_role(table.task.role, roles, where, ("task", "role"))
    scopes: Grants = {}
    if table.scope.files_whitelist is not None:
        scopes["scope::files-whitelist"] = {"patterns": table.scope.files_whitelist}
    if table.scope.files_denylist:
        scopes["scope::files-denylist"] = {"patterns": table.scope.files_denylist}
    return Written(table, scopes | grants, where)


def compile_task(
    path: str, catalogue: Catalogue, roles: Sequence[str], read: Reader
) -> tuple[str | None, CompiledRole]:
    """Read a task and give its role and grants. Raises `Fault` naming file, line and key."""
    task = read_task(path, catalogue, roles, read)
    compiled = [
        compile_grant(name, params, catalogue, task.where, ())
        for name, params in task.grants.items()
    ]
    return task.table.task.role, split(compiled, catalogue)
