"""Read one line of a report: whether a field may begin in it, and how it is marked up."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from kei_gates.checks._report_names import keys_of
from kei_gates.model import Value

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Final

BARE = 7
"""How high a name stands that begins a line; headings have 1 to 6, list items more."""

_LONGEST_NAME = 80
_WIDEST_SIGN = 12  # with the blanks around it
_MOST_WORDS = 8
_DEEPEST_INDENT = 3

_QUOTE = re.compile(r"^ {0,3}(?:> ?)+")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.*)$")
_ITEM = re.compile(r"^( *)(?:[-*+•]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(\S.*)$")
_ROW = re.compile(r"^ {0,3}\|([^|]*)\|(.*)$")
_COLON = re.compile(r":(?=\s|$|[*_`✅❌])|\uff1a")  # behind that of CJK there is no blank
_PICTURE = re.compile(r"^[^\w\s\x00-\x7f]{1,4}[ \t]+(?=\*\*|__)")  # an emoji before a bold name
_BOLD_NAME = re.compile(r"^(\*\*|__)([^*]{1,80}?)\1[ \t]*(?:[—–=-]+[ \t]+|$)(.*)$")  # noqa: RUF001
# What may stand between a name that is known and its value, as models write: also mere pictures.
_BETWEEN = re.compile(
    r"[ \t]{1,9}(?:[—–=-]|->|=>)[ \t]+|[ \t]{0,9}\|[ \t]*|[ \t]{1,9}(?=[✅❌☑✔✓✗⚠🟢🟡🔴🟠⛔🚫])"  # noqa: RUF001
)
_BOLD_KNOWN = re.compile(r"^(\*\*|__)([^*]{1,80}?)\1[ \t]+(.*)$")
_BOLD_TAG = re.compile(r"</?(?:b|strong)>", re.IGNORECASE)
_RULE = re.compile(r"[\s*_#>|=~`:+-]*")
_BANNER = "==="
# Format characters and fillers of Unicode, which nobody sees.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_MARKUP = re.compile(r"[*`~#]+|(?<!\w)_+|(?<!_)_+(?!\w)")
_SENTENCE = re.compile(r"[.!?;] ")


class Start(Value):
    """The begin of a field, as one line may be read."""

    __slots__ = ("is_emphatic", "is_plain", "keys", "name", "rank", "rest")

    def __init__(
        self, name: str, rest: str, rank: int, *, is_emphatic: bool, is_plain: bool = True
    ) -> None:
        self.name: Final = _MARKUP.sub("", name).strip()
        self.keys: Final = keys_of(name)
        self.rest: Final = rest
        self.rank: Final = rank
        self.is_emphatic: Final = is_emphatic
        # whether the form alone says that this is a name, also of one that nobody knows
        self.is_plain: Final = is_plain


def start_of(text: str, known: Collection[str] = ()) -> Start | None:
    """Read a line as the begin of a field; none where it cannot be one."""
    if not text.strip():
        return None
    text = _BOLD_TAG.sub("**", _QUOTE.sub("", text)).expandtabs(4)
    heading = split_heading(text)
    if heading:
        name, rest = _named(heading[1]) or _known(heading[1], known) or (heading[1], "")
        return Start(name, rest, heading[0], is_emphatic=True)
    row = _ROW.match(text)
    if row:
        rest = row[2].rstrip(" \t").removesuffix("|").strip()
        return Start(row[1], rest, BARE + 1, is_emphatic=False, is_plain=False)
    item = split_item(text)
    indent, body = item or (len(text) - len(text.lstrip()), text.strip())
    if indent > _DEEPEST_INDENT:
        return None
    rank = BARE + 1 + indent if item else BARE
    return _start_in(body, rank, known)


def _start_in(body: str, rank: int, known: Collection[str]) -> Start | None:
    body = _PICTURE.sub("", body)
    named = _named(body)
    if named:
        return Start(*named, rank, is_emphatic=body.startswith(("**", "__")))
    bold = _BOLD_NAME.match(body)
    if bold and _is_name(bold[2]):
        return Start(bold[2], bold[3], rank, is_emphatic=True)
    parted = _known(body, known)
    return Start(*parted, rank, is_emphatic=False, is_plain=False) if parted else None


def _known(text: str, known: Collection[str]) -> tuple[str, str] | None:
    """Split a line behind a known name, which other signs than a colon part from its value."""
    bold = _BOLD_KNOWN.match(text)
    between = None if bold else _BETWEEN.search(text, 0, _LONGEST_NAME + _WIDEST_SIGN)
    if bold:
        name, rest = bold[2], bold[3]
    elif between:
        name, rest = text[: between.start()], text[between.end() :].strip().removesuffix("|")
    else:
        return None
    return None if set(keys_of(name)).isdisjoint(known) else (name, rest.strip())


def _named(text: str) -> tuple[str, str] | None:
    """Split a line at the colon behind its name."""
    colon = _COLON.search(text, 0, _LONGEST_NAME + 1)
    if colon is None or not _is_name(text[: colon.start()]):
        return None
    name, rest = text[: colon.start()], text[colon.end() :]
    for mark in ("**", "__", "*", "`"):
        if name.count(mark) % 2 and rest.startswith(mark):
            return name, rest[len(mark) :].strip()
        if name.count(mark) % 2 and rest.endswith(mark):
            return name, rest[: -len(mark)].strip()
    return name, rest.strip()


def _is_name(text: str) -> bool:
    return (
        any(letter.isalpha() for letter in text)
        and len(text.split()) <= _MOST_WORDS
        and _SENTENCE.search(text) is None
    )


def is_blank(text: str) -> bool:
    """Whether a line says nothing that can be seen: blanks, an underline, a banner.

    One `-` behind a name is an answer, but it never gets here without its name.
    """
    seen = _UNSEEN.sub("", unescape(text) if "&" in text else text).strip()
    is_banner = seen.startswith(_BANNER) and seen.endswith(_BANNER)
    return is_banner or _RULE.fullmatch(seen) is not None


def bare(text: str) -> str:
    """Give a line without its bullet or number and without emphasis."""
    item = _ITEM.match(text)
    return _MARKUP.sub("", item[2] if item else text).strip()


def split_item(text: str) -> tuple[int, str] | None:
    """Give how far a list item is indented and what it says; none for another line."""
    item = _ITEM.match(text)
    return (len(item[1]), item[2]) if item else None


def split_heading(text: str) -> tuple[int, str] | None:
    """Give the level of a heading and what it says; none for another line."""
    heading = _HEADING.match(text)
    return (len(heading[1]), heading[2].rstrip("# \t")) if heading else None
