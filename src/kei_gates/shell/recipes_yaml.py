"""A small reader of YAML for files of task runners. Source: YAML 1.2.2.

It knows block mappings and lists, their short forms in brackets, and scalars, all of which are
text. A document with anything else (anchors, aliases, tags, complex keys) is not understood.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    Node: TypeAlias = "str | list[Node] | dict[str, Node] | None"

_LONGEST = 200_000
_DEEPEST = 30
_STRANGE = frozenset("&*!@`%?")
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/", "0": "\0", "e": "\x1b", " ": " "}
_NULL = ("", "~", "null")


class _NotUnderstoodError(Exception):
    """The document has what this reader does not know."""


def load(text: str) -> dict[str, Node] | None:
    """Read a document; none when it is not understood, or its top is no mapping."""
    if len(text) > _LONGEST:
        return None
    try:
        found = _Reader(text.removeprefix("\ufeff")).document()
    except _NotUnderstoodError:
        return None
    return found if isinstance(found, dict) else None


class _Reader:
    """Reads lines from the first to the last."""

    def __init__(self, text: str) -> None:
        self._lines: Final = text.replace("\r\n", "\n").split("\n")
        self._at = 0

    def document(self) -> Node:
        """Read the whole text."""
        indent, content = self._peek()
        if content == "---":
            self._at += 1
            indent, content = self._peek()
        found = self._block(indent, 0) if content else {}
        if self._peek()[1]:
            raise _NotUnderstoodError
        return found

    def _peek(self) -> tuple[int, str]:
        """Give the indentation and content of the next line that has any; none at the end."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            content = line.lstrip(" ")
            if content.strip() and not content.startswith("#"):
                if content[0] == "\t":
                    raise _NotUnderstoodError
                return len(line) - len(content), content.rstrip()
            self._at += 1
        return -1, ""

    # --- blocks -----------------------------------------------------------------------------

    def _block(self, indent: int, depth: int) -> Node:
        """Read what begins at an indentation."""
        if depth > _DEEPEST:
            raise _NotUnderstoodError
        _, content = self._peek()
        if _is_entry(content):
            return self._list(indent, depth)
        if _key_of(content) is not None:
            return self._mapping(indent, depth)
        self._at += 1
        return self._value(content, indent - 1, depth)

    def _list(self, indent: int, depth: int) -> list[Node]:
        found: list[Node] = []
        while True:
            at, content = self._peek()
            if at != indent or not _is_entry(content):
                return found
            rest = content[1:].lstrip(" ")
            if rest and (_is_entry(rest) or _key_of(rest) is not None):
                inner = indent + len(content) - len(rest)
                self._lines[self._at] = " " * inner + rest
                found.append(self._block(inner, depth + 1))
            else:
                self._at += 1
                found.append(self._value(rest, indent, depth))

    def _mapping(self, indent: int, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while True:
            at, content = self._peek()
            if at != indent or _is_entry(content):
                return found
            parts = _key_of(content)
            if parts is None:
                raise _NotUnderstoodError
            self._at += 1
            found[parts[0]] = self._value(parts[1], indent, depth, in_mapping=True)

    def _value(self, rest: str, indent: int, depth: int, *, in_mapping: bool = False) -> Node:
        """Read what stands behind a key or a dash."""
        if not rest or rest.startswith("#"):
            at, content = self._peek()
            if at > indent or (in_mapping and at == indent and _is_entry(content)):
                return self._block(at, depth + 1)
            return None
        if rest[0] in "|>":
            return self._text(rest, indent)
        return _Flow(self._whole(rest, indent)).value()

    def _text(self, header: str, indent: int) -> str:
        """Read a scalar of several lines."""
        lines: list[str] = []
        own = -1
        while self._at < len(self._lines):
            line = self._lines[self._at]
            depth = len(line) - len(line.lstrip(" "))
            if line.strip() and depth <= indent:
                break
            own = depth if own < 0 and line.strip() else own
            lines.append(line[max(own, 0) :])
            self._at += 1
        while lines and not lines[-1].strip():
            lines.pop()
        return ("\n" if header[0] == "|" else " ").join(lines) + "\n"

    def _whole(self, rest: str, indent: int) -> str:
        """Add the lines that continue a scalar or what stands in brackets."""
        parts = [rest]
        while self._at < len(self._lines):
            line = self._lines[self._at]
            content = line.strip()
            deeper = len(line) - len(line.lstrip(" ")) > indent
            if (not content or content.startswith("#")) and rest[0] not in "'\"":
                break
            if content and not deeper and content[0] not in "]}":
                break
            parts.append(content)
            self._at += 1
        return " ".join(parts)


def _is_entry(content: str) -> bool:
    return content == "-" or content.startswith("- ")


def _key_of(content: str) -> tuple[str, str] | None:
    """Split a key from what follows it; none where there is no key."""
    if content[:1] in ("'", '"'):
        end = _quote_end(content, 0)
        key, rest = content[:end], content[end:].lstrip(" ")
        if not rest.startswith(":") or rest[1:2] not in ("", " "):
            return None
        return _Flow(key).text(), rest[1:].strip(" ")
    if content[:1] in _STRANGE or content[:1] in ("[", "{", "|", ">"):
        return None
    end = content.find(": ")
    comment = content.find(" #")
    if end < 0 or 0 <= comment < end:
        end = len(content) - 1 if content.endswith(":") and comment < 0 else -1
    return None if end < 0 else (content[:end].strip(), content[end + 1 :].strip(" "))


def _quote_end(text: str, at: int) -> int:
    """Give where the quoted text that begins at a position has ended."""
    quote = text[at]
    at += 1
    while at < len(text):
        if text[at] == "\\" and quote == '"':
            at += 1
        elif text[at] == quote:
            if quote == '"' or text[at + 1 : at + 2] != quote:
                return at + 1
            at += 1
        at += 1
    raise _NotUnderstoodError


class _Flow:
    """Reads one value that stands on one line."""

    def __init__(self, text: str) -> None:
        self._text: Final = text
        self._at = 0

    def value(self) -> Node:
        """Read the whole text."""
        first = self._text[0]
        if first in _STRANGE:
            raise _NotUnderstoodError
        if first in "[{":
            found = self._node(0)
        elif first in "'\"":
            found = self.text()
        else:
            plain = self._text.split(" #")[0].strip()
            return None if plain in _NULL else plain
        rest = self._text[self._at :].strip()
        if rest and not rest.startswith("#"):
            raise _NotUnderstoodError
        return found

    def text(self) -> str:
        """Read a quoted text."""
        end = _quote_end(self._text, self._at)
        quote, inner = self._text[self._at], self._text[self._at + 1 : end - 1]
        self._at = end
        if quote == "'":
            return inner.replace("''", "'")
        parts = inner.split("\\\\")
        for at, part in enumerate(parts):
            first, *others = part.split("\\")
            if any(other[:1] not in _ESCAPES for other in others):
                raise _NotUnderstoodError
            parts[at] = first + "".join(_ESCAPES[other[0]] + other[1:] for other in others)
        return "\\".join(parts)

    def _node(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise _NotUnderstoodError
        first = self._next()
        if first in ("'", '"'):
            return self.text()
        if first == "[":
            return self._items(depth)
        if first == "{":
            return self._pairs(depth)
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in ",]}:":
            self._at += 1
        plain = self._text[start : self._at].strip()
        if plain[:1] in _STRANGE:
            raise _NotUnderstoodError
        return None if plain in _NULL else plain

    def _next(self) -> str:
        while self._text[self._at : self._at + 1] == " ":
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _items(self, depth: int) -> list[Node]:
        found: list[Node] = []
        self._at += 1
        while self._next() != "]":
            found.append(self._node(depth + 1))
            self._separator("]")
        self._at += 1
        return found

    def _pairs(self, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        self._at += 1
        while self._next() != "}":
            key = self._node(depth + 1)
            if not isinstance(key, str) or self._next() != ":":
                raise _NotUnderstoodError
            self._at += 1
            found[key] = self._node(depth + 1)
            self._separator("}")
        self._at += 1
        return found

    def _separator(self, closing: str) -> None:
        after = self._next()
        if after == ",":
            self._at += 1
        elif after != closing:
            raise _NotUnderstoodError
