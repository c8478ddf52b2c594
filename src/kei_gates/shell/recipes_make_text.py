"""Make's variables and functions: what text becomes. Source: the manual of GNU make 4.4.

Text that cannot be known becomes a mark (see `recipes_text`). What an expansion runs, as
`$(shell ...)` does, is added to the recipe.
"""

from __future__ import annotations

from kei_gates.shell.recipes_make_lines import arguments, closing
from kei_gates.shell.recipes_make_words import PURE, file_mark
from kei_gates.shell.recipes_text import (
    COMPUTED,
    FILE,
    HERE,
    UNSET,
    below,
    is_known,
    quoted,
    without_marks,
)
from kei_gates.shell.splitting import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    from kei_gates.shell.recipes_text import Lookup, Read, Recipe, Work

_DEEPEST = 40
_MOST_ITEMS = 200
_BLANKS = " \t\n"

# Built-in variables that name programs: "Catalogue of Built-In Rules", "Variables Used by
# Implicit Rules".
DEFAULTS: dict[str, str] = {
    "AR": "ar", "AS": "as", "CC": "cc", "CPP": "cc -E", "CTANGLE": "ctangle", "CXX": "g++",
    "FC": "f77", "LD": "ld", "LEX": "lex", "LINT": "lint", "MAKEINFO": "makeinfo", "PC": "pc",
    "RM": "rm -f", "TANGLE": "tangle", "TEX": "tex", "WEAVE": "weave", "YACC": "yacc",
    "SHELL": "/bin/sh", ".SHELLFLAGS": "-c", "MAKEFLAGS": "", "MFLAGS": "", "MAKELEVEL": "0",
    "CURDIR": HERE, ".RECIPEPREFIX": "", ".DEFAULT_GOAL": "", "MAKECMDGOALS": "",
    "MAKEFILE_LIST": "", ".VARIABLES": COMPUTED, ".FEATURES": COMPUTED, "MAKE_VERSION": COMPUTED,
    "MAKE_HOST": COMPUTED, "SUFFIXES": COMPUTED,
}  # fmt: skip


class Variable:
    """A variable's text, whether it is expanded when it is used, and whether it may change."""

    __slots__ = ("fixed", "recursive", "text")

    def __init__(self, text: str, *, recursive: bool = False, fixed: bool = False) -> None:
        """Take the text; `fixed` is one of the command line, which wins over the file's."""
        self.text: Final = text
        self.recursive: Final = recursive
        self.fixed: Final = fixed


class Expander:
    """Expands text under what the makefiles have said so far.

    `scopes` hold variables, the innermost last. `world` says which branch is taken where it is not
    certain; `worlds` how many there must be for each branch to be taken once.
    """

    def __init__(self, read: Read, recipe: Recipe, work: Work, folder: str, world: int) -> None:
        """Start with the built-in variables."""
        self.read: Final = read
        self.recipe: Final = recipe
        self.work: Final = work
        self.folder: Final = folder
        self.world: Final = world
        self.worlds = 1
        self.scopes: list[dict[str, Variable]] = [
            {name: Variable(text) for name, text in DEFAULTS.items()}
        ]
        self.evaluate: Callable[[str], None] = recipe.miss
        # What gives variables of the environment, and whether they win over the makefiles'.
        self._outside: Lookup | None = None
        self._wins = False
        self._depth = 0
        self._active: list[str] = []

    # --- variables --------------------------------------------------------------------------

    def import_from(self, outside: Lookup, *, winning: bool) -> None:
        """Take variables from the environment where the makefiles set none, or in any case."""
        self._outside, self._wins = outside, winning
        for name, text in DEFAULTS.items():
            if text[:1].isalpha():  # a program, which the environment may name
                self._imported(name)

    def _imported(self, name: str) -> Variable | None:
        """Give a variable of the environment, which is a global one from now on."""
        text = None if self._outside is None or not is_known(name) else self._outside(name)
        if text is None:
            return None
        found = Variable(without_marks(text), recursive=True, fixed=self._wins)
        self.scopes[0][name] = found
        return found

    def lookup(self, name: str) -> Variable | None:
        """Give a variable; none when neither the makefiles nor the environment set it."""
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        return self._imported(name)

    def value(self, name: str) -> str:
        """Give a variable's expanded value."""
        found = self.lookup(name)
        if found is None:
            return self._part_of_automatic(name)
        if not found.recursive:
            return found.text
        if name in self._active:
            return COMPUTED  # make stops at a variable that refers to itself
        self._active.append(name)
        text = self.expand(found.text)
        self._active.pop()
        return text

    def _part_of_automatic(self, name: str) -> str:
        """Give `$(@D)` and `$(@F)`; for any other name that it is not set."""
        if len(name) == 2 and name[1] in "DF" and name[0] in "@<^*+?%":  # noqa: PLR2004 -- a sign and a letter
            text = PURE["dir" if name[1] == "D" else "notdir"]([self.value(name[0])])
            if name[1] == "F":
                return text
            return " ".join(word.rstrip("/") or "/" for word in text.split())
        return UNSET

    def assign(self, name: str, operator: str, text: str, *, override: bool = False) -> None:
        """Do an assignment in the innermost scope."""
        scope = self.scopes[-1]
        known = self.lookup(name)
        if known is not None and known.fixed and not override:
            if operator == "!=":
                self.shell(self.expand(text))
            return
        if operator == "?=" and known is not None:
            return
        if operator == "!=":
            scope[name] = Variable(self.shell(self.expand(text)))
        elif operator == "+=" and known is not None:
            added = text if known.recursive else self.expand(text)
            joined = f"{known.text} {added}" if known.text else added
            scope[name] = Variable(self.work.text(joined), recursive=known.recursive)
        elif operator in (":=", "::=", ":::="):
            scope[name] = Variable(self.expand(text))
        else:
            scope[name] = Variable(text, recursive=True)

    # --- text -------------------------------------------------------------------------------

    def expand(self, text: str) -> str:
        """Give text with every reference replaced."""
        if "$" not in text:
            return text
        self.work.count(1 + len(text) // 100)
        if self._depth > _DEEPEST:
            return COMPUTED
        self._depth += 1
        out: list[str] = []
        at = 0
        size = 0
        while True:
            dollar = text.find("$", at)
            if dollar < 0 or dollar + 1 >= len(text):
                out.append(text[at : dollar if dollar >= 0 else len(text)])
                break
            out.append(text[at:dollar])
            after = text[dollar + 1]
            if after == "$":
                found, at = "$", dollar + 2
            elif after in "({":
                end = closing(text, dollar + 1)
                found, at = self._reference(text[dollar + 2 : end], after), end + 1
            else:
                found, at = self.value(after), dollar + 2
            out.append(found)
            size += len(found)
            self.work.text("" if size <= len(text) else found)
        self._depth -= 1
        return self.work.text("".join(out))

    def _reference(self, inner: str, opening: str) -> str:
        """Give what stands for `$(inner)`."""
        name = inner.lstrip(_BLANKS)
        end = 0
        while end < len(name) and (name[end].isalpha() or name[end] == "-"):
            end += 1
        if end < len(name) and name[end] in _BLANKS:
            special = self._SPECIAL.get(name[:end])
            rest = name[end:].lstrip(_BLANKS)
            if special is not None:
                return special(self, arguments(rest, opening))
            pure = PURE.get(name[:end])
            if pure is not None:
                return pure([self.expand(one) for one in arguments(rest, opening)])
        named = self.expand(inner)
        base, colon, change = named.partition(":")
        if colon and "=" in change:
            old, _, new = change.partition("=")
            if "%" not in old:
                old, new = f"%{old}", f"%{new}"
            return PURE["patsubst"]([old, new, self.value(base.strip())])
        if not is_known(named):
            return COMPUTED
        return self.value(named.strip())

    # --- functions that run, loop or choose ---------------------------------------------------

    def shell(self, command: str) -> str:
        """Add a command that make itself runs; give what it surely prints."""
        self.recipe.add(command, self.folder)
        words = split(command) or []
        if not is_known(command) or any(mark in command for mark in ";&|<>`$*?"):
            return FILE if words and words[0] in _LISTING else COMPUTED
        if words[:1] == ["pwd"]:
            return HERE
        if words[:1] == ["echo"] and not (words[1:] and words[1].startswith("-")):
            return " ".join(words[1:])
        if words[:1] == ["which"] or words[:2] == ["command", "-v"]:
            return words[-1]
        if words and (words[0] in _LISTING or words[:2] == ["git", "ls-files"]):
            return FILE
        return COMPUTED

    def _shell(self, args: list[str]) -> str:
        return self.shell(self.expand(",".join(args)))

    def _if(self, args: list[str]) -> str:
        then, other = [*args[1:2], ""][0], ",".join(args[2:])
        holds = self.truth(args[0])
        if holds is None:
            self.worlds = max(self.worlds, 2)
            ways = [self.expand(then), self.expand(other)]
            return ways[min(self.world, 1)]
        return self.expand(then if holds else other)

    def truth(self, text: str) -> bool | None:
        """Say whether text is not empty once expanded; none when that is not known."""
        found = self.expand(text.strip(_BLANKS))
        if found.strip(COMPUTED + UNSET + FILE + _BLANKS):
            return True
        return None if found.strip() else False

    def _or(self, args: list[str]) -> str:
        found = [self.expand(one.strip(_BLANKS)) for one in args]
        for one in found:
            if one:
                return one if is_known(one) else COMPUTED
        return ""

    def _and(self, args: list[str]) -> str:
        found = [self.expand(one.strip(_BLANKS)) for one in args]
        if "" in found:
            return ""
        return found[-1] if all(map(is_known, found)) else COMPUTED

    def _foreach(self, args: list[str]) -> str:
        if len(args) < 3:  # noqa: PLR2004 -- variable, list, text
            return ""
        name = self.expand(args[0]).strip()
        items = self.expand(args[1]).split()
        if len(items) > _MOST_ITEMS:
            items = [COMPUTED]
        text = ",".join(args[2:])
        self.scopes.append({})
        found = []
        for item in items:
            self.scopes[-1][name] = Variable(item)
            found.append(self.expand(text))
        self.scopes.pop()
        return " ".join(found)

    def _call(self, args: list[str]) -> str:
        given = [self.expand(one) for one in args]
        name = given[0].strip()
        known = self.lookup(name)
        if known is None:
            special = self._SPECIAL.get(name)
            pure = PURE.get(name)
            if special is not None:
                return special(self, args[1:])
            return pure(given[1:]) if pure is not None else UNSET
        if not known.recursive:
            return known.text
        bound = {str(at): Variable(one) for at, one in enumerate(given)}
        active, self._active = self._active, []
        self.scopes.append(bound)
        text = self.expand(known.text)
        self.scopes.pop()
        self._active = active
        return text

    def _eval(self, args: list[str]) -> str:
        self._depth += 4
        self.evaluate(self.expand(",".join(args)))
        self._depth -= 4
        return ""

    def _value(self, args: list[str]) -> str:
        known = self.lookup(self.expand(args[0]).strip())
        return known.text if known is not None else UNSET

    def _origin(self, args: list[str]) -> str:
        name = self.expand(args[0]).strip()
        known = self.lookup(name)
        if known is None or (self._outside is not None and self._outside(name) is not None):
            return COMPUTED
        if known.fixed:
            return "command line"
        return "default" if known.text == DEFAULTS.get(name) else "file"

    def _wildcard(self, args: list[str]) -> str:
        found = []
        for word in self.expand(",".join(args)).split():
            pattern = file_mark(word)
            if pattern != word:
                found.append(pattern)
            else:
                exists = is_known(word) and self.read(below(self.folder, word)) is not None
                found.append(word if exists else UNSET)
        return " ".join(found)

    def _say(self, args: list[str]) -> str:
        self.expand(",".join(args))
        return ""

    def _file(self, args: list[str]) -> str:
        operation = self.expand(args[0]).strip()
        name = operation.lstrip("<> ")
        if operation.startswith(">"):
            self.expand(",".join(args[1:]))
            self.recipe.add(f": {operation[: -len(name)] or '>'} {quoted([name])}", self.folder)
            return ""
        text = self.read(below(self.folder, name)) if is_known(name) else None
        return COMPUTED if text is None else text.rstrip("\n")

    def _guile(self, args: list[str]) -> str:
        self._say(args)
        self.recipe.miss("a makefile runs code of Guile that is not read")
        return COMPUTED

    def _unknown(self, args: list[str]) -> str:
        self._say(args)
        return COMPUTED

    _SPECIAL: Final[dict[str, Callable[[Expander, list[str]], str]]] = {
        "and": _and, "call": _call, "error": _say, "eval": _eval, "file": _file,
        "flavor": _unknown, "foreach": _foreach, "guile": _guile, "if": _if, "info": _say,
        "intcmp": _unknown, "let": _unknown, "or": _or, "origin": _origin, "shell": _shell,
        "value": _value, "warning": _say, "wildcard": _wildcard,
    }  # fmt: skip


# Commands that print names of files, and nothing that a makefile would take for a rule.
_LISTING = frozenset(("find", "ls", "fd", "rg"))
