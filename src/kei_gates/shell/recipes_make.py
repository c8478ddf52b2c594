"""What `make` would run. Source: make(1) and the manual of GNU make 4.4.

Other programs of the kind are read as if they were that one, which has most of what they have.

Rules built into make are not here: they run compilers on files of the project.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_make_file import Makefiles, Rule
from kei_gates.shell.recipes_make_text import Variable
from kei_gates.shell.recipes_make_words import matches, stem
from kei_gates.shell.recipes_text import (
    COMPUTED,
    FILE,
    HERE,
    UNSET,
    Recipe,
    TooMuch,
    Work,
    below,
    is_known,
    quoted,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final, TypeAlias

    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.recipes_text import Project

    Scope: TypeAlias = "dict[str, Variable]"

_GRAMMAR: Final = Grammar(
    "CfIoWE",
    "directory file makefile include-dir old-file assume-old what-if new-file assume-new eval "
    "jobserver-auth jobserver-fds sync-mutex",
    optional="jlO",
)
_NAMES = ("GNUmakefile", "makefile", "Makefile", "BSDmakefile")
_ASKS = ("help", "version", "h", "v")
_DRY = {"n": "dry-run just-print recon", "q": "question", "t": "touch"}
_MOST_WORLDS = 5
_DEEPEST = 60
# Variables of built-in rules: those that name the program, and those with its options.
_PROGRAMS = frozenset(
    ("AR", "AS", "CC", "CPP", "CXX", "FC", "LD", "LEX", "PC", "RM", "TEX", "YACC")
)
_OPTIONS = frozenset(
    ("ARFLAGS", "ASFLAGS", "CFLAGS", "CPPFLAGS", "CXXFLAGS", "FFLAGS", "LDFLAGS", "LDLIBS",
     "LFLAGS")
)  # fmt: skip


def find(_program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give what make would run; none when it only answers a question about itself."""
    options = read(words, _GRAMMAR, permute=True)
    if options.has_exactly(*_ASKS):
        return None
    recipe = Recipe()
    work = Work()
    try:
        world = 0
        worlds = 1
        while world < min(worlds, _MOST_WORLDS):
            run = Run(options, project, recipe, work, world)
            run.run()
            worlds = max(worlds, run.makefiles.text.worlds)
            world += 1
        if worlds > _MOST_WORLDS:
            recipe.miss("a makefile has more branches than are read")
    except TooMuch:
        recipe.miss("the makefile is too large to be read to its end")
    return recipe


class Run:
    """One run of make, in one world: conditions that are not certain have one outcome there."""

    def __init__(
        self, options: Options, project: Project, recipe: Recipe, work: Work, world: int
    ) -> None:
        """Take the options and what the makefiles are read with."""
        folder = ""
        for value in options.values("C", "directory"):
            folder = below(folder, value or "")
            if value is None:
                recipe.miss("the folder that make runs in is not known")
        self._folder: Final = folder
        self._options: Final = options
        self._recipe: Final = recipe
        self._work: Final = work
        self._read: Final = project
        self._dry: Final = "".join(
            letter for letter, names in _DRY.items() if options.has_exactly(letter, *names.split())
        )
        search = [value for value in options.values("I", "include-dir") if value is not None]
        self.makefiles: Final = Makefiles(project, recipe, work, folder, world, search)
        self.makefiles.text.import_from(
            project.lookup, winning=options.has_exactly("e", "environment-overrides")
        )
        self._done: set[str] = set()
        # What is still to be made, with the variables that hold there and how deep it lies.
        self._waiting: list[tuple[str, list[Scope]]] = []

    def run(self) -> None:
        """Add what runs."""
        goals: list[Field] = []
        given: dict[str, str] = {}
        for word in self._options.operands:
            name, operator, value = _given(word)
            if operator:
                given[name] = value
            else:
                goals.append(word)
        self._set_up(given, goals)
        if not self._load():
            return
        makefiles = self.makefiles
        scopes = list(makefiles.text.scopes)
        made = [name for name in makefiles.files if name in makefiles.rules]
        if None in goals:
            made += [name for name in makefiles.rules if _is_ordinary(name)]
            made.append(FILE)
        else:
            made += [goal for goal in goals if goal is not None] or self._default_goal()
        for goal in made:
            self._waiting.append((goal, scopes))
        while self._waiting:
            self._make(*self._waiting.pop())
        for name in sorted(makefiles.exported):
            makefiles.text.value(name)

    def _set_up(self, given: dict[str, str], goals: Sequence[Field]) -> None:
        """Set what the command line sets."""
        variables = self.makefiles.text.scopes[0]
        for name, value in given.items():
            recursive = not name.endswith(":")
            plain = name.rstrip(":")
            variables[plain] = Variable(value, recursive=recursive, fixed=True)
            if plain in _PROGRAMS:
                self._recipe.add(f"{value} {COMPUTED}", self._folder)
            elif plain in _OPTIONS:
                self._recipe.add(f"cc {value} {COMPUTED}", self._folder)
            elif plain == "MAKEFLAGS":
                self._recipe.miss("make is given options that are not read")
        flags = [f"-{self._dry}"] if self._dry else []
        again = quoted(["make", *flags, *(f"{name}={value}" for name, value in given.items())])
        for name in {"MAKE", "MAKE_COMMAND"} - given.keys():
            variables[name] = Variable(again)
        known = " ".join(goal for goal in goals if goal is not None)
        variables["MAKECMDGOALS"] = Variable(COMPUTED if None in goals else known)

    def _load(self) -> bool:
        """Read the makefiles; say whether there are any."""
        found = False
        for text in self._options.values("eval", "E"):
            found = self._recipe.own = True
            if text is None or not is_known(text):
                self._recipe.refuse("make is given text of a makefile that is not known")
            else:
                self.makefiles.parse(text)
        files = self._options.values("f", "file", "makefile")
        if not files:
            return any(self.makefiles.load(name) for name in _NAMES) or found
        for name in files:
            if name is None:
                self._recipe.miss("the makefile is not known")
            elif self.makefiles.load(name):
                found = True
        return found

    def _default_goal(self) -> list[str]:
        chosen = self.makefiles.text.value(".DEFAULT_GOAL").split()
        first = next((name for name in self.makefiles.rules if _is_ordinary(name)), None)
        return chosen[:1] or ([] if first is None else [first])

    # --- targets ----------------------------------------------------------------------------

    def _make(self, target: str, scopes: list[Scope]) -> None:
        """Add the recipe of a target, and let what it is made of wait."""
        if target in self._done or len(scopes) > _DEEPEST or UNSET in target:
            return
        self._done.add(target)
        self._work.count()
        text = self.makefiles.text
        text.scopes = [*scopes, {}]
        self._set_specific(target)
        inner = text.scopes if text.scopes[-1] else scopes
        if COMPUTED in target:
            self._recipe.miss("a makefile computes what a target is made of")
        rules = self.makefiles.rules.get(target, [])
        with_lines = [rule for rule in rules if rule.lines]
        running = with_lines if with_lines and with_lines[0].double else with_lines[-1:]
        needed = [word for rule in rules for word in _needed(rule, target)]
        for rule in running:
            own = [word for one in rules if one is not rule for word in _needed(one, target)]
            self._run(rule, target, [*_needed(rule, target), *own], inner)
        if not running:
            for rule, made in self._implicit(target, explicit=bool(rules)):
                more = _needed(rule, made)
                self._run(rule, made, [*more, *needed], inner)
                needed += more
        for name in needed:
            if name not in self._done:
                self._waiting.append((name, inner))

    def _set_specific(self, target: str) -> None:
        """Set the variables that hold for a target alone."""
        for name, assignments in self.makefiles.specific.items():
            if name == target or ("%" in name and matches(name, target)):
                for found in assignments:
                    self.makefiles.text.assign(
                        self.makefiles.text.expand(found.name).strip(),
                        found.operator,
                        found.text,
                        override=found.override,
                    )

    def _implicit(self, target: str, *, explicit: bool) -> list[tuple[Rule, str]]:
        """Give the pattern rules that make a target, each with the target as it fits."""
        found: list[tuple[Rule, str]] = []
        exists = is_known(target) and self._exists(target)
        for rule in self.makefiles.patterns:
            if not rule.lines or (exists and not rule.prerequisites):
                continue
            for pattern in rule.targets:
                fits = matches(pattern, target)
                if fits or (fits is None and pattern != "%"):
                    found.append((rule, target if fits else pattern.replace("%", FILE)))
                    break
        if is_known(target):
            found.sort(key=lambda one: len(_stem(one[0], target)))
            found = [one for one in found if self._can(one[0], target)][:1] or found[:1]
        if not found and not exists and not explicit:
            found += [(rule, target) for rule in self.makefiles.rules.get(".DEFAULT", [])]
        return found

    def _can(self, rule: Rule, target: str) -> bool:
        """Whether all that a pattern rule needs is there or can be made."""
        return all(
            name in self.makefiles.rules or not is_known(name) or self._exists(name)
            for name in _needed(rule, target)
        )

    def _exists(self, name: str) -> bool:
        return self._read(below(self._folder, name)) is not None

    # --- recipes ----------------------------------------------------------------------------

    def _run(self, rule: Rule, target: str, needed: list[str], scopes: list[Scope]) -> None:
        """Add the lines of a recipe."""
        text = self.makefiles.text
        whole = " ".join(dict.fromkeys(needed))
        automatic = {
            "@": target, "<": needed[0] if needed else "", "^": whole, "+": " ".join(needed),
            "?": COMPUTED if needed else "", "*": _stem(rule, target), "|": COMPUTED, "%": "",
        }  # fmt: skip
        text.scopes = [*scopes, {name: Variable(value) for name, value in automatic.items()}]
        shell = text.value("SHELL").strip()
        lines: list[str] = []
        for raw in rule.lines:
            self._work.count()
            is_make = "$(MAKE)" in raw or "${MAKE}" in raw
            expanded = text.expand(raw)
            if is_make:
                expanded = expanded.replace(UNSET, "")
            if not self._dry or is_make:
                lines += _lines(expanded)
            else:
                every = "+" in _split_prefix(raw)[0]
                lines += [one for one in _lines(expanded) if every or "+" in _split_prefix(one)[0]]
        self._add(lines, shell)

    def _add(self, lines: list[str], shell: str) -> None:
        """Add the lines of one recipe as its shell gets them."""
        if not is_known(shell.replace(HERE, "")):
            self._recipe.miss("the shell of a makefile's recipes is computed")
            shell = "sh"
        flags = self.makefiles.text.value(".SHELLFLAGS").split()
        commands = [_split_prefix(line)[1] for line in lines]
        if lines and ".ONESHELL" in self.makefiles.rules:
            commands = ["\n".join([commands[0], *(line.lstrip("@-+") for line in lines[1:])])]
        for command in commands:
            self._recipe.add_script(shell, command, self._folder, flags)


# --- words and lines ----------------------------------------------------------------------------


def _given(word: Field) -> tuple[str, str, str]:
    """Split `name=value` of the command line; no operator when it is a goal."""
    if word is None:
        return "", "", ""
    name, equals, value = word.partition("=")
    operator = equals
    if name.endswith((":", "?", "+", "!")) and equals:
        operator = name[-1] + equals
    return name.rstrip("?+!"), operator, value


def _is_ordinary(name: str) -> bool:
    """Whether a target may be the default goal."""
    return (not name.startswith(".") or "/" in name) and "%" not in name and is_known(name)


def _needed(rule: Rule, target: str) -> list[str]:
    """Give what a rule makes a target of."""
    part = _stem(rule, target)
    return [word.replace("%", part, 1) if part else word for word in rule.prerequisites]


def _stem(rule: Rule, target: str) -> str:
    """Give what `%` of a rule stands for; nothing in a rule without."""
    if rule.pattern:
        return stem(rule.pattern, target)
    for pattern in rule.targets:
        if "%" in pattern and matches(pattern, target):
            return stem(pattern, target)
    return ""


def _lines(text: str) -> list[str]:
    """Split at newlines that no backslash continues."""
    found: list[str] = []
    continued = False
    for line in text.split("\n"):
        if continued:
            found[-1] += "\n" + line
        else:
            found.append(line)
        continued = (len(line) - len(line.rstrip("\\"))) % 2 == 1
    return found


def _split_prefix(line: str) -> tuple[str, str]:
    """Split off `@`, `-` and `+`; a variable that is not set before a word may hold them."""
    command = line.lstrip(" \t@-+")
    prefix = line[: len(line) - len(command)]
    if command[:1] in (UNSET, COMPUTED) and command[1:2].isalnum():
        command = command[1:]
    return prefix, command
