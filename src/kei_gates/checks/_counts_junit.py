"""The results in a JUnit file: each `testcase`, whatever the sums in the attributes say.

A file with a document type is refused, so that no entity is ever followed or blown up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from kei_gates.checks._counting import Counts

if TYPE_CHECKING:
    from typing import Final

JUNIT = "JUnit"

_ROOTS = ("testsuites", "testsuite")
_CASE = "testcase"
_BAD, _SKIPPED = ("failure", "error"), "skipped"
_NOT_RUN = ("notrun", "disabled", "skipped", "ignored", "suppressed")


class JunitError(Exception):
    """A file holds no results of tests. Its text says why, for people."""


def junit_counts(content: bytes) -> Counts:
    """Count the test cases of a file. Raises `JunitError`."""
    cases = _Cases()
    parser = expat.ParserCreate()
    parser.StartElementHandler = cases.start
    parser.EndElementHandler = cases.end
    parser.StartDoctypeDeclHandler = cases.refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003 -- that this is all of it
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise JunitError(f"it is no XML: {error}") from None
    return Counts(JUNIT, cases.states.count(""), cases.failed, cases.states.count(_SKIPPED))


class _Cases:
    """What was seen of a file so far."""

    def __init__(self) -> None:
        self.states: Final[list[str]] = []  # of each case: "", "skipped", "failure"
        self._outside = 0
        self._depth = 0
        self._case_at: int | None = None

    @property
    def failed(self) -> int:
        """How many cases have failed, and suites that failed by themselves."""
        return self.states.count(_BAD[0]) + self._outside

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if self._depth == 0 and name not in _ROOTS:
            raise JunitError(f"it begins with `{name}` and not with `testsuites`")
        self._depth += 1
        if self._case_at is None and name == _CASE:
            self._case_at = self._depth
            states = (attributes.get("status"), attributes.get("result"))
            self.states.append(_SKIPPED if any(one in _NOT_RUN for one in states) else "")
        elif self._case_at is None and name in _BAD:
            self._outside += 1
        elif self._case_at is not None and self._depth == self._case_at + 1:
            self._note(name)

    def _note(self, name: str) -> None:
        if name in _BAD:
            self.states[-1] = _BAD[0]
        elif name == _SKIPPED and not self.states[-1]:
            self.states[-1] = _SKIPPED

    def end(self, _name: str) -> None:
        if self._case_at == self._depth:
            self._case_at = None
        self._depth -= 1

    def refuse(self, *_declared: object) -> None:
        raise JunitError("it declares a document type")
