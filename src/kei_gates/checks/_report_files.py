"""Compare the files that a report lists with those that were changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._changes import judged
from kei_gates.checks._reports import is_blank, split_item
from kei_gates.checks.work import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.checks._reports import Field, Line
    from kei_gates.checks.work import Change, Work

_MOST = 20
_PATH_LETTER = r"[\w./~@+%\\-]"
# What stands before the path in a line: `[new]`, `(M)`, `**Modified:**`, an emoji, a box.
_KINDS = (
    r"new(?: file)?|add(?:ed|s)?|create[ds]?|modif(?:y|ied|ies)|change[ds]?|edit(?:ed|s)?"
    r"|update[ds]?|delete[ds]?|remove[ds]?|rename[ds]?|moved?|wrote|written|[AMDRCU?]{1,2}"
)
_LEAD = re.compile(
    rf"^(?:[^\w`\"'./~\[<(]+|[\[(*_`]*(?:{_KINDS})[\])*_`]*(?::[*_]*|[—–-]+)?[ \t|]+)*",  # noqa: RUF001
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\[[^\]]*\]\(<?(?P<link>[^)>]+)>?\)"
    r"|(?P<mark>[`\"'])(?P<quoted>[^`\"']+)(?P=mark)"
    r"|(?P<plain>[^\s`\"'(),;:|*<>]+)"
)
_SAYS_UNCHANGED = re.compile(
    r"\b(?:unchanged|untouched|not (?:changed|modified|touched)|no changes?|read[- ]only"
    r"|only read|reverted|not written|outside|unmodified|left (?:as|alone)|looked at|inspected"
    r"|for reference|did not (?:change|touch|need|modify))\b",
    re.IGNORECASE,
)
# What a list leaves out: `all but src/a`. `none but src/a`, and a path before it, are listed.
_EXCLUDED = re.compile(
    r"(?P<all>\b(?:all|any|each|every\w*|alles?)\b(?:[ \t]+[\w-]{1,20}){0,4}?)[ \t]+"
    r"(?:but|except(?:ing)?|excluding|besides|without|save|minus|other than|apart from|aside from"
    r"|with the exception of|außer|bis auf|ohne)(?:[ \t]+for)?:?"
    r"(?:[ \t]+(?:those|the|files?|ones?|what is|in|of|from|below|under|die|der|in)){0,5}"
    r"(?:[ \t]+[`\"'*(\[]*[\w.@/~-]*[./][^;()\n]*|[ \t]*\n(?:[^\n]*\S[^\n]*(?:\n|$))*)",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"/[^/]*\.[A-Za-z]\w{0,11}$")
_BRACES = re.compile(r"\{([^{}]{1,800})\}([^\s`\"'{}]{0,200})")
_BEFORE_BRACES = re.compile(r"[^\s`\"'{}]*$")
_LONGEST_BEFORE = 200
_MOST_BRACES = 8
_POSITION = re.compile(r":\d[\d:,-]*$|#L\d[\dL-]*$")


def compare(lines: Sequence[Line], work: Work, fields: Sequence[Field]) -> list[Finding]:
    """Say which changed files are in none of the lines, and which listed ones did not change.

    A change of which it is not certain that the agent made it need not be listed.
    """
    text = _EXCLUDED.sub(r"\g<all> ", "\n".join(_spread(line.text) for line in lines))
    root = work.change_set.root
    unlisted = [
        change
        for change in judged(work.change_set)
        if not change.doubt and not _is_named(change.path, text, root)
    ]
    unchanged = _unchanged(lines, work)
    shortened = {
        path: change.path
        for path in unchanged
        for change in unlisted
        if change.path.endswith(f"/{path}")
    }
    findings = [
        _unlisted(
            change, fields[0].name, [one for one in shortened if shortened[one] == change.path]
        )
        for change in unlisted
    ]
    findings += [found for path, found in unchanged.items() if path not in shortened]
    return _cut(findings, fields[0])


def lists_changes(lines: Sequence[Line], work: Work) -> bool:
    """Whether each of some lines begins with a file that was changed."""
    changed = {change.path for change in work.change_set.changes}
    said = [line for line in lines if not is_blank(line.text)]
    return bool(said) and all(_listed(line, work.change_set.root) in changed for line in said)


def _unlisted(change: Change, field: str, shortened: Sequence[str]) -> Finding:
    """Say that a change is not listed, or only by a part of its path, as from another folder."""
    message = f"`{change.path}` was {change.kind} and is not in `{field}`"
    if shortened:
        message += f", which has only `{shortened[0]}`"
    remedy = "list it with its path from the root: what is not listed is not taken over"
    return Finding(message, remedy, path=change.path)


def _cut(findings: list[Finding], field: Field) -> list[Finding]:
    """Keep as many findings as a person reads."""
    if len(findings) <= _MOST:
        return findings
    rest = f"still more files differ from `{field.name}`: {len(findings) - _MOST}"
    remedy = "compare the whole list with what was changed"
    return [*findings[:_MOST], Finding(rest, remedy, line=field.line)]


def _spread(text: str) -> str:
    """Write out the paths that braces stand for, as a shell does: `src/{a,b}.py`."""
    for _ in range(_MOST_BRACES):
        found = next((one for one in _BRACES.finditer(text) if "," in one[1]), None)
        if found is None:
            break
        begin = max(0, found.start() - _LONGEST_BEFORE)
        before = _BEFORE_BRACES.search(text, begin, found.start())
        head = before[0] if before else ""
        paths = [f"{head}{part.strip()}{found[2]}" for part in found[1].split(",")[:_MOST]]
        text = f"{text[: found.start() - len(head)]}{' '.join(paths)}{text[found.end() :]}"
    return text


def _is_named(path: str, text: str, root: str) -> bool:
    """Whether a path stands in a text: as it is, from `./` or the root, with any sign around."""
    if path not in text and (" " not in path or path.rpartition(" ")[2] not in text):
        return False
    spelled = re.escape(path)
    shell = re.escape(path.replace(" ", "\\ ")) if " " in path else spelled
    url = re.escape(path.replace(" ", "%20")) if " " in path else spelled
    before = rf"(?<!{_PATH_LETTER})(?:\./|{re.escape(root.rstrip('/'))}/|[ab]/(?={spelled}\b))?"
    after = rf"(?!{_PATH_LETTER})|(?=\.(?:\s|$))|(?=-+>)"
    pattern = rf"{before}(?:{spelled}|{shell}|{url})(?:{after})"
    return re.search(pattern, text) is not None


def _unchanged(lines: Sequence[Line], work: Work) -> dict[str, Finding]:
    """Say which listed files are no changes, by their paths."""
    changed = {change.path for change in work.change_set.changes}
    found: dict[str, Finding] = {}
    folders = {path[:at] for path in changed for at, sign in enumerate(path) if sign == "/"}
    looked_at: set[str] = set()
    for line in lines:
        path = _listed(line, work.change_set.root)
        if path is None or path in changed or path in folders or path in looked_at:
            continue
        text = _spread(line.text)
        if any(_is_named(one, text, work.change_set.root) for one in changed):
            continue
        looked_at.add(path)
        if _is_file(path, work):
            found[path] = Finding(
                f"`{path}` is listed as written, but it did not change",
                "take it off the list, or write it with its path from the root",
                line=line.number,  # of the report, so this is no place in the file
            )
    return found


def _listed(line: Line, root: str) -> str | None:
    """Give the path that a line begins with, from the root; none where it names none there."""
    if _SAYS_UNCHANGED.search(line.text):
        return None
    item = split_item(line.text)
    body = (item[1] if item else line.text).strip()
    first = _FIRST.match(body, lead.end() if (lead := _LEAD.match(body)) else 0)
    if first is None:
        return None
    path = first["link"] or first["quoted"] or first["plain"]
    path = _POSITION.sub("", path).removeprefix(root.rstrip("/") + "/").removeprefix("./")
    if "://" in path or path.startswith(("/", "~", "../", "$")) or "\0" in path:
        return None  # nobody can see here what lies outside
    return path.rstrip("/.,") or None


def _is_file(path: str, work: Work) -> bool:
    """Whether a text is the path of a file: there is one, there was one, or it must be meant so."""
    try:
        is_there = work.read(path) is not None or work.change_set.before(path) is not None
    except OSError:
        is_there = False  # a folder, a text too long for a name
    return is_there or _EXTENSION.search(path) is not None
