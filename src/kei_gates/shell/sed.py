"""Sed scripts: what they run and which files they write. Source: GNU sed 4.9, its manual."""

from __future__ import annotations

from kei_gates.shell.options import Grammar, Options, read
from kei_gates.shell.scripts import each_content
from kei_gates.shell.values import FileText, marked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.expand import Field
    from kei_gates.shell.use import Use

GRAMMAR = Grammar("efl", "expression file line-length", optional="iE")
# Commands that take the rest of the line as text, a label or a file to read.
_TO_LINE_END = frozenset("aicbtTrR:q#")
_WRITING = frozenset("wW")


class Script:
    """What a script does beside editing.

    `files` it writes, `commands` it runs as they stand there; `runs` that it runs what it edits;
    `certain` that all of it was read.
    """

    __slots__ = ("certain", "commands", "files", "runs")

    def __init__(self) -> None:
        """Start with a script that only edits."""
        self.files: list[str] = []
        self.commands: list[str] = []
        self.runs = False
        self.certain = True


def scripts(words: Sequence[Field]) -> tuple[list[Field], Options]:
    """Give the scripts in a command's words, and its options; its operands are then files alone.

    A script that is not known is none; one that lies in a file is the value of `-f`.
    """
    # The suffix of `-i` is part of its word, so `e` in it is no option.
    options = read(words, GRAMMAR, permute=True)
    found: list[Field] = list(options.values("e", "expression"))
    if not found and options.operands and not options.has("f", "file"):
        found.append(options.operands.pop(0))
    return found, options


def follow_sed(use: Use) -> bool:
    """Follow a command whose scripts may run something; false, as what it touches comes next."""
    found, options = scripts(use.words)
    if found == [""] and options.has("i", "in-place") and options.operands:
        found.append(options.operands[0])  # on macOS, `-i` takes a word of its own
    if found == [None]:
        found = scripts(use.ev.spelled_as(use.words))[0]  # a glob is a script where it matches none
    for script in found:
        if script is None or (script and not marked(script, "")):
            use.miss(f"`{use.name}` runs something that is not followed")
        else:
            _follow(use, script)
    for path in options.values("f", "file"):
        each_content(use.ev, path, use.state, use.span, lambda text: _follow(use, text))
    return False


def _follow(use: Use, text: str) -> None:
    """Run what a script runs; what stands in a file that was there before is its writer's word."""
    script = read_script(text)
    inside = isinstance(text, FileText)
    use.ev.inside_files += inside
    for command in script.commands:
        use.ev.source(command, use.state.new_shell(), use.span, (use.name,), dialect="sh")
    if script.runs or not script.certain:
        use.miss(f"`{use.name}` runs something that is not followed")
    use.ev.inside_files -= inside


def read_script(text: str) -> Script:
    """Read a script. What is not known inside a word is taken for an address, or for text."""
    script = Script()
    text = marked(text, "1")
    at = 0
    while at < len(text) and script.certain:
        char = text[at]
        if char in " \t\n;{}!,+~$0123456789I":
            at += 1
        elif char in "/\\":
            at += char == "\\"
            at = _delimited(text, at + 1, text[at : at + 1], script)
        else:
            at = _command(text, at, script)
    return script


def _command(text: str, at: int, script: Script) -> int:
    """Read one command; give where it ends."""
    char = text[at]
    if char == "e":
        end = _line_end(text, at)
        command = text[at + 1 : end].strip()
        script.commands += [command] if command else []
        script.runs = script.runs or not command
        return end
    if char in _WRITING:
        end = _line_end(text, at)
        script.files.append(text[at + 1 : end].strip())
        return end
    if char in _TO_LINE_END:
        return _text_end(text, at) if char in "aic" else _line_end(text, at)
    if char in "sy":
        delimiter = text[at + 1 : at + 2]
        at = _delimited(text, at + 2, delimiter, script)
        start = at
        at = _plain_end(text, at, delimiter, script)
        return _flags(text, at, text[start : at - 1], script) if char == "s" else at
    if char in _KNOWN:
        return at + 1
    return len(text)  # sed knows no such command, and refuses the whole script


_KNOWN = frozenset("=dDFgGhHlLnNpPQuUvxXzZST")


def _delimited(text: str, at: int, delimiter: str, script: Script) -> int:
    """Go behind the next delimiter that is neither escaped nor in brackets."""
    bracket = -1
    while at < len(text):
        char = text[at]
        if bracket >= 0 and char == "]" and at > bracket + 1:
            bracket = -1
        elif char == "\\":
            at += 1
        elif char == delimiter and bracket < 0:
            return at + 1
        elif char == "[" and bracket < 0:
            bracket = at + (text[at + 1 : at + 2] == "^")
        at += 1
    script.certain = False
    return at


def _plain_end(text: str, at: int, delimiter: str, script: Script) -> int:
    """Go behind the next delimiter that is not escaped; brackets mean nothing there."""
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == delimiter:
            return at + 1
        at += 1
    script.certain = False
    return at


def _flags(text: str, at: int, instead: str, script: Script) -> int:
    """Read the flags of a substitution; with `e`, what was put there is run, and what is around."""
    while at < len(text) and text[at] not in ";}\n":
        if text[at] == "e":
            script.runs = True
            script.commands.append(instead)
        elif text[at] == "w":
            end = _line_end(text, at)
            script.files.append(text[at + 1 : end].strip())
            return end
        at += 1
    return at


def _line_end(text: str, at: int) -> int:
    newline = text.find("\n", at)
    return len(text) if newline < 0 else newline


def _text_end(text: str, at: int) -> int:
    """Give where the text of `a`, `i` and `c` ends: at a newline that nothing escapes."""
    while True:
        end = _line_end(text, at)
        if end == len(text) or text[end - 1] != "\\":
            return end
        at = end + 1
