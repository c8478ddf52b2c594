"""Keep the client from reloading settings that drop the gate.

The client watches its settings files and applies a change within about a second; exit code 2 from
this hook keeps the old ones for the session (measured, for project and local settings). A change
that leaves the gate as it is goes through.
"""

from __future__ import annotations

import json
import sys

from kei_gates.model import Decision, fault
from kei_gates.observe.files import read_file
from kei_gates.protocol import payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LARGEST_SETTINGS = 8 << 20
_REMEDY = "restore the file; to remove kei-gates, end the session and run `kei-gates uninstall`"


def judge(fields: dict[str, object], arguments: Sequence[str]) -> Decision:
    """Judge one change. `arguments` names the source that holds the gate, if it is a settings file.

    Raises `Fault` for a malformed payload.
    """
    source = payload.text(fields, "source")
    if not source.endswith("_settings"):
        return Decision("abstain", ())  # skills and the like hold no hooks
    path = payload.absolute(fields, "file_path")
    holds_gate = source in arguments
    try:
        settings = json.loads(read_file(path, _LARGEST_SETTINGS))
    except FileNotFoundError:
        if not holds_gate:
            return Decision("abstain", ())
        return fault(f"`{path}` held the gate and is gone", _REMEDY)
    except (OSError, ValueError, RecursionError) as error:
        return fault(f"`{path}` cannot be read: {error}", _REMEDY)
    if not isinstance(settings, dict):
        return fault(f"`{path}` is not a JSON object", _REMEDY)
    reason = _weakens(settings, holds_gate=holds_gate)
    return fault(f"`{path}` {reason}", _REMEDY) if reason else Decision("abstain", ())


def _weakens(settings: dict[str, object], *, holds_gate: bool) -> str | None:
    """Say how settings switch the gate off; none when they do not."""
    if settings.get("disableAllHooks"):
        return "switches all hooks off"
    if not holds_gate:
        return None
    hooked = {event for event, hook in _hooks(settings) if _is_whole(hook, event)}
    missing = [event for event in ("PreToolUse", "ConfigChange") if event not in hooked]
    return f"no longer holds the gate's {missing[0]} hook" if missing else None


def _hooks(settings: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    """Give every hook that a matcher of `*` reaches, with its event; skip what is malformed."""
    events = settings.get("hooks")
    for event, groups in events.items() if isinstance(events, dict) else ():
        for group in groups if isinstance(groups, list) else ():
            if isinstance(group, dict) and group.get("matcher") == "*" and "if" not in group:
                hooks = group.get("hooks")
                yield from ((event, h) for h in hooks or () if isinstance(h, dict))


def _is_whole(hook: dict[str, object], event: str) -> bool:
    """Whether a hook is the installed one: this interpreter and script, blocking on failure."""
    arguments = hook.get("args")
    return (
        hook.get("type") == "command"
        and hook.get("command") == sys.executable
        and isinstance(arguments, list)
        and arguments[:4] == ["-I", "-S", sys.argv[0], event]
        and hook.get("onFailure") == "block"
        and not hook.get("async")
        and "if" not in hook
    )
