"""A program that was invoked, and how it goes on to another one."""

from __future__ import annotations

from kei_gates.shell.errors import MOST_NESTING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State

# Words of the shell itself: what stands behind them is run by it, functions too or programs alone.
_BEFORE_FUNCTIONS = frozenset(("noglob", "nocorrect", "-"))
_IN_THE_SHELL = frozenset(("command", "builtin"))
_PLAIN = frozenset(" -._+/@,%:=")
_RESERVED = frozenset(
    (
        "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for", "foreach", "function",
        "if", "in", "repeat", "select", "then", "time", "until", "while",
    )
)  # fmt: skip


class Use:
    """A program that was invoked: its words, where, in which state, with which input.

    `stdin` is the text that it reads, none when that is not known.
    """

    __slots__ = ("ev", "name", "span", "state", "stdin", "words")

    def __init__(  # noqa: PLR0913, PLR0917 -- one command's context
        self,
        ev: Evaluator,
        name: str,
        words: list[Field],
        state: State,
        span: Span,
        stdin: str | None,
    ) -> None:
        self.ev: Final = ev
        self.name: Final = name
        self.words: Final = words
        self.state: Final = state
        self.span: Final = span
        self.stdin: Final = stdin

    def reworded(self, words: list[Field], state: State | None = None) -> Use:
        """Give the same with other words, in another state."""
        return Use(self.ev, self.name, words, state or self.state, self.span, self.stdin)

    def asks(self) -> bool:
        """Say whether the words are a question about the program itself."""
        return len(self.words) > 1 and self.words[1] in _QUESTIONS

    def miss(self, why: str) -> None:
        """Add what could run and was not seen."""
        self.ev.miss(why, self.span)

    def note(self, why: str) -> None:
        """Add what could run and was not seen, but is not this call's own word."""
        self.ev.note(why, self.span)

    def own_state(self) -> State:
        """Give the state in which the program runs another: the shell's own for its own words."""
        inside = self.name in _IN_THE_SHELL or self.name in _BEFORE_FUNCTIONS
        return self.state if inside else self.state.copy()

    def run(self, words: list[Field], state: State, stdin: str | None = None) -> None:
        """Run the command that the program was given, in a state of its own."""
        ev = self.ev
        via, ev.via = ev.via, (*ev.via, self.name)
        ev.depth += 1
        if ev.depth > MOST_NESTING:
            self.miss("wrappers are nested too deeply")
        elif self.name in _BEFORE_FUNCTIONS:
            ev.run(words, state, self.span, stdin)
        else:
            inner = state.copy()
            inner.functions, inner.aliases = {}, {}
            ev.run(words, inner, self.span, stdin)
            if self.name in _IN_THE_SHELL:
                inner.functions = inner.functions or state.functions
                inner.aliases = {**state.aliases, **inner.aliases}
                if ev.zsh and self.name == "command":
                    state.merge(inner)  # to zsh, what follows is a program and no builtin
                else:
                    state.take(inner)
        ev.depth -= 1
        ev.via = via

    def source(self, text: Field, state: State | None = None, stdin: str | None = None) -> None:
        """Run a text as a new shell does; `stdin` is what a plain command finds on its input."""
        inner = (state or self.state).new_shell()
        if text is None:
            self.miss(f"`{self.name}` runs text that is not known")
        elif is_plain(text):
            self.run(list(text.split()), inner, stdin)
        else:
            self.ev.source(text, inner, self.span, (self.name,), dialect="sh")

    def shell_of_user(self, state: State | None = None) -> None:
        """Start a shell that runs the text on the input, or else what its user types."""
        if self.stdin is not None:
            self.source(self.stdin, state)

    def input(self) -> None:
        """Run the text on the input."""
        if self.stdin is None:
            self.miss(f"`{self.name}` runs what it reads")
        else:
            self.source(self.stdin)


_QUESTIONS = frozenset(("--help", "--version", "-V", "-h", "-help", "-version"))


def is_plain(text: str) -> bool:
    """Say whether a text is one command without anything that a shell takes for more."""
    words = text.split()
    return (
        bool(words)
        and words[0] not in _RESERVED
        and "=" not in words[0]
        and "\n" not in text.strip()
        and all(char.isalnum() or char in _PLAIN for char in text.strip())
    )


def split_plain(text: str) -> list[Field] | None:
    """Split a text at blanks outside quotes; none when it holds more than that."""
    if any(char in text for char in "\\$`#\r"):
        return None
    from kei_gates.shell.splitting import split  # few texts come here

    words = split(text)
    return None if words is None else [*words]
