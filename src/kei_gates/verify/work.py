"""One pass over what an agent returns, as the checks see it."""

from __future__ import annotations

from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from kei_gates.checks.work import Ran
from kei_gates.observe.files import read_file
from kei_gates.verify.running import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Final

    from kei_gates.checks.work import ChangeSet, PassName

    Tell = Callable[[str, PassName, float, str], None]
    """Is told now and then of a command that runs: its source, the pass, seconds, its last line."""

_LARGEST = 32 << 20
_LEAST_SECONDS = 1.0


class Pass:
    """The work in one of its two passes; `checks.work.Work` says what each part is."""

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        at: PassName,
        root: str,
        change_set: ChangeSet,
        report: str | None,
        *,
        environment: Mapping[str, str] | None = None,
        deadline: float = inf,
        tell: Tell | None = None,
    ) -> None:
        self.at: Final[PassName] = at
        self.root: Final = root
        self.change_set: Final = change_set
        self.report: Final = report
        self.runs: Final[dict[tuple[str, str | None], Ran]] = {}
        self._environment: Final = environment or {}
        self._deadline: Final = deadline
        self._tell: Final = tell

    def run(self, command: str, seconds: float, makes: str | None = None) -> Ran:
        """Run a command once. Raises `Fault` when nothing can be run at all."""
        known = self.runs.get((command, makes))
        if known is None:
            left = self._deadline - monotonic()
            if left < _LEAST_SECONDS:
                known = Ran(command, ended="late", code=None, output="", seconds=0.0, at=self.at)
            else:
                known = run(
                    command,
                    self.root,
                    min(seconds, left),
                    at=self.at,
                    makes=makes,
                    environment=self._environment,
                    tell=self._told(command),
                )
            self.runs[command, makes] = known
        return known

    def _told(self, command: str) -> Callable[[float, str], None] | None:
        tell = self._tell
        if tell is None:
            return None
        return lambda seconds, line: tell(command, self.at, seconds, line)

    def read(self, path: str) -> bytes | None:
        """Read a file below the root; none for nothing. Raises `OSError`."""
        try:
            return read_file(f"{self.root}/{path}", _LARGEST)
        except (FileNotFoundError, NotADirectoryError):
            return None
