"""Our entries in a settings file: what they should be, and which of those present are ours.

The plugin's `hooks.json` says what is hooked. Settings get the same groups with the
plugin's folder replaced by absolute paths.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from kei_gates.install.errors import InstallError
from kei_gates.install.scopes import PROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kei_gates.install.places import Places
    from kei_gates.install.scopes import Scope

    Groups = Mapping[str, Sequence[Mapping[str, Any]]]

HOOK_SCRIPT = "kei_gates_hook.py"
# As a whole file name in a shell text: `my_kei_gates_hook.py` is somebody else's.
_IN_TEXT = re.compile(r"""(?<![^\s/"'=])kei_gates_hook\.py(?![^\s"';&|)])""")


def wanted(places: Places, scope: Scope = PROJECT) -> Groups:
    """Build the groups that belong in the settings of a scope, by event.

    Raises InstallError when `hooks.json` names a folder that only a plugin has.
    """
    source = json.loads((places.hooks / "hooks.json").read_text(encoding="utf-8"))
    return {
        event: [
            {**group, "hooks": [_for_scope(hook, event, places, scope) for hook in group["hooks"]]}
            for group in groups
        ]
        for event, groups in source["hooks"].items()
    }


def _for_scope(hook: Mapping[str, Any], event: str, places: Places, scope: Scope) -> dict[str, Any]:
    arguments = [_expand(word, places) for word in hook["args"]]
    if event == "ConfigChange" and scope.source:
        arguments.append(scope.source)  # what holds the gate; the hook cannot see it
    return {**hook, "command": _expand(hook["command"], places), "args": arguments}


def _expand(word: str, places: Places) -> str:
    expanded = word.replace("${CLAUDE_PLUGIN_ROOT}/.venv", str(places.environment))
    expanded = expanded.replace("${CLAUDE_PLUGIN_ROOT}/hooks", str(places.hooks))
    # Also catches a folder whose own name holds `${`: the client would expand it.
    if "${" in expanded:
        raise InstallError(f"`{expanded}` cannot be written into settings: it holds a variable")
    try:
        expanded.encode()
    except UnicodeEncodeError:
        raise InstallError(
            f"`{expanded!a}` cannot be written into settings: it is not UTF-8; move the clone"
        ) from None
    return expanded


def is_ours(hook: object) -> bool:
    """Say whether a hook entry is one of ours: a command that names our hook script."""
    if not isinstance(hook, dict) or hook.get("type") != "command":
        return False
    arguments = hook.get("args")
    words = arguments if isinstance(arguments, list) else []
    command = hook.get("command")
    return any(_names_script(word) for word in words) or (
        isinstance(command, str) and _IN_TEXT.search(command) is not None
    )


def _names_script(word: object) -> bool:
    return isinstance(word, str) and word.rpartition("/")[2] == HOOK_SCRIPT
