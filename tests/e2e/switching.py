"""The table of ways to switch the gate off: read, filled in, and what shows that one has worked."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .calls import bash
from .project import Project
from .scripted_api import Answer, Call

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE: dict[str, list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_suffix("").with_name("switching_off.toml").read_text()
)

Places = Mapping[str, str]

BACKGROUND = 1.5


@dataclass
class Attempt:
    """One row, in a project; what it would change is looked at just before and just after it."""

    label: str
    call: Call
    row: Mapping[str, Any]
    changes: Path | None
    before: object = field(default=None, init=False)
    after: object = field(default=None, init=False)

    def look_before(self) -> None:
        self.before = _state(self.changes)

    def look_after(self) -> None:
        """Look again; what goes on in the background is given a moment."""
        end = time.monotonic() + (BACKGROUND if self.call.tool == "Monitor" else 0)
        self.after = _state(self.changes)
        while self.after == self.before and time.monotonic() < end:
            time.sleep(0.1)
            self.after = _state(self.changes)

    def has_worked(self, project: Project, answer: Answer) -> bool:
        """Say whether anything shows that the call ran."""
        return (
            self.before != self.after
            or ("branch" in self.row and self.row["branch"] in project.branches())
            or ("prints" in self.row and self.row["prints"] in answer.text and not answer.is_error)
        )


def attempts(kind: str, places: Places) -> list[Attempt]:
    """Fill the rows of a kind with the places of a project."""
    return [_attempt(row, places) for row in TABLE[kind]]


def label(row: Mapping[str, Any]) -> str:
    """Give the label of a row's call."""
    return "".join(letter if letter.isalnum() else "_" for letter in row["name"])


def _attempt(row: Mapping[str, Any], places: Places) -> Attempt:
    name = label(row)
    if "command" in row:
        call = bash(name, filled(row["command"], places))
    else:
        given = {key: filled(value, places) for key, value in row["input"].items()}
        call = Call(name, row["tool"], given)
    changes = Path(filled(row["changes"], places)) if "changes" in row else None
    return Attempt(name, call, row, changes)


def filled(value: Any, places: Places) -> Any:
    """Put the places of a project into a text; other values stay."""
    if isinstance(value, str):
        for name, path in places.items():
            value = value.replace(f"{{{name}}}", path)
    return value


def _state(path: Path | None) -> object:
    """What a path is: its kind, mode and content; of a folder the names in it."""
    if path is None or not (path.exists() or path.is_symlink()):
        return None
    if path.is_symlink():
        return path.readlink()
    mode = path.stat().st_mode
    if path.is_dir():
        return mode, sorted(one.name for one in path.iterdir())
    return mode, path.read_bytes()
