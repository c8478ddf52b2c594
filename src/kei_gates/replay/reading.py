"""Read the tool calls out of transcripts: who made each, where, and what became of it then.

Beside what `hook.transcript` says of the records (measured on client 2.1.330): each record of a
subagent holds its id, and `attributionAgent`, its type; `agent-ID.meta.json` beside its transcript
holds `agentType`, too. Where `claude --agent X` gives the main thread a type, records
`agent-setting` say so. `--fork-session` writes the records of the session before once more, with
their ids and times; an agent of the type `fork` begins with the call that started it. A call that
the client refuses by itself (bad input, no such tool) is shown to no hook; its result has no
`permissionDecision` and begins with `<tool_use_error>`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from kei_gates.hook import places
from kei_gates.hook.transcript import blocks_of, text_of, time_of
from kei_gates.observe.checkouts import WORKTREES
from kei_gates.observe.files import read_file
from kei_gates.protocol import json_text
from kei_gates.replay.files import SUFFIX, agent_of
from kei_gates.replay.lines import Tally, records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Literal

    from kei_gates.replay.files import Session
    from kei_gates.replay.lines import Record

    Fate = Literal["ran", "failed", "blocked", "declined", "refused", "unknown"]
    """What the client has recorded of a call: `blocked` by a hook, `declined` by a person or by
    the client's own permissions, `refused` before any hook was asked, `unknown` without a result.
    """

UNKNOWN = "unknown"
"""Stands for the type of an agent that nothing tells."""

_MOST_OPEN = 1000
"""Calls of one transcript that are held back until their result is read."""
_FIRST_RECORDS = 200
_LARGEST_NOTE = 1 << 20
_REFUSED = "<tool_use_error>"
_OLD_BLOCKED = "PreToolUse:"
_STARTERS = ("Agent", "Task")
_PLAIN_AGENT = "general-purpose"
_IN_TERMINAL = "cli"


class Recorded(NamedTuple):
    """A tool call as it was recorded.

    `at` is in seconds since the epoch, none where it is not known; `project` is the folder in which
    the session was started; `given` the tool's input; `is_attended` says that a person sat before
    the session; `main` is the transcript of the session's main thread.
    """

    at: float | None
    session: str
    agent_id: str | None
    agent_type: str | None
    project: str
    cwd: str
    tool: str
    given: dict[str, Any]
    use: str
    fate: Fate
    is_attended: bool
    main: str

    @property
    def agent(self) -> str:
        """Name who has made the call."""
        return self.agent_type or ("main" if self.agent_id is None else UNKNOWN)


class Reader:
    """Reads sessions one after another, each call once; `tally` counts what could not be read."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.tally = Tally()
        self.transcripts = 0
        self._known: set[int] = set()

    def calls(self, session: Session) -> Iterator[Recorded]:
        """Give the calls of a session, file by file, each in the order in which they were made."""
        project = self._project(session)
        started: dict[str, str] = {}
        for path in session.files:
            self.transcripts += 1
            yield from _File(path, session.main, project, started, self.tally).calls(self._known)

    def _project(self, session: Session) -> str:
        """Find the project of a session: where it was started, or the policy above that."""
        for path in dict.fromkeys((session.main, *session.files)):
            for at, record in enumerate(records(path, Tally())):
                cwd = record.get("cwd")
                if isinstance(cwd, str) and cwd.startswith("/"):
                    start = cwd.partition(f"/{WORKTREES}/")[0] if agent_of(path) else cwd
                    return places.nearest_project(start) or start
                if at > _FIRST_RECORDS:
                    break
        return ""


class _Open:
    """A call whose result may still come."""

    __slots__ = ("call", "fate")

    def __init__(self, call: Recorded) -> None:
        self.call = call
        self.fate: Fate | None = None


class _File:
    """One transcript while it is read."""

    def __init__(
        self, path: str, main: str, project: str, started: dict[str, str], tally: Tally
    ) -> None:
        self._path = path
        self._main = main
        self._project = project
        self._started = started
        self._tally = tally
        self._agent = agent_of(path)
        self._type = _noted_type(path) if self._agent is not None else None
        self._main_type: str | None = None
        self._open: deque[_Open] = deque()
        self._by_use: dict[str, _Open] = {}

    def calls(self, known: set[int]) -> Iterator[Recorded]:
        """Give the calls that are not `known`, and make them so."""
        for record in records(self._path, self._tally):
            kind = record.get("type")
            if kind == "agent-setting":
                self._main_type = _text(record, "agentSetting")
            elif kind == "assistant":
                self._add(record, known)
            elif kind == "user":
                self._settle(record)
            yield from self._closed(_MOST_OPEN)
        yield from self._closed(0)

    def _add(self, record: Record, known: set[int]) -> None:
        for block in blocks_of(record):
            if block.get("type") != "tool_use":
                continue
            use, tool, given = block.get("id"), block.get("name"), block.get("input")
            cwd = _text(record, "cwd") or self._project
            if not (
                isinstance(use, str)
                and isinstance(tool, str)
                and isinstance(given, dict)
                and cwd.startswith("/")
            ):
                self._tally.bad(self._path)
                continue
            mark = hash((use, _text(record, "timestamp") or self._path))
            if mark not in known:
                known.add(mark)
                one = _Open(self._call(record, use, tool, given, cwd))
                self._open.append(one)
                self._by_use[use] = one

    def _call(
        self, record: Record, use: str, tool: str, given: dict[str, Any], cwd: str
    ) -> Recorded:
        agent = _text(record, "agentId") or self._agent
        if agent is None and record.get("isSidechain") is True:
            agent = "sidechain"  # of older clients, which do not say whose
        kind = self._main_type
        if agent is not None:
            kind = self._type or _text(record, "attributionAgent") or self._started.get(agent)
        return Recorded(
            at=time_of(record),
            session=_text(record, "sessionId") or self._main.rpartition("/")[2],
            agent_id=agent,
            agent_type=kind,
            project=self._project or cwd,
            cwd=cwd,
            tool=tool,
            given=given,
            use=use,
            fate="unknown",
            is_attended=record.get("entrypoint") == _IN_TERMINAL,
            main=self._main,
        )

    def _settle(self, record: Record) -> None:
        """Note what became of a call, and which agent it has started."""
        for block in blocks_of(record):
            one = self._by_use.pop(str(block.get("tool_use_id")), None)
            if block.get("type") != "tool_result" or one is None:
                continue
            one.fate = fate(record, block)
            result = record.get("toolUseResult")
            if one.call.tool in _STARTERS and isinstance(result, dict):
                kind = _text(one.call.given, "subagent_type") or _PLAIN_AGENT
                self._started[str(result.get("agentId"))] = kind

    def _closed(self, most: int) -> Iterator[Recorded]:
        """Give the oldest calls whose fate is known, or for which nothing more can be held back."""
        while self._open and (self._open[0].fate is not None or len(self._open) > most):
            one = self._open.popleft()
            if self._by_use.get(one.call.use) is one:
                del self._by_use[one.call.use]
            yield one.call._replace(fate=one.fate or "unknown")


def fate(record: Record, block: Record) -> Fate:
    """Say what the record of a call's result, and the block in it, tell of what became of it."""
    text = text_of(block.get("content"))
    is_error = block.get("is_error") is True
    decided = record.get("permissionDecision")
    if not isinstance(decided, dict):
        decided = {}
    if decided.get("decision") == "accept":
        return "failed" if is_error else "ran"
    if decided or record.get("toolDenialKind"):
        return "blocked" if decided.get("reasonType") == "hook" else "declined"
    if is_error and text.startswith(_REFUSED):
        return "refused"
    if is_error and text.startswith(_OLD_BLOCKED):  # as older clients say it
        return "blocked"
    if record.get("toolUseResult") == "User rejected tool use":
        return "declined"
    return "failed" if is_error else "ran"


def _noted_type(path: str) -> str | None:
    """Give the type of an agent as it is noted beside its transcript."""
    note = f"{path.removesuffix(SUFFIX)}.meta.json"
    try:
        found = json_text.parse(read_file(note, _LARGEST_NOTE))
    except (OSError, ValueError):
        return None
    return _text(found, "agentType") if isinstance(found, dict) else None


def _text(fields: dict[str, Any], key: str) -> str | None:
    value = fields.get(key)
    return value if isinstance(value, str) and value else None
