"""What is kept of an agent's return: how often it was sent back, and what did not hold last.

A note lies beside those on tasks (`bindings.py`). It outlives the agent: who started it is told
when it has come back and what it returned did not hold.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kei_gates.model import Fault, Value
from kei_gates.observe.files import read_file, write_file

if TYPE_CHECKING:
    from typing import Final

_LARGEST = 1 << 20


class Note(Value):
    """How often an agent was sent back, whether what it returned holds, what was said of it last.

    `looked` is false as long as it has returned nothing. `told` says that who started it knows.
    """

    __slots__ = ("holds", "looked", "said", "sent_back", "told")

    def __init__(
        self,
        *,
        sent_back: int = 0,
        holds: bool = True,
        said: str = "",
        looked: bool = True,
        told: bool = False,
    ) -> None:
        self.sent_back: Final = sent_back
        self.holds: Final = holds
        self.said: Final = said
        self.looked: Final = looked
        self.told: Final = told

    def marked_told(self) -> Note:
        """Give the same note, told."""
        return Note(
            sent_back=self.sent_back,
            holds=self.holds,
            said=self.said,
            looked=self.looked,
            told=True,
        )


def read(folder: str, agent: str) -> Note | None:
    """Read the note on an agent; none where there is none. Raises `Fault`."""
    path = _path(folder, agent)
    try:
        return Note(**json.loads(read_file(path, _LARGEST)))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, TypeError) as error:
        raise Fault(f"`{path}` cannot be read: {error}", "start the agent again") from None


def write(folder: str, agent: str, note: Note) -> None:
    """Write the note on an agent. Raises `Fault`."""
    path = _path(folder, agent)
    try:
        write_file(path, json.dumps(dict(zip(note.__slots__, note.fields(), strict=True))).encode())
    except OSError as error:
        raise Fault(
            f"`{path}` cannot be written: {error.strerror or error}", "mend the folder"
        ) from None


def _path(folder: str, agent: str) -> str:
    return f"{folder}/return-{agent}"
