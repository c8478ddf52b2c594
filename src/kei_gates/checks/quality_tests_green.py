"""Hold tests to pass, and to be there.

What it checks: each of `commands`, and `cargo test -p` for each of `crates`, ends without an error,
in the folder of the work and once more after a simulated merge. By what they print, or by the
JUnit file `junit` that they write, at least `count-min` tests pass in all of them together, and
one where that is not set; none has failed; at most `ignored-max` are ignored, if that is set.
Without `count-min`, no test that was there is gone or newly ignored; of one whose tested code is
gone too, that may go on as a part or a case of another, or that still runs under some condition,
that is said with its doubt, once. A test that was moved or renamed is not gone, and one that was
ignored before may go.
Where the report holds a summary of such a run, its numbers are those of the real one; where it says
that tests pass, it holds one.
Why: "all tests pass" must not be had by deleting or ignoring those that fail, nor by not running
them.
Instead: run the commands yourself before you return, mend what fails, and paste the real output
into the report.
"""

from __future__ import annotations

from posixpath import normpath
from shlex import quote
from typing import TYPE_CHECKING

from kei_gates.checks._commands import failure_of, flaw_of_crates, flaw_of_timeout, shown
from kei_gates.checks._counting import Block, total
from kei_gates.checks._counts import blocks_of
from kei_gates.checks._counts_junit import JunitError, junit_counts
from kei_gates.checks._lost_tests import Lost
from kei_gates.checks._pasted import in_report
from kei_gates.checks._reading import UnreadableError
from kei_gates.checks.work import Finding, SkippedError
from kei_gates.model import Params as BaseParams

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, Final

    from kei_gates.checks._counting import Counts
    from kei_gates.checks.work import Ran, Work

RUNS = True

_SAY_HOW = "list `test-commands` or `cargo-test-crates` in the table `verification`"

_NAMED = 5


class Params(BaseParams):
    """What is run, and how many tests have to pass.

    `commands` are run by `sh`; `crates` by `cargo test -p`. `count_min` tests have to pass at
    least, at most `ignored_max` may be ignored (-1: any number). `junit` is a JUnit file that the
    commands write, from the root. `timeout` is how many seconds each may run.
    """

    commands: tuple[str, ...] = ()
    crates: tuple[str, ...] = ()
    count_min: int = 0
    ignored_max: int = -1
    junit: str = ""
    timeout: int = 900

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse what can never hold, or would hold for anything."""
        count_min, ignored_max = values.get("count_min", 0), values.get("ignored_max", -1)
        if isinstance(count_min, int) and count_min < 0:
            return "`count-min` must not be negative"
        if isinstance(ignored_max, int) and ignored_max < -1:
            return "`ignored-max` must not be negative, but for -1, which is any number"
        junit = str(values.get("junit", ""))
        if junit.startswith("/") or ".." in junit.split("/"):
            return f"`junit` must be a file below the root, not `{junit}`"
        return flaw_of_crates(values) or flaw_of_timeout(values)

    @classmethod
    def combined(cls, many: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
        """Make one set of parameters of those of several grants, that holds each of them."""
        values: list[dict[str, Any]] = [dict(one) for one in many]
        limits = [one["ignored_max"] for one in values if one.get("ignored_max", -1) >= 0]
        joined: dict[str, object] = {
            "commands": _joined(values, "commands"),
            "crates": _joined(values, "crates"),
            "count_min": max((one.get("count_min", cls.count_min) for one in values), default=0),
            "ignored_max": min(limits, default=cls.ignored_max),
            "junit": next((one["junit"] for one in reversed(values) if one.get("junit")), ""),
            "timeout": max(
                (one["timeout"] for one in values if "timeout" in one), default=cls.timeout
            ),
        }
        return {name: value for name, value in joined.items() if value != getattr(cls, name)}


def _joined(values: Sequence[Mapping[str, Any]], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for one in values for item in one.get(name, ())))


class _Tested:
    """A command that was run, and what is known of its tests.

    `blocks` are the summaries that it printed; `counts` come from its JUnit file if it wrote one,
    else from them. `unread` says why a file that it wrote tells nothing.
    """

    def __init__(self, ran: Ran) -> None:
        self.ran: Final = ran
        self.blocks: Final = blocks_of(ran.command, ran.output)
        self.unread = ""
        self.junit: Final = self._junit()
        self.counts: Final = self.junit or (total("", self.blocks) if self.blocks else None)

    def _junit(self) -> Counts | None:
        try:
            return None if self.ran.made is None else junit_counts(self.ran.made)
        except JunitError as error:
            self.unread = str(error)
            return None

    @property
    def counted(self) -> list[Block]:
        """What counts, as blocks."""
        return self.blocks if self.junit is None else [Block(0, 0, self.junit)]


def makes(params: Params) -> tuple[str, ...]:
    """Give the files that the commands are to write."""
    return (normpath(params.junit),) if params.junit else ()


def check(work: Work, params: Params) -> list[Finding]:
    """Run the tests and count them. Raises `SkippedError` where none are named."""
    commands = [command for command in params.commands if command.strip()]
    commands += [f"cargo test -p {quote(crate)}" for crate in params.crates]
    if not commands and params.count_min:
        what = f"{params.count_min} tests must pass, and nothing says how they are run"
        return [Finding(what, _SAY_HOW, doubt="only a person can mend this")]
    if not commands:
        raise SkippedError(f"no tests are named: {_SAY_HOW}")
    makes = params.junit or None
    tested = [
        _Tested(work.run(command, params.timeout, makes)) for command in dict.fromkeys(commands)
    ]
    findings = [finding for one in tested for finding in _in_run(work, one)]
    lost, unlike = _compared(work) if work.at == "worktree" else (None, [])
    findings = findings or [*_in_file(tested, params), *_in_all(tested, params, lost)]
    if work.at == "worktree" and work.report is not None and not findings:
        findings = list(in_report(work.report, {one.ran.command: one.blocks for one in tested}))
    if lost is not None and params.count_min < 1:
        findings += lost.findings(with_ignored=params.ignored_max < 0)
    return findings + unlike


def _compared(work: Work) -> tuple[Lost | None, list[Finding]]:
    """Compare the tests before and after; none and a finding where that cannot be done."""
    try:
        return Lost(work.change_set), []
    except (OSError, UnreadableError) as error:
        message = f"the tests before and after cannot be compared: {error}"
        return None, [Finding(message, "make the changed files readable, or take them back")]


def _in_run(work: Work, tested: _Tested) -> Iterator[Finding]:
    """Say what is wrong with one command."""
    ran, counts = tested.ran, tested.counts
    failed = failure_of(work, ran, f": {counts}" if counts else "")
    if failed:
        yield failed
    elif tested.unread:
        yield Finding(
            f"the file that `{shown(ran.command)}` wrote holds no results: {tested.unread}",
            "have it write a JUnit file, or let a person take `junit` out of the policy",
        )
    elif counts is None:
        yield Finding(
            f"`{shown(ran.command)}` ended well, but its output tells no number of tests",
            "have it print the summary of its tests, or write a JUnit file that `junit` names",
            detail=ran.last_lines(),
        )
    elif counts.failed:
        yield Finding(
            f"`{shown(ran.command)}` ended with exit code 0, but its results are: {counts}",
            "mend what fails, and let the command end with the exit code of its tests",
            detail=ran.last_lines(),
        )


def _in_file(tested: Sequence[_Tested], params: Params) -> Iterator[Finding]:
    """Say that no command has written the file that it should."""
    if params.junit and all(one.junit is None for one in tested):
        yield Finding(
            f"no command has written `{params.junit}`",
            "have the tests write it, or let a person take `junit` out of the policy",
        )


def _in_all(tested: Sequence[_Tested], params: Params, lost: Lost | None) -> Iterator[Finding]:
    """Say what is wrong with the numbers of all commands together."""
    counts = total("", [block for one in tested for block in one.counted])
    floor = max(1, params.count_min)
    if counts.passed < floor:
        passed = f"only {counts.passed}" if counts.passed else "no test"
        what = f"{passed} passed; at least {floor} must"
        named = lost.named() if lost is not None else []
        more = f", and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        yield Finding(
            "; ".join((what, *named[:_NAMED])) + more,
            "bring back the tests that are gone or ignored, and make them pass",
        )
    if 0 <= params.ignored_max < counts.ignored:
        yield Finding(
            f"{counts.ignored} of the tests are ignored; at most {params.ignored_max} may be",
            "make them pass instead of ignoring them",
        )
