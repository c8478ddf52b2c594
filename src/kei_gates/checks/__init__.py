"""One module per capability that is checked on return: `Work × Params → Finding`s.

The file name is the id, as with gates: `quality_tests_green.py` is `quality::tests-green`. A check
module has a docstring in three parts (What it checks, Why, Instead), a class `Params` (that of the
gate, where there is one), and `check(work, params) -> list[Finding]`, which raises `SkippedError`
where there is nothing to check. `RUNS = True` says that it runs commands: it is asked again after a
simulated merge. Modules whose names begin with `_` hold what checks share.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from kei_gates.checks.work import Finding, Work
    from kei_gates.model import Params as BaseParams


class Check(Protocol):
    """What a check module offers."""

    Params: type[BaseParams]

    def check(self, work: Work, params: Any, /) -> list[Finding]:
        """Look at the work. Raises `SkippedError`, and what a helper of the work raises."""


def load(capability: str) -> Check:
    """Import the check of a capability id. Raises `ImportError` when there is none."""
    module: Any = import_module("kei_gates.checks." + _module(capability))
    check: Check = module
    return check


def _module(capability: str) -> str:
    return capability.replace("::", "_").replace("-", "_")
