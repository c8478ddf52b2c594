"""The golden files: every distinct message, each with the test that causes it.

    pytest tests/messages --write-messages          the messages of the cases that are there
    pytest tests/messages --write-messages=all      also those of cases that are new in any suite

The second takes some minutes. A message is distinct by the place that makes it and by what is left
of it without quotations and numbers.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from tests.messages.sites import sites

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
OWN = "tests/messages/test_caused.py"
"""Cases of messages that nothing else causes."""
SUITES = ("tests/gates", "tests/checks", "tests/policy", "tests/protocol", "tests/observe",
          "tests/hook", OWN)  # fmt: skip
_CANDIDATES = 2
_OF_MANY = r"(\* (?:stops|deletes|pauses|cancels|restarts or replaces)) [^*;]*\*?;"
"""What the kill guard says of each of some hundred programs: `X` stops fly app `a`."""


class Made(NamedTuple):
    """A message, the test that has caused it, the number of its site, the capability asked."""

    test: str
    site: int
    capability: str
    message: str

    @property
    def kind(self) -> tuple[int, str]:
        """What is one and the same message: its site, and its words."""
        words = re.sub(r"^(- \S+: )\S+: ", r"\1", self.message)  # the file, and the line
        words = re.sub(r" \(= [^)]*\)", "", words)  # how an estimate comes about
        words = re.sub(r"`[^`]*`|\d+(\.\d+)?", "*", words)
        words = re.sub(_OF_MANY, r"\1 *;", words)
        return self.site, re.sub(r"\*(,? ?(and|or)? ?\*)+", "*", words)

    @property
    def page(self) -> str:
        """The name of the golden file that it belongs to."""
        layer = sites()[self.site].module.partition("/")[0]
        own = self.capability == "kei-gates"
        return layer if own else self.capability.replace("::", "_").replace("-", "_")


def recorded(tests: Iterable[str]) -> tuple[frozenset[Made], frozenset[str]]:
    """Run tests; give every message that they have caused, and the tests that were skipped."""
    with TemporaryDirectory() as folder:
        listed, found = Path(folder, "tests"), Path(folder, "found")
        wanted = list(dict.fromkeys(tests))
        files = dict.fromkeys(test.partition("::")[0] for test in wanted)
        listed.write_text(json.dumps(wanted))
        plugins = ("-p", "tests.messages.recorder", "-p", "no:cacheprovider")
        options = ("--record-messages", str(found), "--record-tests", str(listed))
        words = (sys.executable, "-m", "pytest", "-q", *plugins, *options, *files)
        run = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False,
                             env=_environment())  # fmt: skip
        assert found.exists(), run.stdout + run.stderr
        lines = found.read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return (
        frozenset(Made(*row) for row in rows if isinstance(row, list)),
        frozenset(row for row in rows if isinstance(row, str)),
    )


def _environment() -> dict[str, str]:
    """Give the environment without what pytest itself has put there."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}


def read() -> dict[str, list[tuple[str, str]]]:
    """Give the messages of each page, each with its test."""
    return {path.stem: _entries(path.read_text()) for path in sorted(FOLDER.glob("*.txt"))}


def _entries(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [
        (test, said.removeprefix("-> ")) for test, said in zip(lines[::2], lines[1::2], strict=True)
    ]


def write(which: str) -> None:
    """Write the pages anew. `which` is `all`, or `known` for the cases that are there."""
    tests = {test for page in read().values() for test, _ in page} | {OWN}
    choose(recorded(SUITES if which == "all" else tests)[0])


def choose(found: Iterable[Made]) -> None:
    """Write pages that have, of each kind of message, one that is the same in a second run."""
    kept = {entry for page in read().values() for entry in page}
    by_kind: dict[tuple[int, str], list[Made]] = {}
    for made in sorted(found):
        by_kind.setdefault(made.kind, []).append(made)
    for candidates in by_kind.values():
        candidates.sort(key=lambda one: ((one.test, one.message) not in kept, _oddness(one)))
        del candidates[_CANDIDATES:]
    again, _ = recorded(one.test for candidates in by_kind.values() for one in candidates)
    chosen = [next((one for one in candidates if one in again), None)
              for candidates in by_kind.values()]  # fmt: skip
    pages: dict[str, list[Made]] = {}
    for made in sorted(filter(None, chosen), key=lambda one: (one.site, one.message)):
        pages.setdefault(made.page, []).append(made)
    for path in FOLDER.glob("*.txt"):
        path.unlink()
    for name, entries in pages.items():
        text = "".join(f"\n{one.test}\n-> {one.message}\n" for one in entries)
        (FOLDER / f"{name}.txt").write_text(f"# {_title(name)}\n{text}")


def _oddness(made: Made) -> tuple[bool, int]:
    """Say how hard a message is to read: what quotes backticks, then what is long."""
    return made.message.count("`") % 2 == 1, len(made.message)


def _title(page: str) -> str:
    return page.replace("_", "::", 1).replace("_", "-")
