"""Text that is typed into a terminal, where a shell may read it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.use import Use

# Letters that answer a question, of which no command is made.
_ANSWERS = frozenset("yYnNq0123456789 ")


def type_text(use: Use, text: str) -> None:
    """Follow text that is typed where a shell may read it, in a folder that is not known."""
    state = use.state.new_shell()
    state.enter((None,))
    if set(text) <= _ANSWERS:
        return
    use.source(text, state)
    last = text.rpartition("\n")[2]
    if not set(last) <= _ANSWERS:
        use.miss(f"`{use.name}` types a line that is not finished")
