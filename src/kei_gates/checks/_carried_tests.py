"""Where what a test did may go on once it is gone: in another test, in one of several cases.

Nothing here is certain, and a finding stays one: that a test may go on is told as its doubt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.checks._tested import RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Final

    from kei_gates.checks._tested import Case

_MOST = 0.7  # of what a test says for another to do what it did
_WORD = re.compile(r"[^\W\d]\w{2,}")
# What runs one text for several cases, by language and library.
_OF_CASES = re.compile(
    r"\bparametri[sz]e|\bparameterized\b|\bsubTest\(|\bfor\b|\.(?:each|for)\b|\bt\.Run\("
    r"|\b(?:rstest|test_case|case|values|quickcheck|proptest)\s*\("
)


class Carried:
    """The tests that are new or have changed, which may do what one that is gone did.

    `family` tells languages apart; `texts` are the files that hold the tests now.
    """

    def __init__(
        self,
        before: Sequence[Case],
        after: Sequence[Case],
        texts: Mapping[str, str],
        family: Callable[[str], int],
    ) -> None:
        old = {(case.path, case.name, case.text) for case in before}
        self._family: Final = family
        self._texts: Final = texts
        self._new: Final = [
            case
            for case in after
            if case.state.level == RUNS and (case.path, case.name, case.text) not in old
        ]

    def doubt(self, gone: Case) -> str:
        """Say where a test may go on; empty where nothing speaks for it."""
        if _is_made_by_macro(gone, self._texts.get(gone.path, "")):
            return "a macro may make it now"
        body = gone.text.partition(gone.bare)[2]  # with nothing that stands above it
        lines, words = _lines(body), set(_WORD.findall(body))
        for case in self._new:
            if self._family(case.path) != self._family(gone.path):
                continue
            whole = self._whole(case)
            if _holds(_lines(whole), lines):
                return f"`{case.name}` may hold it now"
            if _OF_CASES.search(whole) and _holds(set(_WORD.findall(whole)), words):
                return f"it may be a case of `{case.name}` now"
        return ""

    def _whole(self, case: Case) -> str:
        """Give the text of a test with what stands above it for it."""
        lines = self._texts[case.path].split("\n")
        return "\n".join(lines[case.first - 1 : case.last])


def _is_made_by_macro(gone: Case, text: str) -> bool:
    """Whether a macro of Rust is given the name of the test."""
    name = re.escape(gone.bare)
    given = rf"^[ \t]*\w+!\s*[(\[{{]\s*{name}\b"
    return gone.path.endswith(".rs") and re.search(given, text, re.MULTILINE) is not None


def _lines(text: str) -> set[str]:
    """Give what the lines of a text say, but for the first, which has the name of a test."""
    stripped = (line.strip() for line in text.split("\n")[1:])
    return {line for line in stripped if _WORD.search(line)}


def _holds(found: set[str], wanted: set[str]) -> bool:
    return bool(wanted) and len(wanted & found) >= _MOST * len(wanted)
