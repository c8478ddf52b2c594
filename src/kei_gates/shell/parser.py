"""The entry to the grammars: a source to its syntax tree, in the dialect of a shell."""

from __future__ import annotations

from kei_gates.shell.ast import CommandList
from kei_gates.shell.commands import DECLARING, Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Span

__all__ = ("DECLARING", "Parser")


class Parser:
    """Parses one source.

    The dialect of bash is the one to begin with: after `whole`, `differs` says whether zsh would
    build another tree of the source, or refuse it. If not, one tree serves both; what it means in
    each is for the evaluation. A refusal says nothing about the other dialect.
    """

    def __init__(
        self, text: str, depth: int = 0, span: Span | None = None, dialect: str = "bash"
    ) -> None:
        """Take the text; `span` is where it stands in an outer source, if it does.

        `depth` is how deep it is nested already; `dialect` is `bash` or `zsh`.
        """
        self._grammar = _grammar(dialect)(text, depth, span)
        self.differs = True

    def beginning(self) -> CommandList:
        """Give what was read before a refusal: a shell has run it by then, line by line."""
        return CommandList(tuple(self._grammar.finished or ()), self._grammar.span(0))

    def whole(self) -> CommandList:
        """Parse the whole source. Raises `Unanalysable`."""
        found = self._grammar.whole()
        self.differs = self._grammar.differs or type(self._grammar) is not Grammar
        return found


def _grammar(dialect: str) -> type[Grammar]:
    if dialect == "bash":
        return Grammar
    # Most sources are read alike by both, so few need the other grammar.
    from kei_gates.shell.zsh_commands import ZshGrammar

    return ZshGrammar
