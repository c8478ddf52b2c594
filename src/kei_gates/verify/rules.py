"""Ignore rules of many folders as one list, so that they can be those of another time.

Git reads `.gitignore` where it finds it, and an agent may have written there. Here the files are
handed over as they were, each rule is spelled from the root, and git is given the one list. The
last rule that matches decides, and a deeper folder's rules come later; both as in gitignore(5).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.verify.wildmatch import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAME = ".gitignore"

_SPECIAL = "\\*?["
_STARS = re.compile(r"(?P<plain>[^*?\[\\]*[^*?\[\\/])\*\*+(?:/\*\*+)*(?P<rest>\\?/.*|)", re.DOTALL)


def compiled(shared: Iterable[bytes], files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Spell rules from the root.

    `shared` are texts whose rules hold for the whole tree, the weakest first; `files` are texts of
    `.gitignore` by the folder that they lie in, `` for the root.
    """
    found: list[str] = []
    for text in shared:
        found += _rules(text)
    for folder in sorted(files, key=lambda one: (one.count("/") + bool(one), one)):
        for rule in _rules(files[folder]):
            found += _below(folder, rule)
    return tuple(found)


def as_file(rules: Iterable[str]) -> bytes:
    """Give the text that git reads as just these rules."""
    # git takes one carriage return off each line's end, and one may be part of a rule
    return "".join(f"{rule}\r\n" for rule in rules).encode("utf-8", "surrogateescape")


def literally(folder: str) -> str:
    """Spell a folder so that a rule means just that one."""
    escaped = "".join(f"\\{one}" if one in _SPECIAL else one for one in folder)
    return escaped.replace("\n", "?")  # a rule is one line


class Matcher:
    """Answers by the rules where git cannot be asked."""

    __slots__ = ("_rules",)

    def __init__(self, rules: Iterable[str]) -> None:
        texts = (_without_blanks(rule).encode("utf-8", "surrogateescape") for rule in rules)
        self._rules = [Rule(text) for text in texts if text and text[:1] != b"#"]
        self._rules.reverse()  # the last one that matches decides

    def within(self, folder: str) -> Matcher:
        """Give one that answers for what lies in a folder, whose path ends with `/`, alone."""
        place = folder.encode("utf-8", "surrogateescape")
        found = Matcher(())
        found._rules = [rule for rule in self._rules if rule.may_match_in(place)]
        return found

    def ignores(self, path: str) -> bool:
        """Say whether an entry is ignored by itself; the path of a folder ends with `/`."""
        entry = path.removesuffix("/").encode("utf-8", "surrogateescape")
        is_folder = path.endswith("/")
        for rule in self._rules:
            if rule.matches(entry, is_folder=is_folder):
                return rule.ignores
        return False

    def hides(self, path: str) -> bool:
        """Say whether an entry is ignored, or a folder that it lies in."""
        ends = [at + 1 for at, one in enumerate(path[:-1]) if one == "/"]
        return any(self.ignores(path[:end]) for end in [*ends, len(path)])


def _rules(text: bytes) -> list[str]:
    """Give the lines that are rules, without a byte order mark and line ends."""
    lines = text.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").split("\n")
    cut = [line.removesuffix("\r").partition("\0")[0] for line in lines]
    return [line for line in cut if line and not line.startswith("#")]


def _below(folder: str, rule: str) -> list[str]:
    """Spell a rule of a folder from the root."""
    if not folder:
        return [rule]
    denied = "!" if rule.startswith("!") else ""
    rule = rule.removeprefix("!")
    blank = not rule.strip(" ").strip("/")
    if blank:
        return ["#"]  # it matches nothing, and would match the folder
    above = literally(folder)
    if "/" not in _without_blanks(rule).removesuffix("/"):
        return [f"{denied}/{above}/**/{rule}"]
    spelled = [rule.removeprefix("/")]
    if above != folder:
        spelled = _without_stars_behind_letters(spelled[0])
    return [f"{denied}/{above}/{one}" for one in spelled]


def _without_stars_behind_letters(rule: str) -> list[str]:
    """Spell `a**/b` so that it means the same behind other signs.

    Git compares the plain letters that a rule begins with by themselves, and takes what comes then
    for its beginning: the stars stand for folders only there.
    """
    cut = _without_blanks(rule)
    end = "/" if cut.endswith("/") else ""
    found = _STARS.fullmatch(cut.removesuffix("/"))
    if found is None:
        return [rule]
    plain, rest = found["plain"], found["rest"]
    if not rest:
        return [f"{plain}*{end}", f"{plain}*/**{end}"]
    deeper = f"{plain}*/**/{rest.partition('/')[2]}{end}"
    return [deeper] if rest.startswith("\\") else [f"{plain}{rest[1:]}{end}", deeper]


def _without_blanks(rule: str) -> str:
    """Cut off the blanks at the end that git cuts off: all but one that is quoted."""
    cut = rule.rstrip(" ")
    quotes = len(cut) - len(cut.rstrip("\\"))
    return rule[: len(cut) + quotes % 2]
