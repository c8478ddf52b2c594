"""Run one command, and end with it all that it has started: `supervise.py ALIVE OUT END SOURCE`.

This is a program of its own, started by `running.py` with three pipes by their numbers: ALIVE is
read, and its end, or a byte, is the order to end the command; the command's output goes to OUT; its
process id is written to END, and behind that its wait status, if it has ended by itself, when
nothing of it is left. So the command ends too when whoever waits for it is killed.

On Linux every process that loses its parent below this one comes to this one (prctl(2),
`PR_SET_CHILD_SUBREAPER`), so that none gets away by `setsid` or by forking twice. Elsewhere the
command's process group is all that can be ended. A command that kills this very process gets away.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time

_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_PAUSE = 0.02
_GRACE = 1.0
"""Seconds between the first signal, which can be handled, and the last."""
_PATIENCE = 10.0
"""Seconds until what cannot be ended (a process of another user) is left alone."""


def main(arguments: list[str]) -> None:
    """Run the command and wait for its end, or for the order."""
    alive, out, end = (int(word) for word in arguments[:3])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a command that ends its group must not end this
    _become_reaper()
    child = os.fork()
    if child == 0:
        _start(arguments[3], out, (alive, end))
    os.close(out)
    _say(end, f"{child} ")
    status = _wait(child, alive)
    if status is None:
        _signal(child, signal.SIGTERM)
        status_after = time.monotonic() + _GRACE
        while time.monotonic() < status_after and _reap(child) is None and _is_there(child):
            time.sleep(_PAUSE)
    _end_all(child)
    _say(end, "" if status is None else str(status))


def _say(end: int, text: str) -> None:
    try:
        os.write(end, text.encode())
    except OSError:
        return  # whoever waits has ended; the command is ended all the same


def _become_reaper() -> None:
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # noqa: PLC0415 -- only there

    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _start(source: str, out: int, others: tuple[int, ...]) -> None:
    """Become the command."""
    try:
        os.setsid()
        for descriptor in others:
            os.close(descriptor)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.close(out)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv("/bin/sh", ["sh", "-c", source])  # noqa: S606 -- a person's policy names it
    finally:
        os._exit(126)


def _wait(child: int, alive: int) -> int | None:
    """Give the wait status of the command; none when the order to end it came first."""
    while True:
        status = _reap(child)
        if status is not None:
            return status
        ready, _, _ = select.select([alive], [], [], _PAUSE)
        if ready:
            return _reap(child)


def _reap(child: int) -> int | None:
    """Take in all that has ended, and give the status of the command if it is among them."""
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == child:
            found = status


def _is_there(child: int) -> bool:
    try:
        os.kill(child, 0)
    except OSError:
        return False
    return True


def _signal(child: int, number: int) -> None:
    for send, target in ((os.killpg, child), *((os.kill, pid) for pid in _descendants())):
        try:
            send(target, number)
        except OSError:
            continue  # it has ended by now, or is another user's


def _end_all(child: int) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        _signal(child, signal.SIGKILL)
        _reap(child)
        if not _descendants():
            return
        time.sleep(_PAUSE)


def _descendants() -> list[int]:
    """Give all processes below this one, as /proc has them; none where there is no /proc."""
    parents: dict[int, int] = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if name.isdecimal():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    parents[int(name)] = int(file.read().rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue  # it has ended by now
    own = os.getpid()
    found = {own}
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        grown = bool(more)
        found |= more
    return sorted(found - {own})


if __name__ == "__main__":
    main(sys.argv[1:])
