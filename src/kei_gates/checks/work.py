"""What a check looks at, and what it says: changes, a report, runs of commands, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kei_gates.model import Value

if TYPE_CHECKING:
    from typing import Final, Literal

    ChangeKind = Literal["added", "modified", "deleted"]
    EntryKind = Literal["file", "link", "submodule"]
    Ended = Literal["exit", "timeout", "flood", "late"]
    PassName = Literal["worktree", "merge"]


class Finding(Value):
    """What does not hold, and what to do about it; both clauses without a final period.

    `path` is relative to the root, `line` counts from 1. `doubt` says why it is not certain that
    the agent has done it; empty where it is. `detail` is what may be shown below: the last lines
    that a command has printed.
    """

    __slots__ = ("detail", "doubt", "line", "message", "path", "remedy")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        message: str,
        remedy: str,
        *,
        path: str | None = None,
        line: int | None = None,
        doubt: str = "",
        detail: str = "",
    ) -> None:
        self.message: Final = message
        self.remedy: Final = remedy
        self.path: Final = path
        self.line: Final = line
        self.doubt: Final = doubt
        self.detail: Final = detail


class SkippedError(Exception):
    """There is nothing to check. Its text says why, for people."""


class Change(Value):
    """One path that is not as it was: relative to the root, `/` between names.

    One that lies in the checkout and not below the root is absolute.
    Bytes that are no UTF-8 are lone surrogates. A rename is one that is deleted and one that is
    added. `entry` is what lies there now, of one that is deleted what lay there. `mode` and
    `old_mode` are git's (0o100644, 0o100755, 0o120000, 0o160000), 0 where there is nothing.
    `doubt` says why it is not certain that the agent has made it; empty where it is. `is_recorded`
    says that the index, or a commit since, holds a change of the path: somebody wants it to go on.
    """

    __slots__ = ("doubt", "entry", "is_recorded", "kind", "mode", "old_mode", "path")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        path: str,
        kind: ChangeKind,
        *,
        entry: EntryKind = "file",
        mode: int = 0o100644,
        old_mode: int = 0o100644,
        doubt: str = "",
        is_recorded: bool = False,
    ) -> None:
        self.is_recorded: Final = is_recorded
        self.path: Final = path
        self.kind: Final = kind
        self.entry: Final = entry
        self.mode: Final = mode
        self.old_mode: Final = old_mode
        self.doubt: Final = doubt

    def doubted(self, why: str) -> Change:
        """Give the same change with a doubt more."""
        return Change(
            self.path,
            self.kind,
            entry=self.entry,
            mode=self.mode,
            old_mode=self.old_mode,
            doubt="; ".join(one for one in (self.doubt, why) if one),
            is_recorded=self.is_recorded,
        )


class ChangeSet(Protocol):
    """All that an agent has changed, and the texts before and after."""

    @property
    def root(self) -> str:
        """The folder that paths are relative to: absolute, links resolved."""

    @property
    def base(self) -> str:
        """What it was compared with, for people: a commit, or the start of the agent."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes, sorted by path."""

    def before(self, path: str) -> bytes | None:
        """Give what a path held, none for nothing; of a link, where it led. Raises `OSError`."""

    def after(self, path: str) -> bytes | None:
        """Give what a path holds now, none for nothing; of a link, where it leads.

        Raises `OSError`.
        """


class Ran(Value):
    """How a command ended.

    `ended` is `exit` for one that ended by itself (`code` is its exit code, negative for a signal),
    `timeout` for one that was ended after its time, `flood` for one that was ended because it
    printed too much, `late` for one that was not begun as no time was left. `output` is what it
    printed, stdout and stderr as they came. `made` is the text of the file that it was to make,
    none where it made none. `at` names the pass.
    """

    __slots__ = ("at", "code", "command", "ended", "made", "output", "seconds")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        command: str,
        *,
        ended: Ended,
        code: int | None,
        output: str,
        seconds: float,
        at: PassName,
        made: bytes | None = None,
    ) -> None:
        self.command: Final = command
        self.ended: Final = ended
        self.code: Final = code
        self.output: Final = output
        self.seconds: Final = seconds
        self.at: Final = at
        self.made: Final = made

    @property
    def green(self) -> bool:
        """Whether it ended by itself without an error."""
        return self.ended == "exit" and self.code == 0

    def last_lines(self, most: int = 20) -> str:
        """Give the last lines of the output that are not blank."""
        lines = [line.rstrip() for line in self.output.splitlines() if line.strip()]
        return "\n".join(lines[-most:])


class Work(Protocol):
    """What an agent returns, in one of the two passes."""

    @property
    def at(self) -> PassName:
        """The pass: `worktree` is the work as it lies there, `merge` as it lies after a merge."""

    @property
    def root(self) -> str:
        """The folder in which commands are run: that of the change set, or that of the merge."""

    @property
    def change_set(self) -> ChangeSet:
        """All that has changed."""

    @property
    def report(self) -> str | None:
        """The agent's last message; none where there is no report to look at."""

    def run(self, command: str, seconds: float, makes: str | None = None) -> Ran:
        """Run a shell source in the root, for at most that long.

        `makes` is a file below the root that it is to write; one that lay there before does not
        count. The same source in the same pass is run once and its end remembered.
        """

    def read(self, path: str) -> bytes | None:
        """Give the text of a file below the root, also one that is no change; none for nothing.

        Raises `OSError`.
        """
