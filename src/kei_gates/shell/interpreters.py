"""Interpreters: what code they are given, and which file of theirs is the script.

Sources: python(1), perlrun(1), ruby(1), node(1), php(1), lua(1), Rscript(1), tclsh(1), julia(1),
gawk(1).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.shell.expand import Field


class Interpreter:
    """How an interpreter is given its program.

    `language` is what its code is read as, none for one that is not looked into. `code` names
    options whose value is code, `files` those whose value is a file of code, `modules` those behind
    which a module runs. `values` are options that take the next word, `rest` letters whose value is
    the rest of their word, `hides` options that run what is not looked into; all others take none.
    Behind `in_place`, the operands are written. `scripted`: the first operand is a file of code
    (for awk it is the code itself).
    """

    __slots__ = (
        "code", "files", "hides", "in_place", "language", "modules", "rest", "scripted", "values",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        language: str | None,
        code: str = "",
        *,
        files: str = "",
        modules: str = "",
        values: str = "",
        rest: str = "",
        hides: str = "",
        in_place: str = "",
        scripted: bool = True,
    ) -> None:
        """Take options with their dashes, separated by blanks."""
        self.language: Final = language
        self.code: Final = frozenset(code.split())
        self.files: Final = frozenset(files.split())
        self.modules: Final = frozenset(modules.split())
        self.values: Final = frozenset(values.split())
        self.rest: Final = frozenset(rest.split())
        self.hides: Final = frozenset(hides.split())
        self.in_place: Final = frozenset(in_place.split())
        self.scripted: Final = scripted


_PYTHON = Interpreter(
    "python", "-c", modules="-m", values="-X -W --check-hash-based-pycs --cwd", rest="-X -W"
)
_NODE = Interpreter(
    "node",
    "-e -p --eval --print -pe",
    files="-r --require --import --loader --experimental-loader",
    values="-C --conditions --input-type --env-file --title",
)
_AWK = Interpreter(
    "awk",
    "-e --source",
    files="-f --file -i --include -E --exec",
    values="-F --field-separator -v --assign -m",
    rest="-F -v",
    hides="-l --load -D --debug",
    scripted=False,
)

INTERPRETERS: dict[str, Interpreter] = {
    "python": _PYTHON,
    "pypy": _PYTHON,
    "ipython": _PYTHON,
    "node": _NODE,
    "nodejs": _NODE,
    "ts-node": _NODE,
    "tsx": _NODE,
    "perl": Interpreter(
        "perl", "-e -E", values="-I", rest="-0 -i -l -F -M -m -I -C -D -V -x", hides="-d",
        in_place="-i",
    ),
    "ruby": Interpreter(
        "ruby", "-e", values="-I -C -E -r", rest="-0 -i -F -r -I -K -T -W -x", in_place="-i"
    ),
    "php": Interpreter(
        "php", "-r -B -R -E", files="-f -F", values="-d -c -z -t -S", hides="-a", rest="-d"
    ),
    "lua": Interpreter("lua", "-e", values="-l", rest="-l"),
    "luajit": Interpreter("lua", "-e", values="-l -j", rest="-l -j"),
    "Rscript": Interpreter("r", "-e", values="--default-packages"),
    "R": Interpreter("r", "-e", files="-f --file"),
    "tclsh": Interpreter("tcl"),
    "wish": Interpreter("tcl"),
    "awk": _AWK,
    "gawk": _AWK,
    "mawk": _AWK,
    "nawk": _AWK,
    "julia": Interpreter(None, "-e -E --eval --print", files="-L --load", values="-t --threads -J"),
    "elixir": Interpreter(
        None, "-e --eval", files="-r", modules="-S", values="--name --sname --cookie"
    ),
    "guile": Interpreter(None, "-c", files="-l", values="-e"),
    "groovy": Interpreter(None, "-e"),
    "scala": Interpreter(None, "-e", files="-i"),
}  # fmt: skip
_QUESTIONS = frozenset(
    ("--version", "--help", "-V", "-VV", "-h", "--v8-options", "-version", "-W", "--usage")
)
_INPUT = frozenset(("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"))


class Program:
    """What an interpreter was given: `code` and `files` (none for what is not known), a `module`.

    `at` is where the program's own arguments begin. `reads_input` says that its input is the code,
    `hidden` that it runs what is not looked into, `writes` that its operands are written.
    """

    __slots__ = ("at", "code", "files", "hidden", "module", "reads_input", "writes")

    def __init__(self) -> None:
        self.code: list[Field] = []
        self.files: list[Field] = []
        self.module: Field = None
        self.reads_input = False
        self.hidden = False
        self.writes = False
        self.at = 1


def interpreter(program: str) -> Interpreter | None:
    """Give what is known of an interpreter, by its name with or without a version."""
    return INTERPRETERS.get(program) or INTERPRETERS.get(program.rstrip("0123456789."))


def read_program(known: Interpreter, words: Sequence[Field]) -> Program:
    """Read what code an interpreter is given in its words."""
    found = Program()
    at = 1
    while at < len(words):
        word = words[at]
        if word is None or word in _INPUT or not word.startswith("-") or word == "--":
            break
        if word in _QUESTIONS and len(words) == 2:  # noqa: PLR2004 -- the question alone
            found.at = at
            return found
        before = found.module
        at += 1 + _option(known, words, at, found)
        if found.module is not before:
            found.at = at
            return found
    if at < len(words) and words[at] == "--":
        at += 1
    _operand(known, words, at, found)
    return found


def _operand(known: Interpreter, words: Sequence[Field], at: int, found: Program) -> None:
    """Read the script, or for awk the program, that stands behind the options."""
    found.at = at
    if found.code or (found.files and not (known.scripted and at < len(words))):
        return
    if at == len(words):
        found.reads_input = known.scripted
        return
    word = words[at]
    found.at = at + 1
    if not known.scripted:
        found.code.append(word)
    elif word is not None and word in _INPUT:
        found.reads_input = True
    else:
        found.files.append(word)


def _option(known: Interpreter, words: Sequence[Field], at: int, found: Program) -> int:
    """Read one word of options; give how many words more it took."""
    word = words[at] or ""
    name, equals, value = word.partition("=")
    if word.startswith("--") or word in known.code | known.files | known.modules | known.values:
        given: Field = value if equals else words[at + 1] if at + 1 < len(words) else None
        return _take(known, name, given, found) and int(not equals)
    for index, letter in enumerate(word[1:], 1):
        option, rest = f"-{letter}", word[index + 1 :]
        if option in known.in_place:
            found.writes = True
        if (
            option in known.rest
            and option not in known.code
            and (rest or option not in known.values)
        ):
            return 0
        if option in known.code | known.files | known.modules | known.values:
            given = rest or (words[at + 1] if at + 1 < len(words) else None)
            return _take(known, option, given, found) and int(not rest)
        found.hidden = found.hidden or option in known.hides
    return 0


def _take(known: Interpreter, name: str, value: Field, found: Program) -> bool:
    """Note an option's value; say whether the option takes one."""
    found.hidden = found.hidden or name in known.hides
    if name in known.code:
        found.code.append(value)
    elif name in known.files:
        found.files.append(value)
    elif name in known.modules:
        found.module = value or "?"
    return name in known.code | known.files | known.modules | known.values
