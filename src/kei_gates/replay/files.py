"""Find the client's transcripts, those of one session together.

Where the client keeps them, from client 2.1.330 itself: `projects/NAME/SESSION.jsonl` in its
configuration folder, NAME being the project's folder with `-` for whatever is no ASCII letter or
digit, beyond 200 characters cut off and told apart by a hash. A session's subagents lie in
`SESSION/subagents/agent-ID.jsonl`, those of a workflow two folders deeper; older clients put
`agent-ID.jsonl` beside the session's own.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, NamedTuple

from kei_gates.replay.lines import Tally, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SUFFIX = ".jsonl"
AGENT = "agent-"
_SUBAGENTS = "/subagents/"
_LONGEST_NAME = 200


class Session(NamedTuple):
    """The transcripts of one session, its main thread's first.

    `main` is the path of the main thread's, whether it is there or not.
    """

    main: str
    files: tuple[str, ...]


class Found(NamedTuple):
    """What was found: sessions, the oldest first, and paths that cannot be read, each with why."""

    sessions: list[Session]
    skipped: list[tuple[str, str]]


def of_project(project: str, home: str) -> str:
    """Give the folder in which the client keeps a project's transcripts; it may be missing."""
    config = os.environ.get("CLAUDE_CONFIG_DIR") or f"{home}/.claude"
    return f"{config}/projects/{_named(os.path.realpath(project))}"


def _named(project: str) -> str:
    """Write a path as the client names its folder; it counts in UTF-16, as JavaScript does."""
    units = [unit for char in project for unit in ([char] if char <= "\uffff" else [""] * 2)]
    name = "".join(unit if re.fullmatch("[a-zA-Z0-9]", unit) else "-" for unit in units)
    if len(name) <= _LONGEST_NAME:
        return name
    raw = project.encode("utf-16-le", "surrogatepass")
    number = 0
    for at in range(0, len(raw), 2):
        number = (number * 31 + raw[at] + 256 * raw[at + 1]) & 0xFFFFFFFF
    number = abs(number - (1 << 32) if number >> 31 else number)
    return f"{name[:_LONGEST_NAME]}-{_base36(number)}"


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = digits[number % 36]
    while number := number // 36:
        text = digits[number % 36] + text
    return text


def find(paths: Iterable[str], since: float | None = None) -> Found:
    """Find the sessions below some paths: transcripts, or folders of them.

    A session's subagents belong to its transcript. Files that were last written before `since`
    (seconds since the epoch) are left out; each file counts once, by whatever ways it is reached.
    """
    skipped: list[tuple[str, str]] = []
    files: dict[tuple[int, int], tuple[str, float]] = {}
    for path in paths:
        for one in _below(os.path.abspath(path), skipped):
            known = _look(one, skipped)
            if known is not None and (since is None or known.st_mtime >= since):
                files.setdefault((known.st_dev, known.st_ino), (one, known.st_mtime))
    return Found(_sessions(files.values()), skipped)


def _below(path: str, skipped: list[tuple[str, str]]) -> Iterator[str]:
    """Give the transcripts at and below a path. Links to other folders are not followed."""
    if not os.path.isdir(path):
        yield path
        path = path.removesuffix(SUFFIX)
        if not os.path.isdir(path):
            return

    def note(error: OSError) -> None:
        skipped.append((str(error.filename), str(error.strerror)))

    for folder, folders, names in os.walk(path, onerror=note):
        folders.sort()
        for name in sorted(names):
            one = f"{folder}/{name}"
            if name.endswith(SUFFIX) and (_SUBAGENTS not in one or name.startswith(AGENT)):
                yield one


def _look(path: str, skipped: list[tuple[str, str]]) -> os.stat_result | None:
    """Look at a file that is to be read; a pipe would be waited for, a device has no end."""
    try:
        known = os.stat(path)
    except OSError as error:
        skipped.append((path, error.strerror or str(error)))
        return None
    if stat.S_ISREG(known.st_mode):
        return known
    skipped.append((path, "it is not a regular file"))
    return None


def _sessions(files: Iterable[tuple[str, float]]) -> list[Session]:
    grouped: dict[str, list[tuple[str, float]]] = {}
    for path, written in files:
        grouped.setdefault(main_of(path), []).append((path, written))
    oldest = sorted(grouped, key=lambda main: (min(at for _, at in grouped[main]), main))
    return [
        Session(main, tuple(path for _, path in sorted((p != main, p) for p, _ in grouped[main])))
        for main in oldest
    ]


def main_of(path: str) -> str:
    """Give the transcript of the main thread of the session that a transcript is of."""
    session, mark, _ = path.partition(_SUBAGENTS)
    if mark:
        return f"{session}{SUFFIX}"
    if agent_of(path) is not None:  # as older clients have it: only its records say which session
        for record in records(path, Tally()):
            main = f"{os.path.dirname(path)}/{record.get('sessionId')}{SUFFIX}"
            return main if os.path.isfile(main) else path
    return path


def agent_of(path: str) -> str | None:
    """Give the id of the agent that a transcript is of, by its name; none for a main thread's."""
    name = os.path.basename(path)
    return name.removeprefix(AGENT).removesuffix(SUFFIX) if name.startswith(AGENT) else None
