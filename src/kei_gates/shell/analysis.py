"""The entry: a shell source to what it runs, what it touches, and what could not be seen."""

from __future__ import annotations

from kei_gates.model import Analysis, FileFact
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.evaluate import Evaluator
from kei_gates.shell.own_functions import begin
from kei_gates.shell.own_names import OwnNames
from kei_gates.shell.state import History, State, collapse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Final

    from kei_gates.shell.files import Content

FAILED = "the analysis failed with"
"""How the reason begins where a defect of the analysis ended it."""


class ShellFacts:
    """What is known from outside, mostly asked for only when it matters.

    `cwd` is the folder where the source starts, absolute; `home` the user's. `is_folder`,
    `is_link` and `look` tell what lies at an absolute path, `resolve` where it leads, `glob` which
    paths an absolute pattern matches (none: too many), `which` where a program lies that is called
    by its name (empty: nowhere; none: nobody knows). `environment` holds the variables that the
    shell is started with; none of them are known where it is empty. `own` are the aliases and
    functions of the user's own shell.
    """

    __slots__ = (
        "cwd", "environment", "glob", "home", "is_folder", "is_link", "look", "own", "resolve",
        "which",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913, PLR0917 -- a record has as many arguments as fields
        self,
        cwd: str,
        home: str | None = None,
        is_folder: Callable[[str], bool] = lambda path: False,  # noqa: ARG005 -- knows of none
        is_link: Callable[[str], bool] = lambda path: False,  # noqa: ARG005 -- knows of none
        look: Callable[[str], FileFact] = lambda path: FileFact("unknown", path),
        resolve: Callable[[str], str] = lambda path: path,
        glob: Callable[[str], list[str] | None] = lambda pattern: None,  # noqa: ARG005 -- cannot look
        which: Callable[[str], str | None] = lambda name: None,  # noqa: ARG005 -- knows of none
        environment: Mapping[str, str] | None = None,
        own: OwnNames | None = None,
    ) -> None:
        self.cwd: Final = cwd
        self.home: Final = home
        self.is_folder: Final = is_folder
        self.is_link: Final = is_link
        self.look: Final = look
        self.resolve: Final = resolve
        self.glob: Final = glob
        self.which: Final = which
        self.environment: Final = environment or {}
        self.own: Final = own or OwnNames()

    def client_shell(self) -> str:
        """Give the shell in which the client runs a call: `bash`, `zsh`, or empty for any.

        It is the first that one of its variables names; where none does, zsh if that is found
        (read from client 2.1.330).
        """
        for name in ("CLAUDE_CODE_SHELL", "SHELL"):
            shell = self.environment.get(name, "")
            if "zsh" in shell:
                return "zsh"
            if "bash" in shell:
                return "bash"
        where = self.which("zsh")
        return "" if where is None else "zsh" if where else "bash"


def analyse(source: str, facts: ShellFacts, dialect: str = "auto") -> Analysis:
    """Analyse a shell source. Never raises for a string.

    `dialect` is `bash`, `zsh`, or `auto` where either may be the shell: what one of them would run
    is then listed, and what one of them hides is unseen.
    """
    found = _walked(source, facts, dialect)
    every = [found]
    if found.differs:
        every.append(_walked(source, facts, "zsh"))
        found = _together(found, every[-1], facts)

    def left(path: str) -> tuple[str | None, ...]:
        held = (_told(one) for each in every for one in each.files.contents(collapse(path)))
        return tuple(dict.fromkeys(held))

    return Analysis(
        found.invocations, found.effects, found.unseen, left, found.codes, found.if_empty
    )


def _told(content: Content) -> str | None:
    """Give a text of which all is known."""
    return str(content) if isinstance(content, str) and "\0" not in content else None


def _together(bash: Evaluator, zsh: Evaluator, facts: ShellFacts) -> Evaluator:
    """Put two readings together.

    What one shell does not understand as a whole, it does not run: where the user's is the other
    one, that reading says nothing.
    """
    uses_zsh = facts.client_shell() == "zsh"
    if zsh.refused and not uses_zsh:
        return bash
    if bash.refused and uses_zsh:
        return zsh
    bash.invocations |= zsh.invocations
    bash.effects |= zsh.effects
    bash.unseen |= zsh.unseen
    bash.codes |= zsh.codes
    bash.if_empty |= zsh.if_empty
    return bash


def _walked(source: str, facts: ShellFacts, dialect: str) -> Evaluator:
    """Walk a source as a shell of one dialect would."""
    found = Evaluator(source, facts, dialect)
    state = State(facts.cwd, History(facts.environment, dialect))
    state.positional = ()
    state.history.source = source
    begin(state, facts.own)
    try:
        found.source(source, state, None, ())
        found.finish(state)
    except Unanalysable as refusal:
        found.miss(refusal.why, (refusal.position, len(source)))
    except RecursionError:
        found.miss("it is nested too deeply", (0, len(source)))
    except Exception as error:  # noqa: BLE001 -- what a defect hides is not seen
        found.miss(f"{FAILED} {type(error).__name__}: {error}", (0, len(source)))
    return found
