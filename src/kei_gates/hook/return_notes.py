"""What is kept of an agent's return: how often it was sent back, and what did not hold last.

A note lies beside those on tasks (`bindings.py`). It outlives the agent: who started it is told
when it has ended and what it returned did not hold, or nobody has looked at it. The client waits
for the hooks that read one, so nothing is imported here that the hook does not know yet.
"""

from __future__ import annotations

from kei_gates.model import Fault, Value
from kei_gates.observe.files import read_file, write_file
from kei_gates.protocol import json_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_LARGEST = 1 << 20
_PREFIX = "return-"


class Note(Value):
    """How often an agent was sent back, whether what it returned holds, what was found last.

    `looked` says that it was looked at and let go; it is false while the agent is at work, at first
    or because it was sent back or woken. `said` lists the findings, empty for none; `same` says
    how often in a row just these were found. `told` says that who started it knows.
    """

    __slots__ = ("holds", "looked", "said", "same", "sent_back", "told")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        sent_back: int = 0,
        holds: bool = True,
        said: str = "",
        same: int = 0,
        looked: bool = True,
        told: bool = False,
    ) -> None:
        self.sent_back: Final = sent_back
        self.same: Final = same
        self.holds: Final = holds
        self.said: Final = said
        self.looked: Final = looked
        self.told: Final = told

    @property
    def is_over(self) -> bool:
        """Whether it returned what holds."""
        return self.looked and self.holds

    def marked_told(self) -> Note:
        """Give the same note, told."""
        return Note(
            sent_back=self.sent_back,
            holds=self.holds,
            said=self.said,
            same=self.same,
            looked=self.looked,
            told=True,
        )

    def woken(self) -> Note:
        """Give the note on an agent that goes on and answers for what did not hold."""
        return Note(holds=False, said=self.said, looked=False)


def read(folder: str, agent: str) -> Note | None:
    """Read the note on an agent; none where there is none. Raises `Fault`."""
    path = _path(folder, agent)
    try:
        return _read(json_text.parse(read_file(path, _LARGEST)))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        why = error.strerror or error
        raise Fault(f"`{path}` cannot be read: {why}", "start the agent again") from None
    except (ValueError, TypeError):
        why = "it is no note, or damaged"
        raise Fault(f"`{path}` cannot be read: {why}", "start the agent again") from None


def _read(fields: object) -> Note:
    """Make what was parsed a note. Raises `TypeError` for anything else."""
    if not isinstance(fields, dict):
        raise TypeError("it is no note")
    note = Note(**fields)
    kinds = [type(field) for field in note.fields()]
    if kinds != [bool, bool, str, int, int, bool]:
        raise TypeError("it is no note")
    return note


def write(folder: str, agent: str, note: Note) -> None:
    """Write the note on an agent. Raises `Fault`."""
    path = _path(folder, agent)
    text = (
        f'{{"sent_back":{note.sent_back},"holds":{_word(note.holds)},'
        f'"said":{json_text.quote(note.said)},"same":{note.same},'
        f'"looked":{_word(note.looked)},"told":{_word(note.told)}}}\n'
    )
    try:
        write_file(path, text.encode("ascii"))
    except OSError as error:
        raise Fault(
            f"`{path}` cannot be written: {error.strerror or error}", "mend the folder"
        ) from None


def agents(names: list[str]) -> list[str]:
    """Give whom the notes among the names of files in a folder are on."""
    return sorted(
        name.removeprefix(_PREFIX)
        for name in names
        if name.startswith(_PREFIX) and not name.endswith(".tmp")
    )


def _word(value: bool) -> str:
    return "true" if value else "false"


def _path(folder: str, agent: str) -> str:
    return f"{folder}/{_PREFIX}{agent}"
