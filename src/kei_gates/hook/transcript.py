"""Read what the client writes down of a session: its tool calls, and what a person has typed.

Measured on client 2.1.330. A session's transcript is a file of JSON lines, kept by `--resume`; each
subagent has one of its own, `subagents/agent-ID.jsonl` in a folder that is called as the main one
without `.jsonl`, those of a workflow a folder deeper (`subagents/workflows/RUN`).

When its records are there is told in `transcript_files`.

- **A tool call** is a `tool_use` block in an `assistant` record, its result a `tool_result` block
  in a `user` record. A result that came about has `permissionDecision.decision` `accept`, also of a
  command that failed. A person's no leaves `toolDenialKind` `user-rejected` and no
  `permissionDecision`; a hook's deny, and an ask where nobody can be asked, leave a
  `toolDenialKind` and `permissionDecision.decision` `reject`. What the client refuses to start
  (bad input) has neither, and a text that begins with `<tool_use_error>`. Who resumes a session
  while a call runs leaves a second result for it, which says that it was interrupted.
- **A prompt** is a `user` record with `promptId`, the `prompt_id` of the payloads of its turn.
  Typed at the terminal it has `origin.kind` `human`, `promptSource` `typed` and `entrypoint` `cli`,
  also when it is the argument of `claude PROMPT`. One by `-p`, also in stream-json, has the source
  `sdk` and `entrypoint` `sdk-cli`, and in stream-json any `origin` that the writer gives it. One of
  CronCreate or ScheduleWakeup has the source `system`, `isMeta` and no origin. A slash command has
  a human origin and no source. What comes while the agent works, typed or not, is no `user` record
  but an `attachment` of the type `queued_command`: a person's has `origin.kind` `human` there, an
  agent's message `peer`, a finished task's `task-notification`; none has a source or a `promptId`.
  Files that are mentioned, skills, and summaries are in records of their own.

So what has the source `typed` was typed at a terminal; whose terminal, the record does not say.
"""

from __future__ import annotations

from kei_gates.hook.transcript_files import LARGEST, of_subagents, read_end, wait_for_own
from kei_gates.model import Analysis, Value
from kei_gates.particulars import Past
from kei_gates.protocol import json_text, payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, Final

    from kei_gates.model import Places

    Record = dict[str, Any]

_CALL, _RESULT = b'"tool_use"', b'"tool_result"'
_TYPES = (b'"type":"user"', b'"type":"assistant"')
_NEVER_RAN = "<tool_use_error>"


class Prompt(Value):
    """What a person has typed: its record's id and the turn that it began, its text, and when."""

    __slots__ = ("at", "text", "turn", "uuid")

    def __init__(self, uuid: str, text: str, at: float, turn: str) -> None:
        self.uuid: Final = uuid
        self.text: Final = text
        self.at: Final = at
        self.turn: Final = turn


def history(fields: Mapping[str, object], places: Places) -> list[Past]:
    """Give the tool calls of the session before this one, of all its agents, the oldest first.

    None outside a session. Raises `Fault` where the transcript is named and cannot be read.
    """
    main = payload.optional_text(fields, "transcript_path")
    if not main:
        return []
    wait_for_own(fields, main)
    own = payload.optional_text(fields, "tool_use_id")
    found: list[Past] = []
    left = LARGEST
    for path in (main, *of_subagents(main)):
        text = read_end(path, left)
        left -= len(text)
        found += calls_in(text, own, places)
    found.sort(key=lambda past: past.at)
    return found


def prompts(fields: Mapping[str, object]) -> list[Prompt]:
    """Give what a person has typed in the session, the oldest first; nothing outside a session.

    Raises `Fault` where the transcript is named and cannot be read.
    """
    main = payload.optional_text(fields, "transcript_path")
    if not main:
        return []
    wait_for_own(fields, main)
    found = []
    for record in records(read_end(main, LARGEST), b'"promptSource"'):
        prompt = _typed(record)
        if prompt is not None:
            found.append(prompt)
    return found


def ran(path: str, tool_use_id: str) -> bool | None:
    """Say whether an earlier call of a session ran: false if it was declined, none if unknown.

    `path` is the session's main transcript; the call may be a subagent's. What began and failed or
    was interrupted ran. Raises `Fault` where the transcript cannot be read.
    """
    mark = tool_use_id.encode("utf-8", "surrogatepass")
    left = LARGEST
    for one in (path, *of_subagents(path)):
        text = read_end(one, left)
        left -= len(text)
        for record in records(text, _RESULT, mark):
            for block in blocks_of(record):
                if block.get("type") == "tool_result" and block.get("tool_use_id") == tool_use_id:
                    return _came_about(record, block)
    return None


# --- records ------------------------------------------------------------------------------------


def _typed(record: Record) -> Prompt | None:
    """Give the prompt of a record if it was typed at a terminal; see the module's docstring."""
    origin = record.get("origin")
    if (
        record.get("type") != "user"
        or not isinstance(origin, dict)
        or origin.get("kind") != "human"
        or record.get("promptSource") not in ("typed", "queued")
        or record.get("entrypoint") != "cli"
        or record.get("isMeta")
        or record.get("isSidechain") is not False
        or "toolUseResult" in record
    ):
        return None
    uuid, turn, at = record.get("uuid"), record.get("promptId"), time_of(record)
    if not isinstance(uuid, str) or not isinstance(turn, str) or at is None:
        return None
    message = record.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    return Prompt(uuid, text_of(content), at, turn)


def calls_in(text: bytes, own: str | None, places: Places) -> Iterator[Past]:
    """Give the calls of one transcript with their results, but for the one that is judged now."""
    uses: dict[str, tuple[Record, Record]] = {}
    results: dict[str, tuple[str, bool, bool, float | None]] = {}
    for record in records(text, _CALL, _RESULT, every=False):
        for block in blocks_of(record):
            kind = block.get("type")
            if kind == "tool_use" and record["type"] == "assistant":
                uses.setdefault(str(block.get("id")), (record, block))
            elif kind == "tool_result" and record["type"] == "user":
                ran, name = _came_about(record, block), str(block.get("tool_use_id"))
                failed = bool(block.get("is_error")) or not ran
                results[name] = (text_of(block.get("content")), failed, ran, time_of(record))
    for use, (record, block) in uses.items():
        at, given = time_of(record), block.get("input")
        if use == own or at is None or not isinstance(given, dict):
            continue
        output, failed, ran, ended = results.get(use, (None, False, True, None))
        yield Past(
            str(block.get("name")),
            given,
            output=output,
            at=at,
            failed=failed,
            ran=ran,
            agent_id=agent if isinstance(agent := record.get("agentId"), str) else None,
            analyse=_analysis(given, record, places),
            ended=ended,
            use=use,
            cwd=cwd if isinstance(cwd := record.get("cwd"), str) else "",
        )


def _analysis(given: Record, record: Record, places: Places) -> Callable[[], Analysis]:
    """Give what analyses a call's shell source where it was run, when somebody asks."""

    def analyse() -> Analysis:
        command, cwd = given.get("command"), record.get("cwd")
        if not isinstance(command, str) or not isinstance(cwd, str) or not cwd.startswith("/"):
            return Analysis()
        from kei_gates.hook.facts import shell_facts
        from kei_gates.shell.analysis import analyse as of

        return of(command, shell_facts(cwd, places.home))

    return analyse


def _came_about(record: Record, block: Record) -> bool:
    """Whether the call of a result ran."""
    decision = record.get("permissionDecision")
    if isinstance(decision, dict) and "decision" in decision:
        return bool(decision["decision"] == "accept")
    if record.get("toolDenialKind") or record.get("toolUseResult") == "User rejected tool use":
        return False
    return not (block.get("is_error") and text_of(block.get("content")).startswith(_NEVER_RAN))


def records(text: bytes, *marks: bytes, every: bool = True) -> Iterator[Record]:
    """Give the `user` and `assistant` records that hold all of the marks, or any of them.

    The client also keeps what it sent to the model, with the same words in it. A line that is cut
    off, at either end, is no record.
    """
    needed = all if every else any
    for line in text.split(b"\n"):
        if not needed(mark in line for mark in marks) or not any(kind in line for kind in _TYPES):
            continue
        try:
            record = json_text.parse(line)
        except ValueError:
            continue
        if isinstance(record, dict) and record.get("type") in ("user", "assistant"):
            yield record


def blocks_of(record: Record) -> Iterator[Record]:
    """Give the blocks that a record's message is made of; none of one that is plain text."""
    message = record.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict):
            yield block


def text_of(content: object) -> str:
    """Give the text of a message or a result, that of its blocks in lines."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else ()
    texts = [block.get("text") for block in blocks if isinstance(block, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))


def time_of(record: Record) -> float | None:
    """Give a record's time in seconds since the epoch: it is written as `2026-11-28T00:54:53.322Z`.

    The days are counted as C++'s `days_from_civil` by H. Hinnant does, with March as the first
    month: importing `datetime` would cost more.
    """
    stamp = record.get("timestamp")
    if not isinstance(stamp, str) or len(stamp) < len("2026-11-28T00:54:53Z") or stamp[-1] != "Z":
        return None
    try:
        year, month, day = (int(part) for part in stamp[:10].split("-"))
        hour, minute, second = stamp[11:-1].split(":")
        since = int(hour) * 3600 + int(minute) * 60 + float(second)
    except ValueError:
        return None
    if not 1 <= month <= 12:  # noqa: PLR2004 -- months
        return None
    year -= month <= 2  # noqa: PLR2004 -- before March
    days = 365 * year + year // 4 - year // 100 + year // 400
    days += (153 * ((month + 9) % 12) + 2) // 5 + day - 1 - 719_468
    return days * 86_400 + since
