"""The grades of findings as reports write them, and the words that say that there is no finding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._report_names import plain_of
from kei_gates.checks._reports import bare, split_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SECTIONS = frozenset({
    "findings", "finding", "issues", "issue", "problems", "review", "code review", "bugs",
    "review findings", "issues found", "findings issues", "problems found", "vulnerabilities",
    "audit findings", "security findings", "security issues", "key findings", "detailed findings",
    "findings by severity", "issues by severity", "all findings", "review comments", "comments",
    "concerns", "observations", "audit", "results of the review", "defects", "critique",
})  # fmt: skip

# Words for a grade where the policy has none of that name. Each counts for the first of its
# grades that the policy has.
_MEANT = {
    "crit": ("critical",), "blocker": ("critical",), "blocking": ("critical",), "p0": ("critical",),
    "severe": ("critical", "high"), "major": ("high",), "important": ("high",), "p1": ("high",),
    "med": ("medium",), "moderate": ("medium",), "p2": ("medium",),
    "minor": ("low",), "p3": ("low",),
    "nit": ("info", "low"), "nitpick": ("info", "low"), "trivial": ("info", "low"),
    "informational": ("info",), "information": ("info",), "note": ("info",), "notice": ("info",),
    "p4": ("info", "low"), "suggestion": ("info", "low"),
}  # fmt: skip

_GROUP_NOUNS = frozenset({
    "severity", "priority", "level", "risk", "grade", "issue", "issues", "finding", "findings",
    "problem", "problems", "bug", "bugs", "item", "items", "vulnerabilities", "concerns", "none",
})  # fmt: skip
_LABEL = re.compile(
    r"\b(?:severity|grade|sev|priority|severity grade)\s*(?:[:=]|—|–|->?)\s*(.+)$",  # noqa: RUF001
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\[([^\[\]]{1,40})\](?!\()")
_PARENTHESES = re.compile(r"^\W*\(([^()]{1,40})\)|\(([^()]{1,40})\)\W*$")
_SIGNS = re.compile(r"^[^\w\[(]*")
_IDENTIFIER = re.compile(r"^[^\w\[(]*[A-Z]{0,3}-?\d{1,3}[.):]?[ \t]+[^\w\[(]*")
_WORD = re.compile(r"[^\W_]+")
_AFTER_WORD = re.compile(
    r"\s*(?:\([^()]{1,80}\)\s*(?=[:—–-]))?(?:[:|/]|[—–]|-+(?=\s)|$)"  # noqa: RUF001
)
_MARKED = re.compile(r"^((?:[^\w\[(]|\d{1,3}[.)](?=\s)){0,20}?)(\*\*|__|`)(\w{1,20})\2(?=\s)")
_LAST = re.compile(r"(?:\s[—–|-]|:)\s*([A-Za-z0-9]+)\W*$")  # noqa: RUF001
_JOINED = re.compile(r"^\s*(?:[/|]|-(?=\w)|to\b|or\b|->|→|,)\s*", re.IGNORECASE)
_REFERENCE = re.compile(r"^[\W\d]*$|verified|likely|proven|speculative|^E[1-6]$|^x$", re.IGNORECASE)
_NOTHING = re.compile(
    r"(?:none|nothing|nil|n/?a|not applicable|empty|0|zero|clean|\[\]|[-–—]|lgtm|all clear"  # noqa: RUF001
    r"|keine[rs]?|nichts|aucune?|rien|ning[uú]n[oa]|nada|нет|无|なし|없음)"
    r"(?:\s+(?:found|to report|identified|detected|known|outstanding|remaining|at all))*\W*"
    r"|(?:none|nothing|lgtm|clean|0|zero)\s*[.:;,(—–-].*"  # noqa: RUF001
    r"|(?:there (?:are|were) |i (?:have )?found |found )?(?:no|0|zero)\s+(?:[\w/-]+,?\s+){0,5}?"
    r"(?:findings?|issues?|problems?|concerns?|vulnerabilit(?:y|ies)|bugs?|defects?|comments?"
    r"|items?|observations?)\b.*"
    r"|keine\s+(?:[\w-]+\s+){0,3}?(?:befunde?|probleme?|fehler|mängel|findings?|issues?)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_END = 1000
_EXCEPT = re.compile(
    r"\b(?:but|except|however|other than|besides|apart from|aber|außer|sauf)\b", re.IGNORECASE
)


def shortened(text: str) -> str:
    """Give a line without the middle of one that is very long: grades stand at its ends."""
    is_long = len(text) > 2 * _LONGEST_END
    return f"{text[:_LONGEST_END]} ... {text[-_LONGEST_END:]}" if is_long else text


def says_nothing(text: str) -> bool:
    """Whether a line says that there is no finding, without taking it back."""
    text = bare(shortened(text))
    return _NOTHING.fullmatch(text) is not None and not _EXCEPT.search(text)


def grade_of(word: str, grades: Sequence[str]) -> str | None:
    """Give the grade that a word stands for; none for any other word."""
    plain = plain_of(word)
    meant = (plain, *_MEANT.get(plain, ()))
    return next((grade for one in meant for grade in grades if plain_of(grade) == one), None)


def grade_of_group(title: str, grades: Sequence[str]) -> str | None:
    """Give the grade that a heading is: `High`, `🔴 Critical issues (2)`, `Severity: low`."""
    words = plain_of(shortened(title)).split()
    found = [grade_of(word, grades) for word in words if word not in _GROUP_NOUNS]
    return found[0] if len(found) == 1 and not title.lstrip("# ").startswith("[") else None


def grades_in(texts: Iterable[str], grades: Sequence[str]) -> tuple[frozenset[str], str | None]:
    """Give the grades that a finding's lines carry, and a word that stands in place of one.

    What a label says (`Severity: high`) counts before all else: other words are then no grades.
    """
    lines = [_plain(text) for text in texts]
    labelled = [label[1] for line in lines if (label := _LABEL.search(line))]
    places = labelled or list(_places(lines[0], grades)) if lines else []
    found = [_all_of(place, grades) for place in places]
    known = frozenset(grade for each in found for grade in each)
    others = [place for place, each in zip(places, found, strict=True) if not each]
    is_named = others and not known and (labelled or not _REFERENCE.search(others[0]))
    first = _WORD.search(others[0]) if is_named else None
    return known, first[0] if first else None


def _plain(text: str) -> str:
    text = shortened(text)
    heading = split_heading(text)
    # a word in bold before all stands for itself, as with a colon
    return bare(_MARKED.sub(r"\1\3:", heading[1] if heading else text))


def _places(line: str, grades: Sequence[str]) -> Iterable[str]:
    """Give the parts of a finding's first line where a grade may stand.

    A word in prose (`a high number of`) is none: it needs a sign around it, or capitals before all.
    """
    yield from (one for one in _BRACKETED.findall(line) if _holds(one, grades) or one.isupper())
    for found in _PARENTHESES.finditer(line):
        yield from (one for one in found.groups() if one and _holds(one, grades))
    for start in (_SIGNS, _IDENTIFIER):
        begin = start.match(line)
        rest = line[begin.end() :] if begin else ""
        if _begins(rest, grades):
            yield rest
            break
    last = _LAST.search(line)
    if last and last.start() > 0 and grade_of(last[1], grades):
        yield last[1]


def _begins(text: str, grades: Sequence[str]) -> bool:
    """Whether a text begins with a grade, and not with a word of a sentence."""
    word = _WORD.match(text)
    if word is None or grade_of(word[0], grades) is None:
        return False
    is_alone = _AFTER_WORD.match(text, word.end()) is not None
    return word[0].isupper() or is_alone or len(_all_of(text, grades)) > 1


def _holds(text: str, grades: Sequence[str]) -> bool:
    return bool(_all_of(text, grades)) or _LABEL.search(text) is not None


def _all_of(text: str, grades: Sequence[str]) -> list[str]:
    """Give the grade that a text begins with, and those that are joined to it (`high/medium`)."""
    found: list[str] = []
    at = 0
    text = text.lstrip(" \t*_`[(:🔴🟠🟡🟢🔵⚪⚫🟣🟤⚠️❗✅❌")
    while word := _WORD.match(text, at):
        grade = grade_of(word[0], grades)
        if grade is None:
            break
        found.append(grade)
        joined = _JOINED.match(text[word.end() :])
        if joined is None:
            break
        at = word.end() + joined.end()
    return found
