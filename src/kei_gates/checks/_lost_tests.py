"""Tests that a change has taken away or ignores, whose failure would be seen no more.

Tests are compared by their names in all files that were changed. One that is nowhere any more has
been moved, if another file has it now, or been renamed, if a new one has nearly the same text or
name; else it is gone, with a doubt where it may go on otherwise (`_carried_tests.py`). Not seen: a
test that is left out by configuration (`-k`, `testpaths`, `exclude`), or whose module no `mod`
names any more: a floor for the number of tests sees these.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from time import monotonic
from typing import TYPE_CHECKING

from kei_gates.checks import _tested_go, _tested_python, _tested_rust, _tested_script
from kei_gates.checks._carried_tests import Carried
from kei_gates.checks._changes import judged
from kei_gates.checks._reading import Clock, UnreadableError
from kei_gates.checks._tested import IGNORED, RUNS
from kei_gates.checks.work import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Final

    from kei_gates.checks._tested import Case
    from kei_gates.checks.work import Change, ChangeSet

    Reader = Callable[[str, str, Clock], list[Case]]

_LARGEST = 1 << 21
_FLOOR = "or have the floor `test-count-min` set by whoever gave the task"
_REMEDY = f"restore it, {_FLOOR}"
_SAME_TEXT = 0.7  # of two tests for one to be the other with a new name
_MOST_WORDS = 400
_SECONDS = 10.0
_MOST = 20


def _python(path: str, text: str, _clock: Clock) -> list[Case]:
    return _tested_python.python_cases(path, text)


_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_tested_rust.FILE, _tested_rust.rust_cases),
    (_tested_python.FILE, _python),
    (_tested_script.FILE, _tested_script.script_cases),
    (_tested_go.FILE, _tested_go.go_cases),
)
_DEFINITION = re.compile(
    r"\b(?:fn|def|class|struct|enum|trait|interface|function\*?|func(?:\s*\([^()]*\))?|type|const|let"
    r"|var|mod)\s+(\w{3,})"
)


class Lost:
    """The tests that a set of changes has lost."""

    def __init__(self, change_set: ChangeSet) -> None:
        """Compare them. Raises `OSError` and `UnreadableError`."""
        changes = [change for change in judged(change_set) if change.entry == "file"]
        self._changes: Final = {change.path: change for change in changes}
        self._before: Final = _Texts(changes, "added", change_set.before)
        self._after: Final = _Texts(changes, "deleted", change_set.after)
        self.gone: Final[list[Case]] = []
        self.ignored: Final[list[Case]] = []
        self._carried: Final = Carried(
            self._before.cases, self._after.cases, self._after.texts, _family
        )
        self._compare()

    def _compare(self) -> None:
        old, new = self._before.cases, self._after.cases
        old, new = self._pair(old, new, lambda case: (case.path, case.name))
        old, new = self._pair(old, new, lambda case: (_family(case.path), case.bare))
        old, new = self._pair(old, new, lambda case: (_family(case.path), _spelled(case)))
        renamed = _Renamed(new)
        self.gone.extend(
            case for case in old if case.state.level < IGNORED and not renamed.has(case)
        )

    def _pair(
        self, old: list[Case], new: list[Case], key: Callable[[Case], tuple[object, str]]
    ) -> tuple[list[Case], list[Case]]:
        """Find what tests have become; give those of both sides that are left."""
        found: dict[tuple[object, str], list[Case]] = {}
        for case in reversed(new):
            found.setdefault(key(case), []).append(case)
        left = []
        for case in old:
            same = found.get(key(case))
            if not same:
                left.append(case)
            else:
                now = same.pop()
                if now.state.level > case.state.level:
                    self.ignored.append(now)
        return left, [case for cases in found.values() for case in cases]

    def named(self) -> list[str]:
        """Name them for people, those that are gone first."""
        gone = [f"`{case.name}` is gone from `{case.path}`" for case in self.gone]
        ignored = [f"`{case.name}` in `{case.path}` is ignored now" for case in self.ignored]
        return gone + ignored

    def findings(self, *, with_ignored: bool) -> list[Finding]:
        """Give a finding for each, those that it is certain of first."""
        found = [*map(self._ignored, self.ignored)] if with_ignored else []
        found = sorted([*map(self._gone, self.gone), *found], key=lambda one: bool(one.doubt))
        if len(found) <= _MOST:
            return found
        more = Finding(
            f"{len(found) - _MOST + 1} more tests are gone or ignored", f"restore them, {_FLOOR}"
        )
        return [*found[: _MOST - 1], more]

    def _gone(self, case: Case) -> Finding:
        change = self._changes[case.path]
        what = "is gone"
        if re.search(rf"\b{re.escape(case.bare)}\b", self._after.texts.get(case.path, "")):
            what = "is no test any more"
        missing = sorted(self._undefined() & set(re.findall(r"\w{3,}", case.text)))
        doubt = f"what it tests may be gone too, as `{missing[0]}` is" if missing else ""
        doubt = doubt or self._carried.doubt(case)
        return Finding(
            f"the test `{case.name}` {what}",
            _REMEDY,
            path=case.path,
            doubt="; ".join(one for one in (change.doubt, doubt) if one),
        )

    def _ignored(self, case: Case) -> Finding:
        doubt = "" if case.state.level == IGNORED else "it may still run where it can"
        change = self._changes[case.path]
        return Finding(
            f"the test `{case.name}` is ignored now: `{case.state.how}`",
            _REMEDY,
            path=case.path,
            line=case.first,
            doubt="; ".join(one for one in (change.doubt, doubt) if one),
        )

    def _undefined(self) -> set[str]:
        """Give the names that the code beside tests defined, and does no more."""
        return self._before.defined() - self._after.defined()


class _Texts:
    """The texts of changed files on one side, and the tests in them."""

    def __init__(
        self, changes: Sequence[Change], absent: str, read: Callable[[str], bytes | None]
    ) -> None:
        self.texts: Final[dict[str, str]] = {}
        self.cases: Final[list[Case]] = []
        self._defined: set[str] | None = None
        for change in changes:
            if change.kind != absent and _is_source(change.path):
                content = read(change.path) or b""
                if len(content) <= _LARGEST:
                    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
                    self.texts[change.path] = text
        for path, text in self.texts.items():
            self.cases.extend(_cases(path, text))

    def defined(self) -> set[str]:
        """Give the names that are defined beside the tests."""
        if self._defined is None:
            self._defined = {name for text in self._code() for name in _DEFINITION.findall(text)}
        return self._defined

    def _code(self) -> Iterator[str]:
        for path, text in self.texts.items():
            tests = [case for case in self.cases if case.path == path]
            if path.endswith(".rs") and "tests/" not in path:
                for case in tests:
                    text = text.replace(case.text, "")  # noqa: PLW2901 -- less and less of it
                yield text
            elif not any(pattern.fullmatch(path) for pattern, _ in _READERS):
                yield text


_SOURCE = re.compile(r".*\.(?:rs|pyi?|[cm]?[jt]sx?|go|vue|svelte)")


def _is_source(path: str) -> bool:
    return _SOURCE.fullmatch(path) is not None


def _cases(path: str, text: str) -> list[Case]:
    for pattern, reader in _READERS:
        if pattern.fullmatch(path):
            try:
                return reader(path, text, Clock())
            except UnreadableError as error:
                raise UnreadableError(f"the tests in `{path}` cannot be told: {error}") from None
    return []


def _family(path: str) -> int:
    """Tell the languages apart: a test cannot move from one to another."""
    return next(index for index, (pattern, _) in enumerate(_READERS) if pattern.fullmatch(path))


def _spelled(case: Case) -> str:
    """Give the name of a test as any style writes it: `testAdd`, `test_add`."""
    return case.bare.replace("_", "").casefold() if case.bare.isidentifier() else case.bare


class _Renamed:
    """The new tests, of which one may be an old one with another name."""

    def __init__(self, new: Sequence[Case]) -> None:
        self._new: Final = [case for case in new if case.state.level == RUNS]
        self._until: Final = monotonic() + _SECONDS

    def has(self, old: Case) -> bool:
        """Say whether there is one with nearly the same text; it stands for one old test only."""
        words = _words(old)
        for index, case in enumerate(self._new):
            if monotonic() > self._until:
                return False
            if _family(case.path) == _family(old.path) and _are_alike(words, _words(case)):
                del self._new[index]
                return True
        return False


def _words(case: Case) -> list[str]:
    return re.findall(r"\w+|\S", case.text.replace(case.bare, ""))[:_MOST_WORDS]


def _are_alike(first: list[str], second: list[str]) -> bool:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return all(
        ratio() >= _SAME_TEXT
        for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    )
