"""Write the prompt for one task: what holds the agent that works on it, and what it is to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.agents.render import listed, section, substrate
from kei_gates.agents.substrate import Held, fields_of
from kei_gates.model import Fault
from kei_gates.protocol.payload import task_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from kei_gates.policy.params import ParamsById
    from kei_gates.policy.tasks import Written

_WHITELIST, _DENYLIST = "scope::files-whitelist", "scope::files-denylist"
_ELSEWHERE = (
    "Reading elsewhere is allowed. If the task cannot be done so, stop, and report the file and "
    "the reason."
)
_FIELDS = (
    "End with a report that has each of these fields, as a line of its own; write `none` where "
    "there is nothing to say:"
)


def compose(
    name: str,
    task: Written,
    role: Held,
    text: Callable[[str], str],
    catalogue: ParamsById,
) -> str:
    """Give the prompt of a task for an agent that a role holds.

    Raises `Fault` for a task whose words would bind it to another one, or without any words.
    """
    body = task.table.body.text.strip()
    if not body:
        raise task.where.fault(
            ("body", "text"), "the task says nothing", "write what is to be done"
        )
    bound = task_lines(body)
    if bound:
        raise task.where.fault(
            ("body", "text"),
            f"a line `kei-task: {bound[0]}` in the task's own words would bind it to that task",
            "leave that line out: it is added",
        )
    whole = Held(role.role, tuple(_narrowed(role, task.grants)))
    parts = [
        substrate(whole, text, catalogue),
        section("SCOPE", *_scope(whole)),
        section("TASK", body),
    ]
    fields = fields_of(whole)
    if fields:
        parts.append(section("REPORT", _FIELDS, listed(fields)))
    prompt = "\n\n".join([*parts, f"kei-task: {name}"]) + "\n"
    if task_lines(prompt) != [name]:
        raise Fault(
            f"the prompt for `{name}` would bind its agent to another task too",
            "look for a line `kei-task:` in the fields and globs of the task and its role",
        )
    return prompt


def _narrowed(
    role: Held, grants: Mapping[str, Mapping[str, object]]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Give the role's grants, each with what the task adds to it behind it.

    An empty whitelist gives way to the task's.
    """
    rest = dict(grants)
    for capability, params in role.grants:
        more = rest.pop(capability, None)
        waits = capability == _WHITELIST and more is not None and not params.get("patterns")
        if not waits:
            yield capability, params
        if more is not None:
            yield capability, more
    yield from rest.items()


def _scope(held: Held) -> Iterator[str]:
    """Say which files may change: what each list holds, all of which count."""
    allowed: list[Any] = [params.get("patterns", ()) for params in held.params(_WHITELIST)]
    for patterns in allowed:
        if patterns:
            yield "You may change only files that match one of:"
            yield listed(f"`{one}`" for one in patterns)
        else:
            yield "You may change no file."
    denied: list[Any] = [params.get("patterns", ()) for params in held.params(_DENYLIST)]
    never = list(dict.fromkeys(one for patterns in denied for one in patterns))
    if never:
        yield "You must not change a file that matches one of:"
        yield listed(f"`{one}`" for one in never)
    if not allowed:
        yield "No list says which files may change; what the rules above say counts."
    yield _ELSEWHERE
