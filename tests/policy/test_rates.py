"""Prices: what a policy may say of them, and which layer's counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from kei_gates.engine import catalogue
from kei_gates.model import Fault
from kei_gates.policy import compiled
from kei_gates.policy.build import Builder

if TYPE_CHECKING:
    from kei_gates.policy.compiled import Policy

SHIPPED = Path(__file__).parents[2] / "policies/rates/modal.toml"
MACHINE, USER, PROJECT = "/etc/policy.toml", "/home/u/policy.toml", "/p/kei-gates.toml"
RATES = "/builtin/rates.toml"
DATED = "[rates]\nas-of = 2026-11-20\n"


def build(project: str = "", user: str = "", machine: str = "") -> Policy:
    texts = {MACHINE: machine, USER: user, PROJECT: project}
    raw = {path: f"version = 1\n{text}".encode() for path, text in texts.items()}
    raw[RATES] = SHIPPED.read_bytes()
    builder = Builder(catalogue.whole(), raw.get)
    return builder.build([RATES], PROJECT, {"machine": MACHINE, "user": USER})


def prices(policy: Policy) -> dict[str, Any]:
    return cast("dict[str, Any]", policy.rates["gpu"])


def test_shipped_prices_have_a_date_a_source_and_all_names() -> None:
    found = prices(build())
    names = (
        "T4", "L4", "A10", "A10G", "L40S", "A100", "A100-40GB", "A100-80GB", "RTX-PRO-6000",
        "H100", "H100!", "H200", "B200", "B200+",
    )  # fmt: skip
    assert set(names) == set(found)
    for price in (*found.values(), build().rates["cpu-core"], build().rates["memory-gib"]):
        assert 0 < price["hour"] < 20
        assert price["as-of"] >= "2026-05-25"
        assert price["source"].startswith("https://")
        assert price["valid-days"] == 240
    assert found["A10G"] == found["A10"]
    assert found["A100"] == found["A100-40GB"]


def test_a_lower_layer_overrides_price_by_price() -> None:
    policy = build(
        machine=f"{DATED}[rates.gpu]\nT4 = 1\nL4 = 1\nH100 = 1\n",
        user=f"{DATED}[rates.gpu]\nL4 = 2\nH100 = 2\n",
        project=f"{DATED}valid-days = 7\n[rates.gpu]\nH100 = 3\n",
    )
    found = prices(policy)
    assert [found[name]["hour"] for name in ("T4", "L4", "H100")] == [1, 2, 3]
    assert found["H100"]["valid-days"] == 7
    assert (found["L4"]["valid-days"], found["L4"]["as-of"]) == (90, "2026-11-20")
    assert found["B200"]["as-of"] == "2026-05-25"  # nobody has read that one again


def test_a_price_holds_for_every_name_of_the_gpu() -> None:
    found = prices(build(f"{DATED}[rates.gpu]\na10g = 1.5\n[rates.same-as]\nBIG = 'h100'\n"))
    assert found["A10"] == found["A10G"]
    assert found["A10"]["hour"] == 1.5
    assert found["BIG"] == found["H100"]


def test_a_gpu_that_nobody_has_heard_of_needs_only_a_price() -> None:
    assert prices(build(f"{DATED}[rates.gpu]\nX9000 = 12\n"))["X9000"]["hour"] == 12


def test_a_price_may_have_its_own_date() -> None:
    found = prices(build("[rates.gpu]\nH100 = { hour = 4.5, as-of = 2026-11-01 }\n"))
    assert found["H100"]["as-of"] == "2026-11-01"


def test_the_rates_are_stored_and_are_a_source() -> None:
    policy = build()
    read = {PROJECT: b"version = 1\n", MACHINE: b"version = 1\n", USER: b"version = 1\n"}
    read[RATES] = SHIPPED.read_bytes()
    loaded = compiled.load(policy.dump(), read.get)
    assert loaded is not None
    assert loaded.rates == policy.rates
    read[RATES] += b"# read again\n"
    assert compiled.load(policy.dump(), read.get) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[rates.gpu]\nH100 = 4\n", "`rates.gpu.H100` has no date; write the day"),
        ("[rates]\ncpu-core = 4\n", "`rates.cpu-core` has no date"),
        ('[rates]\nas-of = "yesterday"\n', "`rates.as-of`"),
        ("[rates]\nas-of = 20261120\n", "`rates.as-of`"),
        ("[rates]\nas-of = 2026-11-20T00:00:00\n", "`rates.as-of`"),
        ("[rates]\ngpus = {}\n", "unknown key `rates.gpus`; did you mean `gpu`"),
        ("[rates]\nvalid-days = 0\n", "`rates.valid-days`"),
        (f"{DATED}[rates.gpu]\nH100 = 0\n", "greater than 0"),
        (f"{DATED}[rates.gpu]\nH100 = -1\n", "greater than 0"),
        (f"{DATED}[rates.gpu]\nH100 = nan\n", "must be a number"),
        (f"{DATED}[rates.gpu]\nH100 = inf\n", "must be a number"),
        (f"{DATED}[rates.gpu]\nH100 = true\n", "`rates.gpu.H100.hour`"),
        (f'{DATED}[rates.gpu]\nH100 = "4"\n', "`rates.gpu.H100.hour`"),
        (f"{DATED}[rates.gpu]\nH100 = {{ hour = 4, day = 1 }}\n", "unknown key"),
        (f'{DATED}[rates.gpu]\n"H 100" = 4\n', "rates.gpu.H 100"),
        (f'{DATED}[rates.same-as]\nX = "Y"\n', "there is no price of `Y`"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(Fault) as caught:
        build(text)
    said = f"{caught.value.reason}; {caught.value.remedy}"
    assert says in said
    assert PROJECT in said
    assert "\n" not in said
