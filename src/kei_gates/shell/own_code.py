"""Code that a source writes and then compiles, tests or imports.

What a project holds already is not read for that: builds and tests are programs like any other.
Sources: the manual pages of the compilers and test runners that are listed.
"""

from __future__ import annotations

from kei_gates.shell.files import LATER
from kei_gates.shell.globs import escape
from kei_gates.shell.state import collapse
from kei_gates.shell.values import FileText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State

# Languages by the ends of the names of their files.
_LANGUAGES: dict[str, str] = {
    "awk": "awk", "c": "c", "cc": "c", "cjs": "node", "cpp": "c", "cr": "crystal", "cs": "dotnet",
    "cts": "node", "cxx": "c", "d": "d", "dart": "dart", "ex": "elixir", "exs": "elixir",
    "erl": "erlang", "f90": "fortran", "f": "fortran", "fs": "dotnet", "fsx": "dotnet", "go": "go",
    "gp": "gnuplot", "gradle": "jvm", "groovy": "jvm", "h": "c", "hpp": "c", "hs": "haskell",
    "java": "jvm", "jl": "julia", "js": "node", "jsx": "node", "kt": "jvm", "kts": "jvm",
    "lisp": "lisp", "lua": "lua", "m": "c", "mjs": "node", "ml": "ocaml", "mm": "c",
    "mts": "node", "nim": "nim", "nims": "nim", "pas": "pascal", "php": "php", "pl": "prolog",
    "pm": "perl", "pp": "pascal", "py": "python", "pyx": "python", "R": "r", "rb": "ruby",
    "rkt": "lisp", "rs": "rust", "sbt": "jvm", "sc": "jvm", "scala": "jvm", "scm": "lisp",
    "swift": "swift", "t": "perl", "tcl": "tcl", "tex": "tex", "ts": "node", "tsx": "node",
    "v": "v", "vb": "dotnet", "zig": "zig",
}  # fmt: skip
_C = "c cc cpp cxx h hpp m mm"
_NODE = "js mjs cjs ts mts cts jsx tsx"
_JVM = "java kt kts groovy gradle scala sbt"


class Builder:
    """What runs, now or later, of the files that a program is given or finds.

    `ends` are the ends of their names. `commands` are those of its commands that count, all where
    there are none. `reads` is the language of what it reads from its input.
    """

    __slots__ = ("commands", "ends", "reads")

    def __init__(self, ends: str, commands: str = "", *, reads: str = "") -> None:
        """Take words separated by blanks; they are split when they are looked at."""
        self.ends: Final = ends
        self.commands: Final = commands
        self.reads: Final = reads


_CC = Builder(_C, reads="c")
_PYTESTS = Builder("py")
_NODE_TOOL = Builder(_NODE)
_JAVA = Builder(_JVM)
_HASKELL = Builder("hs")
_TEX = Builder("tex", reads="tex")
BUILDERS: dict[str, Builder] = {
    "gcc": _CC, "g++": _CC, "cc": _CC, "c++": _CC, "clang": _CC, "clang++": _CC, "tcc": _CC,
    "icc": _CC, "nvcc": _CC, "emcc": _CC, "cl": _CC, "make": _CC, "gmake": _CC, "cmake": _CC,
    "ninja": _CC, "meson": _CC, "bazel": _CC,
    "go": Builder("go", "run build test install generate tool vet"),
    "rustc": Builder("rs", reads="rust"),
    "cargo": Builder(
        "rs",
        "run r test t bench build b install check c clippy doc nextest expand watch miri publish "
        "package fix",
    ),
    "javac": _JAVA, "java": _JAVA, "kotlinc": _JAVA, "kotlin": _JAVA, "scalac": _JAVA,
    "scala": _JAVA, "groovyc": _JAVA, "gradle": _JAVA, "gradlew": _JAVA, "mvn": _JAVA,
    "mvnw": _JAVA, "sbt": _JAVA,
    "swiftc": Builder("swift"), "swift": Builder("swift"),
    "ghc": _HASKELL, "runghc": _HASKELL, "cabal": _HASKELL, "stack": _HASKELL,
    "ocamlc": Builder("ml"), "ocamlopt": Builder("ml"), "ocamlfind": Builder("ml"),
    "dune": Builder("ml"),
    "nim": Builder("nim nims", "r c cpp compile e check js"), "nimble": Builder("nim nims"),
    "zig": Builder("zig c cpp", "run build test build-exe cc c++ build-lib build-obj"),
    "dmd": Builder("d"), "ldc2": Builder("d"), "gdc": Builder("d"), "dub": Builder("d"),
    "rdmd": Builder("d"),
    "crystal": Builder("cr", "run build spec eval compile"), "shards": Builder("cr"),
    "v": Builder("v"), "gfortran": Builder("f90 f", reads="fortran"), "fpc": Builder("pas pp"),
    "dotnet": Builder("cs fs vb fsx", "run build test publish watch script fsi"),
    "csc": Builder("cs"), "mcs": Builder("cs"),
    "dart": Builder("dart", "run test compile"), "flutter": Builder("dart"),
    "mix": Builder("ex exs"), "elixirc": Builder("ex exs"), "rebar3": Builder("erl"),
    "erlc": Builder("erl"), "julia": Builder("jl"), "gnuplot": Builder("gp"),
    "octave": Builder("m"), "sbcl": Builder("lisp"), "guile": Builder("scm"),
    "racket": Builder("rkt"), "raco": Builder("rkt"), "swipl": Builder("pl"),
    "pdflatex": _TEX, "xelatex": _TEX, "lualatex": _TEX, "latex": _TEX, "latexmk": _TEX,
    "pytest": _PYTESTS, "py.test": _PYTESTS, "nose2": _PYTESTS, "unittest": _PYTESTS,
    "uvicorn": _PYTESTS,
    "gunicorn": _PYTESTS, "hypercorn": _PYTESTS, "flask": _PYTESTS, "celery": _PYTESTS,
    "fastapi": _PYTESTS, "locust": _PYTESTS, "scrapy": _PYTESTS, "django-admin": _PYTESTS,
    "alembic": _PYTESTS, "sphinx-build": _PYTESTS, "pip": _PYTESTS, "pip3": _PYTESTS,
    "cython": _PYTESTS, "hypothesis": _PYTESTS, "behave": _PYTESTS, "robot": _PYTESTS,
    "vitest": _NODE_TOOL, "jest": _NODE_TOOL, "mocha": _NODE_TOOL, "ava": _NODE_TOOL,
    "tap": _NODE_TOOL, "vite": _NODE_TOOL, "webpack": _NODE_TOOL, "rollup": _NODE_TOOL,
    "eslint": _NODE_TOOL, "next": _NODE_TOOL, "playwright": _NODE_TOOL, "cypress": _NODE_TOOL,
    "gulp": _NODE_TOOL, "grunt": _NODE_TOOL, "nodemon": _NODE_TOOL, "pm2": _NODE_TOOL,
    "jasmine": _NODE_TOOL, "karma": _NODE_TOOL, "prettier": Builder("js cjs mjs"),
    "node": Builder(_NODE, "--test"), "bun": Builder(_NODE, "test"),
    "deno": Builder(_NODE, "test bench serve"),
    "rspec": Builder("rb"), "minitest": Builder("rb"), "rails": Builder("rb"),
    "gem": Builder("rb"), "bundle": Builder("rb"),
    "phpunit": Builder("php"), "pest": Builder("php"), "prove": Builder("t pm"),
    "busted": Builder("lua"),
}  # fmt: skip
# Languages whose code may load what lies beside it, each with the ends of such files.
_LOADING = {"python": "py", "ruby": "rb", "perl": "pm", "lua": "lua"}
_DEEPEST = 4
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")


def built(
    ev: Evaluator, program: str, words: list[Field], state: State
) -> Iterator[tuple[str, str]]:
    """Give language and text of all that a source wrote and a program builds or runs."""
    row = BUILDERS.get(program) or BUILDERS.get(program.rstrip("0123456789.-"))
    if row is None or (row.commands and not {*row.commands.split()} & {*words}):
        return
    if row.reads and "-" in words and ev.stdin.text is not None:
        yield row.reads, ev.stdin.text
    if not ev.files.changes:
        return
    ends = row.ends.split()
    paths = dict.fromkeys(_own_files(ev, state, ends))
    for word in words[1:]:
        if word is not None and "\0" not in word:
            paths.update((one, None) for one in state.paths(word) if one is not None)
    for path in paths:
        end = path.rpartition(".")[2]
        for text in _written(ev, path):
            if end in ends:
                yield _LANGUAGES[end], text
            elif row.reads:
                yield row.reads, text


def own_modules(ev: Evaluator, language: str, code: str, state: State) -> Iterator[str]:
    """Give the files that a source wrote and that code of a language names, to load them."""
    end = _LOADING.get(language)
    if end is None or not ev.files.changes:
        return
    for path in _own_files(ev, state, [end]):
        folder, _, file = path.rpartition("/")
        name = file.rpartition(".")[0]
        name = folder.rpartition("/")[2] if name == "__init__" else name
        if _names(code, name) and is_written(ev, path, state):
            yield path


def is_written(ev: Evaluator, path: Field, state: State) -> bool:
    """Say whether a source wrote a file, with a text that is known."""
    return path is not None and any(
        True for one in state.paths(path) if one is not None for _ in _written(ev, collapse(one))
    )


def _written(ev: Evaluator, path: str) -> list[str]:
    """Give what a source wrote into a file, as far as that is known."""
    path = collapse(path)
    if not ev.files.is_own(path):
        return []
    return [
        content
        for content in ev.files.contents(path)
        if isinstance(content, str) and not isinstance(content, FileText) and content != LATER
    ]


def _own_files(ev: Evaluator, state: State, ends: list[str]) -> Iterator[str]:
    """Give the files below the present folder that a source wrote, by the ends of their names."""
    for folder in state.folders:
        if folder is None:
            continue
        for depth in range(_DEEPEST):
            pattern = f"{escape(collapse(folder).rstrip('/'))}{'/*' * (depth + 1)}"
            for path in ev.files.matching(pattern, lambda _: []) or ():
                if path.rpartition(".")[2] in ends:
                    yield path


def _names(code: str, name: str) -> bool:
    """Whether code holds a name as a word."""
    at = code.find(name) if name else -1
    while at >= 0:
        end = at + len(name)
        if (not at or code[at - 1] not in _NAME) and code[end : end + 1] not in _NAME:
            return True
        at = code.find(name, end)
    return False
