"""`kei-gates lint`: lines, JSON, exit codes, one line for what cannot be read."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from kei_gates.cli.main import main

BAD = "import modal\napp = modal.App()\n@app.function(gpu='V100', timeout=60)\ndef f(): pass\n"
WARNED = BAD.replace("V100", "T4")
GOOD = WARNED.replace("timeout=60", "timeout=60, retries=1")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(["lint", *arguments])
    except SystemExit as stop:
        code = int(stop.code or 0)
    return (code, *capsys.readouterr())


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in (("bad", BAD), ("warned", WARNED), ("good", GOOD), ("broken", "def f(:\n")):
        (tmp_path / f"{name}.py").write_text(text)
    (tmp_path / "bytes.py").write_bytes(b"x = '\xff'\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("scripts")
def test_findings_are_told_as_compilers_do(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "good.py", "warned.py", "bad.py")
    assert (code, err) == (1, "")
    missing = (
        "3: warn M4 retries-missing: `f` has a GPU and no retries; "
        "set `retries=modal.Retries(max_retries=1)`"
    )
    unknown = (
        "3: block M1 gpu-unknown: Modal has no GPU `V100` for `f`; did you mean `H100`; "
        "ask for a GPU of modal.com/docs/guide/gpu, as `H100` or `H100:4`"
    )
    assert out.splitlines() == [f"warned.py:{missing}", f"bad.py:{unknown}", f"bad.py:{missing}"]


@pytest.mark.usefixtures("scripts")
def test_warnings_fail_only_where_a_policy_is_strict(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "good.py") == (0, "", "")
    assert run(capsys, "warned.py")[0] == 0
    assert run(capsys, "--strict", "warned.py")[0] == 1
    assert run(capsys, "--strict", "good.py") == (0, "", "")


@pytest.mark.usefixtures("scripts")
def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--json", "warned.py", "good.py")
    assert code == 0
    assert json.loads(out) == [
        {
            "path": "warned.py",
            "line": 3,
            "severity": "warn",
            "rule": "M4",
            "name": "retries-missing",
            "message": "`f` has a GPU and no retries",
            "remedy": "set `retries=modal.Retries(max_retries=1)`",
        }
    ]


def test_a_script_on_stdin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(BAD))
    code, out, _ = run(capsys, "-")
    assert code == 1
    assert out.startswith("-:3: block M1 gpu-unknown: ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["broken.py"], "`broken.py`, line 1: it is no Python: "),
        (["missing.py"], "`missing.py` cannot be read: No such file"),
        (["bytes.py"], "`bytes.py` is no text in UTF-8"),
        ([], "name a script"),
        (["--explain", "M99"], "there is no rule `M99`; "),
        (["--rules", "bad.py"], "rules are described without scripts"),
    ],
)
@pytest.mark.usefixtures("scripts")
def test_bad_usage_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (64, "")
    assert err.startswith(f"kei-gates: {says}")
    assert err.count("\n") == 1


def test_rules_are_described(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--explain", "map-cascade")
    assert code == 0
    assert out.startswith("## M8: `map-cascade`\n")
    assert run(capsys, "--explain", "m8")[1] == out
    assert out in run(capsys, "--rules")[1]
