"""The text of a file after the edits of a call. Source: client 2.1.330, its edit tools."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.model import TextEdit

# The client takes typographic quotes for plain ones where the text is not found as it is given.
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})


def applied(text: str, edits: Iterable[TextEdit]) -> str | None:
    """Give the text after all edits; none where one does not fit, as the client then does nothing.

    A text with carriage returns is first taken as it is.
    """
    exact = _each(text, edits)
    if exact is not None or "\r" not in text:
        return exact
    return _each(text.replace("\r\n", "\n"), edits)


def _each(text: str, edits: Iterable[TextEdit]) -> str | None:
    for edit in edits:
        found = _one(text, edit)
        if found is None:
            return None
        text = found
    return text


def _one(text: str, edit: TextEdit) -> str | None:
    """Apply one edit.

    What is not found, or stands in several places and is not to be replaced at every one, the
    client refuses. An empty `old` is a whole new text, which it takes where there was none.
    """
    if edit.old is None:
        return edit.new
    if not edit.old:
        return None if text.strip() else edit.new
    old = edit.old
    count = text.count(old)  # looking through a long text is what an edit costs
    if not count:
        old = _as_it_stands(text, old)
        count = text.count(old)
    if not count or (count > 1 and not edit.every):
        return None
    return text.replace(old, edit.new)


def _as_it_stands(text: str, old: str) -> str:
    plain = old.replace("\r\n", "\n").translate(_QUOTES)
    at = text.translate(_QUOTES).find(plain)
    return old if at < 0 else text[at : at + len(plain)]
