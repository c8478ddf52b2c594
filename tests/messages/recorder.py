"""A plugin of pytest that notes every message which the tests of a run have caused.

    pytest -p tests.messages.recorder --record-messages FILE [--record-tests LIST] FILES...

`FILE` becomes lines of JSON: for each message of each test a list of the test, the number of the
site among `sites()`, the capability, and the message as it is shown; a test that was skipped alone.
"""

from __future__ import annotations

import json
import os
import posix
import re
import sys
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import pytest

from kei_gates.checks.work import Finding, SkippedError
from kei_gates.hook.main import denial, respond, to_answer
from kei_gates.hook.recording import Recording
from kei_gates.model import Abstain, Decision, Fault, Verdict
from kei_gates.protocol.answer import message, one_line
from kei_gates.verify.summary import told
from tests.environment import Answered, Environment, accept
from tests.messages.sites import LAYERS, PACKAGE, Site, sites, sites_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ROLE = "edit-local"
"""The role that messages are shown for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-messages", metavar="FILE", help="note every message in a file")
    parser.addoption("--record-tests", metavar="FILE", help="run only tests of a JSON list")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--record-messages")
    if path:
        config.pluginmanager.register(Recorder(Path(path)))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not listed. Of what is listed and not there, nothing is recorded."""
    path = config.getoption("--record-tests")
    if path:
        listed = set(json.loads(Path(path).read_text()))
        whole = tuple(one + sign for one in listed if "::" not in one for sign in ("/", "::"))
        items[:] = [
            one
            for one in items
            if plain(one.nodeid) in listed or one.nodeid.startswith(whole or "\n")
        ]


class Recorder:
    """Notes what is made while a test runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._numbers = {site: number for number, site in enumerate(sites())}
        self._test = ""
        self._made: dict[tuple[object, ...] | str, None] = {}

    def pytest_sessionstart(self) -> None:
        _after(Verdict, self._verdict)
        _after(Fault, self._fault)
        _after(Finding, self._finding)
        _after(SkippedError, self._skipped)
        # another process tells nothing
        Environment.run = _answered_here  # type: ignore[method-assign, assignment]  # its `self`

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Iterator[None]:
        is_fixed = not getattr(item.obj, "is_hypothesis_test", False)
        self._test = plain(item.nodeid) if is_fixed else ""
        yield
        self._test = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self._made[plain(report.nodeid)] = None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        lines = [json.dumps(record) + "\n" for record in self._made]
        self._path.write_text("".join(lines))

    def _verdict(self, verdict: Verdict) -> None:
        if not isinstance(verdict, Abstain):
            self._note(lambda of: message(Decision(verdict.outcome, ((of, verdict),), ROLE)))

    def _fault(self, fault: Fault) -> None:
        self._note(lambda _: message(denial(fault)))

    def _finding(self, finding: Finding) -> None:
        self._note(lambda of: one_line(f"- {of}: {told(finding)}"))

    def _skipped(self, skipped: SkippedError) -> None:
        self._note(lambda of: one_line(f"skip  {of}: {skipped}"))

    def _note(self, shown: Callable[[str], str]) -> None:
        if not self._test:
            return
        test, self._test = self._test, ""  # what is made only to be shown here does not count
        try:
            site, capability = _origin(sys._getframe(3))  # noqa: SLF001 -- who has made it
            if site in self._numbers:
                line = plain(shown(capability))
                self._made[test, self._numbers[site], capability, line] = None
        finally:
            self._test = test


def _after(made: type, note: Callable[[Any], None]) -> None:
    """Let whatever a class makes be noted."""
    plainly: Any = made.__init__  # type: ignore[misc]  # of the class itself

    def init(self: object, *args: object, **named: object) -> None:
        plainly(self, *args, **named)
        note(self)

    made.__init__ = init  # type: ignore[misc]  # the same signature


def _origin(frame: FrameType | None) -> tuple[Site | None, str]:
    """Give the site that has made a message, and the capability that was asked."""
    site, capability = None, "kei-gates"
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(PACKAGE):
            module = path.relative_to(PACKAGE).as_posix()
            line = frame.f_lineno
            if site is None:
                site = next((s for s in sites_of(module) if s.first <= line <= s.last), None)
            layer, _, name = module.partition("/")
            if layer in {"gates", "checks"} and not name.startswith("_"):
                return site, name.removesuffix(".py").replace("_", "::", 1).replace("_", "-")
            if site is not None and layer not in LAYERS:
                break
        frame = frame.f_back
    return site, capability


def _answered_here(  # noqa: PLR0913 -- what it stands for
    environment: Environment,
    stdin: bytes | str | dict[str, object],
    *arguments: str,
    project: Path | None = None,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    accepted: bool = True,
) -> Answered:
    """Answer a payload as `Environment.run` does, in this process."""
    raw = json.dumps(stdin) if isinstance(stdin, dict) else stdin
    around = {"PATH": "/usr/bin:/bin", "HOME": str(environment.home)} | (env or {})
    if project is not None and accepted:
        accept(project, Path(around["HOME"]), environment.python.parent.parent)
    if project is not None:
        around["CLAUDE_PROJECT_DIR"] = str(project)
    event, *more = arguments or ("PreToolUse",)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(environment.python))
        patch.setattr(os, "environ", around)
        patch.chdir(cwd or project or "/")
        before = dict(posix.environ)
        posix.environ.clear()
        posix.environ.update({os.fsencode(k): os.fsencode(v) for k, v in around.items()})
        try:
            sent = raw.encode() if isinstance(raw, str) else raw
            answer = respond(event, more, sent, Recording(event))
        except BaseException as error:  # noqa: BLE001 -- as the hook does
            answer = to_answer(event, denial(error))
        finally:
            posix.environ.clear()
            posix.environ.update(before)
    return Answered(CompletedProcess([], answer.exit_code, answer.stdout, answer.stderr))


_TEMPORARY = re.compile(r"[^\s`'\"]*/pytest-of-[^/]+/pytest-\d+/[^/\s`]+")


def plain(line: str) -> str:
    """Take out what is another one elsewhere: where the tests' folders and this Python lie."""
    return _TEMPORARY.sub("/tmp/test", line).replace(sys.executable, "/usr/bin/python")
