"""From the hook's JSON on stdin to a `Call`.

The client's field names and their measured presence per event are in the tests' recorded payloads.
Fields that no gate looks at are ignored; a field that is looked at and is missing or of the wrong
type is a fault.
"""

from __future__ import annotations

from kei_gates.model import Call, Effect, Fault, Principal, TextEdit
from kei_gates.protocol import json_text
from kei_gates.protocol.tools import TOOLS, UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.particulars import Spawn

REMEDY = "this is a fault between the client and kei-gates: report it with the client's version"


def parse(raw: bytes, event: str) -> dict[str, object]:
    """Parse a payload and check that it is one of `event`. Raises `Fault`."""
    try:
        payload = json_text.parse(raw)
    except ValueError as error:
        raise Fault(f"the payload cannot be read: {error}", REMEDY) from None
    if not isinstance(payload, dict):
        raise Fault("the payload is not a JSON object", REMEDY)
    named = text(payload, "hook_event_name")
    if named != event:
        raise Fault(f"the payload is of event `{named}`, the hook is for `{event}`", REMEDY)
    return payload


def text(fields: Mapping[str, object], key: str) -> str:
    """Give a field that must be a string. Raises `Fault`."""
    value = fields.get(key)
    if not isinstance(value, str):
        state = "has no" if value is None else "has a malformed"
        raise Fault(f"the payload {state} `{key}`", REMEDY)
    return value


def exact_text(fields: Mapping[str, object], key: str) -> str | None:
    """Give a field that reaches the system as it is spelled, or none. Raises `Fault`.

    A NUL ends a string there, and a lone surrogate becomes another character on the way, so what
    would run is not what was judged.
    """
    value = optional_text(fields, key)
    if value is not None and not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Fault(f"`{key}` holds half a character (a lone surrogate)", _RESEND) from None
    if value is not None and "\0" in value:
        raise Fault(f"`{key}` holds a NUL character", _RESEND)
    return value


_RESEND = "send it again without that character"


def optional_text(fields: Mapping[str, object], key: str) -> str | None:
    """Give a field that is a string or absent. Raises `Fault`."""
    return None if fields.get(key) is None else text(fields, key)


def absolute(fields: Mapping[str, object], key: str) -> str:
    """Give a field that must be an absolute path. Raises `Fault`."""
    value = text(fields, key)
    if not value.startswith("/"):
        raise Fault(f"the payload's `{key}` is not an absolute path: `{value}`", REMEDY)
    return value


def to_call(payload: Mapping[str, object]) -> Call:
    """Make the `Call` of a PreToolUse payload. Raises `Fault`."""
    name = text(payload, "tool_name")
    fields = payload.get("tool_input")
    if not name:
        raise Fault("the payload has an empty `tool_name`", REMEDY)
    if not isinstance(fields, dict):
        raise Fault("the payload has no `tool_input` object", REMEDY)
    tool = TOOLS.get(name, UNKNOWN)
    for key in tool.required:
        text(fields, key)
    return Call(
        tool=name,
        principal=to_principal(payload),
        cwd=absolute(payload, "cwd"),
        command=exact_text(fields, tool.source) if tool.source else None,
        effects=tuple(
            Effect(kind, path, name)
            for key, kind in tool.paths
            if (path := exact_text(fields, key)) is not None
        ),
        edits=None if tool.text is None else _edits(fields, tool.text),
        spawn=_spawn(fields) if tool.spawns else None,
        stops=_stops(fields, tool.stops) if tool.stops else None,
        mutates=tool.mutates,
        known=name in TOOLS,
    )


def _edits(fields: Mapping[str, object], key: str) -> tuple[TextEdit, ...] | None:
    """Give how a text changes by the field `key` of a tool; none where the input does not say."""
    given = fields.get(key) if key else [fields]
    if isinstance(given, str):
        return (TextEdit(None, given),)
    edits = []
    for part in given if isinstance(given, list) else [None]:
        if not isinstance(part, dict):
            return None
        old, new = part.get("old_string"), part.get("new_string")
        if not isinstance(old, str) or not isinstance(new, str):
            return None
        edits.append(TextEdit(old, new, every=part.get("replace_all") is True))
    return tuple(edits)


def _stops(fields: Mapping[str, object], keys: tuple[str, ...]) -> str:
    """Give the id of what a call stops; empty where it names none."""
    return next((found for key in keys if (found := optional_text(fields, key))), "")


_TASK_LINE = "kei-task:"
_MARKUP = " \t*`_>-"


def _spawn(fields: Mapping[str, object]) -> Spawn:
    """Give the agent that a call starts, and the tasks that its prompt binds it to."""
    from kei_gates.particulars import Spawn  # noqa: PLC0415 -- few calls start agents

    prompt = optional_text(fields, "prompt") or ""
    return Spawn(optional_text(fields, "subagent_type"), tuple(task_lines(prompt)))


def task_lines(prompt: str) -> list[str]:
    """Give what stands after `kei-task:` in the lines that begin with it."""
    tasks = []
    if _TASK_LINE in prompt.casefold():
        for line in prompt.splitlines():
            plain = line.lstrip(_MARKUP)  # models like to write such a line in bold, or in a list
            if plain.casefold().startswith(_TASK_LINE):
                tasks.append(plain[len(_TASK_LINE) :].strip(_MARKUP))
    return tasks


def to_principal(payload: Mapping[str, object]) -> Principal:
    """Say who makes the call. Raises `Fault`."""
    agent_id = optional_text(payload, "agent_id")
    agent_type = optional_text(payload, "agent_type")
    if agent_id is not None and not agent_id:
        raise Fault("the payload has an empty `agent_id`", REMEDY)
    return Principal(agent_id, agent_type)
