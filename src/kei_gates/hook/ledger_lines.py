"""The lines of the ledger of launches: what each tells, how it is written and read."""

from __future__ import annotations

import json
from time import localtime, strftime

from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final, Literal

    Status = Literal["passed", "asked", "ran", "declined", "released"]

_LAUNCHED = ("passed", "asked")
SETTLED: tuple[Status, ...] = ("ran", "declined", "released")
"""What may become of a launch."""
_NEVER_RAN = ("declined", "released")


class Entry(Value):
    """One launch: the call that made it, when, what for, and what became of it.

    `status` is `passed` for one that no gate objected to and `asked` for one that a person was
    asked about; later `ran`, `declined` where the client's transcript says that it never ran, or
    `released` where a person has said so. `charges` are what it was made of: cents, formula, what.
    """

    __slots__ = ("agent", "call", "cents", "charges", "session", "status", "time", "transcript")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        call: str,
        *,
        time: float,
        charges: tuple[tuple[int, str, str], ...],
        session: str,
        agent: str | None,
        transcript: str | None,
        status: Status,
    ) -> None:
        self.call: Final = call
        self.time: Final = time
        self.charges: Final = charges
        self.cents: Final = sum(cents for cents, _, _ in charges)
        self.session: Final = session
        self.agent: Final = agent
        self.transcript: Final = transcript
        self.status: Final = status

    @property
    def counts(self) -> bool:
        """Whether it counts against the day."""
        return self.status not in _NEVER_RAN

    def told(self) -> dict[str, object]:
        """Give what is told of it, as JSON has it."""
        return {
            "time": self.time,
            "call": self.call,
            "status": self.status,
            "cents": self.cents,
            "charges": [
                {"cents": cents, "formula": formula, "what": what}
                for cents, formula, what in self.charges
            ],
            "session": self.session,
            "agent": self.agent,
        }

    def became(self, status: Status) -> Entry:
        """Give the same launch with what became of it."""
        return Entry(
            self.call,
            time=self.time,
            charges=self.charges,
            session=self.session,
            agent=self.agent,
            transcript=self.transcript,
            status=status,
        )


class UnreadableError(Exception):
    """A line cannot be read."""

    def __init__(self, number: int) -> None:
        super().__init__(f"line {number}")
        self.number: Final = number


def local_day(now: float) -> str:
    """Give the day of a time where the user is: `2026-11-28`."""
    return strftime("%Y-%m-%d", localtime(now))


def launch_line(entry: Entry) -> bytes:
    """Write the line of a launch."""
    return _line(entry.told() | {"day": local_day(entry.time), "transcript": entry.transcript})


def status_line(call: str, status: Status, now: float) -> bytes:
    """Write the line of what became of a launch."""
    return _line({"time": now, "call": call, "status": status})


def _line(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields).encode("ascii") + b"\n"


def parse(raw: bytes) -> tuple[dict[str, Entry], int]:
    """Read a day: its launches by the ids of their calls, and how many bytes are whole lines.

    Raises `UnreadableError` for a whole line that was not written here.
    """
    whole = raw.rfind(b"\n") + 1
    entries: dict[str, Entry] = {}
    for number, line in enumerate(raw[:whole].split(b"\n")[:-1], start=1):
        try:
            _take(json.loads(line), entries)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise UnreadableError(number) from None
    return entries, whole


def _take(fields: Mapping[str, object], entries: dict[str, Entry]) -> None:
    """Take in one line. Raises what is caught above for one that was not written here."""
    call, status = _text(fields["call"]), fields["status"]
    if status in SETTLED:
        entries[call] = entries[call].became(status)
        return
    if status not in _LAUNCHED:
        raise ValueError(status)
    entry = Entry(
        call,
        time=_number(fields["time"]),
        charges=tuple(map(_charge, _list(fields["charges"]))),
        session=_text(fields["session"]),
        agent=_optional(fields["agent"]),
        transcript=_optional(fields["transcript"]),
        status=status,  # type: ignore[arg-type]  # just looked at
    )
    if entry.cents != fields["cents"]:
        raise ValueError(entry.cents)
    before = entries.get(call)
    if before is None or not before.counts or before.cents < entry.cents:
        entries[call] = entry


def _charge(fields: Mapping[str, object]) -> tuple[int, str, str]:
    cents = fields["cents"]
    if type(cents) is not int or cents < 0:
        raise ValueError(cents)
    return cents, _text(fields["formula"]), _text(fields["what"])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _number(value: object) -> float:
    if not isinstance(value, (int, float)):
        raise TypeError(value)
    return value


def _list(value: object) -> list[Mapping[str, object]]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value
