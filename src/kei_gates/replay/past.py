"""What a session had done before a recorded call, as its transcripts tell."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from kei_gates.hook.transcript import calls_in
from kei_gates.hook.transcript_files import LARGEST, of_subagents, read_end
from kei_gates.observe.paths import exists
from kei_gates.particulars import Past

if TYPE_CHECKING:
    from kei_gates.model import Places
    from kei_gates.replay.reading import Recorded


class Pasts:
    """Reads what sessions did, and keeps the last one: calls that look back are often of one."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._last: tuple[str, list[Past], list[float]] = ("", [], [])

    def before(self, call: Recorded, where: Places) -> list[Past]:
        """Give the calls of a session before one of them, the oldest first. Raises `Fault`."""
        last = self._last
        if last[0] != call.main:
            found = _read(call.main, where)
            last = self._last = (call.main, found, [past.at for past in found])
        if call.at is None:
            return []
        _, every, times = last
        so_far = every[: bisect_left(times, call.at)]
        return [_as_of(past, call.at) for past in so_far if past.use != call.use]


def _read(main: str, where: Places) -> list[Past]:
    """Read a session as far as the hook does."""
    found: list[Past] = []
    left = LARGEST
    for path in (main, *of_subagents(main)):
        text = read_end(path, left) if exists(path) else b""
        left -= len(text)
        found += calls_in(text, None, where)
    found.sort(key=lambda past: past.at)
    return found


def _as_of(past: Past, at: float) -> Past:
    """Give a call as it stood at a time: without what came of it later."""
    if past.ended is None or past.ended <= at:
        return past
    return Past(
        past.tool,
        past.given,
        output=None,
        at=past.at,
        agent_id=past.agent_id,
        analyse=past.analyse,
        use=past.use,
        cwd=past.cwd,
    )
