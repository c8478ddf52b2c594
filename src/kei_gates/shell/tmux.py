"""What tmux runs: its commands, and the text that it types. Source: tmux(1) 3.3."""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.errors import MOST_NESTING
from kei_gates.shell.options import Grammar
from kei_gates.shell.typed import type_text
from kei_gates.shell.use import split_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Final, Literal, TypeAlias

    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.use import Use

    Kind: TypeAlias = Literal["command", "keys", "text", "if", "tmux", "setting", "hidden"]


class Way:
    """What a command of tmux does with its words, behind `skip` operands.

    A `command` is a text if it is one word and a program with its words if it is more; `keys` are
    typed; a `text` is the first word; `if` a text, then commands of tmux; `tmux` such a command; a
    `setting` may hold a text; `hidden` runs what is not seen.
    """

    __slots__ = ("kind", "options", "skip")

    def __init__(self, kind: Kind, short: str = "", skip: int = 0) -> None:
        """Take the kind and the letters of the options that take a value."""
        self.kind: Final = kind
        self.options: Final = Grammar(short)
        self.skip: Final = skip


_TMUX = Grammar("cfLST", flags="2CDdhlNquUvV")
_WAYS = {
    "new-session new": Way("command", "ceFfnstxy"),
    "new-window neww": Way("command", "ceFnt"),
    "split-window splitw": Way("command", "celFptx"),
    "respawn-pane respawnp": Way("command", "cet"),
    "respawn-window respawnw": Way("command", "cet"),
    "display-popup popup": Way("command", "bcdehsStTwxy"),
    "run-shell run": Way("text", "cdt"),
    "pipe-pane pipep": Way("text", "t"),
    "send-keys send": Way("keys", "Nct"),
    "if-shell if": Way("if", "t"),
    "bind-key bind": Way("tmux", "TN", 1),
    "set-hook": Way("tmux", "t", 1),
    "confirm-before confirm": Way("tmux", "cpt"),
    "command-prompt": Way("hidden"),
    "source-file source": Way("hidden"),
    "set-option set": Way("setting", "t"),
    "set-window-option setw": Way("setting", "t"),
    "display-menu menu": Way("hidden"),
}
_BY_NAME = {name: way for names, way in _WAYS.items() for name in names.split()}
# Aliases and commands of which the beginning is also that of one above.
_OTHERS = frozenset(
    (
        "display", "displayp", "display-message", "display-panes", "set-buffer", "setb",
        "set-environment", "setenv", "send-prefix", "detach", "rename", "renamew", "next", "prev",
        "select", "start", "start-server",
    )
)  # fmt: skip
_SETTINGS = ("default-command", "default-shell", "lock-command", "editor", "copy-command")
_LINE_ENDS = frozenset(("Enter", "C-m", "KPEnter", "C-j", "c-m", "c-j", "^M", "^J"))
_CLEARING = frozenset(("C-c", "c-c", "^C", "C-u", "c-u", "^U", "C-d", "c-d", "^D", "C-z", "^Z"))
_BLANK = {"Space": " ", "Tab": " "}
# Keys that change the line in ways that are not followed.
_EDITING = frozenset(
    (
        "Up", "Down", "Left", "Right", "BSpace", "DC", "Home", "End", "IC", "PPage", "NPage",
        "BTab", "PageUp", "PageDown", "Delete", "Insert",
    )
)  # fmt: skip


def follow_tmux(use: Use) -> bool:
    """Follow each of tmux's commands, which are separated by lone semicolons."""
    found = options.read(use.words, _TMUX, permute=False)
    if use.asks() or found.has("V"):
        return True
    if found.has("f") and found.value("f") != "/dev/null":
        use.miss(f"`{use.name}` reads a configuration that was not read")
    for text in found.values("c"):
        use.source(text)
    _tmux_commands(use, use.words[found.at :])
    return True


def _tmux_commands(use: Use, words: Sequence[Field]) -> None:
    """Follow commands of tmux."""
    if any(word is not None and "#(" in word for word in words):
        use.miss("a format of `tmux` runs a command")
    use.ev.depth += 1
    if use.ev.depth > MOST_NESTING:
        use.miss("wrappers are nested too deeply")
    else:
        for command in _separated(words):
            _tmux_command(use, command)
    use.ev.depth -= 1


def _separated(words: Sequence[Field]) -> Iterator[list[Field]]:
    """Give each of the commands that semicolons separate."""
    one: list[Field] = []
    for word in (*words, ";"):
        ends = word is not None and word.endswith(";") and not word.endswith("\\;")
        if not ends:
            one.append(word)
            continue
        if word != ";":
            one.append((word or "")[:-1])
        if one:
            yield one
        one = []


def _tmux_command(use: Use, words: list[Field]) -> None:
    """Follow one command of tmux."""
    if words[0] is None or " " in words[0]:
        use.miss("it is not known what `tmux` runs")
        return
    way = _way(words[0])
    if way is None:
        return
    found = options.read(words, way.options, permute=False)
    rest = words[found.at + way.skip :]
    if way.kind == "if":
        if not found.has("F"):
            use.source(rest[0] if rest else "")
        for word in rest[1:]:
            _tmux_text(use, word)
    elif way.kind == "tmux" and len(rest) > 1:
        _tmux_commands(use, rest)
    elif way.kind == "tmux" or (way.kind == "text" and found.has("C")):
        _tmux_text(use, rest[0] if rest else "")
    elif way.kind == "keys":
        _type(use, rest, found)
    else:
        _KINDS[way.kind](use, rest)


def _way(name: str) -> Way | None:
    """Give what a command does by its name, its alias, or the beginning of its name."""
    if name in _BY_NAME or name in _OTHERS:
        return _BY_NAME.get(name)
    return next((way for full, way in _BY_NAME.items() if full.startswith(name)), None)


def _tmux_text(use: Use, text: Field) -> None:
    """Follow a text that holds commands of tmux."""
    words = None if text is None else split_plain(text)
    if words is None or "{" in (text or ""):
        use.miss("it is not known what `tmux` runs")
    elif words and (words[0] or "").partition("-")[0] not in ("if", "bind", "set", "confirm"):
        _tmux_commands(use, words)
    elif words:
        use.miss("commands of `tmux` hold others")


def _command(use: Use, words: list[Field]) -> None:
    """Run a command: one word is a text."""
    if len(words) == 1:
        use.source(words[0])
    elif words:
        use.run(words, use.state.copy())


def _text(use: Use, words: list[Field]) -> None:
    if words:
        use.source(words[0])


def _setting(use: Use, words: list[Field]) -> None:
    if words and (words[0] or "").startswith(_SETTINGS):
        for word in words[1:]:
            use.source(word)


def _hidden(use: Use, words: list[Field]) -> None:
    del words
    use.miss("`tmux` runs something that is not followed")


_KINDS: dict[str, Callable[[Use, list[Field]], None]] = {
    "command": _command,
    "text": _text,
    "setting": _setting,
    "hidden": _hidden,
}


def _type(use: Use, keys: list[Field], found: Options) -> None:
    """Follow keys that are typed: what stands before each `Enter` is taken for a shell's line."""
    if found.has("X"):
        if any(key is None or "pipe" in key for key in keys):
            use.miss("`tmux` runs something that is not followed")
        return
    literal, line = found.has("l"), ""
    for key in keys:
        if key is None or found.has("H") or (key in _EDITING and not literal):
            use.miss("it is not known what is typed into a terminal")
            return
        if not literal and (key in _LINE_ENDS or key in _CLEARING):
            line += "\n"
        elif not literal and key.startswith(("C-", "M-", "^")):
            line += ""
        else:
            line += key if literal else _BLANK.get(key, key)
    type_text(use, line)
