"""The tool calls that scripted models make, each in one short line."""

import json
from collections.abc import Callable
from dataclasses import replace

from .scripted_api import Call, Json


def bash(label: str, command: str) -> Call:
    return Call(label, "Bash", {"command": command, "description": label})


def monitor(label: str, command: str) -> Call:
    """Run a command in the background."""
    return Call(label, "Monitor", {"command": command, "description": label, "timeout_ms": 5000})


def read(label: str, path: str) -> Call:
    return Call(label, "Read", {"file_path": path})


def write(label: str, path: str, content: str) -> Call:
    return Call(label, "Write", {"file_path": path, "content": content})


def edit(label: str, path: str, old: str, new: str) -> Call:
    """Edit a file; the client wants it to have been read before."""
    return Call(label, "Edit", {"file_path": path, "old_string": old, "new_string": new})


def spawn(agent_type: str, route: str) -> Call:
    """Start a subagent whose conversation is the script's route of that name."""
    return Call(f"spawn_{route}", "Agent", start(route, agent_type).input)


def start(
    route: str,
    agent_type: str | None = "builder",
    task: str = "",
    *,
    background: bool = False,
    **more: str,
) -> Call:
    """Start a subagent, if need be on a task; the route is what it does."""
    line = f"\nkei-task: {task}" if task else ""
    fields: Json = {
        "description": route,
        "prompt": f"[[{route}]] go{line}",
        "run_in_background": background,
        **more,
    }
    if agent_type is not None:
        fields["subagent_type"] = agent_type
    return Call(f"start_{route}", "Agent", fields)


WORKFLOW = """\
export const meta = {{ name: 'w', description: 'd' }}
const r = await agent({prompt}, {{ label: 'x', agentType: '{type}' }})
return r
"""


def workflow(route: str, agent_type: str = "builder", task: str = "") -> Call:
    """Let a script start an agent; in the background, so somebody must wait for it."""
    prompt = json.dumps(start(route, task=task).input["prompt"])
    script = WORKFLOW.format(prompt=prompt, type=agent_type)
    return Call(f"workflow_{route}", "Workflow", {"script": script})


def tell(label: str, name: str, message: str) -> Call:
    """Send a message to an agent that was given a name."""
    fields = {"to": name, "summary": label, "message": message}
    return Call(label, "SendMessage", fields)


def wait(*routes: str) -> Call:
    """Wait for agents in the background; the client does not."""
    return replace(bash(f"wait_{routes[0]}", "true"), awaits=routes)


def then(before: Callable[[], object], call: Call) -> Call:
    """Do something just before the model makes a call."""

    def do() -> None:
        before()

    return replace(call, before=do)
