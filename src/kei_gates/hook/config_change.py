"""Keep the client from reloading settings that drop the gate.

The client watches its settings files and applies a change within about a second; exit code 2 from
this hook keeps the old ones for the session (measured on client 2.1.330, for project, local and
user settings).
"""

from __future__ import annotations

import json

from kei_gates.model import Decision, fault
from kei_gates.observe.files import read_file
from kei_gates.protocol import payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST_SETTINGS = 8 << 20
_NO_OBJECTION = Decision("abstain", ())


def judge(fields: dict[str, object], arguments: Sequence[str]) -> Decision:
    """Judge one change. `arguments` names the source that holds the gate, if it is a settings file.

    Raises `Fault` for a malformed payload.
    """
    source = payload.text(fields, "source")
    if not source.endswith("_settings"):
        return _NO_OBJECTION  # skills and the like hold no hooks
    path = payload.absolute(fields, "file_path")
    if source in arguments:
        # One value that the client does not accept, anywhere in the file, makes it discard the
        # whole file and the gate with it (measured); what it accepts cannot be known here.
        return fault(
            f"`{path}` holds the gate, so it stays as it was when the session started",
            "start the session again to use the changed settings",
        )
    return _disables(path)


def _disables(path: str) -> Decision:
    """Judge settings that hold no gate: they can only switch all hooks off."""
    try:
        settings = json.loads(read_file(path, _LARGEST_SETTINGS))
    except FileNotFoundError:
        return _NO_OBJECTION
    except OSError as error:
        return fault(f"`{path}` cannot be read: {error.strerror or error}", "mend the file")
    except (ValueError, RecursionError) as error:
        return fault(f"`{path}` is no JSON: {error}", "mend the file")
    if isinstance(settings, dict) and settings.get("disableAllHooks"):
        return fault(f"`{path}` switches all hooks off", "take `disableAllHooks` out")
    return _NO_OBJECTION
