"""The parameters of `compute::script-lint`: which rules there are."""

from __future__ import annotations

import pytest

from kei_gates.gates.compute_script_lint import Params


@pytest.mark.parametrize(
    ("values", "flaw"),
    [
        ({}, None),
        ({"block": ("M4", "map-cascade"), "off": ("M10",), "strict": True}, None),
        ({"block": ("M13",)}, "there is no rule `M13`; did you mean `M3`?"),
        ({"off": ("gpu-unkown",)}, "there is no rule `gpu-unkown`; did you mean `gpu-unknown`?"),
        ({"off": ("m4",)}, "there is no rule `m4`; did you mean `M4`?"),
        ({"block": ("M4",), "off": ("M4",)}, "`M4` is both in `block` and in `off`"),
    ],
)
def test_only_rules_that_exist(values: dict[str, object], flaw: str | None) -> None:
    assert Params.flaw(values) == flaw
