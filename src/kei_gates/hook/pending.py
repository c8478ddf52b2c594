"""What waits for a person's word: a note for each thing that was stopped, and the word itself.

Both lie in the session's folder of the user's state. A note says what would be let pass, a word
that a person did so outside the session (`kei-gates confirm`). A word begins with the secret of the
installation (see `trust`), and names the session and the target, so none can be copied elsewhere.
"""

from __future__ import annotations

from posix import scandir, unlink

from kei_gates.hook import bindings, own_folders, trust
from kei_gates.model import Fault, Value
from kei_gates.observe.files import read_file, write_file
from kei_gates.protocol import json_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.model import Call

_LARGEST = 1 << 20
_NOTE, _WORD = "pending-", "confirmed-"
_REMEDY = "mend the folder"


class Note(Value):
    """One thing that was stopped: whose call `use` it was, when, and what would have been run.

    `by_chat` says that a person may also let it pass in the session.
    """

    __slots__ = ("agent", "at", "by_chat", "command", "project", "session", "target", "use")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        target: str,
        session: str,
        agent: str,
        at: float,
        command: str,
        use: str,
        project: str,
        by_chat: bool,
    ) -> None:
        self.target: Final = target
        self.session: Final = session
        self.agent: Final = agent
        self.at: Final = at
        self.command: Final = command
        self.use: Final = use
        self.project: Final = project
        self.by_chat: Final = by_chat

    @property
    def code(self) -> str:
        """The word by which a person names it."""
        return code_of(self.session, self.target)


def shown(call: Call) -> str:
    """Give what a call would run, for people."""
    return call.command if call.command is not None else f"a call of {call.tool}"


def code_of(session: str, target: str) -> str:
    """Give the code of a target in a session. It only names; nothing rests on its being secret."""
    from binascii import crc32  # only what is stopped has one

    return f"{crc32(f'{session}/{target}'.encode('utf-8', 'surrogatepass')):08x}"[-6:]


def folder_of(home: str, session: str) -> str:
    """Give the folder of a session. Raises `Fault`."""
    return f"{own_folders.state(home)}/sessions/{bindings.checked(session, 'session_id')}"


def note_path(home: str, note: Note) -> str:
    """Give where a note lies. Raises `Fault`."""
    return f"{folder_of(home, note.session)}/{_NOTE}{note.code}"


def word_path(home: str, note: Note) -> str:
    """Give where the word for a note lies. Raises `Fault`."""
    return f"{folder_of(home, note.session)}/{_WORD}{note.code}"


def write(home: str, note: Note) -> None:
    """Keep a note; a former one for the same target is replaced. Raises `Fault`."""
    path = note_path(home, note)
    fields = (
        f'"{name}":{_json(getattr(note, name))}' for name in note.__slots__ if name != "by_chat"
    )
    text = f'{{{",".join(fields)},"by_chat":{"true" if note.by_chat else "false"}}}'
    try:
        write_file(path, text.encode("ascii"))
    except OSError as error:
        reason = error.strerror or error
        raise Fault(f"`{path}` cannot be written: {reason}", _REMEDY) from None


def _json(value: object) -> str:
    return repr(value) if isinstance(value, float) else json_text.quote(str(value))


def notes(home: str, session: str) -> dict[str, Note]:
    """Give the notes of a session by their targets. Raises `Fault`."""
    folder = folder_of(home, session)
    found = {}
    for name in _names(folder):
        if name.startswith(_NOTE) and not name.endswith(".tmp"):
            note = _read(f"{folder}/{name}")
            if note is not None and note.session == session:
                found[note.target] = note
    return found


def all_notes(home: str) -> list[Note]:
    """Give the notes of all sessions, the oldest first. Raises `Fault`."""
    sessions = f"{own_folders.state(home)}/sessions"
    names = (name for name in _names(sessions) if not name.startswith("."))
    found = [note for name in names for note in notes(home, name).values()]
    return sorted(found, key=lambda note: note.at)


def drop(home: str, note: Note) -> None:
    """Forget a note, if it is still there."""
    try:
        unlink(note_path(home, note))
    except OSError:
        return


def _names(folder: str) -> list[str]:
    try:
        return sorted(entry.name for entry in scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise Fault(f"`{folder}` cannot be read: {error.strerror or error}", _REMEDY) from None


def _read(path: str) -> Note | None:
    """Read a note; none where it has gone, or is not one."""
    try:
        fields = json_text.parse(read_file(path, _LARGEST))
        if not isinstance(fields, dict):
            return None
        return Note(
            **{name: str(fields[name]) for name in Note.__slots__ if name not in ("at", "by_chat")},
            at=float(fields["at"]),
            by_chat=fields["by_chat"] is True,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


# --- words ----------------------------------------------------------------------------------------


def word_text(note: Note, at: float) -> bytes:
    """Give what a word says, behind the installation's secret."""
    return (
        f'{{"session":{json_text.quote(note.session)},"target":{json_text.quote(note.target)},'
        f'"at":{at!r}}}'
    ).encode("ascii")


def word_time(home: str, note: Note) -> float | None:
    """Give when a person let a target pass; none if nobody did. Raises `Fault`."""
    text = trust.sealed(word_path(home, note))
    try:
        fields = json_text.parse(text or b"")
    except ValueError:
        return None
    if not isinstance(fields, dict):
        return None
    at = fields.get("at")
    if (fields.get("session"), fields.get("target")) != (note.session, note.target):
        return None
    return at if isinstance(at, float) else None


def spend_word(home: str, note: Note) -> bool:
    """Take a word away. Of all who try at the same time one succeeds."""
    try:
        unlink(word_path(home, note))
    except OSError:
        return False
    return True
