"""What a shell knows while it runs: its folder, its variables, its functions."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from kei_gates.shell.ast import Function

    Value: TypeAlias = "str | tuple[str | None, ...] | None"
    """A variable's value: a string, an array, or unknown."""

MOST_FOLDERS = 4


class State:
    """One shell's state. Subshells and branches work on a copy."""

    __slots__ = ("folders", "functions", "positional", "success", "variables")

    def __init__(self, folder: str) -> None:
        """Start in a folder.

        `folders` are those the shell may be in, none standing for any; `success` those it is in if
        the last command succeeded, none when that makes no difference.
        """
        self.folders: tuple[str | None, ...] = (folder,)
        self.success: tuple[str | None, ...] | None = None
        self.variables: dict[str, Value] = {}
        self.functions: dict[str, Function] = {}
        self.positional: tuple[str | None, ...] | None = None

    def copy(self) -> State:
        """Give a state that changes on its own."""
        other = State("")
        other.folders = self.folders
        other.success = self.success
        other.variables = dict(self.variables)
        other.functions = dict(self.functions)
        other.positional = self.positional
        return other

    def take(self, other: State) -> None:
        """Become another state."""
        self.folders = other.folders
        self.success = other.success
        self.variables = other.variables
        self.functions = other.functions
        self.positional = other.positional

    def merge(self, other: State) -> None:
        """Become what holds whether this or the other state was reached."""
        self.enter(other.folders, also=self.folders)
        for name in other.variables.keys() | self.variables.keys():
            # One that only one of them assigned has, in the other, whatever it had outside.
            if self.variables.get(name, ...) != other.variables.get(name, ...):
                self.variables[name] = None
        self.functions = other.functions | self.functions
        if self.positional != other.positional:
            self.positional = None

    def enter(self, folders: Iterable[str | None], also: Iterable[str | None] = ()) -> None:
        """Be in one of the given folders."""
        found = tuple(dict.fromkeys((*also, *folders)))
        self.folders = (None,) if None in found or len(found) > MOST_FOLDERS else found

    def succeed(self) -> None:
        """Take it that the last command succeeded."""
        if self.success is not None:
            self.folders, self.success = self.success, None

    def forget(self) -> None:
        """Know nothing any more."""
        self.folders = (None,)
        self.variables = dict.fromkeys(self.variables)
        self.positional = None

    def paths(self, path: str | None) -> tuple[str | None, ...]:
        """Give the absolute paths that a spelled path may mean, none for one that is unknown."""
        if path is None:
            return (None,)
        if path.startswith("/"):
            return (path,)
        return tuple(None if folder is None else f"{folder}/{path}" for folder in self.folders)
