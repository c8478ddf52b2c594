"""Code of other languages: what it starts is run, what it touches is touched."""

from __future__ import annotations

from kei_gates.model import lettered
from kei_gates.shell.errors import MOST_NESTING
from kei_gates.shell.modules import is_there
from kei_gates.shell.own_code import own_modules
from kei_gates.shell.scripts import contents_at, each_content
from kei_gates.shell.streams import Input
from kei_gates.shell.values import COMPUTED, FileText, marked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.started import Started
    from kei_gates.shell.state import State

# Stands in code for what only the environment knows.
_UNKNOWN = "kei_unknown"
# Commands of other programs among code of a language, and which language that is.
_MIXED = {"ipython": "python", "pdb": "python"}
_OF_PYTHON = frozenset(("modal", "python", *_MIXED))
# Languages that are read; others are only looked through.
_READ = frozenset(("awk", "lua", "node", "perl", "php", "r", "ruby", "tcl"))
# What is tried where there is no script of the very name.
_SUFFIXES = {
    "python": ("/__main__.py",),
    "ipython": ("/__main__.py",),
    "node": (".js", ".mjs", ".cjs", ".ts", ".tsx", "/index.js", "/index.mjs", "/index.ts"),
}  # fmt: skip
# Names by which code gets at all that there is, whatever its reader knows.
_REACHING = {
    "node": (
        "mainModule", "getBuiltinModule", "_linkedBinding", "_load(", "globalThis[", "global[",
        "process[", ").createRequire(",
    )
}  # fmt: skip


def run_code(  # noqa: PLR0913, PLR0917 -- a text with all that it is read under
    ev: Evaluator, name: str, language: str | None, code: str, state: State, span: Span
) -> None:
    """Follow what a text of code starts and touches."""
    Code(ev, name, state, span).code(language, code)


class Code:
    """Code that a program runs: where, in which state, and which of its scripts were read.

    `given` names variables that the command line gives the code.
    """

    __slots__ = ("_read", "ev", "given", "name", "span", "state")

    def __init__(self, ev: Evaluator, name: str, state: State, span: Span) -> None:
        """Start with no script read."""
        self.ev: Final = ev
        self.name: Final = name
        self.state: Final = state
        self.span: Final = span
        self.given: list[str] = []
        self._read: set[str] = set()

    def field(self, language: str | None, code: Field) -> None:
        """Follow a text of code, none for one that is not known."""
        if code is None or ("\0" in code and not marked(code, "").strip(" \t\n;")):
            self.ev.miss(f"`{self.name}` runs code that is not known", self.span)
        else:
            self.code(language, code)

    def code(self, language: str | None, code: str, folder: str = "") -> None:
        """Follow what a text of code starts and touches; `folder` is where it lies."""
        ev = self.ev
        if COMPUTED in code:
            ev.miss(f"`{self.name}` runs code that is not known", self.span)
            return
        if language in _OF_PYTHON:
            code = type(code)(lettered(code))
        whole = marked(code, _UNKNOWN)
        is_script = language == "python" and isinstance(code, FileText) and "modal" in code
        if language == "modal" or is_script:  # of which Modal runs a part elsewhere
            from kei_gates.shell.modal_local import local_part

            local = local_part(whole, is_main=language == "python")
            language, code = "python", type(code)(local)
        ev.codes[self.name, language, whole] = None
        ev.depth += 1
        inside = isinstance(code, FileText)
        ev.inside_files += inside
        if ev.depth > MOST_NESTING:
            ev.miss("code is nested too deeply", self.span)
        elif language is None:
            ev.miss(f"`{self.name}` runs code that is not looked into", self.span)
        elif language in _MIXED:
            self._follow(_MIXED[language], read(language, marked(code, _UNKNOWN)), folder)
        else:
            code = marked(code, _UNKNOWN)
            found = read(language, code)
            if None in found.sources:
                found.programs += surely_started(code)
            self._follow(language, found, folder)
            self._reached(language, code)
        ev.inside_files -= inside
        ev.depth -= 1

    def script(self, language: str | None, path: Field, folder: str = "") -> None:
        """Follow a script, once; one that is relative may lie beside the one that names it."""
        if path is not None and path.startswith(("data:", "blob:")):
            self.ev.miss(f"`{self.name}` runs code that an address holds", self.span)
            return
        found = self.existing(language, path, folder) or path
        if found is not None:
            if found in self._read:
                return
            self._read.add(found)
        where = (found or "").rpartition("/")[0]
        each_content(
            self.ev,
            found,
            self.state,
            self.span,
            lambda text: self.code(language, text, where),
        )

    def existing(self, language: str | None, path: Field, folder: str = "") -> str:
        """Give the path of a script that is there; empty when none is."""
        if path is None:
            return ""
        stem = path.removesuffix(".js")
        places = [path] if not folder or path.startswith("/") else [path, f"{folder}/{path}"]
        for place in places:
            if contents_at(self.ev, place, self.state):
                return place
        for suffix in _SUFFIXES.get(language or "", ()):
            for place in places:
                other = f"{place[: len(place) - len(path) + len(stem)]}{suffix}".replace("//", "/")
                if is_there(self.ev, other, self.state):
                    return other
        return ""

    def _reached(self, language: str, code: str) -> None:
        """Look at what code reaches that its reader does not tell."""
        for word in _REACHING.get(language, ()):
            if word in code:
                self.ev.miss(
                    f"in the code of `{self.name}`, `{word}` may start a program", self.span
                )
        for path in own_modules(self.ev, language, code, self.state):
            self.script(language, path)

    def _follow(self, language: str, found: Started, folder: str) -> None:
        ev, name, state, span = self.ev, self.name, self.state, self.span
        # What the code gives to the programs that it starts is not followed.
        stdin, ev.stdin = ev.stdin, Input(None)
        for words in found.programs:
            if not words or words[0] is None:
                ev.miss(f"the code of `{name}` starts a program that is not known", span)
            else:
                ev.start_inner(name, words, state, span)
        for text in found.sources:
            if text is None:
                ev.miss(f"the code of `{name}` runs a command that is not known", span)
            else:
                ev.source(text, state.new_shell(), span, (name,), dialect="sh")
        ev.stdin = stdin
        for code in found.code:
            self.code(language, code, folder)
        for path in found.scripts:
            self.script(language, path, folder)
        for why in found.unseen:
            ev.miss(f"in the code of `{name}`, {why}", span)
        if self.given and (found.programs or found.sources):
            ev.miss(f"the code of `{name}` is given variables that it may run", span)
        for kind, path, tree in found.effects:
            known = None if path is None or _UNKNOWN in path else path
            ev.touch(kind, known, name, state, tree=tree)


def read(language: str, code: str) -> Started:
    """Read a text of code in a language."""
    # Few calls hold any code, so that its readers are imported when they are needed.
    if language == "python":
        from kei_gates.shell.python_code import scan as scan_python

        return scan_python(code)
    if language in _MIXED:
        from kei_gates.shell.notebook import scan as scan_mixed

        return scan_mixed(language, code)
    if language in _READ:
        from kei_gates.shell.code import scan

        return scan(language, code)
    from kei_gates.shell.foreign import scan_foreign

    return scan_foreign(language, code)


def surely_started(code: str) -> list[list[Field]]:
    """Give the programs that code surely starts, where the rest of a command is not known."""
    from kei_gates.shell.foreign import commands_in

    return commands_in(code).programs
