"""The hook executes no more than is stated: a guard that no busy machine can upset."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

import pytest

from tests.hook.instructions import CALLS, Counter, counter, stated, write

pytestmark = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is missing")

NEWLY = "write them anew: tests/run tests/hook/test_instructions.py --write-instructions"


@pytest.fixture(scope="module")
def counted() -> Iterator[Counter]:
    with counter() as found:
        yield found


@pytest.fixture(scope="module")
def floor(counted: Counter) -> int:
    return counted.bare("pass")


def test_the_hook_executes_what_is_stated(
    counted: Counter, floor: int, request: pytest.FixtureRequest
) -> None:
    ratios = {name: counted.hook(name) / floor for name in CALLS}
    if request.config.getoption("--write-instructions"):
        write(ratios)
    figures = stated()
    assert figures["ratios"].keys() == CALLS.keys()
    is_same = figures["build"] == sys.version
    most = 1 + figures["tolerance" if is_same else "elsewhere"]
    # One that has become faster is stated too: else it could become as slow again.
    least = 1 - figures["tolerance"] if is_same else 0
    for name, ratio in ratios.items():
        assert least <= ratio / figures["ratios"][name] <= most, f"{name}: {ratio:.3f}; {NEWLY}"


def test_one_more_module_would_be_noticed(counted: Counter, floor: int) -> None:
    more = counted.bare("import token, keyword") - counted.bare("import token")
    assert more / floor > stated()["tolerance"] * stated()["ratios"]["Edit"]
