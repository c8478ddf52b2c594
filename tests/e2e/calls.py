"""The tool calls that scripted models make, each in one short line."""

from .scripted_api import Call


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
    inputs = {
        "description": route,
        "prompt": f"[[{route}]] go",
        "subagent_type": agent_type,
        "run_in_background": False,
    }
    return Call(f"spawn_{route}", "Agent", inputs)
