"""Whether something was started by an agent: whether a client stands above it.

Measured on client 2.1.330: what an agent starts has `CLAUDECODE`, `CLAUDE_CODE_SESSION_ID` and
`CLAUDE_PID` in its environment, and so has all below it, other clients included. A client that a
person has started has none of them. Source for the table of processes: proc(5), Linux 6.1.
"""

from __future__ import annotations

from posix import getpid

from kei_gates.observe.files import read_file

MARKS = (b"CLAUDECODE", b"CLAUDE_CODE_SESSION_ID", b"CLAUDE_PID")

_MOST_PARENTS = 64
_LARGEST = 4 << 20


def is_below_agent(pid: int | None = None) -> bool | None:
    """Say whether an agent started a process, or what it was started from; none if unknown.

    A process of another user cannot be looked into, and is no client of this one.
    """
    pid = pid or getpid()
    for _ in range(_MOST_PARENTS):
        if pid <= 1:
            return False
        try:
            status = read_file(f"/proc/{pid}/stat", _LARGEST)
        except OSError:
            return None
        try:
            environment = read_file(f"/proc/{pid}/environ", _LARGEST)
        except PermissionError:
            environment = b""
        except OSError:
            return None
        if any(part.partition(b"=")[0] in MARKS for part in environment.split(b"\0")):
            return True
        # a name may hold blanks and parentheses, but no field behind it does
        pid = int(status.rpartition(b")")[2].split()[1])
    return None


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
