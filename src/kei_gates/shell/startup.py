"""Aliases and functions from a shell's startup file, or from the client's snapshot of a shell.

The client has the user's shell read its startup files once and print what it then knows, and lets
every later call source that file. Measured on client 2.1.197 and 2.1.330:

- functions of bash: `eval $'NAME () ...' > /dev/null 2>&1`, one a line; in the older client
  `eval "$(echo 'BASE64' | base64 -d)" > /dev/null 2>&1`. Of zsh, as `typeset -f` prints them.
- aliases, zsh's global ones among them: `alias -- NAME=TEXT`; zsh's suffix aliases are left out.
- then what the client adds of its own, and last of all `export PATH=...`.
"""

from __future__ import annotations

from binascii import Error, a2b_base64

from kei_gates.shell.own_names import OwnNames, add
from kei_gates.shell.printed import word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.own_names import Texts

_FUNCTIONS = "# Functions\n"
_AFTER_FUNCTIONS = "\n# Shell Options\n"
# What the client adds begins with one of these.
_OWN_PART = ("# Check for ", "# Shadow ", "export PATH=")
_LAST = "export PATH="
_NAMELESS = ("#", "unalias ", "shopt ", "set ", "setopt ")
"""Lines of a snapshot that define no name."""
_ENCODED, _ENCODED_END = "\"$(echo '", "' | base64 -d)\""
_QUIET = " > /dev/null 2>&1\n"
_LONGEST_SHOWN = 60
_LONGEST_FUNCTION = 20_000
"""Characters of a function in a startup file, which is looked through without being parsed."""


class _Snapshot:
    """Reads one snapshot, statement by statement."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.aliases: Texts = {}
        self.functions: Texts = {}
        self.unread = ""
        self.complete = False

    def read(self) -> None:
        """Read to the end, or to where the file has been written."""
        while self.at < len(self.text):
            stop = _line_end(self.text, self.at)
            line = self.text[self.at : stop]
            if line.startswith(_OWN_PART):
                self._own_part()
                return
            start = self.at
            self.at = stop + 1
            if self.text.startswith(_FUNCTIONS, start):
                self._zsh_functions()
            elif line.startswith("alias "):
                understood = self._alias(start + len("alias "))
                self._note(line, understood=understood)
            elif line.startswith("eval "):
                self._note(line, understood=self._evaluated(start + len("eval ")))
            elif line and not line.startswith(_NAMELESS):
                self._note(line, understood=False)

    def _note(self, line: str, *, understood: bool) -> None:
        """Note a line that is not understood; the last one may not be written to its end yet."""
        if not understood and self.at <= len(self.text) and not self.unread:
            self.unread = f"`{line[:_LONGEST_SHOWN]}` in the shell's snapshot is not understood"

    def _alias(self, at: int) -> bool:
        while self.text.startswith("-- ", at):
            at += 3
        said, at = word(self.text, at)
        name, equals, text = said.partition("=")
        if at < 0 or at == len(self.text):  # not written to its end; else the shell too reads on
            self.at = len(self.text) + 1
            return False
        if not name or not equals or not self.text.startswith("\n", at):
            return False
        add(self.aliases, name, text)
        self.at = at + 1
        return True

    def _evaluated(self, at: int) -> bool:
        """Read a function of bash."""
        if self.text.startswith("-- ", at):
            at += 3
        if self.text.startswith(_ENCODED, at):
            close = self.text.find(_ENCODED_END, at)
            source = _decoded(self.text[at + len(_ENCODED) : close]) if close > 0 else ""
            at = close + len(_ENCODED_END) if close > 0 else -1
        else:
            source, at = word(self.text, at)
        if at < 0:
            self.at = len(self.text) + 1
            return False
        name, parentheses, _ = source.partition(" () ")
        if not name or not parentheses or not self.text.startswith(_QUIET, at):
            return False
        add(self.functions, name, source.rstrip("\n"))
        self.at = at + len(_QUIET)
        return True

    def _zsh_functions(self) -> None:
        """Read the functions of zsh, if that is what follows.

        A body may hold any text in its quotes and here-documents, so lines are counted to the
        function before them unless they surely start one.
        """
        first = self.text[self.at : _line_end(self.text, self.at)]
        if not _zsh_name(first):
            return
        stop = self.text.rfind(_AFTER_FUNCTIONS, self.at)
        if stop < 0:
            stop = len(self.text)
        lines = self.text[self.at : stop].split("\n")
        starts = [
            at
            for at, line in enumerate(lines)
            if line.endswith(" () {") and (at == 0 or lines[at - 1][:1] == "}") and _zsh_name(line)
        ]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            add(self.functions, _zsh_name(lines[start]), "\n".join(lines[start:end]))
        self.at = stop + 1

    def _own_part(self) -> None:
        """Leave out the names that the client replaces with its own, which mean the same."""
        for line in self.text[self.at :].split("\n"):
            command, _, rest = line.partition(" ")
            name = rest.partition(" ")[0]
            if command == "unalias":
                self.aliases.pop(name, None)
            elif command == "function":
                self.functions.pop(name, None)
            self.complete = self.complete or line.startswith(_LAST)


def read_snapshot(text: str) -> tuple[OwnNames, bool]:
    """Give the names in a snapshot, and whether it has been written to its end."""
    reading = _Snapshot(text)
    reading.read()
    names = OwnNames(reading.aliases, reading.functions, unread=reading.unread)
    return names, reading.complete


def read_startup(text: str) -> OwnNames:
    """Give the names that a startup file may define, wherever in it and on whatever condition.

    What it sources is not followed, and what it computes is not seen: this stands in for a
    snapshot only until there is one.
    """
    names = OwnNames()
    at = 0
    while at < len(text):
        stop = _line_end(text, at)
        code = text[at:stop].lstrip(" \t")
        start, at = stop - len(code), stop + 1
        if code.startswith("#"):
            continue
        function = _function_name(code)
        if function:
            add(names.functions, function, _definition(text, start, stop, code))
        if "alias" in code:
            at = _startup_aliases(text, start, stop, names)
    return names


def _startup_aliases(text: str, at: int, stop: int, names: OwnNames) -> int:
    """Read the `alias` commands that start in a line; give where to go on."""
    while True:
        at = text.find("alias", at, stop)
        if at < 0:
            return stop + 1
        before, behind = text[at - 1 : at], text[at + 5 : at + 6]
        at += len("alias")
        if (not before or before in " \t\n;&|({\\") and behind in (" ", "\t"):
            at = _definitions(text, at, names)
            stop = max(stop, _line_end(text, at))


def _definitions(text: str, at: int, names: OwnNames) -> int:
    """Read the words of one `alias` command; give where it ends."""
    options = ""
    while True:
        while text[at : at + 1] in (" ", "\t") or text.startswith("\\\n", at):
            at += 2 if text[at] == "\\" else 1
        said, end = word(text, at)
        if end <= at or text[at] == "#":
            return at
        at = end
        name, equals, value = said.partition("=")
        if name and equals:
            _define(names, options, name, value)
        elif said.startswith("-"):
            options += said


def _define(names: OwnNames, options: str, name: str, text: str) -> None:
    """Note an alias; a global one is an ordinary one in the snapshot, and so is both here."""
    if "s" not in options:
        add(names.aliases, name, text)
        if "g" in options:
            add(names.global_aliases, name, text)
        return
    listed = name[1:-1].split(",") if name[0] == "{" and name[-1] == "}" else [name]
    for ending in listed:
        add(names.suffix_aliases, ending, text)


def _function_name(code: str) -> str:
    """Name the function whose definition a line starts, in any of the usual spellings."""
    if code.startswith("function "):
        name = code[len("function ") :].lstrip().partition("(")[0].partition("{")[0].rstrip()
    else:
        name, parentheses, _ = code.partition("()")
        name = name.rstrip() if parentheses else ""
    return name if name and not any(char in _NO_NAME for char in name) else ""


_NO_NAME = frozenset(" \t\"'`$;&|<>(){}=\\#")


def _definition(text: str, start: int, stop: int, code: str) -> str:
    """Give a definition: its line, or up to the line that closes it as far indented.

    One that is not closed so is left as its first line, which nothing can read to its end.
    """
    subshell = code.partition(")")[2].lstrip().startswith("(")
    opening, closing = "()" if subshell else "{}"
    if code.count(opening) == code.count(closing) > 0:
        return code
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    closed = text.find(f"\n{indent}{closing}", stop, stop + _LONGEST_FUNCTION)
    return code if closed < 0 else text[start : _line_end(text, closed + 1)]


def _zsh_name(line: str) -> str:
    """Name the function that a line of `typeset -f` starts; empty when it starts none."""
    printed = line.removesuffix(" () {")
    if printed == line or printed[:1] in ("", " ", "\t"):
        return ""
    name, end = word(printed, 0)
    return name if end == len(printed) else ""


def _decoded(encoded: str) -> str:
    try:
        return a2b_base64(encoded).decode("utf-8", "surrogateescape")
    except Error:
        return ""


def _line_end(text: str, at: int) -> int:
    """Give where the line at a position ends: its newline, or the end of the text."""
    newline = text.find("\n", at)
    return len(text) if newline < 0 else newline
