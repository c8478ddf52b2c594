"""The entry: a shell source to what it runs, what it touches, and what could not be seen."""

from __future__ import annotations

from kei_gates.model import Analysis
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.evaluate import Evaluator
from kei_gates.shell.state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final


class ShellFacts:
    """What is known from outside: where the source starts, and what folders there are."""

    __slots__ = ("cwd", "home", "is_folder", "is_link")

    def __init__(
        self,
        cwd: str,
        home: str | None = None,
        is_folder: Callable[[str], bool] = lambda path: False,  # noqa: ARG005 -- knows of none
        is_link: Callable[[str], bool] = lambda path: False,  # noqa: ARG005 -- knows of none
    ) -> None:
        """Take the folder, absolute; home; what says whether a path is a folder, or a link."""
        self.cwd: Final = cwd
        self.home: Final = home
        self.is_folder: Final = is_folder
        self.is_link: Final = is_link


def analyse(source: str, facts: ShellFacts, dialect: str = "auto") -> Analysis:
    """Analyse a shell source. Never raises for a string.

    The grammar is bash's. With `zsh` or `auto`, what zsh would read in another way is not seen.
    """
    found = Evaluator(source, facts, zsh=dialect != "bash")
    state = State(facts.cwd)
    try:
        found.source(source, state, None, ())
        found.finish(state)
    except Unanalysable as refusal:
        found.miss(refusal.why, (refusal.position, len(source)))
    except RecursionError:
        found.miss("it is nested too deeply", (0, len(source)))
    return Analysis(found.invocations, found.effects, found.unseen)
