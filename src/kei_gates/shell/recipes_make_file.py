"""Makefiles: their lines, conditionals, variables and rules. Source: the manual of GNU make 4.4."""

from __future__ import annotations

from kei_gates.shell.recipes_make_lines import (
    OPERATORS,
    Assignment,
    assignment,
    conditional_parts,
    continued,
    differ,
    find_top,
    is_define,
    sides,
    suffix_rule,
    without_comment,
)
from kei_gates.shell.recipes_make_text import Expander, Variable
from kei_gates.shell.recipes_text import COMPUTED, UNSET, below, is_known, render, without_marks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Final

    from kei_gates.shell.recipes_text import Read, Recipe, Work

_DEEPEST = 12
_INPUT = frozenset(("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"))
_CONDITIONALS = frozenset(("ifeq", "ifneq", "ifdef", "ifndef", "else", "endif"))
_INCLUDES = frozenset(("include", "-include", "sinclude"))
# What compilers write for make: rules without recipes.
_DEPENDENCIES = (".d", ".dep", ".deps", ".depend", ".P", ".Po", ".Plo")


class Rule:
    """One rule: what it makes, of what, by which lines. `pattern` is a static pattern's."""

    __slots__ = ("double", "lines", "pattern", "prerequisites", "targets")

    def __init__(
        self, targets: list[str], prerequisites: list[str], *, pattern: str = "", double: bool
    ) -> None:
        """Start without lines."""
        self.targets: Final = targets
        self.prerequisites: Final = prerequisites
        self.pattern: Final = pattern
        self.double: Final = double
        self.lines: list[str] = []


class Makefiles:
    """Everything that one reading of the makefiles finds."""

    def __init__(  # noqa: PLR0913, PLR0917 -- one reading's context
        self,
        read: Read,
        recipe: Recipe,
        work: Work,
        folder: str,
        world: int,
        search: Sequence[str] = (),
    ) -> None:
        """Read through `read`; `search` are folders for included files."""
        self.text: Final = Expander(read, recipe, work, folder, world)
        self.text.evaluate = self.parse
        self.rules: dict[str, list[Rule]] = {}
        self.patterns: list[Rule] = []
        self.specific: dict[str, list[Assignment]] = {}
        self.files: list[str] = []
        self.exported: set[str] = set()
        self._read: Final = read
        self._recipe: Final = recipe
        self._work: Final = work
        self._folder: Final = folder
        self._search: Final = search
        self._rule: Rule | None = None
        self._depth = 0
        # Of each conditional: whether it is read, was read in a branch, and how many were unsure.
        self._branches: list[tuple[bool, bool, int]] = []

    # --- lines ------------------------------------------------------------------------------

    def load(self, name: str) -> bool:
        """Read one makefile; say whether there is one."""
        text = self._read(name if name in _INPUT else below(self._folder, name))
        if text is None:
            return False
        self.files.append(name)
        known = self.text.lookup("MAKEFILE_LIST")
        listed = f"{known.text if known is not None else ''} {name}"
        self.text.scopes[0]["MAKEFILE_LIST"] = Variable(listed)
        self.parse(without_marks(self._work.text(text)))
        return True

    def parse(self, text: str) -> None:
        """Read text as makefiles have it."""
        if self._depth > _DEEPEST:
            self._recipe.miss("makefiles are nested too deeply")
            return
        self._depth += 1
        outer = self._rule, self._branches
        self._rule, self._branches = None, []
        lines = iter(text.replace("\r\n", "\n").split("\n"))
        for line in lines:
            self._work.count()
            self._line(line, lines)
        self._rule, self._branches = outer
        self._depth -= 1

    def _line(self, line: str, lines: Iterator[str]) -> None:
        prefix = self.text.value(".RECIPEPREFIX")[:1] or "\t"
        if line.startswith(prefix) and self._rule is not None:
            whole = continued(line[1:], lines, "\n", prefix)
            if self._is_read():
                self._rule.lines.append(whole)
            return
        whole = continued(line, lines, "", "")
        code = without_comment(whole).strip()
        if not code:
            return
        first, _, rest = code.partition(" ")
        first, _, tabbed = first.partition("\t")
        rest = f"{tabbed} {rest}".strip()
        if first.partition("(")[0] in _CONDITIONALS:
            self._conditional(*conditional_parts(code))
        elif is_define(code):
            self._define(code, lines)
        elif self._is_read():
            self._statement(first, rest, code, whole)

    def _statement(self, first: str, rest: str, code: str, whole: str) -> None:
        """Read a line that is no recipe, no conditional and no `define`."""
        found = assignment(code)
        if found is not None:
            self._rule = None
            self._assign(found)
        elif first in _INCLUDES:
            self._rule = None
            self._include(self.text.expand(rest).split())
        elif first in ("export", "unexport"):
            names = self.text.expand(rest).split() or list(self.text.scopes[0])
            self.exported.update(names if first == "export" else ())
        elif first == "undefine":
            self.text.scopes[0].pop(self.text.expand(rest).strip(), None)
        elif first in ("load", "-load"):
            self._recipe.miss("a makefile loads code that is not read")
        elif first != "vpath":
            self._rule_line(whole)

    def _is_read(self) -> bool:
        return all(branch[0] for branch in self._branches)

    # --- conditionals -----------------------------------------------------------------------

    def _conditional(self, word: str, rest: str) -> None:
        if word == "endif":
            if self._branches:
                self._branches.pop()
            return
        if word == "else":
            if not self._branches:
                return
            _, taken, unsure = self._branches.pop()
            if not rest:
                self._branches.append((not taken, True, unsure))
                return
            word, rest = conditional_parts(rest)
        else:
            taken, unsure = False, 0
        if taken or not self._is_read():
            self._branches.append((False, taken, unsure))
            return
        holds = self._holds(word, rest)
        if holds is None:
            holds = self.text.world == unsure
            unsure += 1
            self.text.worlds = max(self.text.worlds, unsure + 1)
        self._branches.append((holds, holds, unsure))

    def _holds(self, word: str, rest: str) -> bool | None:
        """Say whether a condition holds; none when that is not known."""
        if word in ("ifdef", "ifndef"):
            name = self.text.expand(rest).strip()
            known = self.text.lookup(name)
            found = None if known is None or not is_known(known.text) else bool(known.text)
        else:
            first, second = (self.text.expand(side) for side in sides(rest))
            found = first == second if is_known(first) and is_known(second) else None
            if found is None and first and second and differ(first, second):
                found = False
        return found if found is None or word in ("ifdef", "ifeq") else not found

    # --- variables --------------------------------------------------------------------------

    def _assign(self, found: Assignment) -> None:
        name = self.text.expand(found.name).strip()
        self.text.assign(name, found.operator, found.text, override=found.override)
        if found.export:
            self.exported.add(name)
        if name == "MAKEFLAGS" and "eval" in found.text:
            self._recipe.miss("a makefile gives make options that are not read")

    def _define(self, code: str, lines: Iterator[str]) -> None:
        """Read `define` up to its `endef`."""
        body: list[str] = []
        depth = 1
        for line in lines:
            self._work.count()
            word = line.strip().partition(" ")[0]
            depth += (word == "define") - (word == "endef")
            if depth == 0:
                break
            body.append(line)
        if not self._is_read():
            return
        words = code.split()
        at = words.index("define")
        modifiers, words = words[:at], words[at + 1 :]
        operator = words.pop() if words and words[-1] in OPERATORS else "="
        found = Assignment(" ".join(words), operator, "\n".join(body), modifiers)
        self._rule = None
        self._assign(found)

    def _include(self, names: Sequence[str]) -> None:
        for name in names:
            if UNSET in name or (not is_known(name) and name.endswith(_DEPENDENCIES)):
                continue
            if not is_known(name):
                self._recipe.miss(f"the file `{render(name)}` that a makefile includes is not read")
            elif not self.load(name):
                for folder in self._search:
                    if self.load(below(folder, name)):
                        break
                else:
                    self.files.append(name)  # make first tries to make it

    # --- rules ------------------------------------------------------------------------------

    def _rule_line(self, line: str) -> None:
        """Read `targets: prerequisites ; recipe`, or a line that becomes one."""
        self._rule = None
        end = find_top(line, ";#")
        inline = line[end + 1 :] if end >= 0 and line[end] == ";" else None
        head = line[:end] if end >= 0 else line
        colon = find_top(line, ":")
        if colon >= 0:
            rest = without_comment(line[colon:]).lstrip(":")
            found = assignment(rest)
            if found is not None:
                for target in self.text.expand(line[:colon].rstrip("&")).split():
                    self.specific.setdefault(target, []).append(found)
                return
        expanded = self.text.expand(head)
        if ":" not in expanded:
            if COMPUTED in expanded:
                self._recipe.miss("a line of a makefile is computed")
            return
        if inline is None and ";" in expanded:
            expanded, _, inline = expanded.partition(";")
        self._add(expanded, inline)

    def _add(self, expanded: str, inline: str | None) -> None:
        left, _, right = expanded.partition(":")
        double = right.startswith(":")
        parts = right.lstrip(":").split(":", 1)
        targets = left.rstrip("&").split()
        pattern = parts[0].strip() if len(parts) > 1 else ""
        prerequisites = [word for word in parts[-1].split() if word != "|"]
        rule = Rule(targets, prerequisites, pattern=pattern, double=double)
        if inline is not None and inline.strip():
            rule.lines.append(inline.strip())
        self._rule = rule
        suffixes = suffix_rule(targets, prerequisites)
        if suffixes is not None:
            rule.targets[:] = [suffixes[0]]
            rule.prerequisites[:] = [suffixes[1]]
        if not pattern and any("%" in target for target in rule.targets):
            self.patterns.append(rule)
            return
        for target in targets:
            self.rules.setdefault(target, []).append(rule)
