"""`kei-gates cost`: what was launched, what a launch will cost, and taking one off the day."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from kei_gates.hook.ledger import Ledger
from kei_gates.hook.ledger_lines import local_day
from kei_gates.particulars import Charge
from tests.cli.test_policies import Ran
from tests.environment import make_project

RATES = """
version = 1
[rates]
as-of = {day}
[rates.gpu]
H100 = 4.5
A10G = 1.1
OLD = {{ hour = 1, as-of = 2020-01-31 }}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project, home = make_project(tmp_path / "project"), tmp_path / "home"
    (project / ".claude/kei-gates.toml").unlink(missing_ok=True)
    (home / ".config/kei-gates").mkdir(parents=True)
    text = RATES.format(day=time.strftime("%Y-%m-%d"))
    (home / ".config/kei-gates/policy.toml").write_text(text)
    monkeypatch.chdir(project)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "CLAUDECODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("kei_gates.cli.confirm.is_below_agent", lambda: False)
    monkeypatch.setattr("kei_gates.cli.confirm.MARKS", (b"CLAUDECODE",))
    return home


def launch(home: Path, call: str, cents: int, *, ago: float = 0) -> None:
    book = Ledger(str(home), time.time() - ago, call=call, session="s1", agent="a1")
    charge = Charge(cents, "2 × 1.5 h × $4.50/h H100", "`train.py`")
    book.record([charge], asked=cents >= 500)
    book.close()


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("2 x 1.5h H100",), "Estimate: $13.50 (= 2 × 1.5 h × $4.50/h H100)"),
        (("2", "x", "1.5", "h", "x", "H100"), "Estimate: $13.50 (= 2 × 1.5 h × $4.50/h H100)"),
        (("8xH100 3h",), "Estimate: $108.00 (= 8 × 3 h × $4.50/h H100)"),
        (("1.5h A10G",), "Estimate: $1.65 (= 1 × 1.5 h × $1.10/h A10G)"),
        (
            ("1h H100 + 2 x 30min A10G",),
            "Estimate: $5.60 (= 1 × 1 h × $4.50/h H100 + 2 × 30 min × $1.10/h A10G)",
        ),
    ],
)
def test_a_declaration_shows_its_estimate(
    words: tuple[str, ...], printed: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = Ran(capsys, ("cost", "declare", *words))
    assert (ran.code, ran.out, ran.err) == (0, f"{printed}\n", "")
    assert not (home / ".local/state/kei-gates/ledger").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("$3.20", "nobody can see how it comes about; write it as in"),
        ("1h H1000", "no price of the GPU `H1000` is known"),
        ("2 x H100", "must name a time once"),
        ("2h", "must name a GPU (or CPU) once"),
    ],
)
def test_a_declaration_that_says_too_little_is_refused(
    text: str, says: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert home
    ran = Ran(capsys, ("cost", "declare", text))
    assert (ran.code, ran.out) == (1, "")
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_a_price_that_is_too_old_is_said_to_be(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert home
    ran = Ran(capsys, ("cost", "declare", "1h OLD"))
    assert ran.code == 0
    assert ran.err == "note: prices of 2020-01-31, older than 90 days\n"


def test_the_day_is_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    today = local_day(time.time())
    empty = f"{today}: $0.00 of $20.00, headroom $20.00, 0 launches\n"
    assert Ran(capsys, ("cost",)).out == empty
    launch(home, "c0", 1350)
    launch(home, "c1", 40)
    launch(home, "c2", 900, ago=3 * 86_400)
    ran = Ran(capsys, ("cost",))
    assert ran.code == 0
    assert "$13.50  `train.py` = 2 × 1.5 h × $4.50/h H100 by a1 (asked)  c0\n" in ran.out
    assert "$0.40  `train.py` = 2 × 1.5 h × $4.50/h H100 by a1  c1\n" in ran.out
    assert ran.out.endswith(f"{today}: $13.90 of $20.00, headroom $6.10, 2 launches\n")
    shown = json.loads(Ran(capsys, ("cost", "--json")).out)
    assert [one["call"] for one in shown["launches"]] == ["c0", "c1"]
    assert (shown["cents"], shown["cap_cents"], shown["headroom_cents"]) == (1390, 2000, 610)
    before = local_day(time.time() - 3 * 86_400)
    assert "$9.00 of $20.00" in Ran(capsys, ("cost", "--day", before)).out
    assert Ran(capsys, ("cost", "--day", "../../x")).code == 64


def test_a_person_takes_a_launch_off_the_day(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    launch(home, "c0", 1350)
    assert Ran(capsys, ("cost", "release", "c0")).out == "released: $13.50 of c0 count no more\n"
    assert "$0.00 of $20.00, headroom $20.00, 0 launches" in Ran(capsys, ("cost",)).out
    ran = Ran(capsys, ("cost", "release", "c0"))
    assert ran.code == 1
    assert "does not count any more" in ran.err


def test_an_agent_does_not(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    launch(home, "c0", 1350)
    monkeypatch.setenv("CLAUDECODE", "1")
    ran = Ran(capsys, ("cost", "release", "c0"))
    assert ran.code == 1
    assert "inside a session of the client" in ran.err
    monkeypatch.delenv("CLAUDECODE")
    monkeypatch.setattr("kei_gates.cli.confirm.is_below_agent", lambda: True)
    assert Ran(capsys, ("cost", "release", "c0")).code == 1
    assert "$13.50 of $20.00" in Ran(capsys, ("cost",)).out
