"""Bind each subagent to the task it was started on, and to those of the agents above it.

A call that starts an agent on a task is noted with its id. The client writes beside its transcript
which call started an agent and which agent made that call (`agent-ID.meta.json`; measured on client
2.1.330: there before the agent's first call, also for agents of a workflow, which name no call).
The tasks that were found at an agent's first call stay: nothing that is written later changes them.
"""

from __future__ import annotations

from marshal import dumps, loads
from posix import scandir
from sys import hexversion

from kei_gates import __version__
from kei_gates.hook import store
from kei_gates.model import Fault
from kei_gates.observe.files import read_file, write_file
from kei_gates.protocol import json_text, payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Final

    from kei_gates.model import Call, Places
    from kei_gates.policy.compiled import CompiledGrant, Policy

    Task = tuple[str, str | None, list[CompiledGrant], list[CompiledGrant]]
    """A task's id, the role that its agent has at most, what its gates and its checks narrow."""

_STAMP = (3, __version__, hexversion)
_LARGEST = 1 << 24
_MOST_ANCESTORS = 64
_OF_NAMES = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
_LONGEST_NAME = 200
_AGAIN = "start the agent again"


class Session:
    """What is kept of one session: the tasks of its calls, and those of its agents."""

    __slots__ = ("_transcripts", "folder")

    def __init__(self, fields: Mapping[str, object], places: Places) -> None:
        """Take a call's payload. Raises `Fault` when it does not say which session it is of."""
        name = checked(payload.text(fields, "session_id"), "session_id")
        self.folder: Final = f"{places.state}/sessions/{name}"
        transcript = payload.optional_text(fields, "transcript_path") or ""
        self._transcripts: Final = transcript.removesuffix(".jsonl")

    def tasks_of(self, agent: str) -> list[Task]:
        """Give the tasks that an agent works on, its own first. Raises `Fault`."""
        known = self._read(f"agent-{checked(agent, 'agent_id')}")
        if known is not None:
            return known
        found: list[Task] = []
        parent: str | None = agent
        for _ in range(_MOST_ANCESTORS):
            if parent is None:
                break
            call, parent = self._started_by(parent)
            found += (call and self._read(f"call-{call}")) or []
            above = parent and self._read(f"agent-{checked(parent, 'parentAgentId')}")
            if above:  # what was found for an agent stays, also for those below
                found += above
                break
        else:
            raise Fault(f"agent `{agent}` has too many agents above it", _AGAIN)
        if found:
            self._write(f"agent-{agent}", found)
        return found

    def start(self, call: str, task: Task) -> None:
        """Note the task of a call that starts an agent. Raises `Fault`."""
        self._write(f"call-{checked(call, 'tool_use_id')}", [task])

    def _started_by(self, agent: str) -> tuple[str | None, str | None]:
        """Give the call that started an agent, and the agent that made it; none: the main thread.

        Where the client does not say, nobody has a task unless some call of the session gave one.
        """
        raw = self._meta(checked(agent, "agent_id"))
        if raw is None:
            if self._gave_tasks():
                raise Fault(f"nobody can tell on which task agent `{agent}` works", _AGAIN)
            return None, None
        try:
            meta = json_text.parse(raw)
        except ValueError:
            meta = None
        if not isinstance(meta, dict):
            raise Fault(f"the client's note on agent `{agent}` cannot be read", _AGAIN)
        call = payload.optional_text(meta, "toolUseId")
        parent = payload.optional_text(meta, "parentAgentId")
        return (call and checked(call, "toolUseId"), parent)

    def _meta(self, agent: str) -> bytes | None:
        """Read the client's note on an agent; those of a workflow lie in a folder of their own."""
        if not self._transcripts:
            return None
        name = f"agent-{agent}.meta.json"
        top = f"{self._transcripts}/subagents"
        for folder in (top, *_folders(f"{top}/workflows")):
            try:
                return read_file(f"{folder}/{name}", _LARGEST)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                why = error.strerror or error
                raise Fault(f"`{folder}/{name}` cannot be read: {why}", _AGAIN) from None
        return None

    def _gave_tasks(self) -> bool:
        try:
            return any(entry.name.startswith("call-") for entry in scandir(self.folder))
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            why = error.strerror or error
            raise Fault(f"`{self.folder}` cannot be read: {why}", "mend the folder") from None

    def _read(self, name: str) -> list[Task] | None:
        path = f"{self.folder}/{name}"
        try:
            stamp, tasks = loads(read_file(path, _LARGEST))  # noqa: S302 -- our own, see ADR 0002
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            why = error.strerror or error
            raise Fault(f"`{path}` cannot be read: {why}", _AGAIN) from None
        except (ValueError, TypeError, EOFError):
            raise Fault(f"`{path}` cannot be read: it is damaged", _AGAIN) from None
        if stamp != _STAMP:
            raise Fault("kei-gates was updated while the agent was at work", _AGAIN)
        return list(tasks)

    def _write(self, name: str, tasks: list[Task]) -> None:
        path = f"{self.folder}/{name}"
        try:
            write_file(path, dumps((_STAMP, tasks)))
        except OSError as error:
            raise Fault(
                f"`{path}` cannot be written: {error.strerror or error}", "mend the folder"
            ) from None


def _folders(top: str) -> list[str]:
    try:
        return [entry.path for entry in scandir(top)]
    except OSError:
        return []


def is_plain(name: str) -> bool:
    """Say whether an id is a plain file name."""
    return 0 < len(name) <= _LONGEST_NAME and _OF_NAMES.issuperset(name) and name[0] != "."


def checked(name: str, what: str) -> str:
    """Refuse an id that is no plain file name. Raises `Fault`."""
    if not is_plain(name):
        raise Fault(f"the `{what}` `{name}` is no plain name", payload.REMEDY)
    return name


def tasks(call: Call, fields: Mapping[str, object], places: Places) -> list[Task]:
    """Give the tasks that hold the principal of a call: none outside a session. Raises `Fault`."""
    agent = call.principal.agent_id
    if agent is None or "session_id" not in fields:
        return []
    return Session(fields, places).tasks_of(agent)


def asked_task(call: Call, policy: Policy, places: Places) -> Task | None:
    """Compile the task that a call starts an agent on; none without. Raises `Fault`."""
    names = dict.fromkeys(call.spawn.tasks) if call.spawn else {}
    if not names:
        return None
    if len(names) > 1:
        listed = ", ".join(f"`{name}`" for name in names)
        raise Fault(f"the prompt names more than one task: {listed}", "start an agent for each")
    name = checked_task(next(iter(names)))
    from kei_gates.engine import catalogue  # once for an agent
    from kei_gates.policy.task_files import path_of
    from kei_gates.policy.tasks import compile_task

    role, (grants, checks) = compile_task(
        path_of(places.project, name), catalogue.whole(), policy.role_names, store.read_source
    )
    return name, role, grants, checks


def refuse_line(call: Call, fields: Mapping[str, object]) -> None:
    """Refuse a task that would bind nobody. Raises `Fault`.

    Whom a workflow starts, no call names; whom a message wakes has been started already.
    """
    remedy = _BINDS_NOBODY.get(call.tool)
    if remedy is None:
        return
    for text in _texts(fields.get("tool_input")):
        if payload.task_lines(_strings_as_lines(text) if call.tool == "Workflow" else text):
            raise Fault(f"a line `kei-task:` binds nobody in a call of {call.tool}", remedy)


_BINDS_NOBODY = {
    "Workflow": "start the agent with a call of Agent, or leave the line out",
    "SendMessage": "leave it out: an agent keeps its task; for another one start another agent",
}


def _texts(value: object) -> Iterator[str]:
    """Give every text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _strings_as_lines(script: str) -> str:
    """Begin a line where a string of a script begins one."""
    for mark in ("\\n", "'", '"', "`"):
        script = script.replace(mark, "\n")
    return script


_LONGEST_TASK = 64


def checked_task(name: str) -> str:
    """Refuse what cannot be a task's id. Raises `Fault`."""
    if len(name) > _LONGEST_TASK or not _OF_NAMES.issuperset(name) or name[:1] in ("", ".", "-"):
        raise Fault(
            f"`{name}` is no id of a task",
            "an id has letters, digits, `_`, `.` and `-`, and stands alone after `kei-task:`",
        )
    return name
