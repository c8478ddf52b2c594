"""From payloads to calls: what is taken over, and what is refused."""

from __future__ import annotations

import pytest

from kei_gates.model import Effect, Fault, TextEdit
from kei_gates.particulars import Spawn
from kei_gates.protocol import payload

BASH = {
    "session_id": "70dc",
    "transcript_path": "/h/t.jsonl",
    "cwd": "/p",
    "prompt_id": "90d2",
    "permission_mode": "bypassPermissions",
    "effort": {"level": "medium"},
    "hook_event_name": "PreToolUse",
    "tool_name": "Bash",
    "tool_input": {"command": "pwd; false", "description": "d", "timeout": 120000},
    "tool_use_id": "toolu_4ce9",
}


def test_the_main_thread_has_no_agent_id() -> None:
    call = payload.to_call(BASH)
    assert (call.tool, call.cwd, call.command) == ("Bash", "/p", "pwd; false")
    assert not call.principal.is_subagent
    assert call.mutates
    assert call.known


def test_an_agent_id_makes_a_subagent_and_a_type_alone_does_not() -> None:
    started_as = payload.to_principal(BASH | {"agent_type": "builder"})
    subagent = payload.to_principal(BASH | {"agent_type": "builder", "agent_id": "af41"})
    assert (started_as.is_subagent, started_as.agent_type) == (False, "builder")
    assert (subagent.is_subagent, subagent.agent_type) == (True, "builder")


@pytest.mark.parametrize(
    ("tool", "fields", "effects"),
    [
        ("Edit", {"file_path": "/p/a"}, (Effect("write", "/p/a", "Edit"),)),
        ("MultiEdit", {"file_path": "/p/a", "edits": []}, (Effect("write", "/p/a", "MultiEdit"),)),
        ("Write", {"file_path": "/p/a", "content": ""}, (Effect("write", "/p/a", "Write"),)),
        (
            "NotebookEdit",
            {"notebook_path": "/p/n.ipynb", "new_source": "", "file_path": "/decoy"},
            (Effect("write", "/p/n.ipynb", "NotebookEdit"),),
        ),
        ("Read", {"file_path": "/p/a"}, (Effect("read", "/p/a", "Read"),)),
        ("Glob", {"pattern": "**"}, ()),
        ("Monitor", {"command": "echo m"}, ()),
    ],
)
def test_the_effects_that_an_input_spells_out(
    tool: str, fields: dict[str, object], effects: tuple[Effect, ...]
) -> None:
    assert payload.to_call(BASH | {"tool_name": tool, "tool_input": fields}).effects == effects


def test_monitor_runs_shell_or_watches_a_socket() -> None:
    shell = payload.to_call(BASH | {"tool_name": "Monitor", "tool_input": {"command": "git push"}})
    socket = payload.to_call(BASH | {"tool_name": "Monitor", "tool_input": {"ws": {"url": "x"}}})
    assert (shell.command, socket.command) == ("git push", None)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"tool_name": None}, "no `tool_name`"),
        ({"tool_name": ""}, "empty `tool_name`"),
        ({"tool_name": ["Bash"]}, "malformed `tool_name`"),
        ({"tool_input": None}, "no `tool_input`"),
        ({"tool_input": []}, "no `tool_input`"),
        ({"tool_input": {}}, "no `command`"),
        ({"tool_input": {"command": 1}}, "malformed `command`"),
        ({"tool_input": {"command": ["git", "push"]}}, "malformed `command`"),
        ({"cwd": None}, "no `cwd`"),
        ({"cwd": "p"}, "not an absolute path"),
        ({"agent_id": 7}, "malformed `agent_id`"),
        ({"agent_id": ""}, "empty `agent_id`"),
        ({"agent_type": {}}, "malformed `agent_type`"),
        ({"tool_name": "Edit", "tool_input": {}}, "no `file_path`"),
        ({"tool_name": "NotebookEdit", "tool_input": {"file_path": "/x"}}, "no `notebook_path`"),
        ({"tool_name": "Monitor", "tool_input": {"command": 1}}, "malformed `command`"),
    ],
)
def test_what_is_missing_or_malformed_is_a_fault(change: dict[str, object], why: str) -> None:
    with pytest.raises(Fault, match=why):
        payload.to_call(BASH | change)


@pytest.mark.parametrize(
    "raw", [b"[]", b'"x"', b"1", b"null", b"{}", b'{"hook_event_name":"Stop"}']
)
def test_what_is_no_payload_of_the_event_is_a_fault(raw: bytes) -> None:
    with pytest.raises(Fault):
        payload.parse(raw, "PreToolUse")


FILE = {"file_path": "/p/a"}
PART = {"old_string": "a", "new_string": "b"}


@pytest.mark.parametrize(
    ("tool", "fields", "edits"),
    [
        ("Edit", PART, (TextEdit("a", "b"),)),
        ("Edit", PART | {"replace_all": True}, (TextEdit("a", "b", every=True),)),
        ("Edit", PART | {"content": "c"}, (TextEdit("a", "b"),)),
        ("Edit", {"old_string": "a"}, None),
        ("Write", {"content": "c"}, (TextEdit(None, "c"),)),
        ("Write", PART, None),
        ("MultiEdit", {"edits": [PART, PART | {"replace_all": True}]},
         (TextEdit("a", "b"), TextEdit("a", "b", every=True))),
        ("MultiEdit", {"edits": []}, ()),
        ("MultiEdit", {"edits": [PART, "x"]}, None),
        ("MultiEdit", PART, None),
        ("NotebookEdit", {"notebook_path": "/p/n.ipynb", "new_source": "x"}, None),
        ("Frobnicate", PART | {"content": "c"}, None),
    ],
)  # fmt: skip
def test_how_a_call_changes_a_text(
    tool: str, fields: dict[str, object], edits: tuple[TextEdit, ...] | None
) -> None:
    call = payload.to_call(BASH | {"tool_name": tool, "tool_input": FILE | fields})
    assert call.edits == edits


@pytest.mark.parametrize(
    ("tool", "fields", "stops"),
    [
        ("TaskStop", {"task_id": "b1x"}, "b1x"),
        ("TaskStop", {"shell_id": "b1x"}, "b1x"),
        ("KillShell", {"shell_id": "bash_1"}, "bash_1"),
        ("TaskStop", {}, ""),
        ("TaskOutput", {"task_id": "b1x"}, None),
    ],
)
def test_what_a_call_stops(tool: str, fields: dict[str, object], stops: str | None) -> None:
    assert payload.to_call(BASH | {"tool_name": tool, "tool_input": fields}).stops == stops


@pytest.mark.parametrize(
    ("tool", "fields", "spawn"),
    [
        ("Agent", {"prompt": "p", "subagent_type": "x"}, Spawn("x", ())),
        (
            "Task",
            {"prompt": "p\n kei-task: a-1.b \n", "subagent_type": "x"},
            Spawn("x", ("a-1.b",)),
        ),
        ("Agent", {"prompt": "kei-task: a\r\nkei-task: b"}, Spawn(None, ("a", "b"))),
        ("Agent", {}, Spawn(None, ())),
        ("Bash", {"command": "ls", "prompt": "kei-task: a"}, None),
    ],
)
def test_which_agent_a_call_starts(
    tool: str, fields: dict[str, object], spawn: Spawn | None
) -> None:
    assert payload.to_call(BASH | {"tool_name": tool, "tool_input": fields}).spawn == spawn
