"""Run programs one by one and tell what each took: `python -I -S runner.py`, spoken to by `timing`.

A process of its own, because the peak memory that the kernel tells of a program counts what its
parent held when it was started: this one imports nothing that a bare interpreter does not have.
It reads requests `(argv, stdin, environment, folder)` from stdin, in `marshal`, and answers each
with `(seconds, exit code, peak bytes, stdout, stderr)`. A signal counts as a negative exit code.
"""

from __future__ import annotations

import marshal
import posix
import sys
from time import perf_counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Request: TypeAlias = tuple[list[str], bytes, dict[str, str], str]
    Result: TypeAlias = tuple[float, int, int, bytes, bytes]

_DUP2 = posix.POSIX_SPAWN_DUP2
_CHUNK = 1 << 16
_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in one of what the kernel tells memory in."""


def run(request: Request) -> Result:
    """Run one program to its end. What it reads and what it prints must fit into a pipe each."""
    argv, stdin, environment, folder = request
    posix.chdir(folder)
    feed = _filled(stdin)
    out_read, out_write = posix.pipe()
    err_read, err_write = posix.pipe()
    actions = [(_DUP2, feed, 0), (_DUP2, out_write, 1), (_DUP2, err_write, 2)]
    started = perf_counter()
    process = posix.posix_spawn(argv[0], argv, environment, file_actions=actions)
    _, status, usage = posix.wait4(process, 0)
    took = perf_counter() - started
    for descriptor in (feed, out_write, err_write):
        posix.close(descriptor)
    code = posix.waitstatus_to_exitcode(status)
    return took, code, usage.ru_maxrss * _UNIT, _drained(out_read), _drained(err_read)


def _filled(content: bytes) -> int:
    """Make a pipe with all that a program is to read; its other end is closed already."""
    reading, writing = posix.pipe()
    posix.set_blocking(writing, False)
    if posix.write(writing, content) != len(content):
        raise ValueError(f"a payload of {len(content)} bytes does not fit into a pipe")
    posix.close(writing)
    return reading


def _drained(descriptor: int) -> bytes:
    content = b""
    while chunk := posix.read(descriptor, _CHUNK):
        content += chunk
    posix.close(descriptor)
    return content


def main() -> None:
    """Answer requests until there are no more."""
    while True:
        try:
            request = marshal.load(sys.stdin.buffer)  # noqa: S302 -- our own parent's words
        except EOFError:
            return
        marshal.dump(run(request), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
