"""Justfiles: their settings, variables, aliases and recipes. Source: the manual of just 1.40."""

from __future__ import annotations

from kei_gates.shell.recipes_just_text import tokens
from kei_gates.shell.recipes_text import below, string_end, without_marks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.shell.recipes_text import Read, Recipe, Work

_DEEPEST = 8


class Parameter:
    """A recipe's parameter: its name, its default as it is written, and how many words it takes."""

    __slots__ = ("default", "name", "sign")

    def __init__(self, name: str, sign: str, default: str | None) -> None:
        """Take the parts; `sign` is `+` or `*` for one that takes all that is left."""
        self.name: Final = name
        self.sign: Final = sign
        self.default: Final = default


class Entry:
    """A recipe of a justfile; `needs` are names with the expressions of their arguments."""

    __slots__ = ("attributes", "lines", "name", "needs", "parameters", "quiet")

    def __init__(self, name: str, attributes: list[str]) -> None:
        """Start without lines."""
        self.name: Final = name
        self.attributes: Final = attributes
        self.parameters: list[Parameter] = []
        self.needs: list[tuple[str, list[str]]] = []
        self.lines: list[str] = []


class Justfile:
    """What one justfile and those that it imports hold."""

    def __init__(self, read: Read, recipe: Recipe, work: Work) -> None:
        """Start with nothing read."""
        self.recipes: dict[str, Entry] = {}
        self.aliases: dict[str, str] = {}
        self.assigned: dict[str, str] = {}
        self.settings: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.first: str | None = None
        self._read: Final = read
        self._recipe: Final = recipe
        self._work: Final = work
        self._attributes: list[str] = []
        self._depth = 0

    def parse(self, text: str, folder: str, *, outermost: bool = True) -> None:
        """Read a justfile's text; paths in it are relative to its folder."""
        lines = without_marks(self._work.text(text)).replace("\r\n", "\n").split("\n")
        entry: Entry | None = None
        at = 0
        while at < len(lines):
            self._work.count()
            line = lines[at]
            at += 1
            if line[:1] in (" ", "\t"):
                if entry is not None:
                    entry.lines.append(line)
                continue
            if not line.strip():
                if entry is not None:
                    entry.lines.append("")
                continue
            if line.startswith("#"):
                continue
            while at < len(lines) and _is_open(line):
                self._work.count(1 + len(line) // 1_000)
                line = (line[:-1] if line.endswith("\\") else line + "\n") + lines[at]
                at += 1
            entry = self._item(line, folder, outermost=outermost)

    def _item(self, line: str, folder: str, *, outermost: bool) -> Entry | None:
        """Read what a line that is not indented starts; give the recipe, if it is one."""
        if line.startswith("["):
            end = line.find("]")
            self._attributes += line[1:end].split(",")
            rest = line[end + 1 :].strip()
            return self._item(rest, folder, outermost=outermost) if end > 0 and rest else None
        found = tokens(line)
        texts = [text for _, text in found]
        words = texts[:3]
        if words[:1] == ["set"]:
            at = line.find(":=")
            self.settings[words[1] if len(words) > 1 else ""] = line[at + 2 :] if at > 0 else "true"
        elif words[:1] == ["alias"] and len(texts) > 4:  # noqa: PLR2004 -- alias name : = target
            self.aliases[texts[1]] = texts[-1]
        elif words[:1] == ["import"] and found[-1][0] in ("'", '"'):
            self._import(texts[-1], folder)
        elif words[:1] == ["mod"] and len(words) > 1:
            name = next((t for kind, t in found[1:] if kind == "name"), "")
            path = texts[-1] if found[-1][0] in ("'", '"') else ""
            self.modules[name] = below(folder, path or name)
        elif ":=" in line and _is_assignment(words):
            name = words[1] if words[0] == "export" else words[0]
            self.assigned[name] = line.partition(":=")[2]
        elif words[:1] != ["unexport"]:
            return self._header(line, outermost=outermost)
        self._attributes = []
        return None

    def _import(self, path: str, folder: str) -> None:
        text = self._read(below(folder, path))
        if text is None:
            return
        if self._depth >= _DEEPEST:
            self._recipe.miss("justfiles are nested too deeply")
            return
        self._depth += 1
        where = below(folder, path).rpartition("/")[0]
        self.parse(text, where, outermost=False)
        self._depth -= 1

    def _header(self, line: str, *, outermost: bool) -> Entry | None:
        """Read `name parameters: dependencies`."""
        colon = _find(line, ":")
        left = _parts(line[:colon] if colon >= 0 else "")
        attributes, self._attributes = self._attributes, []
        if not left:
            return None
        entry = Entry(left[0].lstrip("@"), [one.strip() for one in attributes])
        for part in left[1:]:
            name, equals, default = part.partition("=")
            plain = name.lstrip("+*$")
            sign = "*" if "*" in name else "+" if "+" in name else ""
            entry.parameters.append(Parameter(plain, sign, default if equals else None))
        for part in _parts(line[colon + 1 :].replace("&&", " ")):
            inner = _parts(part[1:-1]) if part.startswith("(") else [part]
            if inner:
                entry.needs.append((inner[0], inner[1:]))
        if entry.name not in self.recipes or outermost:
            self.recipes[entry.name] = entry
        if self.first is None and outermost:
            self.first = entry.name
        return entry


def _is_assignment(words: list[str]) -> bool:
    return words[1:2] == [":"] or (words[:1] == ["export"] and words[2:3] == [":"])


def _find(line: str, wanted: str) -> int:
    """Find a character outside strings and parentheses."""
    at = depth = 0
    while at < len(line):
        char = line[at]
        if char in "'\"`":
            quote = char * 3 if line.startswith(char * 3, at) else char
            at = string_end(line, at, quote) + len(quote)
            continue
        if char == "#":
            return -1
        depth += (char == "(") - (char == ")")
        if depth == 0 and char == wanted:
            return at
        at += 1
    return -1


def _parts(text: str) -> list[str]:
    """Split at blanks outside strings and parentheses, up to a comment."""
    found: list[str] = []
    start = at = 0
    depth = 0
    while at < len(text):
        char = text[at]
        if char in "'\"`":
            quote = char * 3 if text.startswith(char * 3, at) else char
            at = string_end(text, at, quote) + len(quote)
            continue
        if char == "#":
            break
        depth += (char == "(") - (char == ")")
        if char in " \t\n" and depth == 0:
            found.append(text[start:at])
            start = at + 1
        at += 1
    found.append(text[start:at])
    return [part for part in found if part]


def _is_open(line: str) -> bool:
    """Whether a line goes on on the next: in a string, in brackets, behind a backslash."""
    if line.endswith("\\"):
        return True
    at = depth = 0
    while at < len(line):
        char = line[at]
        if char in "'\"`":
            quote = char * 3 if line.startswith(char * 3, at) else char
            end = string_end(line, at, quote)
            if not line.startswith(quote, end):
                return True
            at = end + len(quote)
            continue
        if char == "#":
            break
        depth += (char in "([{") - (char in ")]}")
        at += 1
    return depth > 0
