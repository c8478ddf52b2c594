"""Which apps of Modal were running when the session last looked.

Source: `modal app list` of the client 1.6.4 (`cli/app.py`, `cli/utils.py`): a table by rich without
vertical lines, of which the cells are folded where it is narrow, or JSON. Clients before 1.4 draw
boxes and call the keys of the JSON as the columns; they cut long cells with an ellipsis.
"""

from __future__ import annotations

from kei_gates.gates._modal_cli import is_modal, read
from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.model import Event, Invocation
    from kei_gates.particulars import Past

_ENDED = ("disabled", "stop")  # `stopped`, `stopping...`
_LIST = ("app", "list")
_KEYS = (
    ("app_id", "App ID"), ("description", "Description"), ("state", "State"), ("tasks", "Tasks"),
)  # fmt: skip
_FIRST, _ID = "App ID", "ap-"
_LINES = "│┃|"
_RULES = frozenset("─━═-+┏┡└┗╇┳┻┼┴┬├╭╰ ╯╮┓┩┘┤")
_CUT = "…"
_GAP = 3  # blanks between two columns of a table without lines
# What `head` leaves without a number.
_FEW = 10


class App(Value):
    """An app of the list: its name (`description` for those that were never deployed), id, state.

    A name may be cut, and then ends in `…`. `tasks` are its containers, none where that is not
    known.
    """

    __slots__ = ("app_id", "name", "state", "tasks")

    def __init__(self, name: str, app_id: str, state: str, tasks: int | None = None) -> None:
        self.name: Final = name
        self.app_id: Final = app_id
        self.state: Final = state
        self.tasks: Final = tasks

    @property
    def has_ended(self) -> bool:
        """Whether it runs nothing any more."""
        return self.state.casefold().startswith(_ENDED)

    def may_be(self, name: str) -> bool:
        """Say whether a name is, or may be, that of the app."""
        if self.name.endswith(_CUT):
            return name.startswith(self.name[:-1])
        return name == self.name


def listed(
    event: Event, within_seconds: float, place: tuple[str, str] | None = None
) -> tuple[Past, list[App]] | None:
    """Give the last call of the session that listed the apps, and the apps; none without one.

    Only a whole list counts, that was made in the last `within_seconds`, of the profile and the
    environment of a `place`, where one is given. Raises `Fault` where what
    the session did cannot be had.
    """
    for past in reversed(event.facts.history()):
        if event.facts.now - past.at > within_seconds:
            return None
        if past.failed or past.output is None or "modal" not in past.command:
            continue
        invocations = past.analyse().invocations
        lists = [one for one in invocations if _lists(one, past.command, place)]
        if not lists or _is_cut(past.output, invocations):
            continue
        apps = parse(past.output, is_json="--json" in lists[-1].argv)
        if apps is not None:
            return past, apps
    return None


def _lists(invocation: Invocation, source: str, place: tuple[str, str] | None) -> bool:
    """Whether a command has shown the whole list, of a place."""
    from kei_gates.gates import _list_evidence as evidence  # noqa: PLC0415 -- few calls list

    command = read(invocation) if is_modal(invocation.program) else None
    return (
        command is not None
        and evidence.is_shown(invocation, source)
        and place in (None, evidence.place(invocation, command.options.value("env", "e"), source))
        and command.path == _LIST
        and "read" in command.classes
        and command.options.value("limit") in (None, "0")
        and not (command.options.has_exactly("limit") and command.options.value("limit") is None)
    )


def _is_cut(output: str, invocations: Sequence[Invocation]) -> bool:
    """Whether `head` may have left out apps."""
    lines = output.count("\n") + 1
    for invocation in invocations:
        if invocation.program == "head":
            words = "".join(word or "" for word in invocation.argv[1:])
            digits = "".join(char if char.isdecimal() else " " for char in words).split()
            if lines >= (int(digits[0]) if digits else _FEW):
                return True
    return False


def parse(output: str, *, is_json: bool | None = None) -> list[App] | None:
    """Read what `modal app list` prints; none for anything else.

    `is_json` says in which form it was asked for, where that is known.
    """
    text = _without_colors(output)
    if is_json is not None:
        is_one = text.count(_FIRST) == 1
        return _from_json(text) if is_json else _from_table(text) if is_one else None
    return _from_json(text) if _FIRST not in text or '"' in text else _from_table(text)


def _without_colors(text: str) -> str:
    """Take away what colors a terminal."""
    first, *parts = text.split("\x1b[")
    return first + "".join(part.partition("m")[2] for part in parts)


# --- JSON ---------------------------------------------------------------------------------------


def _from_json(text: str) -> list[App] | None:
    from kei_gates.protocol import json_text  # noqa: PLC0415 -- few lists are read

    start, end = text.find("["), text.rfind("]")
    if start < 0 or end < start:
        return None
    try:
        rows = json_text.parse(text[start : end + 1].encode("utf-8", "replace"))
    except ValueError:
        return None
    if not isinstance(rows, list):
        return None
    apps = [_of_row(row) for row in rows]
    known = [app for app in apps if app is not None]
    return known if len(known) == len(rows) else None


def _of_row(row: object) -> App | None:
    if not isinstance(row, dict):
        return None
    found = [next((row[key] for key in keys if key in row), None) for keys in _KEYS]
    app_id, name, state, tasks = found
    if not isinstance(app_id, str) or not isinstance(state, str):
        return None
    return App(name if isinstance(name, str) else "", app_id, state, _count(str(tasks)))


# --- tables -------------------------------------------------------------------------------------


def _from_table(text: str) -> list[App] | None:
    lines = text.split("\n")
    at = next((at for at, line in enumerate(lines) if _FIRST in line), None)
    if at is None:
        return None
    columns = _columns(lines[at])
    if len(columns) < len(_KEYS):
        return None
    apps: list[list[list[str]]] = []
    for line in lines[at + 1 :]:
        cells = [line[start:end] for start, end in columns[: len(_KEYS)]]
        if cells[0].strip().startswith(_ID):
            apps.append([[cell] for cell in cells])
        elif not line.strip() or (set(line.strip()) <= _RULES and not set(line) <= {" "}):
            continue
        elif not apps or cells[0].strip(f"{_LINES} "):
            break  # what follows the table
        else:
            for cell, part in zip(apps[-1], cells, strict=True):
                cell.append(part)
    return [
        App(_joined(name), _joined(app_id), _joined(state), _count(_joined(tasks)))
        for app_id, name, state, tasks in apps
    ]


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _columns(header: str) -> list[tuple[int, int]]:
    """Give where the columns of a table begin and end, by the last line of its header."""
    marks = [at for at, char in enumerate(header) if char in _LINES]
    if marks:
        return [(at + 2, end - 1) for at, end in zip(marks, [*marks[1:], len(header)], strict=True)]
    starts: list[int] = []
    blanks = _GAP
    for at, char in enumerate(header):
        if char == " ":
            blanks += 1
            continue
        if blanks >= _GAP:
            starts.append(at)
        blanks = 0
    ends = [start - _GAP for start in starts[1:]]
    return [*zip(starts, [*ends, len(header)], strict=True)]


def _joined(parts: Sequence[str]) -> str:
    """Join the lines of a cell: what fills the column to its end goes on in the next line."""
    text = ""
    for part in parts:
        text += part if part == part.rstrip() else f"{part.rstrip()} "
    return " ".join(text.split())
