"""Redirections of zsh: zshmisc(1), Redirection."""

from __future__ import annotations

from kei_gates.shell.redirections import RedirectionParser, is_moved
from kei_gates.shell.scanner import DIGITS
from kei_gates.shell.zsh_dollars import ZshDollarParser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from kei_gates.shell.ast import Word

_SPELLED = {
    "&>>": ("&>>!", "&>>|", ">>&!", ">>&|", "&>>", ">>&"),
    "&>": ("&>!", "&>|", ">&!", ">&|", "&>"),
    ">>": (">>!", ">>|", ">>"),
    ">|": (">!", ">|"),
}


class ZshRedirectionParser(ZshDollarParser, RedirectionParser):
    """Parses redirections as zsh does."""

    OPERATORS: ClassVar[dict[str, str]] = dict(
        sorted(
            (
                *((spelled, meant) for meant, all_ in _SPELLED.items() for spelled in all_),
                *((one, one) for one in ("<<<", "<<-", "<<", "<&", "<>", "<", ">&", ">")),
            ),
            key=lambda pair: -len(pair[0]),
        )
    )

    def at_word(self, *, first: bool = False) -> bool:
        """Say whether a word comes next; `first` says that it would be that of a command."""
        char = self.peek()
        if char == "(":
            return not first and self.peek(1) != ")"
        if char == "}":
            return not (self.ends_after(1) or (self.peek(1) == "}" and self.ends_after(2)))
        return (char == "<" and self.numeric_range() > 0) or super().at_word(first=first)

    def operator(self) -> str:
        """Give the operator of a redirection at the cursor, empty for none."""
        if self.next_is("<<(") or self.next_is(">>("):
            return self.peek()  # from or to a process substitution
        return "" if self.peek() == "<" and self.numeric_range() else super().operator()

    def meant(self, operator: str, word: Word) -> str:
        """Give the operator that stands in the tree: a descriptor is never moved."""
        return "&>" if operator == ">&" and is_moved(word) else super().meant(operator, word)

    def skip_descriptor(self) -> None:
        """Skip the digit before a redirection's operator, if it is that."""
        if not self.peek() or self.peek() not in DIGITS:
            return
        self.at += 1
        after = self.peek()
        is_operator = (after in ("<", ">") and self.peek(1) != "(") or self.next_is("&>")
        if not is_operator or self.numeric_range():
            self.at -= 1
