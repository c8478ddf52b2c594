"""What the client's tools do, as far as their input says it.

Source: the tool schemas that ship with client 2.1.330 (`sdk-tools.d.ts`) and its measured
payloads. MultiEdit, Glob, Grep, LS, NotebookRead, TodoWrite, Task, KillShell and BashOutput belong
to older clients.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.model import EffectKind


class Tool:
    """One tool: which input fields hold a shell source or paths, and whether it mutates.

    `paths` pairs a field with the effect on the path in it. `required` names the fields without
    which a call cannot be judged. `text` names the field with the whole new text of the file, or
    with the replacements in it (empty: the input itself is one). `spawns` says that it starts an
    agent of a `subagent_type` on a `prompt`. `stops` names the fields of which one holds the id of
    the background task that it stops. `mutates` is false only for tools that read and nothing else.
    """

    __slots__ = ("mutates", "paths", "required", "source", "spawns", "stops", "text")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        source: str | None = None,
        paths: tuple[tuple[str, EffectKind], ...] = (),
        required: tuple[str, ...] = (),
        text: str | None = None,
        spawns: bool = False,
        stops: tuple[str, ...] = (),
        mutates: bool = True,
    ) -> None:
        self.source: Final = source
        self.paths: Final = paths
        self.required: Final = required
        self.text: Final = text
        self.spawns: Final = spawns
        self.stops: Final = stops
        self.mutates: Final = mutates


_READS_FILE = Tool(paths=(("file_path", "read"),), required=("file_path",), mutates=False)
_READS_FOLDER = Tool(paths=(("path", "read"),), mutates=False)
_NO_FILES = Tool()
_STARTS_AGENT = Tool(spawns=True)
_STOPS_TASK = Tool(stops=("task_id", "shell_id", "bash_id"))
_CHANGES_NOTHING = Tool(mutates=False)

TOOLS: dict[str, Tool] = {
    # shell sources
    "Bash": Tool(source="command", required=("command",)),
    "Monitor": Tool(source="command"),  # or a web socket instead of a command
    # files
    "Edit": Tool(paths=(("file_path", "write"),), required=("file_path",), text=""),
    "MultiEdit": Tool(paths=(("file_path", "write"),), required=("file_path",), text="edits"),
    "Write": Tool(paths=(("file_path", "write"),), required=("file_path",), text="content"),
    "NotebookEdit": Tool(paths=(("notebook_path", "write"),), required=("notebook_path",)),
    "Artifact": Tool(paths=(("file_path", "read"),)),
    "Read": _READS_FILE,
    "NotebookRead": Tool(paths=(("notebook_path", "read"),), mutates=False),
    "Glob": _READS_FOLDER,
    "Grep": _READS_FOLDER,
    "LS": _READS_FOLDER,
    # agents and what they run later
    "Agent": _STARTS_AGENT,
    "Task": _STARTS_AGENT,
    "Workflow": Tool(paths=(("scriptPath", "read"),)),
    "SendMessage": _NO_FILES,
    "Skill": _NO_FILES,
    "CronCreate": _NO_FILES,
    "CronDelete": _NO_FILES,
    "ScheduleWakeup": _NO_FILES,
    "RemoteTrigger": _NO_FILES,
    "TaskStop": _STOPS_TASK,
    "KillShell": _STOPS_TASK,
    # worktrees
    "EnterWorktree": _NO_FILES,
    "ExitWorktree": _NO_FILES,
    # the outside
    "WebFetch": _NO_FILES,
    "WebSearch": _NO_FILES,
    # talk and book-keeping
    "AskUserQuestion": _CHANGES_NOTHING,
    "BashOutput": _CHANGES_NOTHING,
    "CronList": _CHANGES_NOTHING,
    "EnterPlanMode": _CHANGES_NOTHING,
    "ExitPlanMode": _CHANGES_NOTHING,
    "ListAgents": _CHANGES_NOTHING,
    "ReportFindings": _CHANGES_NOTHING,
    "TaskCreate": _CHANGES_NOTHING,
    "TaskGet": _CHANGES_NOTHING,
    "TaskList": _CHANGES_NOTHING,
    "TaskOutput": _CHANGES_NOTHING,
    "TaskUpdate": _CHANGES_NOTHING,
    "TodoWrite": _CHANGES_NOTHING,
    "ToolSearch": _CHANGES_NOTHING,
    "ListMcpResourcesTool": _CHANGES_NOTHING,
    "ReadMcpResourceTool": _CHANGES_NOTHING,
}
UNKNOWN = Tool()
