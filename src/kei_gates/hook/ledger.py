"""The day's launches and what they were expected to cost, over all sessions of a user.

One file of JSON lines for each day, which only grows; amounts are in cents. Who asks what was spent
holds a lock until the call is decided, so that two launches at one time cannot both fit below a
cap that holds one. A launch is on the disk before the hook answers: a line that a crash has torn
off was never answered, so what it tells of never ran, and it is cut off (docs/adr/0015).
"""

from __future__ import annotations

from fcntl import LOCK_EX, flock
from posix import (
    O_APPEND,
    O_CLOEXEC,
    O_CREAT,
    O_NOFOLLOW,
    O_RDONLY,
    O_RDWR,
    close,
    fsync,
    ftruncate,
    write,
)
from posix import open as open_fd

from kei_gates.hook import own_folders
from kei_gates.hook.ledger_lines import (
    SETTLED,
    Entry,
    UnreadableError,
    launch_line,
    local_day,
    parse,
    status_line,
)
from kei_gates.model import Fault
from kei_gates.observe.files import make_folders, read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Final

    from kei_gates.hook.ledger_lines import Status
    from kei_gates.model import Decision
    from kei_gates.particulars import Charge


_LARGEST = 1 << 24


def folder(home: str) -> str:
    """Give the folder of the ledger. Raises `Fault`."""
    return f"{own_folders.state(home)}/ledger"


def read(home: str, day: str) -> tuple[Entry, ...]:
    """Give the launches of a day, the oldest first. Raises `Fault`."""
    return tuple(_read(f"{folder(home)}/{day}.jsonl")[0].values())


def charges_of(decision: Decision) -> tuple[Charge, ...]:
    """Give what a call is charged: once, where several grants of a role have counted the same."""
    charged = [verdict.charges for _, verdict in decision.verdicts]
    return max(charged, key=lambda charges: sum(one.cents for one in charges), default=())


def total(entries: Iterable[Entry]) -> int:
    """Give the cents that count."""
    return sum(entry.cents for entry in entries if entry.counts)


class Ledger:
    """The ledger of one day, for one call. It locks when it is first asked, until `close`."""

    __slots__ = ("_agent", "_call", "_entries", "_file", "_lock", "_now", "_session", "_transcript")

    def __init__(  # noqa: PLR0913 -- what a record tells
        self,
        home: str,
        now: float,
        *,
        call: str = "",
        session: str = "",
        agent: str | None = None,
        transcript: str | None = None,
        day: str | None = None,
    ) -> None:
        """Take what a launch of this call is recorded with. Raises `Fault`.

        `call` is the client's id of it (`tool_use_id`): the same call never counts twice. Without a
        `day` it is that of `now`.
        """
        self._call: Final = call
        self._now: Final = now
        self._session: Final = session
        self._agent: Final = agent
        self._transcript: Final = transcript
        self._file: Final = f"{folder(home)}/{day or local_day(now)}.jsonl"
        self._lock: int | None = None
        self._entries: dict[str, Entry] = {}

    def spent(self) -> int:
        """Give the cents of the day's launches but for this call's own. Raises `Fault`."""
        self._open()
        self._settle()
        return total(entry for entry in self._entries.values() if entry.call != self._call)

    def record(self, charges: Sequence[Charge], *, asked: bool) -> None:
        """Note that this call may launch, before it is answered. Raises `Fault`.

        A call that is judged twice is noted once, with the larger sum.
        """
        if not self._call:
            raise Fault("the call has no `tool_use_id`", "update the client: launches need it")
        self._open()
        entry = Entry(
            self._call,
            time=self._now,
            charges=tuple((one.cents, one.formula, one.what) for one in charges),
            session=self._session,
            agent=self._agent,
            transcript=self._transcript,
            status="asked" if asked else "passed",
        )
        before = self._entries.get(self._call)
        if before is None or not before.counts or before.cents < entry.cents:
            self._append(launch_line(entry))
            self._entries[self._call] = entry

    def release(self, call: str) -> Entry:
        """Take a launch that never ran off the day. Raises `Fault`."""
        self._open()
        entry = self._entries.get(call)
        if entry is None:
            raise Fault(f"no launch of that day has the id `{call}`", "see `kei-gates cost`")
        if not entry.counts:
            raise Fault(
                f"`{call}` does not count any more: {entry.status}", "there is nothing to do"
            )
        return self._become(entry, "released")

    def close(self) -> None:
        """Let others launch."""
        if self._lock is not None:
            close(self._lock)
            self._lock = None

    def _open(self) -> None:
        """Lock, and read the day."""
        if self._lock is not None:
            return
        top = self._file.rpartition("/")[0]
        try:
            make_folders(top)
            flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
            self._lock = open_fd(f"{top}/lock", flags, 0o600)
            flock(self._lock, LOCK_EX)
        except OSError as error:
            raise _unusable(top, error) from None
        self._entries = _read(self._file)[0]

    def _settle(self) -> None:
        """Find out what became of the launches of which that is not known yet.

        Those that never ran count no more: a person has declined them, here or before the client's
        own prompt.
        """
        try:
            from kei_gates.hook.transcript import ran
        except ImportError:
            return
        for entry in [*self._entries.values()]:
            if entry.status in SETTLED or entry.call == self._call or not entry.transcript:
                continue
            try:
                has_run = ran(entry.transcript, entry.call)
            except (OSError, ValueError, Fault):
                continue  # nobody knows, so it counts
            if has_run is not None:
                self._become(entry, "ran" if has_run else "declined")

    def _become(self, entry: Entry, status: Status) -> Entry:
        self._append(status_line(entry.call, status, self._now))
        changed = self._entries[entry.call] = entry.became(status)
        return changed

    def _append(self, line: bytes) -> None:
        """Add a line and see it on the disk. Raises `Fault`."""
        _, whole, is_new = _read(self._file)
        try:
            flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW
            descriptor = open_fd(self._file, flags, 0o600)
            try:
                ftruncate(descriptor, whole)  # what a crash has torn off was never answered
                rest = memoryview(line)
                while rest:
                    rest = rest[write(descriptor, rest) :]
                fsync(descriptor)
            finally:
                close(descriptor)
            if is_new:
                _sync_folder(self._file.rpartition("/")[0])
        except OSError as error:
            raise _unusable(self._file, error) from None


def _sync_folder(path: str) -> None:
    descriptor = open_fd(path, O_RDONLY | O_CLOEXEC)
    try:
        fsync(descriptor)
    finally:
        close(descriptor)


def _read(path: str) -> tuple[dict[str, Entry], int, bool]:
    """Read a day: its launches, how many bytes are whole lines, whether there is no file yet."""
    try:
        return *parse(read_file(path, _LARGEST)), False
    except (FileNotFoundError, NotADirectoryError):
        return {}, 0, True
    except OSError as error:
        raise _unusable(path, error) from None
    except UnreadableError as error:
        raise Fault(
            f"line {error.number} of the ledger `{path}` cannot be read",
            "a person has to look at it: what was spent that day is not known",
        ) from None


def _unusable(path: str, error: OSError) -> Fault:
    return Fault(
        f"the ledger of launches `{path}` cannot be used: {error.strerror or error}",
        "mend it: without it nobody knows what was spent today",
    )
