"""Variables that make programs run something: what an assignment to one lets run.

A value that is known is followed, so that harmless ones are nothing; what is not known of such a
variable is unseen, unless it is what the environment of the call holds already.
"""

from __future__ import annotations

from kei_gates.shell import variables_table as table
from kei_gates.shell.codes import run_code
from kei_gates.shell.installed import is_installed
from kei_gates.shell.scripts import SHELLS, each_content, run_apart
from kei_gates.shell.state import State, collapse
from kei_gates.shell.streams import Input
from kei_gates.shell.use import split_plain
from kei_gates.shell.values import COMPUTED, OUTSIDE, FileText, is_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Final

    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.variables_table import Options

# How deep below the root a folder is looked for that is not known.
_DEEPEST = 8
# How many programs of a list are followed one by one: what stands behind them is read as one.
_MOST_PROGRAMS = 16
_PLAIN = frozenset(" -_./=+,:")
_OTHER_SHELLS = frozenset(("fish", "csh", "tcsh", "nu", "pwsh", "nologin", "false", "true"))


class Given:
    """An assignment: the variable's name, its value (none when unknown), where, in which state."""

    __slots__ = ("ev", "name", "span", "state", "value")

    def __init__(
        self, ev: Evaluator, name: str, value: str | None, span: Span, state: State | None
    ) -> None:
        """Take what is assigned; without a state, where the source starts."""
        self.ev: Final = ev
        self.name: Final = name
        self.value: Final = value
        self.span: Final = span
        self.state: Final = (state or State(ev.facts.cwd)).new_shell()

    def miss(self) -> None:
        """Note that what the variable lets run was not seen."""
        self.ev.miss(f"`{self.name}` changes what other programs run", self.span)

    def run(self, text: str) -> None:
        """Run a text at some time, with an input that is not known."""
        self.state.assign("kei_argument", None)
        self._apart(lambda: run_apart(self.ev, text, self.state, self.span, (self.name,)))

    def script(self, path: str, language: str) -> None:
        """Run a file of code of a language, or of a shell."""

        def run_text(text: str) -> None:
            if language == "shell":
                run_apart(self.ev, text, self.state, self.span, (self.name,))
            else:
                run_code(self.ev, self.name, language, text, self.state, self.span)

        self._apart(lambda: each_content(self.ev, path, self.state, self.span, run_text))

    def _apart(self, run: Callable[[], None]) -> None:
        self.ev.printed_by(run, Input(None))


def give(
    ev: Evaluator, name: str, value: str | None, span: Span, state: State | None = None
) -> None:
    """Follow what an assignment lets run; `value` may hold marks for what is not known of it."""
    if ev.zsh and name in table.OF_ZSH and not ev.is_bash_user:
        ev.miss(f"`{name}` changes what zsh runs", span)
        return
    row = _row(name)
    if row is not None and value != "":
        _KINDS[row](Given(ev, name, value, span, state), row)


def _row(name: str) -> str | None:
    """Give the name under which a variable stands in the tables; none for any other variable."""
    if name[:11].lower() == "npm_config_":
        name = f"npm_config_{name[11:].lower()}"
    if name in _KINDS:
        return name
    for row, start, end in _FAMILIES:
        if name.startswith(start) and name.endswith(end):
            return row
    return None


# --- the kinds of variables: each takes what was given and the name of its row ------------------


def _plain(given: Given, row: str) -> None:
    """Look at a value that is not followed."""
    if given.value not in table.PLAIN[row]:
        given.miss()


def _command(given: Given, row: str) -> None:
    """Follow a command that some program runs."""
    text = given.value
    if text is None:
        given.miss()
    elif row.endswith("BROWSER") and "://" not in text:
        for one in text.split(":", _MOST_PROGRAMS):
            _run(given, one, table.COMMANDS[row])
    else:
        _run(given, text.lstrip("|-") if row == "LESSOPEN" else text, table.COMMANDS[row])


def _run(given: Given, text: str, behind: str) -> None:
    """Follow a text that some program runs with what it puts behind it."""
    words = text.split()
    if not words or _is_outside(text) or _is_everyday(words):
        return
    if COMPUTED in text:
        given.miss()
    else:
        given.run(f"{text}{behind}")


def _is_outside(text: str) -> bool:
    """Whether a text is what the environment holds, with plain words behind it."""
    first, _, rest = text.partition(" ")
    return first == OUTSIDE and all(char.isalnum() or char in _PLAIN for char in rest)


def _is_everyday(words: list[str]) -> bool:
    """Whether words name a program of every day, with options that start nothing."""
    kind = table.EVERYDAY.get(_called(words[0]))
    return kind is not None and all(_is_harmless(word, kind) for word in words[1:])


def _called(path: str) -> str:
    """Give the name of a program that lies where programs are installed, else its whole path."""
    folder, _, name = path.rpartition("/")
    named = "\0" in folder and COMPUTED not in folder
    return name if named or is_installed(path) else path


def _is_harmless(word: str, kind: str) -> bool:
    """Whether a word behind a program of every day makes it run nothing more."""
    if kind == "letters":
        return word[:1] == "-" and word[1:].isalpha()
    if kind == "any":
        plain = all(char.isalnum() or char in _PLAIN for char in word)
        option = plain and word[:1] == "-" and not word.startswith(("-wrapper", "-B"))
        return option or table.EVERYDAY.get(_called(word)) == kind
    return word in kind.split()


def _shell(given: Given, row: str) -> None:
    """Look whether a program is a shell, and follow any other one."""
    del row
    path = given.value
    if path is None:
        given.miss()
    elif _called(path) not in SHELLS | _OTHER_SHELLS:
        _run(given, path, ' -c "$kei_argument"')


def _prefixed(given: Given, row: str) -> None:
    """Follow the rest of a command."""
    if given.value is None:
        given.miss()
    else:
        given.run(f"{table.PREFIXED[row]}{given.value}")


def _options(given: Given, row: str) -> None:
    """Look through options of a program."""
    words = None if given.value is None else split_plain(given.value)
    if words is None or any(word is None or word.startswith(COMPUTED) for word in words):
        given.miss()
        return
    rules, known = table.OPTIONS[row], [word or "" for word in words]
    for at, word in enumerate(known):
        _option(given, rules, word, known[at + 1] if at + 1 < len(known) else "")


def _option(given: Given, rules: Options, word: str, following: str) -> None:
    """Look at one option."""
    odd = rules.plain and not all(char.isalnum() or char in _PLAIN for char in word)
    if odd or _values(word, following, rules.hides):
        given.miss()
    for text in _values(word, following, rules.commands):
        _run(given, text, "")
    for path in _values(word, following, rules.scripts):
        # Another name is that of a library, which is looked for where libraries lie.
        if path.startswith((".", "/", "file:", OUTSIDE, COMPUTED)):
            given.script(path.removeprefix("file://"), rules.language)
    for path in _values(word, following, rules.libraries):
        _library(given, path.partition("=")[0])
    name, equals, value = word.partition("=")
    if rules.assigns and equals:
        give(given.ev, name, value, given.span, given.state)


def _values(word: str, following: str, names: tuple[str, ...]) -> list[str]:
    """Give the value of an option if it is one of the names."""
    for name in names:
        if word == name:
            return [following]
        if word.startswith(f"{name}="):
            return [word[len(name) + 1 :]]
        short = len(name) == 2 or name[-1] in "=:"  # noqa: PLR2004 -- a dash and a letter
        if short and word.startswith(name):
            return [word[len(name) :]]
    return []


def _library(given: Given, path: str) -> None:
    """Look at a library: one that was there is no word of the call's own."""
    own = any(
        one is None or given.ev.files.is_own(collapse(one)) for one in given.state.paths(path)
    )
    if own:
        given.miss()
    else:
        given.ev.note(f"`{path}` is no text that can be read", given.span)


def _script(given: Given, row: str) -> None:
    """Follow a file of code."""
    if given.value is None:
        given.miss()
    else:
        given.script(given.value, table.SCRIPTS[row])


def _code(given: Given, row: str) -> None:
    """Follow code, or a file of it."""
    text, language = given.value, table.CODE[row]
    if text is None or COMPUTED in text:
        given.miss()
    elif text.startswith("@"):
        given.script(text[1:], language)
    else:
        run_code(given.ev, given.name, language, text, given.state, given.span)


def _libraries(given: Given, row: str) -> None:
    """Look at libraries that run in every program: those of the system start nothing."""
    del row
    paths = [None] if given.value is None else given.value.replace(":", " ").split()
    if not all(path and (path == OUTSIDE or is_installed(path)) for path in paths):
        given.miss()


def _folders(given: Given, row: str) -> None:
    """Follow what the source itself puts where a program finds its libraries."""
    names, language = table.FOLDERS[row]
    for path in dict.fromkeys(_found(given, names)):
        for content in given.ev.files.contents(path):
            if language and isinstance(content, str):
                run_code(given.ev, given.name, language, content, given.state, given.span)
            else:
                given.miss()


def _found(given: Given, names: tuple[str, ...]) -> Iterator[str]:
    """Give files of some names: in the folders of a value, or in any where it is not known."""
    files = given.ev.files
    value = given.value
    parts: list[str | None] = [None] if value is None or is_unknown(value) else []
    parts += [part for part in (value or "").split(":") if part and not is_unknown(part)]
    for folder in [one for part in parts for one in given.state.paths(part)]:
        near = [""] if folder is not None else ["/*" * depth for depth in range(_DEEPEST)]
        where = "" if folder is None else collapse(folder).rstrip("/")
        for name in names:
            for between in near:
                yield from files.matching(f"{where}{between}/{name}", lambda _pattern: []) or ()
            there = f"{where}/{name}"
            if folder is not None and "*" not in name and _is_text(given, there):
                yield there


def _is_text(given: Given, path: str) -> bool:
    """Whether a file lies there that can be read."""
    return any(isinstance(one, FileText) for one in given.ev.files.contents(path))


def _prompt(given: Given, row: str) -> None:
    """Look at a text that the shell expands: whether that runs or evaluates anything."""
    del row
    text = given.value
    if text is None or any(mark in text for mark in ("`", "$(", "$[", COMPUTED)):
        given.miss()
        return
    for piece in text.split("${")[1:]:
        inside = piece.partition("}")[0]
        subscripts = inside.split("[")[1:]
        if "@" in inside or not all(one[:1].isdecimal() for one in subscripts):
            given.miss()


_KINDS: dict[str, Callable[[Given, str], None]] = {
    **dict.fromkeys(table.PLAIN, _plain),
    **dict.fromkeys(table.COMMANDS, _command),
    **dict.fromkeys(table.SHELLS, _shell),
    **dict.fromkeys(table.PREFIXED, _prefixed),
    **dict.fromkeys(table.OPTIONS, _options),
    **dict.fromkeys(table.SCRIPTS, _script),
    **dict.fromkeys(table.CODE, _code),
    **dict.fromkeys(table.FOLDERS, _folders),
    **dict.fromkeys(table.LIBRARIES, _libraries),
    **dict.fromkeys(table.PROMPTS, _prompt),
}
# Rows whose names stand for many: what such a name begins and ends with.
_FAMILIES = tuple((row, *row.split("*")) for row in _KINDS if "*" in row)
