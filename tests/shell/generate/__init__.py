"""Random sources that cover the grammar and the data flow of a shell.

The grammars are tables, `data/grammar*.toml`, with a section for what both shells share and one for
each. In a production, `«rule»` stands for a random text of a rule; `«x=rule»` also binds it to `x`,
so that `«x»` behind it stands for the same, and `«!x=rule»` only binds it. A bound name in upper
case holds for the rules inside too. `«filter:rule»` is a text put through a filter.

The only programs in a grammar are the stubs of `real_shell`, and those that it lets through.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.shell.generate.filters import FILTERS
from tests.shell.reading import DATA

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random
    from typing import TypeAlias

    Rules: TypeAlias = dict[str, list["Production"]]

EMPTY: Mapping[str, str] = {}
_DEEPEST = 9
"""How deep productions nest before only the flattest are taken."""
_SIZES = (8, 16, 30, 60)
"""How many productions a source is made of before only the flattest are taken."""
_TABLES = (
    "grammar",
    "grammar-words",
    "grammar-flow",
    "grammar-files",
    "grammar-code",
    "grammar-more",
)


class Hole:
    """A part of a production that is made when it is used."""

    def __init__(self, text: str) -> None:
        """Read `!bound=filter:filter:rule`, all but the rule optional."""
        self.silent = text.startswith("!")
        self.bound, _, rest = text.removeprefix("!").rpartition("=")
        *self.filters, self.rule = rest.split(":")


class Production:
    """One way to make a text of a rule: literal text, and holes between its pieces."""

    def __init__(self, text: str) -> None:
        """Read the text as a table spells it."""
        first, *rest = text.split("«")
        self.literals = [first]
        self.holes: list[Hole] = []
        for one in rest:
            inside, _, literal = one.partition("»")
            self.holes.append(Hole(inside))
            self.literals.append(literal)
        bound = {hole.bound for hole in self.holes}
        self.rules = [
            hole.rule for hole in self.holes if hole.rule not in bound and not hole.rule.isupper()
        ]


def grammar(dialect: str) -> Rules:
    """Give the rules of a shell: those that both share, and its own."""
    rules: Rules = {}
    for name in _TABLES:
        table = tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))
        for section in ("both", dialect):
            for rule, texts in table.get(section, {}).items():
                rules.setdefault(rule, []).extend(map(Production, texts))
    return rules


def heights(rules: Rules) -> dict[str, int]:
    """Give how deep the flattest text of each rule is."""
    found: dict[str, int] = {}
    while len(found) < len(rules):
        step = {
            rule: 1 + min(heights_of)
            for rule, productions in rules.items()
            if rule not in found
            and (
                heights_of := [
                    max((found[one] for one in production.rules), default=0)
                    for production in productions
                    if all(one in found for one in production.rules)
                ]
            )
        }
        assert step, sorted(set(rules) - set(found))
        found |= step
    return found


class Generator:
    """Makes sources for one shell from a random number generator."""

    _rules: dict[str, tuple[Rules, dict[str, int]]] = {}  # noqa: RUF012 -- read once a process

    def __init__(self, random: Random, dialect: str = "bash") -> None:
        """Take where choices come from."""
        if dialect not in self._rules:
            rules = grammar(dialect)
            self._rules[dialect] = (rules, heights(rules))
        self.rules, self._heights = self._rules[dialect]
        self.random = random
        self.used: set[Production] = set()
        self._expanded = self._delimiters = self._most = 0

    def source(self) -> str:
        """Make a source of a few commands."""
        self._expanded = self._delimiters = 0
        # Small ones are followed more often, so that more of them compare something.
        self._most = self.random.choice(_SIZES)
        return self.make("source", 0)

    def make(self, rule: str, depth: int, outer: Mapping[str, str] = EMPTY) -> str:
        """Make a text of a rule; `outer` is what is bound around it."""
        self._expanded += 1
        if rule == "delimiter":
            self._delimiters += 1
            return f"E{self._delimiters}"
        productions = self.rules[rule]
        if depth > _DEEPEST or self._expanded > self._most:
            least = min(map(self._height, productions))
            productions = [one for one in productions if self._height(one) == least]
        return self._fill(self.random.choice(productions), depth, outer)

    def _height(self, production: Production) -> int:
        return max((self._heights[one] for one in production.rules), default=0)

    def _fill(self, production: Production, depth: int, outer: Mapping[str, str]) -> str:
        self.used.add(production)
        bound = {name: text for name, text in outer.items() if name.isupper()}
        text = production.literals[0]
        for hole, literal in zip(production.holes, production.literals[1:], strict=True):
            made = bound.get(hole.rule)
            if made is None:
                made = self.make(hole.rule, depth + 1, bound)
            for name in reversed(hole.filters):
                made = FILTERS[name](made)
            if hole.bound:
                bound[hole.bound] = made
            if not hole.silent:
                text += made
            text += _after(text, literal)
        return text


def _after(text: str, literal: str) -> str:
    """Give what follows a text, without an operator that nothing may stand before.

    A here-document ends with its line, and `&` is an operator itself.
    """
    rest = literal.lstrip(" ")
    if rest.startswith((";;", ";&", ";|")):
        return literal
    ended = text.endswith("\n")
    if ended or (text.endswith("&") and not text.endswith(("&&", ">&"))):
        for operator in ("&&", "||", ";", "&", "|"):
            if rest.startswith(operator) and (ended or operator != "|"):
                return " " + rest[len(operator) :]
    return literal
