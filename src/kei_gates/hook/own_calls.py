"""Read who made which calls of a session that may have changed files, and when each ended.

What the client writes down of their ends is told in `own_transcripts`.
"""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

from kei_gates.hook.own_sources import Touched, may_last, named, touched
from kei_gates.hook.own_transcripts import ends, texts, wait_for_end
from kei_gates.hook.transcript import calls_in
from kei_gates.model import Fault
from kei_gates.observe import processes
from kei_gates.protocol import payload
from kei_gates.protocol.tools import TOOLS, UNKNOWN
from kei_gates.verify.acts import Act, Named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kei_gates.model import Places
    from kei_gates.particulars import Past

_MARGIN = 0.2

# Beside those that change nothing: what they start are calls of their own, or no files.
_NO_FILES = frozenset(
    (
        "CronCreate", "CronDelete", "RemoteTrigger", "ScheduleWakeup", "SendMessage", "WebFetch",
        "WebSearch", "Workflow",
    )
)  # fmt: skip
_GOES_ON = re.compile(
    r"Command running in background with ID: |"
    r"Command did not complete within its \S+ timeout and was moved to the background"
)


def acts_since(fields: Mapping[str, object], places: Places, since: float) -> tuple[Act, ...]:
    """Give the calls of all principals that may have changed files since a time, oldest first.

    `fields` are those of SubagentStop or Stop, `since` is in seconds since the epoch. What was
    declined is left out; what ended before `since` too. Raises `Fault` where the transcript of who
    returns cannot be read as far back as that, or its end does not come.
    """
    main = payload.optional_text(fields, "transcript_path")
    if not main:
        raise Fault("the call names no transcript", "start the agent again in a session")
    own = payload.optional_text(fields, "agent_transcript_path") or main
    wait_for_end(own, payload.optional_text(fields, "last_assistant_message"))
    read = texts(own, main)
    if not read[own].reaches(since):
        raise Fault(f"`{own}` is too long to be read back to the agent's start", "start it anew")
    over = {use: at for one in read.values() for use, at in ends(one.text)}
    client = _client_started(payload.optional_text(fields, "session_id") or "")
    cache: dict[tuple[str, str], Touched] = {}
    found: list[Act] = []
    for path, one in read.items():
        if not one.reaches(since):
            found.append(_lost(path, one.begins, since))
        for past in calls_in(one.text, None, places):
            found += _acts(past, _ended(past, over, client), since, places, cache)
    return tuple(sorted(found, key=lambda act: act.started))


def _lost(path: str, begins: float | None, since: float) -> Act:
    """Stand for the calls of another that were not read: they may have changed anything."""
    name = re.search(r"/agent-([^/]+)\.jsonl$", path)
    return Act(
        name[1] if name else None,
        "",
        started=_ns(since),
        ended=None if begins is None else _ns(begins),
        opaque=True,
    )


def _client_started(session: str) -> float:
    """Say when the client was started, 0 where that is not known."""
    pid = os.environ.get("CLAUDE_PID", "")
    try:
        client = processes.process(int(pid), session) if pid.isdecimal() else None
    except Fault:
        return 0.0
    return 0.0 if client is None or client.age is None else time.time() - client.age


def _ended(past: Past, ends: Mapping[str, float], client: float) -> float | None:
    """Say when a call ended, none if it runs still; what an earlier client ran ended with that."""
    ended = past.ended
    if (
        past.tool == "Monitor"
        or past.given.get("run_in_background")
        or _GOES_ON.match(past.output or "")
    ):
        ended = ends.get(past.use)
    return client if ended is None and past.at < client else ended


def _acts(
    past: Past,
    ended: float | None,
    since: float,
    places: Places,
    cache: dict[tuple[str, str], Touched],
) -> Iterable[Act]:
    """Give a call as one that may have changed files; nothing for one that has not since a time."""
    tool = TOOLS.get(past.tool, UNKNOWN)
    if not past.ran or not tool.mutates or tool.spawns or tool.stops or past.tool in _NO_FILES:
        return ()
    source = tool.source is not None and bool(past.command)
    over = ended is not None and ended + _MARGIN < since
    if over and not (source and may_last(past.command)):
        return ()
    found = _touched(past, places, cache) if source else _of_tool(past)
    if (over and not found.lasting) or not (found.names or found.opaque):
        return ()
    return (
        Act(
            past.agent_id,
            past.tool,
            started=_ns(past.at),
            ended=None if ended is None else _ns(ended),
            names=found.names,
            opaque=found.opaque,
            lasting=found.lasting,
        ),
    )


def _touched(past: Past, places: Places, cache: dict[tuple[str, str], Touched]) -> Touched:
    key = past.command, past.cwd
    if key not in cache:
        cache[key] = touched(past, places)
    return cache[key]


def _of_tool(past: Past) -> Touched:
    """Tell what a tool that runs no shell may have changed: the file it names, else anything.

    How far one that failed came is not known.
    """
    tool = TOOLS.get(past.tool, UNKNOWN)
    fields = [field for field, effect in tool.paths if effect == "write"]
    if not fields or past.failed:
        return Touched((), opaque=True, lasting=False)
    names: list[Named] = []
    for field in fields:
        path = past.given.get(field)
        if not isinstance(path, str) or not past.cwd.startswith("/") or path.startswith("~"):
            return Touched((), opaque=True, lasting=False)
        try:
            names += named(path, past.cwd)
        except Fault:
            return Touched((), opaque=True, lasting=False)
    return Touched(tuple(names), opaque=False, lasting=False)


def _ns(seconds: float) -> int:
    return int(seconds * 1_000_000_000)
