"""Write down a decision before it takes effect: who asked for what, and what was said to it.

A record that cannot be written denies the call (`audit.log`). What stands in it is shortened, and
free of what looks like a secret (`audit.redact`); of what a call would write, nothing is kept.
"""

from __future__ import annotations

from posix import urandom
from time import monotonic, time

from kei_gates.audit import log
from kei_gates.audit.redact import redact
from kei_gates.hook import own_folders, places
from kei_gates.model import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from kei_gates.model import Decision, Places

EVENTS = frozenset(("PreToolUse", "ConfigChange"))
"""The events that are decided on. What is looked at on return is written down as such."""

_LONGEST = 2000
_READ = 4000
"""Characters of a text that are searched for secrets; what is kept of it is less."""

# What a call is told by, where it is no command: the fields of the client's tools that say what it
# is about. Others may hold whole texts, those of other tools anything.
_TELLING = (
    "file_path", "notebook_path", "path", "pattern", "subagent_type", "description", "url", "query",
    "skill", "task_id", "shell_id", "bash_id", "name", "scriptPath",
)  # fmt: skip
_OF_SERVERS = "mcp__"


class Recording:
    """The record of one event, as far as it is known."""

    __slots__ = ("_began", "_event", "fields", "places")

    def __init__(self, event: str) -> None:
        """Begin: from here on time is taken.

        `fields` are the payload's, and `places` where it takes place, once they are known.
        """
        self._began: Final = monotonic()
        self._event: Final = event
        self.fields: dict[str, object] = {}
        self.places: Places | None = None

    def write(self, decision: Decision, *, waits: bool = True) -> None:
        """Write down what was decided; see `log.append`. Raises `Fault`."""
        if self._event in EVENTS:
            if self.places is None:
                self.places = _places(self.fields)
            record = self._record(decision, self.places)
            folder = self.places.state if self.places else own_folders.state(places.home())
            log.append(folder, record, waits=waits)

    def try_to_write(self, decision: Decision, *, waits: bool = True) -> None:
        """Write down a denial that holds in any case, if that can be done."""
        try:
            self.write(decision, waits=waits)
        except Exception:  # noqa: BLE001, S110 -- nothing may take the place of the denial
            pass

    def _record(self, decision: Decision, where: Places | None) -> dict[str, object]:
        fields = self.fields
        record = {
            "at": time(),
            "event": "decision",
            "session": _text(fields, "session_id"),
            "agent": _text(fields, "agent_id"),
            "agent_type": _text(fields, "agent_type"),
            "id": urandom(4).hex(),
            "on": self._event,
            "project": where and where.project,
            "role": decision.role,
            "use": _text(fields, "tool_use_id"),
            "tool": _text(fields, "tool_name"),
            "call": told(fields),
            "decision": decision.outcome,
            "verdicts": [
                {
                    "gate": gate,
                    "outcome": one.outcome,
                    "reason": _said(one.reason),
                    "remedy": _said(one.remedy),
                }
                for gate, one in decision.verdicts
                if one.outcome != "abstain"
            ],
            "passed": [gate for gate, one in decision.verdicts if one.outcome == "abstain"],
            "ms": round((monotonic() - self._began) * 1000, 3),
        }
        if decision.outcome == "deny" and self._event == "PreToolUse":
            from kei_gates.hook.grants import digest_of

            record["input"] = digest_of(decision, fields)
        if decision.by:
            record["by"] = [*map(_said, decision.by)]
        return record


def _text(fields: Mapping[str, object], key: str) -> str | None:
    """Give a field that is a text; what is malformed was denied for it, and is not kept."""
    value = fields.get(key)
    return value[:_LONGEST] if isinstance(value, str) else None


def _places(fields: Mapping[str, object]) -> Places | None:
    try:
        return places.from_client(_text(fields, "cwd") or "")
    except Fault:
        return None


def _said(text: str) -> str:
    from kei_gates.protocol.answer import one_line  # most calls pass

    return redact(one_line(text))


def told(fields: Mapping[str, object]) -> str:
    """Tell what a call would do: its command, or the fields that say what it is about."""
    given = fields.get("tool_input")
    if not isinstance(given, dict):
        return _shortened(_text(fields, "file_path") or "")
    command = given.get("command")
    if isinstance(command, str):
        return _shortened(command)
    if (_text(fields, "tool_name") or "").startswith(_OF_SERVERS):
        return _shortened(", ".join(map(str, given)))
    parts = ((key, given.get(key)) for key in _TELLING)
    return _shortened(", ".join(f"{key}: {one}" for key, one in parts if isinstance(one, str)))


def _shortened(text: str) -> str:
    if len(text) > _READ:  # half of a secret would not look like one
        text = text[:_READ].rpartition(" ")[0] or text[:_READ]
    text = redact(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 4]} ..."
