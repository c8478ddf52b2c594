"""Walk the command tree of the Modal client that is installed here, and parse as it does.

Run by the interpreter of an environment with that client: on stdin it takes a list of argument
lists as JSON; its last line holds the leaves of the tree, and what click makes of each list.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import click  # type: ignore[import-not-found, unused-ignore]  # others may have brought it
from modal.cli.entry_point import entrypoint_cli  # type: ignore[import-not-found]


def leaves(command: Any, path: list[str]) -> list[dict[str, Any]]:
    commands = getattr(command, "commands", {})
    found = [leaf for name in commands for leaf in leaves(commands[name], [*path, name])]
    if commands:
        return found
    options = {
        name: 0 if param.is_flag else param.nargs
        for param in command.params
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    }
    return [{"path": " ".join(path), "options": options}]


def parsed(words: list[str]) -> dict[str, Any]:
    """Give the leaf that click reaches, with its operands; or that it shows help, or fails."""
    path: list[str] = []
    command: Any = entrypoint_cli
    context: Any = None
    name: Any = "modal"
    try:
        while True:
            is_run = path == ["run"]
            context = command.make_context(name, list(words), parent=context)
            words = [*getattr(context, "_protected_args", []), *context.args]
            if is_run or not isinstance(command, click.Group):
                break
            name, command, words = command.resolve_command(context, words)
            path.append(name)
    except click.exceptions.Exit:
        return {"does": "help"}
    except click.ClickException as error:
        return {"does": "help" if "NoArgs" in type(error).__name__ else "fails"}
    operands = words if path == ["run"] else [
        word
        for param in command.params
        if isinstance(param, click.Argument)
        for value in [context.params.get(param.name)]
        if value not in (None, "")
        for word in (value if isinstance(value, tuple) else (value,))
    ]  # fmt: skip
    return {"does": "runs", "path": path, "operands": [str(word) for word in operands]}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    answer = {"leaves": leaves(entrypoint_cli, []), "parsed": [parsed(words) for words in asked]}
    sys.stdout.write(f"\n{json.dumps(answer)}\n")  # behind what the client itself has shown
