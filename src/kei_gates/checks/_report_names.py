"""The names that fields of a report go by: their usual spellings, and which mean the same."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

# What agents call the same thing. The keys are the names of the seed's reports, as `key_of` gives
# them; where a report writes another name, it is read as that one.
SAME = {
    "files written": (
        "files changed", "changed files", "files touched", "touched files", "files edited",
        "files updated", "written files", "file changes", "files modified", "modified files",
        "files written changed", "files created modified", "files changed created",
    ),
    "cargo check": ("cargo check workspace", "cargo check result", "cargo check output"),
    "cargo test": (
        "tests", "test", "test results", "test result", "test output", "cargo tests",
        "cargo test result", "cargo test results", "cargo test output",
    ),
    "loc delta": ("loc", "delta loc", "net loc", "loc change", "loc changes", "lines changed"),
    "blockers": ("blocker", "open issues", "blocked by", "blocking issues"),
    "next": ("next steps", "next step", "follow up", "follow ups", "followup", "followups"),
    "evidence grades": ("evidence grade", "evidence grading", "evidence"),
    "handoffs made": ("handoffs", "handoff", "hand offs"),
    "cost estimate": ("estimate", "estimated cost", "cost estimation"),
    "session spend so far": ("session spend", "spend so far"),
    "gpu": ("gpus", "gpu torch version"),
    "pre launch checklist": ("prelaunch checklist", "launch checklist"),
    "modal pre launch": ("modal prelaunch", "modal pre launch checklist"),
    "variant plan": ("variants plan",),
    "kill guard": ("killguard", "kill guard status"),
    "math expression": ("math", "expression"),
    "params": ("parameters", "param count", "exact params", "parameter count"),
    "flops step": ("flops per step", "flops"),
    "pre experiment check": ("preexperiment check", "pre experiment checks"),
    "single variant verified": ("single variant", "single variant check"),
    "spawn plan": ("spawning plan",),
    "logging plan": ("log plan",),
}  # fmt: skip

# The other fields of the seed's reports: each begins a field wherever it stands.
ALONE = (
    "goal", "scope", "plan", "executed", "verify", "cost tier", "modal app list baseline",
    "blockers next", "hypothesis", "memory", "files created", "files added", "new files",
    "files deleted", "files removed", "deleted files", "files read", "verdict",
)  # fmt: skip

# Lists of files that are only a part of what was written; they count beside `files written`.
FILES = "files written"
SOME_FILES = frozenset({
    "files created", "files added", "new files", "created files", "added files", "files deleted",
    "files removed", "deleted files", "removed files", "files renamed",
})  # fmt: skip

# Words over a part of a list of files: what stands below belongs to the list.
GROUPS = frozenset((
    "new", "added", "created", "modified", "updated", "changed", "edited", "deleted", "removed",
    "renamed", "source", "sources", "src",
))  # fmt: skip

# A group of files too, where each line below it is one that was changed; else what tests gave.
TESTS = frozenset(("test", "tests"))

_MEANT = {other: name for name, others in SAME.items() for other in others}
KNOWN = frozenset(SAME) | frozenset(ALONE)

_TRAILING = re.compile(r"(?<!\s)\s*[(\[].*$", re.DOTALL)
_NUMBER = re.compile(r"^\W*\d{1,3}[.)]\s+")
_MOST_KEPT = 500  # of the names last read; reports and tables have the same ones again and again
_NO_WORD = re.compile(r"[\W_]+")
_JOINTS = re.compile(r"/|&|\+|,|\band\b", re.IGNORECASE)


def key_of(name: str) -> str:
    """Give what a name is compared by.

    Case, markup, emoji, a number before it and a remark in brackets behind it count for nothing;
    dashes, underscores and slashes are blanks; of several usual names the first is given.
    """
    return _MEANT.get(plain := plain_of(name), plain)


@lru_cache(_MOST_KEPT)
def plain_of(name: str) -> str:
    """Give a name's words in lower case, without looking for a usual one."""
    bare = _NUMBER.sub("", name)
    words = _NO_WORD.sub(" ", normalize("NFKC", _TRAILING.sub("", bare) or bare).casefold())
    return " ".join(word for word in words.split() if word != "and")


@lru_cache(_MOST_KEPT)
def keys_of(name: str) -> tuple[str, ...]:
    """Give the key of a name, and those of its parts where it names several (`Blockers / next`)."""
    is_path = "." in name
    parts = [] if is_path else [key_of(one) for one in _JOINTS.split(_TRAILING.sub("", name))]
    others = tuple(part for part in parts if part) if len(parts) > 1 else ()
    return (key_of(name), *others)
