"""The words of verdicts as reviewers write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._report_names import plain_of

if TYPE_CHECKING:
    from collections.abc import Sequence

FINAL = frozenset({"final verdict", "overall verdict", "final decision", "verdict final"})
VERDICT = frozenset({"verdict", "review verdict", "audit verdict", "verdict decision", "verdicts"})
# Names that other things have too: they count where their value is a verdict.
MAYBE = frozenset({
    "decision", "recommendation", "outcome", "conclusion", "result", "status", "go no go",
    "overall", "review result", "overall assessment", "assessment",
})  # fmt: skip

_APPROVING = frozenset({"approve", "pass", "go", "accept", "ship", "merge", "ok", "clean"})

# Other words: each counts for the first of these that the policy has.
_MEANT = {
    "approve": (
        "approved", "approves", "approval", "lgtm", "accept", "accepted", "ship it", "i approve",
    ),
    "request changes": (
        "changes requested", "requesting changes", "requested changes", "needs changes",
        "changes required", "needs work", "request for changes", "i request changes",
    ),
    "reject": ("rejected", "rejects", "rejection"),
    "pass": ("passed", "passes", "passing"),
    "fail": ("failed", "fails", "failing", "failure"),
    "no go": ("nogo", "not go", "no - go"),
    "go": ("go ahead",),
}  # fmt: skip

_MENDED = re.compile(
    r"\b(?:fixed|resolved|mended|mitigated|addressed|closed|withdrawn|downgraded|false positive"
    r"|no longer|not reproducible|pre-?existing|out of scope|won'?t ?fix|accepted)\b"
    r"|~~|\[[xX]\]|✅|☑",
    re.IGNORECASE,
)
_NOT_MENDED = re.compile(
    r"(?:\b(?:not|never|isn'?t|must be|should be|to be|needs? to be|has to be|be|get|until)"
    r"\s+(?:yet\s+)?|un)$",
    re.IGNORECASE,
)


_MOST_WORDS = 3


def says_mended(text: str) -> bool:
    """Whether a line of a finding says that it holds no more: `fixed`, but not `must be fixed`."""
    return any(
        not _NOT_MENDED.search(text, max(0, found.start() - 40), found.start())
        for found in _MENDED.finditer(text)
    )


def is_approving(verdict: str) -> bool:
    """Whether a verdict lets the work go on."""
    return plain_of(verdict) in _APPROVING


def verdicts_in(value: str, verdicts: Sequence[str]) -> list[str]:
    """Give the verdict that a value begins with, and those that are joined to it (`GO / NO-GO`)."""
    found: list[str] = []
    for part in re.split(r"\s*(?:[/|]|\bor\b|\bvs\b)\s*", value):
        verdict = _begin(part, verdicts)
        if verdict is None:
            break
        found.append(verdict)
        if len(plain_of(part).split()) > _MOST_WORDS:
            break  # a sentence follows, whose words are none
    return list(dict.fromkeys(found))


def _begin(text: str, verdicts: Sequence[str]) -> str | None:
    """Give the verdict whose words a text begins with, the longest first."""
    words = plain_of(text) + " "
    known = {plain_of(verdict): verdict for verdict in verdicts}
    for name, others in _MEANT.items():
        if name in known:
            known |= {
                plain_of(other): known[name] for other in others if plain_of(other) not in known
            }
    near = [name for name in known if words.startswith(name + " ")]
    return known[max(near, key=len)] if near else None
