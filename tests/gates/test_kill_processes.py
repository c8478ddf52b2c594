"""The kill guard against processes of this machine: cases as in the tables of gates."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates.gates import safety_no_kill

from .test_gates import event_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = tomllib.loads((Path(__file__).parent / "data/processes.toml").read_text())["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, Any], project: Path) -> None:
    verdict = safety_no_kill.check(event_of(case, project), safety_no_kill.Params({}))
    said = f"{verdict.reason}; {verdict.remedy}"
    assert verdict.outcome == case["expect"], said
    assert case.get("says", "") in said
    assert case.get("target", verdict.target) == verdict.target


def test_look_alikes_stand_beside_what_is_denied() -> None:
    ids = [case["id"] for case in CASES]
    assert len(ids) == len(set(ids))
    denied = sum(case["expect"] != "abstain" for case in CASES)
    assert len(CASES) - denied >= denied / 2
