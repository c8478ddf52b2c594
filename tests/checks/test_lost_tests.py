"""Tests that a change takes away or ignores: what counts, and what only looks like it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates.checks._lost_tests import Lost
from tests.checks.test_green import TEST_FILE, UNITTEST, Project

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = tomllib.loads((Path(__file__).parent / "ignored.toml").read_text())["case"]


def change(project: Project, after: dict[str, str]) -> None:
    project.put({name: text for name, text in after.items() if text})
    for name in [name for name, text in after.items() if not text]:
        (project.root / name).unlink()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    project = Project(tmp_path, case["before"])
    change(project, case["after"])
    lost = Lost(project.work().change_set)
    assert sorted(one.name for one in lost.gone) == case.get("gone", [])
    assert sorted(one.name for one in lost.ignored) == case.get("ignored", [])
    findings = lost.findings(with_ignored=True)
    doubted = sorted(one.message.split("`")[1] for one in findings if one.doubt)
    assert doubted == case.get("doubt", [])
    assert len(findings) == len(lost.gone) + len(lost.ignored) == len(lost.named())


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, {"tests/test_calc.py": TEST_FILE})


WITHOUT_TWO = TEST_FILE.partition("\n    def test_two")[0]
IGNORED = TEST_FILE.replace("    def test_t", "    @unittest.skip('x')\n    def test_t")


def test_a_test_that_is_gone_is_a_finding_without_a_floor(project: Project) -> None:
    project.put({"tests/test_calc.py": WITHOUT_TWO})
    (found,) = project.tested(commands=(UNITTEST,))
    assert found.message == "the test `Calc::test_two` is gone"
    assert "`test-count-min`" in found.remedy
    assert found.path == "tests/test_calc.py"
    assert project.tested(commands=(UNITTEST,), count_min=1) == []
    assert project.found("quality::tests-green", at="merge", commands=(UNITTEST,)) == []


def test_a_test_that_is_ignored_now_is_a_finding_without_a_floor(project: Project) -> None:
    project.put({"tests/test_calc.py": IGNORED})
    (found,) = project.tested(commands=(UNITTEST,))
    assert found.message == "the test `Calc::test_two` is ignored now: `@unittest.skip`"
    assert found.line == 8
    assert project.tested(commands=(UNITTEST,), count_min=1) == []
    assert project.tested(commands=(UNITTEST,), ignored_max=1) == []


def test_below_the_floor_they_are_named(project: Project) -> None:
    project.put({"tests/test_calc.py": WITHOUT_TWO})
    (found,) = project.tested(commands=(UNITTEST,), count_min=2)
    said = "only 1 passed; at least 2 must; `Calc::test_two` is gone from `tests/test_calc.py`"
    assert found.message == said


def test_the_report_is_compared_beside_them(project: Project) -> None:
    project.put({"tests/test_calc.py": WITHOUT_TWO})
    report, gone = project.tested("Ran 2 tests in 0.001s\n\nOK", commands=(UNITTEST,))
    assert report.message.startswith("the output in the report is not that of the run")
    assert gone.message == "the test `Calc::test_two` is gone"


def test_many_are_told_by_their_number(project: Project) -> None:
    bodies = "".join(f"def test_{n}():\n    f{n}({n})\n\n" for n in range(30))
    project = Project(project.root, {"tests/test_many.py": bodies})
    project.put({"tests/test_many.py": "def test_0():\n    pass\n"})
    findings = Lost(project.work().change_set).findings(with_ignored=True)
    assert len(findings) == 20
    assert findings[-1].message == "10 more tests are gone or ignored"


def test_what_cannot_be_compared_is_a_finding(project: Project) -> None:
    path = project.root / "tests/test_calc.py"
    path.write_bytes(b"#" * (33 << 20))
    found = project.tested(commands=("echo 5 passed in 0.10s",))
    assert [one.message for one in found if "cannot be compared" in one.message]
