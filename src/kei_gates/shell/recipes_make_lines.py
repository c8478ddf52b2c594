"""Lines of makefiles: what they are made of. Source: the manual of GNU make 4.4."""

from __future__ import annotations

from kei_gates.shell.recipes_text import COMPUTED, UNSET, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Final

_MODIFIERS = frozenset(("override", "export", "private", "unexport"))
OPERATORS = (":::=", "::=", ":=", "?=", "+=", "!=", "=")


class Assignment:
    """A variable's assignment as it is written."""

    __slots__ = ("export", "name", "operator", "override", "text")

    def __init__(self, name: str, operator: str, text: str, modifiers: Sequence[str]) -> None:
        """Take the parts."""
        self.name: Final = name
        self.operator: Final = operator
        self.text: Final = text
        self.override: Final = "override" in modifiers
        self.export: Final = "export" in modifiers


def closing(text: str, at: int) -> int:
    """Give where the bracket at a position is closed, the end of the text when it is not."""
    opening = text[at]
    closes = ")" if opening == "(" else "}"
    depth = 0
    while at < len(text):
        char = text[at]
        depth += (char == opening) - (char == closes)
        if depth == 0:
            return at
        at += 1
    return at


def arguments(text: str, opening: str) -> list[str]:
    """Split a function's arguments at the commas that stand in no brackets."""
    closes = ")" if opening == "(" else "}"
    found: list[str] = []
    depth = start = 0
    for at, char in enumerate(text):
        if char == opening:
            depth += 1
        elif char == closes:
            depth -= 1
        elif char == "," and depth == 0:
            found.append(text[start:at])
            start = at + 1
    found.append(text[start:])
    return found


def find_top(text: str, wanted: str, start: int = 0) -> int:
    """Find the first of some characters that no reference holds and no backslash escapes."""
    at = start
    while at < len(text):
        char = text[at]
        if char == "$" and text[at + 1 : at + 2] in ("(", "{"):
            at = closing(text, at + 1) + 1
        elif char == "$" or (char == "\\" and text[at + 1 : at + 2] in ("#", ":")):
            at += 2
        elif char in wanted:
            return at
        else:
            at += 1
    return -1


def assignment(code: str) -> Assignment | None:
    """Read a line as an assignment; none when it is none."""
    modifiers: list[str] = []
    while True:
        code = code.lstrip()
        word = code.partition(" ")[0]
        if word not in _MODIFIERS:
            break
        modifiers.append(word)
        code = code[len(word) :]
    at = find_top(code, "=")
    if at < 0:
        return None
    operator = next(o for o in OPERATORS if code[: at + 1].endswith(o))
    name = code[: at + 1 - len(operator)].strip()
    if not name or find_top(name, ": \t#") >= 0:
        return None
    return Assignment(name, operator, code[at + 1 :].lstrip(), modifiers)


def continued(line: str, lines: Iterator[str], join: str, prefix: str) -> str:
    """Add the lines that a backslash at the end continues a line with.

    In a recipe (with `join`) the shell gets the backslash and the newline too.
    """
    parts = [line]
    while (len(line) - len(line.rstrip("\\"))) % 2:
        following = next(lines, None)
        if following is None:
            break
        if join:
            line = following[1:] if prefix and following.startswith(prefix) else following
        else:
            parts[-1] = parts[-1][:-1].rstrip()
            line = " " + following.lstrip()
        parts.append(line)
    return join.join(parts)


def without_comment(line: str) -> str:
    """Give a line up to its comment."""
    at = find_top(line, "#")
    return (line[:at] if at >= 0 else line).replace("\\#", "#")


def is_define(code: str) -> bool:
    """Say whether a line starts a variable of several lines."""
    words = code.split(None, 3)
    while words and words[0] in _MODIFIERS:
        words.pop(0)
    return len(words) > 1 and words[0] == "define" and words[1] not in OPERATORS


def conditional_parts(code: str) -> tuple[str, str]:
    """Give a directive and what stands behind it, with or without a blank between."""
    end = 0
    while end < len(code) and code[end].isalpha():
        end += 1
    return code[:end], code[end:].strip()


def sides(rest: str) -> tuple[str, str]:
    """Give what `ifeq` compares."""
    if rest.startswith("("):
        end = closing(rest, 0)
        comma = find_top(rest[:end], ",", 1)
        if comma < 0:
            return rest[1:end], ""
        return rest[1:comma].strip(), rest[comma + 1 : end].strip()
    sides = ["", ""]
    for at in range(2):
        end = rest.find(rest[0], 1) if rest[:1] in ("'", '"') else -1
        if end < 0:
            break
        sides[at] = rest[1:end]
        rest = rest[end + 1 :].strip()
    return sides[0], sides[1]


def differ(first: str, second: str) -> bool:
    """Whether two texts differ whatever their marks stand for."""
    known, other = (first, second) if is_known(first) else (second, first)
    if not is_known(known) or UNSET in other or COMPUTED in other:
        return False
    head = other[: next((at for at, char in enumerate(other) if not is_known(char)), None)]
    return bool(head) and not known.startswith(head)


def suffix_rule(targets: list[str], prerequisites: list[str]) -> tuple[str, str] | None:
    """Give the pattern rule that an old suffix rule (`.c.o:`) is."""
    target = targets[0] if len(targets) == 1 else ""
    if prerequisites or target.count(".") != 2 or "/" in target or target[:1] != ".":  # noqa: PLR2004 -- two suffixes
        return None
    _, source, made = target.split(".")
    return (f"%.{made}", f"%.{source}") if source and made else None
