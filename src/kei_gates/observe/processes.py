"""Read the process table: what runs, since when, from whom, and whether this session started it.

Source: proc(5), Linux 6.1. The client (2.1.330, measured) starts each of its shells with
`CLAUDE_CODE_SESSION_ID`, the id that the hook's payload names `session_id`, and everything that is
started from there inherits it, also what outlives its shell; its own environment has it not. The
hook is told the client's process id as `CLAUDE_PID`, so what was started with an environment of its
own is found below that.
"""

from __future__ import annotations

from posix import O_CLOEXEC, O_RDONLY, close, listdir, read, readlink, stat, sysconf
from posix import open as open_fd

from kei_gates.model import Fault
from kei_gates.particulars import Process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

_PROC = "/proc"
_SESSION = b"CLAUDE_CODE_SESSION_ID="
_CARDS = ("/dev/nvidia", "/dev/kfd", "/dev/dri/renderD", "/dev/accel")

_MOST_PROCESSES = 10_000
_MOST_PARENTS = 32
_MOST_DESCRIPTORS = 10_000
_LONGEST_STAT = 4_096
_LONGEST_COMMAND = 65_536
_LONGEST_ENVIRONMENT = 2 << 20

# Fields of /proc/PID/stat, counted from the one behind the name: the state.
_STATE, _PARENT, _GROUP, _USER_TIME, _SYSTEM_TIME, _STARTED = 0, 1, 2, 11, 12, 19


class _Row:
    """What is read of every process."""

    __slots__ = ("command", "group", "name", "parent", "pid", "started", "time")

    def __init__(self, pid: int, line: str, command: tuple[str, ...]) -> None:
        # A name may hold blanks and parentheses, but no field behind it does.
        before, _, after = line.rpartition(")")
        fields = after.split()
        self.pid: Final = pid
        self.name: Final = before.partition("(")[2]
        self.command: Final = command or (f"[{self.name}]",)
        self.parent: Final = int(fields[_PARENT])
        self.group: Final = int(fields[_GROUP])
        self.time: Final = int(fields[_USER_TIME]) + int(fields[_SYSTEM_TIME])
        self.started: Final = int(fields[_STARTED])


def processes(session: str, client: int | None = None) -> list[Process]:
    """Give every process. Raises `Fault` where there is no table to read, or too much in it.

    `session` is the client's id of the session, `client` its process id, where that is known.
    """
    rows: dict[int, _Row] = {}
    for name in _numbers():
        row = _row(int(name))
        if row is not None:
            rows[row.pid] = row
    uptime = _uptime()
    return [_process(row, rows, uptime, session, client) for row in rows.values()]


def process(pid: int, session: str, client: int | None = None) -> Process | None:
    """Give one process, none where there is none of this id. Raises `Fault` as `processes`."""
    _numbers()
    row = _row(pid)
    if row is None:
        return None
    rows = {pid: row}
    above: _Row | None = row
    while above is not None and above.parent not in rows and len(rows) <= _MOST_PARENTS:
        above = _row(above.parent)
        if above is not None:
            rows[above.pid] = above
    return _process(row, rows, _uptime(), session, client)


def holders(port: int) -> list[int]:
    """Give the ids of the processes that use a port, at either end. Raises `Fault`."""
    sockets = _sockets(port)
    found: list[int] = []
    left = set(sockets)
    for name in _numbers() if sockets else ():
        held = _held(int(name))
        if not sockets.isdisjoint(held):
            found.append(int(name))
            left.difference_update(held)
    if left:
        raise Fault(
            f"nobody here may see which process uses port {port}", "ask the person to end it"
        )
    return found


_TABLES = ("tcp", "tcp6", "udp", "udp6")
_LONGEST_TABLE = 8 << 20
# Columns of /proc/net/tcp: the two ends, and the socket's number.
_LOCAL, _REMOTE, _INODE = 1, 2, 9


def _sockets(port: int) -> set[str]:
    """Give the sockets that use a port, as a descriptor's link names them."""
    ending = f":{port:04X}"
    found: set[str] = set()
    for table in _TABLES:
        try:
            text = _start_of(f"{_PROC}/net/{table}", _LONGEST_TABLE).decode("ascii", "replace")
        except FileNotFoundError:
            continue
        for line in text.split("\n")[1:]:
            fields = line.split()
            if len(fields) > _INODE and (
                fields[_LOCAL].endswith(ending) or fields[_REMOTE].endswith(ending)
            ):
                found.add(f"socket:[{fields[_INODE]}]")
    return found - {"socket:[0]"}


def _held(pid: int) -> set[str]:
    folder = f"{_PROC}/{pid}/fd"
    found: set[str] = set()
    try:
        for name in listdir(folder)[:_MOST_DESCRIPTORS]:
            try:
                found.add(readlink(f"{folder}/{name}"))
            except OSError:
                continue  # it has been closed
    except OSError:
        return found
    return found


def _numbers() -> list[str]:
    """Give the ids of all processes, as they are spelled."""
    try:
        found = [name for name in listdir(_PROC) if name.isdecimal()]
        if readlink(f"{_PROC}/self") not in found:
            found = []  # the table of another machine, or none
    except OSError:
        found = []
    if not found:
        raise Fault(
            "the process table cannot be read on this machine",
            "end what the same command has started, by `$!` or `%1`, or ask the person to do it",
        )
    if len(found) > _MOST_PROCESSES:
        raise Fault(
            f"more than {_MOST_PROCESSES} processes run, too many to see which would be hit",
            "ask the person to do it",
        )
    return found


def _row(pid: int) -> _Row | None:
    """Read what is read of every process; none for one that has gone, or only waits for that."""
    try:
        line = _start_of(f"{_PROC}/{pid}/stat", _LONGEST_STAT).decode("utf-8", "replace")
        words = _start_of(f"{_PROC}/{pid}/cmdline", _LONGEST_COMMAND)
        ended = line.rpartition(")")[2].split()[_STATE] in ("Z", "X")
        if ended and len(listdir(f"{_PROC}/{pid}/task")) == 1:
            return None
        return _Row(pid, line, _words(words))
    except (OSError, ValueError, IndexError):
        return None


def _start_of(path: str, limit: int) -> bytes:
    """Read a file of the table, up to a limit."""
    descriptor = open_fd(path, O_RDONLY | O_CLOEXEC)
    try:
        found = b""
        while len(found) < limit and (more := read(descriptor, limit - len(found))):
            found += more
        return found
    finally:
        close(descriptor)


def _words(raw: bytes) -> tuple[str, ...]:
    """Split a command line. Programs that name themselves anew leave blanks and NULs behind."""
    text = raw.rstrip(b"\0 ").decode("utf-8", "replace")
    return tuple(text.split("\0")) if text else ()


def _uptime() -> float | None:
    """Give the seconds since the machine was started."""
    try:
        return float(_start_of(f"{_PROC}/uptime", _LONGEST_STAT).split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _process(
    row: _Row, rows: Mapping[int, _Row], uptime: float | None, session: str, client: int | None
) -> Process:
    ticks = sysconf("SC_CLK_TCK")
    age = None if uptime is None else uptime - row.started / ticks
    if age is not None and age < 0:
        age = 0.0 if age > -1 else None
    parents = _parents(row, rows)
    cards = _uses_card(row.pid)
    below = client is not None and any(pid == client for pid, _ in parents)
    return Process(
        row.pid,
        row.command,
        parents=parents,
        age=age,
        busy=row.time / ticks / max(age or 0, 1),
        uses_gpu=bool(cards),
        # Of one that nobody may look into it is not certain what it is.
        is_ours=cards is not None and (below or _has_session(row.pid, session)),
        name=row.name,
        group=row.group,
        user=_user(row.pid),
    )


def _parents(row: _Row, rows: Mapping[int, _Row]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Give what a process was started from. The table may be of two moments, so it may go round."""
    found: dict[int, tuple[str, ...]] = {}
    above = rows.get(row.parent)
    while above is not None and above.pid not in found and len(found) < _MOST_PARENTS:
        found[above.pid] = above.command
        above = rows.get(above.parent)
    return tuple(found.items())


def _user(pid: int) -> int | None:
    try:
        return stat(f"{_PROC}/{pid}").st_uid
    except OSError:
        return None


def _has_session(pid: int, session: str) -> bool:
    """Say whether a process was started with the id of a session in its environment."""
    if not session:
        return False
    try:
        environment = _start_of(f"{_PROC}/{pid}/environ", _LONGEST_ENVIRONMENT)
    except OSError:
        return False
    return _SESSION + session.encode() in environment.split(b"\0")


def _uses_card(pid: int) -> bool | None:
    """Say whether a process has a graphics card open; none where nobody may look."""
    folder = f"{_PROC}/{pid}/fd"
    try:
        descriptors = listdir(folder)
    except OSError:
        return None
    for name in descriptors[:_MOST_DESCRIPTORS]:
        try:
            if readlink(f"{folder}/{name}").startswith(_CARDS):
                return True
        except OSError:
            continue  # it has been closed
    return len(descriptors) > _MOST_DESCRIPTORS
