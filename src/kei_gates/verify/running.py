"""Run a command for a limited time, and leave nothing of it behind.

The command runs in a session of its own, below a small process that ends with it all that it has
started (`supervise.py`). It gets the environment of the hook, but for what belongs to the client's
session and what would tell git another repository.
"""

from __future__ import annotations

import os
import selectors
import signal
import stat
import subprocess
import sys
from contextlib import closing, suppress
from time import monotonic
from typing import TYPE_CHECKING

from kei_gates.checks.work import Ran
from kei_gates.model import Fault
from kei_gates.observe.files import read_file
from kei_gates.verify import supervise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kei_gates.checks.work import Ended, PassName

    Told = Callable[[float, str], None]

MOST_OUTPUT = 32 << 20
"""Bytes that a command may print."""

_LARGEST_MADE = 32 << 20
_CHUNK = 1 << 16
_EVERY = 1.0
_PATIENCE = 15.0
_NOT_PASSED_ON = ("CLAUDE", "GIT_")
_END = b"."
_SHOWN = 400


def run(  # noqa: PLR0913 -- what is run, where, for how long, and who is told
    source: str,
    root: str,
    seconds: float,
    *,
    at: PassName,
    makes: str | None = None,
    environment: Mapping[str, str] | None = None,
    tell: Told | None = None,
) -> Ran:
    """Run a shell source with `/bin/sh` in a folder, and wait for its end.

    `makes` is a file below the root that it is to write; `tell` is called about once a second with
    the seconds gone and the last line printed. Raises `Fault` where no process can be started.
    """
    made = _Made(root, makes)
    began = monotonic()
    with closing(_Running(source, root, environment or {})) as running:
        ended, code = running.watch(began + seconds, tell)
    return Ran(
        source,
        ended=ended,
        code=code,
        output=running.output.decode("utf-8", "replace"),
        seconds=monotonic() - began,
        at=at,
        made=made.text(),
    )


class _Running:
    """One command that runs."""

    def __init__(self, source: str, root: str, environment: Mapping[str, str]) -> None:
        self.output = bytearray()
        self._said = b""
        self._began = monotonic()
        theirs, self._alive = os.pipe()
        self._out, out = os.pipe()
        self._end, end = os.pipe()
        given = (theirs, out, end)
        words = [sys.executable, "-I", "-S", supervise.__file__, *map(str, given), source]
        try:
            self._process = subprocess.Popen(
                words,
                cwd=root,
                env=_environment(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=given,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            self._close_pipes()
            raise Fault(
                f"`{source}` cannot be started in `{root}`: {error}", "see that the folder is there"
            ) from None
        finally:
            for descriptor in given:
                os.close(descriptor)

    def close(self) -> None:
        """End what is left of it."""
        self._close_pipes()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _close_pipes(self) -> None:
        for descriptor in (self._alive, self._out, self._end):
            os.close(descriptor)

    def watch(self, deadline: float, tell: Told | None) -> tuple[Ended, int | None]:
        """Take in the output until the command has ended, or has to be; say how it ended."""
        ended: Ended = "exit"
        next_word = self._began + _EVERY
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.register(self._end, selectors.EVENT_READ)
            while True:
                now = monotonic()
                if now >= deadline:
                    if ended != "exit":  # not even that could end it
                        return ended, None
                    ended, deadline = self._stop("timeout")
                if tell is not None and now >= next_word:
                    tell(now - self._began, self._last_line())
                    next_word = now + _EVERY
                ready = {key.fd for key, _ in selector.select(min(deadline - now, _EVERY))}
                if self._out in ready and not self._take():
                    selector.unregister(self._out)
                if len(self.output) > MOST_OUTPUT and ended == "exit":
                    ended, deadline = self._stop("flood")
                if self._end in ready and not self._is_said():
                    return ended, self._code(ended)

    def _stop(self, ended: Ended) -> tuple[Ended, float]:
        """Have the command ended, and say until when that may take."""
        with suppress(OSError):
            os.write(self._alive, _END)
        return ended, monotonic() + _PATIENCE

    def _take(self) -> bool:
        """Take in what was printed; false when nobody is left who could print."""
        chunk = os.read(self._out, _CHUNK)
        if len(self.output) <= MOST_OUTPUT:
            self.output += chunk
        return bool(chunk)

    def _is_said(self) -> bool:
        """Take in what the one that watches says; false when it has ended."""
        chunk = os.read(self._end, _CHUNK)
        self._said += chunk
        return bool(chunk)

    def _code(self, ended: Ended) -> int | None:
        """Give the exit code, negative for a signal; none where it did not end by itself."""
        child, _, status = self._said.decode("ascii").partition(" ")
        if ended == "exit" and not status and child:
            # the command has killed the one that watches it: end what can be found of it
            with suppress(OSError):
                os.killpg(int(child), signal.SIGKILL)
        os.set_blocking(self._out, False)
        with suppress(BlockingIOError):
            while self._take():
                pass
        if ended != "exit":
            return None
        return os.waitstatus_to_exitcode(int(status)) if status else -signal.SIGKILL

    def _last_line(self) -> str:
        lines = bytes(self.output[-_SHOWN:]).decode("utf-8", "replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(_NOT_PASSED_ON)
    }
    return kept | dict(more)


class _Made:
    """A file that a command is to write: what lay there before does not count."""

    def __init__(self, root: str, name: str | None) -> None:
        self._root = os.path.realpath(root)
        self._path = None if name is None else os.path.join(self._root, name)
        self._before = self._mark()

    def _mark(self) -> tuple[int, ...] | None:
        """Tell how the file is now; none where there is none of its own below the root."""
        if self._path is None:
            return None
        try:
            found = os.lstat(self._path)
        except (OSError, ValueError):
            return None
        inside = os.path.realpath(self._path).startswith(f"{self._root}/")
        if not stat.S_ISREG(found.st_mode) or not inside:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def text(self) -> bytes | None:
        """Give its text if it was written since; none if not, or if it is too large to be read."""
        now = self._mark()
        if self._path is None or now is None or now == self._before:
            return None
        try:
            return read_file(self._path, _LARGEST_MADE)
        except OSError:
            return None
