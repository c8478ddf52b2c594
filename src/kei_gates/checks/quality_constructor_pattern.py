"""Hold every file that an agent adds or changes, and every function in it, to a size.

What it checks: a file of code that was added or changed has at most `file-lines` lines, as `wc -l`
counts them, and each function in it at most `function-lines`, from the line with its name to its
last, with comments, blank lines and the functions within it; decorators and comments above are not
counted, and what only groups tests (`describe(...)`) is none. Test files are judged too. What was
larger than allowed before and has not grown is no finding, so that a small change of an old file
passes, unless `strict` is set; functions are compared by their name, and one that was renamed or
moved by the lines of its body. Not judged: data, prose, lock files, minified files, what lies in
folders such as `vendor`, what `ignore` matches, and generated code. A file is generated where
`.gitattributes` said so before, or where a comment above all code says so that was there before, or
that stands in a new file with a generator's usual name; in a new file with another name that is
said with its doubt, once.
All that is too large is named, the worst first, the rest by their number.
Why: what does one thing is short; files that grow by each fix become what nobody can change.
Instead: split the file into modules beside it, and the function into named ones.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kei_gates.checks._changes import judged
from kei_gates.checks._functions import has_functions
from kei_gates.checks._generated import has_mark, is_code, is_generated, is_script
from kei_gates.checks._large_functions import LARGEST, Gone, large
from kei_gates.checks._reading import UnreadableError
from kei_gates.checks.work import Change, Finding
from kei_gates.model import Params as BaseParams
from kei_gates.observe.files import TooLargeError
from kei_gates.policy.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kei_gates.checks._functions_keyword import Function
    from kei_gates.checks.work import ChangeSet, Work

    Rated = tuple[float, Finding]
    """A finding, and how many times as large as allowed it is about."""

_MARKED = (
    "it says that it is generated, which only a person can confirm, by `linguist-generated` in "
    "`.gitattributes` or by `ignore` in the policy"
)
_MOST = 20
_SAME_FILE = 0.5  # how much of a file must be the same for git to take it for renamed


class Params(BaseParams):
    """`file_lines` and `function_lines`: how many a file and a function may have."""

    file_lines: int = 200
    function_lines: int = 30
    ignore: Globs = Globs()
    strict: bool = False

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse limits that nothing can keep."""
        for name in ("file_lines", "function_lines"):
            limit = values.get(name, 1)
            if isinstance(limit, int) and limit < 1:
                return f"`{name.replace('_', '-')}` must be at least 1"
        return None


def check(work: Work, params: Params) -> list[Finding]:
    """Measure each changed file and its functions."""
    gone = None if params.strict else Gone(work.change_set, params.function_lines)
    rated = [
        one
        for change in judged(work.change_set)
        if change.kind != "deleted" and change.entry == "file"
        if not params.ignore.match(change.path)
        for one in _in_file(change, work.change_set, params, gone)
    ]
    findings = [finding for _, finding in sorted(rated, key=lambda one: -one[0])]
    if len(findings) <= _MOST:
        return findings
    rest = f"{len(findings) - _MOST} more files and functions are too large"
    return [*findings[:_MOST], Finding(rest, "mend these first, then check again")]


def _in_file(
    change: Change, change_set: ChangeSet, params: Params, gone: Gone | None
) -> Iterator[Rated]:
    """Measure one file; what cannot be read is a finding."""
    known = is_code(change.path)
    if known is False:
        return
    try:
        content = change_set.after(change.path)
        if content is None or (known is None and not is_script(content)):
            return
        if is_generated(change, content, change_set):
            return
        if change.kind == "added" and has_mark(content):
            change = change.doubted(_MARKED)
        before = None if params.strict else _before(change, content, change_set)
    except TooLargeError:
        if known:  # data has no ending now and then, a script of that size has one
            yield _unreadable(change, "it is too large")
        return
    except OSError as error:
        yield _unreadable(change, error.strerror or str(error))
        return
    yield from _lines(change, content, before, params)
    if len(content) <= LARGEST and has_functions(change.path):
        yield from _functions(change, content, before, params, gone)


def _unreadable(change: Change, why: str) -> Rated:
    message = f"`{change.path}` cannot be measured: {why}"
    remedy = "make it readable, or let a person add it to `ignore` in the policy"
    return 1e9, Finding(message, remedy, path=change.path, doubt=change.doubt)


def _before(change: Change, content: bytes, change_set: ChangeSet) -> bytes | None:
    """Give what a file held before, also under another name. Raises `OSError`."""
    if change.kind == "modified":
        return change_set.before(change.path)
    lines = Counter(content.split(b"\n"))
    ending = change.path.rpartition(".")[2]
    for other in change_set.changes:
        if other.kind == "deleted" and other.entry == "file" and other.path.endswith(ending):
            old = change_set.before(other.path) or b""
            same = sum((lines & Counter(old.split(b"\n"))).values())
            if same > _SAME_FILE * max(content.count(b"\n") + 1, old.count(b"\n") + 1):
                return old
    return None


def count_lines(content: bytes) -> int:
    """Count lines as `wc -l` does: by their ends, whichever a system writes."""
    return max(content.count(b"\n"), content.count(b"\r"))


def _lines(change: Change, content: bytes, before: bytes | None, params: Params) -> Iterator[Rated]:
    """Say that a file has too many lines."""
    limit, lines = params.file_lines, count_lines(content)
    old = count_lines(before) if before is not None else 0
    if lines <= limit or limit < lines <= old:
        return
    grown = f", {old} before" if old else ""
    yield (
        lines / limit,
        Finding(
            f"`{change.path}` has {lines} lines{grown}; at most {limit} are allowed",
            "split it into modules beside it, each for one thing",
            path=change.path,
            doubt=change.doubt,
        ),
    )


def _functions(
    change: Change, content: bytes, before: bytes | None, params: Params, gone: Gone | None
) -> Iterator[Rated]:
    """Say which functions have too many lines."""
    limit = params.function_lines
    try:
        found = large(change.path, content, limit)
    except UnreadableError as error:
        yield _unreadable(change, f"its functions cannot be told, {error}")
        return
    for one in _grown(found, _large_before(change.path, before, limit) if found else []):
        if gone is not None and gone.excuses(change.path, content, one):
            continue
        yield (
            one.length / limit,
            Finding(
                f"`{one.name}` in `{change.path}` has {one.length} lines; "
                f"at most {limit} are allowed",
                "split it into named functions, each for one thing",
                path=change.path,
                line=one.first,
                doubt=change.doubt,
            ),
        )


def _large_before(path: str, before: bytes | None, limit: int) -> list[Function]:
    """Give those that were; none where that cannot be told, so that they all count as new."""
    try:
        return large(path, before, limit) if before and len(before) <= LARGEST else []
    except UnreadableError:
        return []


def _grown(found: list[Function], before: list[Function]) -> list[Function]:
    """Give the functions that were not as large before; each of those excuses one."""
    left = sorted(before, key=lambda one: one.length)
    grown = []
    for function in sorted(found, key=lambda one: one.length):
        same = [old for old in left if old.name == function.name and old.length >= function.length]
        if same:
            left.remove(same[0])
        else:
            grown.append(function)
    return grown
