"""Whether something was started by an agent: whether a client stands above it.

Measured on client 2.1.330: what an agent starts has `CLAUDECODE`, `CLAUDE_CODE_SESSION_ID` and
`CLAUDE_PID` in its environment, and so has all below it, other clients included. A client that a
person has started has none of them. Source for the table of processes: proc(5), Linux 6.1.
"""

from __future__ import annotations

from posix import getpid

from kei_gates.observe.files import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MARKS = (b"CLAUDECODE", b"CLAUDE_CODE_SESSION_ID", b"CLAUDE_PID")

_MOST_PARENTS = 64
_LARGEST = 4 << 20


def is_below_agent(pid: int | None = None) -> bool | None:
    """Say whether an agent started a process, or what it was started from; none if unknown.

    A process of another user cannot be looked into, and is no client of this one.
    """
    try:
        return any(map(_is_marked, _environments_above(pid or getpid())))
    except OSError:
        return None


def client_environment() -> dict[bytes, bytes] | None:
    """Give the variables of the client below which this runs; none where none can be seen.

    An agent can set those of all that it starts, but not those of who has started it.
    """
    found = None
    was_marked = False
    try:
        for variables in _environments_above(getpid()):
            is_marked = _is_marked(variables)
            if was_marked and not is_marked:
                found = variables
            was_marked = is_marked
    except OSError:
        return None
    return found


def _environments_above(pid: int) -> Iterator[dict[bytes, bytes]]:
    """Give the variables of a process, then of those above it. Raises `OSError`."""
    for _ in range(_MOST_PARENTS):
        if pid <= 1:
            return
        status = read_file(f"/proc/{pid}/stat", _LARGEST)
        try:
            environment = read_file(f"/proc/{pid}/environ", _LARGEST)
        except PermissionError:
            environment = b""
        parts = (part.partition(b"=") for part in environment.split(b"\0"))
        yield {name: value for name, _, value in parts}
        # a name may hold blanks and parentheses, but no field behind it does
        pid = int(status.rpartition(b")")[2].split()[1])
    raise OSError(f"more than {_MOST_PARENTS} processes stand above")


def _is_marked(variables: dict[bytes, bytes]) -> bool:
    return any(mark in variables for mark in MARKS)


def is_above(pid: int) -> bool:
    """Say whether this process was started from another, as far as that can be known."""
    own = getpid()
    for _ in range(_MOST_PARENTS):
        if own == pid:
            return True
        try:
            status = read_file(f"/proc/{own}/stat", _LARGEST)
        except OSError:
            return False
        own = int(status.rpartition(b")")[2].split()[1])
    return False
