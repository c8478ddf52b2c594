"""What tcl scripts start and touch. Sources: Tcl(n), exec(n), open(n), eval(n), file(n)."""

from __future__ import annotations

from kei_gates.shell.code_tokens import MOST_NESTED, NAME_CHARS, unescape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ClassVar, Final

    from kei_gates.shell.expand import Field
    from kei_gates.shell.started import Started

# Which words of a command are scripts, and which are expressions; -1 is the last one.
_SCRIPTS = {
    "if": (2, 4, 6, 8, 10, -1), "while": (2,), "for": (1, 3, 4), "foreach": (-1,), "lmap": (-1,),
    "proc": (-1,), "catch": (1,), "time": (1,), "try": (1, -1), "namespace": (-1,), "dict": (-1,),
    "after": (-1,), "method": (-1,), "constructor": (-1,), "bind": (-1,), "trace": (-1,),
    "fileevent": (-1,), "oo::class": (-1,), "oo::define": (-1,),
}  # fmt: skip
_EXPRESSIONS = {
    "if": (1, 4, 7),
    "while": (1,),
    "for": (2,),
    "expr": (1, 2, 3, 4, 5),
    "return": (1,),
}
_EVALUATING = frozenset(("eval", "uplevel", "subst"))
_EXEC_OPTIONS = frozenset(("-ignorestderr", "-keepnewline", "--", "-encoding"))
_WRITING = frozenset(("w", "w+", "a", "a+", "r+"))
# Commands that change the variables that they name.
_CHANGING = (
    "append", "foreach", "gets", "global", "incr", "lappend", "lassign", "regexp", "regsub", "scan",
    "upvar", "variable",
)  # fmt: skip
_UNSEEN = {
    "load": "loads a library",
    "interp": "makes another interpreter",
    "spawn": "starts programs",
    "rename": "gives a command another name",
}
_MOST_WORDS = 500


class Word:
    """A word of a command: what it says, none when that is not known, and how it is written."""

    __slots__ = ("braced", "expanded", "head", "value")

    def __init__(self, value: Field, head: str, *, braced: bool, expanded: bool) -> None:
        """Take the fields; `head` is what the word surely starts with."""
        self.value: Final = value
        self.head: Final = head
        self.braced: Final = braced
        self.expanded: Final = expanded


class Reader:
    """Reads scripts, and scripts in them."""

    def __init__(self, started: Started) -> None:
        """Start with nothing known; what is found goes to `started`."""
        self.started: Final = started
        self.values: Final[dict[str, Field]] = {}

    def script(self, text: str, depth: int = 0) -> None:
        """Read a script, command by command."""
        if depth > MOST_NESTED:
            self.started.unseen.append("the script is nested too deeply")
            return
        at = 0
        while at < len(text):
            at, words = self._command(text, at, depth)
            if words:
                self._run(words, depth)

    def _command(self, text: str, at: int, depth: int) -> tuple[int, list[Word]]:
        """Read the words of a command; give where it ends."""
        while text[at : at + 1] in (" ", "\t", "\n", ";", "\r"):
            at += 1
        if text[at : at + 1] == "#":
            while at < len(text) and (text[at] != "\n" or text[at - 1] == "\\"):
                at += 1
            return at, []
        words: list[Word] = []
        while at < len(text) and text[at] not in "\n;":
            if text[at] in " \t\r":
                at += 1
            elif text.startswith("\\\n", at):
                at += 2
            else:
                at, word = self._word(text, at, depth)
                words.append(word)
        return at + 1, words

    def _word(self, text: str, at: int, depth: int) -> tuple[int, Word]:
        expanded = text.startswith("{*}", at) and text[at + 3 : at + 4] not in (" ", "\n", ";", "")
        at += 3 * expanded
        if text[at] == "{":
            stop = _matching(text, at, "{", "}")
            value = text[at + 1 : stop - 1]
            return stop, Word(value, value, braced=True, expanded=expanded)
        ends = '"' if text[at] == '"' else " \t\r\n;"
        at, value_, head = self._parts(text, at + (ends == '"'), ends, depth)
        return at + (ends == '"'), Word(value_, head, braced=False, expanded=expanded)

    def _parts(self, text: str, at: int, ends: str, depth: int) -> tuple[int, Field, str]:
        """Read text with substitutions; give where it ends, what it says, how it starts."""
        found: list[str] = []
        known = True
        head = ""
        while at < len(text) and text[at] not in ends:
            piece: Field = text[at]
            if text[at] == "\\":
                piece, at = unescape(text, at + 1)
            elif text[at] == "[":
                stop = _matching(text, at, "[", "]")
                self.script(text[at + 1 : stop - 1], depth + 1)
                piece, at = None, stop
            elif text[at] == "$":
                piece, at = self._variable(text, at + 1)
            else:
                at += 1
            if piece is None and known:
                head, known = "".join(found), False
            found.append(piece or "")
        whole = "".join(found)
        return at, (whole if known else None), (whole if known else head)

    def _variable(self, text: str, at: int) -> tuple[Field, int]:
        if text[at : at + 1] == "{":
            stop = text.find("}", at)
            stop = len(text) if stop < 0 else stop
            return self.values.get(text[at + 1 : stop]), stop + 1
        start = at
        while text[at : at + 1] in NAME_CHARS | {":"} and at < len(text):
            at += 1
        if at == start:
            return "$", at
        if text[at : at + 1] == "(":
            return None, _matching(text, at, "(", ")")
        return self.values.get(text[start:at]), at

    def expression(self, text: str, depth: int) -> None:
        """Read an expression for the commands in it."""
        self._parts(text, 0, "", depth)

    def _run(self, words: list[Word], depth: int) -> None:
        """Look at a command."""
        name = words[0].value
        if name is None or words[0].expanded:
            self.started.unseen.append("it is not known which command runs")
            return
        name = name.removeprefix("::")
        if name in _UNSEEN:
            self.started.unseen.append(f"`{name}` {_UNSEEN[name]}")
        elif name in _EVALUATING:
            self._evaluate(name, words, depth)
        reader = self._commands.get(name)
        if reader is not None:
            reader(self, words)
        if name == "switch":
            self._switch(words[-1], depth)
        self._bodies(name, words, depth)

    def _bodies(self, name: str, words: list[Word], depth: int) -> None:
        last = len(words) - 1
        scripts = {last if at < 0 else at for at in _SCRIPTS.get(name, ())}
        expressions = _EXPRESSIONS.get(name, ())
        for at, word in enumerate(words[:_MOST_WORDS]):
            if at in expressions and word.braced:
                self.expression(word.value or "", depth + 1)
            elif at in scripts and at and word.value is not None and name not in ("dict", "after"):
                self.script(word.value, depth + 1)
            elif at in scripts and word.braced:
                self.script(word.value or "", depth + 1)

    def _switch(self, word: Word, depth: int) -> None:
        text = (word.value or "").replace("\n", " ")
        _, words = self._command(text, 0, depth)
        for body in words[1::2]:
            self.script(body.value or "", depth + 1)

    def _evaluate(self, name: str, words: list[Word], depth: int) -> None:
        values = [word.value for word in words[1:]]
        if name == "uplevel" and values and (values[0] or "").lstrip("#").isdigit():
            values = values[1:]
        if name == "subst":
            self.expression(" ".join(value or "" for value in values), depth + 1)
        elif None in values:
            self.started.unseen.append(f"`{name}` runs code that is not known")
        else:
            self.script(" ".join(value or "" for value in values), depth + 1)

    def _exec(self, words: list[Word]) -> None:
        rest = words[1:]
        while rest and rest[0].value in _EXEC_OPTIONS:
            rest = rest[1:]
        self._programs(_fields(rest))

    def _programs(self, words: list[Field]) -> None:
        """Report the programs of a pipeline."""
        program: list[Field] = []
        skip = False
        for word in [*words, "|"]:
            if word in ("|", "|&"):
                self.started.programs.append(program if program and program[0] else [None])
                program = []
            elif skip:
                self._writes(word)
                skip = False
            elif word is not None and word.lstrip("2").startswith((">", "<")):
                target = word.lstrip("2").lstrip(">&@<")
                skip = not target and word.lstrip("2").startswith(">") and "@" not in word
                if target and word.lstrip("2").startswith(">") and "@" not in word:
                    self._writes(target)
            else:
                program.append(word)

    def _writes(self, path: Field) -> None:
        if path != "/dev/null":
            self.started.effects.append(("write", path, False))

    def _open(self, words: list[Word]) -> None:
        if len(words) < 2:  # noqa: PLR2004 -- the command and what it opens
            return
        word = words[1]
        if word.head.lstrip().startswith("|"):
            known = word.value
            parts: list[Field] = [None]
            if known is not None:
                parts = [*known.lstrip(" |").split()]
            self._programs(parts)
        elif word.value is None and not word.head:
            self.started.unseen.append("`open` may start a program")
        elif len(words) > 2 and words[2].value in _WRITING:  # noqa: PLR2004 -- the mode
            self._writes(word.value)

    def _source(self, words: list[Word]) -> None:
        self.started.scripts.append(words[-1].value if len(words) > 1 else None)

    def _file(self, words: list[Word]) -> None:
        if len(words) < 2 or words[1].value != "delete":  # noqa: PLR2004 -- the subcommand
            return
        force = any(word.value == "-force" for word in words)
        for word in words[2:]:
            if word.value not in ("-force", "--"):
                self.started.effects.append(("delete", word.value, force))

    def _set(self, words: list[Word]) -> None:
        """Take a variable for known while it is given only one value."""
        if len(words) != 3 or words[1].value is None:  # noqa: PLR2004 -- the name and the value
            return
        name = words[1].value
        self.values[name] = None if name in self.values else words[2].value

    def _changed(self, words: list[Word]) -> None:
        for word in words[1:]:
            if word.value is not None:
                self.values[word.value] = None

    _commands: ClassVar[dict[str, Callable[[Reader, list[Word]], None]]] = {
        "exec": _exec, "open": _open, "source": _source, "file": _file, "set": _set,
        **dict.fromkeys(_CHANGING, _changed),
    }  # fmt: skip


def _fields(words: list[Word]) -> list[Field]:
    return [None if word.expanded else word.value for word in words]


def _matching(text: str, at: int, opening: str, closing: str) -> int:
    """Give the position behind the bracket that closes the one here."""
    depth = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == opening:
            depth += 1
        elif char == closing:
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return len(text) + 1


def scan_tcl(code: str, started: Started) -> None:
    """Report what a tcl script starts and touches."""
    Reader(started).script(code)
