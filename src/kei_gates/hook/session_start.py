"""Tell the person at the start of a session what of the gate is not whole.

It starts nothing and stops nobody; where all is whole it is silent. The client shows the message
to the person, not to the model, when a session starts, is resumed, cleared or compacted (measured
on client 2.1.330; `-p` shows it in its stream only).
"""

from __future__ import annotations

import json
from posix import R_OK, W_OK, X_OK, access, stat

from kei_gates.hook import places, trust
from kei_gates.model import Fault
from kei_gates.observe import client_settings
from kei_gates.observe.files import read_file
from kei_gates.observe.paths import exists
from kei_gates.protocol import payload
from kei_gates.protocol.answer import shown
from kei_gates.protocol.reply import NO_OBJECTION, Answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kei_gates.model import Places

_LARGEST_SETTINGS = 8 << 20
_TYPE_MASK, _REGULAR = 0o170000, 0o100000
_SCRIPT = "/kei_gates_hook.py"
_DOCTOR = "see `kei-gates doctor` outside the session"


def start(fields: dict[str, object], events: frozenset[str]) -> Answer:
    """Answer the start of a session. `events` are those that have a hook."""
    where = places.from_client(payload.absolute(fields, "cwd"))
    found: list[str] = []
    for look in _LOOKS:
        try:
            found += look(where)
        except Fault as error:
            found.append(f"{error.reason}; {error.remedy}")
        except OSError as error:
            found.append(f"{error}; {_DOCTOR}")
    found += _absent(where, events)
    if not found:
        return NO_OBJECTION
    return shown("\n".join(["kei-gates: the gate is not whole:", *(f"- {line}" for line in found)]))


def _policy(where: Places) -> Iterator[str]:
    """See that there is a policy, that it can be read, and that a person has accepted it."""
    trust.load(where)
    return iter(())


def _folder(where: Places) -> Iterator[str]:
    """See that the session was started where the project's policy lies."""
    above = places.nearest_project(where.project)
    if above is not None and above not in (where.project, where.home):
        yield (
            f"the session was started in `{where.project}`, where the policy of `{above}` does "
            f"not hold; start it in `{above}`"
        )


def _state(where: Places) -> Iterator[str]:
    """See that what is decided can be written down: what cannot be is denied."""
    folder = where.state
    log = f"{folder}/audit.jsonl"
    if exists(log) and not (_is_regular(log) and access(log, R_OK | W_OK)):
        yield f"the audit `{log}` cannot be written, so calls are blocked; mend it"
    while not exists(folder):
        folder = folder.rpartition("/")[0] or "/"
    if not access(folder, W_OK | X_OK):
        yield f"`{folder}` cannot be written, so calls are blocked; mend its mode"


def _is_regular(path: str) -> bool:
    return stat(path, follow_symlinks=False).st_mode & _TYPE_MASK == _REGULAR


def _absent(where: Places, events: frozenset[str]) -> list[str]:
    """See that the settings which have our hooks have them for all events.

    The client has read them, but what it drops of them it does not tell us.
    """
    found: list[str] = []
    for path in client_settings.all_files(where.project, where.home):
        try:
            present = _hooked(json.loads(read_file(path, _LARGEST_SETTINGS)))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError, RecursionError) as error:
            found.append(f"`{path}` cannot be read, so the client drops it: {error}; mend it")
            continue
        absent = sorted(events - present) if present else []
        if absent:
            which = ", ".join(absent)
            found.append(f"`{path}` has no hook for {which}; run `kei-gates install` again")
    return found


def _hooked(settings: object) -> set[str]:
    """Give the events for which settings have a hook of ours."""
    hooks = settings.get("hooks") if isinstance(settings, dict) else None
    if not isinstance(hooks, dict):
        return set()
    # Only whether the script is named: `kei-gates doctor` looks at how.
    return {event for event, groups in hooks.items() if _SCRIPT in json.dumps(groups)}


_LOOKS: tuple[Callable[[Places], Iterator[str]], ...] = (_policy, _folder, _state)
