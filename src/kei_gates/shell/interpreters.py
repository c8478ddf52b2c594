"""Interpreters: whether they are given code, and which file of theirs is the script.

Sources: python(1), perlrun(1), ruby(1), node(1), php(1), lua(1), Rscript(1), julia(1).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.shell.expand import Field


class Interpreter:
    """How an interpreter is given its program.

    `code` names options with code in them (or that run what they name), `values` options that take
    the next word, `flags` those that take none; behind any other option, the next word may be its
    value or the script. `modules` names options after which a module of the project runs.
    """

    __slots__ = ("code", "flags", "modules", "values")

    def __init__(self, code: str, *, values: str = "", flags: str = "", modules: str = "") -> None:
        """Take each as options with their dashes, separated by blanks."""
        self.code: Final = frozenset(code.split())
        self.values: Final = frozenset(values.split())
        self.flags: Final = frozenset(flags.split())
        self.modules: Final = frozenset(modules.split())


_PYTHON = Interpreter(
    "-c",
    values="-X -W --check-hash-based-pycs",
    flags="-b -B -d -E -h -i -I -O -OO -P -q -s -S -u -v -V -x",
    modules="-m",
)
_NODE = Interpreter(
    "-e -p --eval --print -r --require --import --loader --experimental-loader -i",
    values="-C --conditions --input-type --env-file --title",
    flags="--test --watch --enable-source-maps --no-warnings --inspect --trace-warnings",
)

INTERPRETERS: dict[str, Interpreter] = {
    "python": _PYTHON,
    "pypy": _PYTHON,
    "ipython": _PYTHON,
    "node": _NODE,
    "nodejs": _NODE,
    "ts-node": _NODE,
    "tsx": _NODE,
    "perl": Interpreter("-e -E -n -p -M -m -d -s", values="-I", flags="-w -W -T -t -c -l"),
    "ruby": Interpreter("-e -n -p -r", values="-I -C -E", flags="-w -W -c"),
    "php": Interpreter("-r -B -R -E -F -a", values="-d -c -z", flags="-n -q -l -i -m"),
    "lua": Interpreter("-e -l -i", flags="-v -E -W"),
    "Rscript": Interpreter("-e", flags="--vanilla --verbose"),
    "R": Interpreter("-e -f --file"),
    "julia": Interpreter("-e -E --eval --print -L --load", values="-t --threads -J"),
    "elixir": Interpreter("-e --eval -r -S", values="--name --sname --cookie"),
    "guile": Interpreter("-c -l -e"),
    "groovy": Interpreter("-e"),
    "scala": Interpreter("-e -i"),
    "tclsh": Interpreter(""),
    "wish": Interpreter(""),
}
_QUESTIONS = frozenset(("--version", "--help", "-V", "-VV", "-h", "-v", "--v8-options"))
_INPUT = frozenset(("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"))


def interpreter(program: str) -> Interpreter | None:
    """Give what is known of an interpreter, by its name with or without a version."""
    return INTERPRETERS.get(program) or INTERPRETERS.get(program.rstrip("0123456789."))


def runs_code(known: Interpreter, words: Sequence[Field]) -> bool:
    """Say whether an interpreter is given code in its words, or reads it from its input."""
    script = False
    unsure = False
    at = 1
    while at < len(words):
        word = words[at]
        at += 1
        if word is None or word in _INPUT:
            return not script
        if not word.startswith("-"):
            script = True
            if not unsure:
                return False
            unsure = False
        elif (
            word in _QUESTIONS or _option(word) in known.modules or _clustered(word, known.modules)
        ):
            return False
        elif _option(word) in known.code or _clustered(word, known.code):
            return True
        elif word in known.values:
            at += 1
        else:
            unsure = "=" not in word and word not in known.flags
    return not script


def _option(word: str) -> str:
    return word.partition("=")[0] if word.startswith("--") else word[:2]


def _clustered(word: str, options: frozenset[str]) -> bool:
    """Whether a word of several short options holds one of some."""
    if word.startswith("--"):
        return False
    return any(f"-{letter}" in options for letter in word[1:])


def script_of(program: str, words: Sequence[Field]) -> Field:
    """Give the file that an interpreter runs; none when there is none."""
    if interpreter(program) is None:
        return None
    return next((word for word in words[1:] if word is not None and not word.startswith("-")), None)
