"""Keys that a chooser binds to actions: which commands the actions run. Sources: fzf(1), sk(1)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.shell.expand import Field

_RUNNING = (
    "execute", "execute-silent", "execute-multi", "become", "reload", "reload-sync", "preview",
    "transform",
)  # fmt: skip
_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}


def actions(bound: Field) -> Iterator[Field]:
    """Give the commands in a text like `enter:execute(less {})+abort,ctrl-a:up`.

    None stands for one that is not known.
    """
    if bound is None:
        yield None
        return
    for name in _RUNNING:
        for piece in bound.split(name)[1:]:
            # What goes on with a letter or a dash is another action, like `preview-up`.
            if piece and not piece[0].isalnum() and piece[0] not in "-,+":
                yield _enclosed(piece)


def _enclosed(text: str) -> Field:
    """Give what stands between the first character and its like, before another action."""
    if text[0] == ":":
        return text[1:]
    close = _CLOSING.get(text[0], text[0])
    at = text.find(close, 1)
    while at != -1 and text[at + 1 : at + 2] not in ("", ",", "+"):
        at = text.find(close, at + 1)
    return text[1:at] if at != -1 else None
