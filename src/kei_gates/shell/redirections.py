"""Redirections and here-documents, as in bash(1), REDIRECTION."""

from __future__ import annotations

from kei_gates.shell.ast import HereDocument, Literal, Redirection, Word
from kei_gates.shell.dollars import DollarParser
from kei_gates.shell.scanner import DIGITS, META, NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from kei_gates.shell.ast import Span

_STARTS = frozenset("<>&{") | DIGITS
"""What the operator of a redirection, or the descriptor before it, may begin with."""


class RedirectionParser(DollarParser):
    """Parses redirections; a subclass parses the commands that they belong to."""

    OPERATORS: ClassVar[dict[str, str]] = {
        operator: operator
        for operator in (
            "<&-", ">&-", "<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">", "&>>", "&>",
        )
    }  # fmt: skip
    """Operators, longer ones first, and what stands in the tree for each."""

    def __init__(self, text: str, depth: int = 0, span: Span | None = None) -> None:
        """Take the text; `span` is where it stands in an outer source, if it does."""
        super().__init__(text)
        self.depth = depth
        self._outer = span
        # Inside `$( )`, bash 5.2.15 loses a `;` or `&` that follows a here-document.
        self.substituted: list[bool] = []

    def span(self, start: int) -> Span:
        """Give the span from `start` to the cursor, in the outermost source."""
        return self._outer or (start, self.at)

    def at_word(self, *, first: bool = False) -> bool:  # noqa: ARG002 -- zsh asks for it
        """Say whether a word comes next; `first` says that it would be that of a command."""
        char = self.peek()
        return char != "" and (char not in META or (char in "<>" and self.peek(1) == "("))

    def redirections(self) -> tuple[Redirection, ...]:
        """Parse the redirections after a compound command."""
        found: list[Redirection] = []
        while True:
            self.skip_blanks()
            if not self.redirection_into(found):
                return tuple(found)

    def redirection_into(self, found: list[Redirection]) -> bool:
        """Parse a redirection at the cursor into a list; say whether there was one."""
        start = self.at
        if self.peek() not in _STARTS:
            return False  # nearly always, and this is asked before each word
        self.skip_descriptor()
        descriptor = self.text[start : self.at]
        operator = self.operator()
        if not operator or (operator in ("<", ">") and self.peek(1) == "("):
            self.at = start
            return False
        self.note_differences(descriptor, operator)
        self.at += len(operator)
        if operator in ("<&-", ">&-"):
            closed = Word((Literal("-", quoted=False),), self.span(start))
            found.append(Redirection(descriptor, operator[:2], closed, self.span(start)))
            return True
        self.skip_blanks()
        if operator in ("<<", "<<-"):
            document = self._here_document(operator)
            found.append(Redirection(descriptor, "<<", document, self.span(start)))
            return True
        if not self.at_word():
            self.refuse("a redirection has no target")
        word = self.word()
        meant = self.meant(self.OPERATORS[operator], word)
        found.append(Redirection(descriptor, meant, word, self.span(start)))
        return True

    def operator(self) -> str:
        """Give the operator of a redirection at the cursor, empty for none."""
        return next((one for one in self.OPERATORS if self.next_is(one)), "")

    def note_differences(self, descriptor: str, operator: str) -> None:
        """Note where the dialects disagree on a redirection, the cursor at its operator."""
        after = self.peek(len(operator))
        if (
            len(descriptor) > 1
            or (operator == "<" and self.numeric_range())
            or (operator[-1] in ">&" and after == "!")
            or (operator[-2:] == "&-" and after and after not in META)
        ):
            self.differs = True

    def meant(self, operator: str, word: Word) -> str:
        """Give the operator that stands in the tree, its target given."""
        if operator in (">&", "<&") and is_moved(word):
            self.differs = True
        return operator

    def skip_descriptor(self) -> None:
        """Skip the digits or `{name}` before a redirection's operator, if they are that."""
        at = self.at
        if self.peek() == "{":
            at += 1
            while at < self.end and self.text[at] in NAME:
                at += 1
            if self.text[at : at + 1] != "}":
                return
            at += 1
        else:
            while at < self.end and self.text[at] in DIGITS:
                at += 1
        if self.text[at : at + 1] in ("<", ">") and self.text[at + 1 : at + 2] != "(":
            self.at = at

    def _here_document(self, operator: str) -> HereDocument:
        """Read a here-document's delimiter; its body follows after the next newline."""
        word = self.word()
        text = ""
        for part in word.parts:
            if not isinstance(part, Literal):
                self.refuse("a here-document's delimiter is not plain")
            text += part.text
        if not text or "\n" in text or word.continued:
            self.refuse("a here-document's delimiter is not plain")
        quoted = word.plain is None
        if self.substituted:
            self.substituted[-1] = True
        document = HereDocument(text, quoted=quoted, strip_tabs=operator == "<<-")
        self.pending.append(document)
        return document

    def body(self, document: HereDocument, start: int, stop: int) -> Word:
        """Give the body of a here-document as one word, its expansions parsed."""
        if document.quoted:
            return super().body(document, start, stop)
        here, end = self.at, self.end
        self.at, self.end = start, stop
        parts = self.double_quoted("")
        if self.at != stop:
            self.refuse("an expansion goes on past its here-document")
        self.at, self.end = here, end
        return Word(tuple(parts), (start, stop))


def is_moved(word: Word) -> bool:
    """Say whether a target is a descriptor that bash moves, as in `2>&1-`."""
    text = word.plain or ""
    return text.endswith("-") and text[:-1].isdecimal()
