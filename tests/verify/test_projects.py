"""A real Python project and a real Cargo workspace go through both passes of `kei-gates verify`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kei_gates.cli.main import main

POLICY = """
version = 1
[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-whitelist = ["**", "!.claude/**"]
[roles.edit-local.verification]
"""
PYTEST = f"test-commands = ['{sys.executable} -m pytest -q']\n"
CARGO = "cargo-test-crates = ['shop']\n"
TESTS, CHECK = "quality::tests-green", "quality::cargo-check-green"

TEST = "from shop.sums import {0}\n\n\ndef test_sum():\n    assert {0}([1, 2]) == 3\n"
PYTHON = {
    "shop/__init__.py": "",
    "shop/sums.py": "def total(items):\n    return sum(items)\n",
    "tests/test_sums.py": TEST.format("total"),
    "conftest.py": "",
    ".gitignore": "local.py\n__pycache__\n.pytest_cache\n",
}
BILL = "from shop.sums import total\n\n\ndef bill(items):\n    return f'{total(items)} EUR'\n"
BILL_TEST = "from shop.bill import bill\n\n\ndef test_bill():\n    assert bill([1]) == '1 EUR'\n"
WORK = {"shop/bill.py": BILL, "tests/test_bill.py": BILL_TEST}
RENAMED = {
    "shop/sums.py": "def add_up(items):\n    return sum(items)\n",
    "tests/test_sums.py": TEST.format("add_up"),
}

CRATE = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "2021"\n'
RUST = {
    "Cargo.toml": '[workspace]\nmembers = ["sums", "shop"]\nresolver = "2"\n',
    "sums/Cargo.toml": CRATE.format("sums"),
    "sums/src/lib.rs": "pub fn total(items: &[i64]) -> i64 {\n    items.iter().sum()\n}\n",
    "shop/Cargo.toml": CRATE.format("shop") + '\n[dependencies]\nsums = { path = "../sums" }\n',
    "shop/src/lib.rs": "pub mod base;\n",
    "shop/src/base.rs": "pub fn nothing() {}\n",
    ".gitignore": "target\nCargo.lock\n",
}
RUST_BILL = """\
pub fn bill(items: &[i64]) -> String {
    format!("{} EUR", sums::total(items))
}

#[cfg(test)]
mod tests {
    #[test]
    fn bills() {
        assert_eq!(super::bill(&[1]), "1 EUR");
    }
}
"""
RUST_WORK = {"shop/src/lib.rs": "pub mod base;\npub mod bill;\n", "shop/src/bill.rs": RUST_BILL}
RUST_RENAMED = {
    "sums/src/lib.rs": "pub fn add_up(items: &[i64]) -> i64 {\n    items.iter().sum()\n}\n"
}


class Checkout:
    """A repository whose branch `work` holds what an agent does."""

    def __init__(self, root: Path, files: Mapping[str, str], commands: str) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit({".claude/kei-gates.toml": POLICY + commands} | dict(files), "before")
        self.git("switch", "--quiet", "--create", "work")

    def git(self, *words: str) -> None:
        identity = ("-c", "user.name=T", "-c", "user.email=t@example.invalid")
        subprocess.run(["git", *identity, *words], cwd=self.root, check=True, capture_output=True)

    def put(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def commit(self, files: Mapping[str, str], message: str) -> None:
        self.put(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")

    def commit_on_main(self, files: Mapping[str, str]) -> None:
        """Let main move on while the work in the working tree stays as it is."""
        self.git("stash", "--quiet", "--include-untracked")
        self.git("switch", "--quiet", "main")
        self.commit(files, "main moves on")
        self.git("switch", "--quiet", "work")
        self.git("stash", "pop", "--quiet")

    def verify(self, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, Any]:
        capsys.readouterr()
        words = ["verify", "--role", "edit-local", "--dir", str(self.root), "--json", *options]
        code = main(words)
        return code, json.loads(capsys.readouterr().out)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "home"
    found.mkdir()
    cargo = os.environ.get("CARGO_HOME") or f"{Path.home()}/.cargo"
    rustup = os.environ.get("RUSTUP_HOME") or f"{Path.home()}/.rustup"
    monkeypatch.setenv("HOME", str(found))
    monkeypatch.setenv("CARGO_HOME", cargo)
    if Path(rustup).is_dir():
        monkeypatch.setenv("RUSTUP_HOME", rustup)
    monkeypatch.setenv("CARGO_NET_OFFLINE", "true")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("CARGO_TARGET_DIR", raising=False)
    return found


@pytest.fixture
def cargo() -> None:
    if shutil.which("cargo") is None:
        if os.environ.get("CI"):
            pytest.fail("cargo is missing", pytrace=False)
        pytest.skip("cargo is missing")


def found(record: Any) -> list[tuple[str, str | None]]:
    return [(one["capability"], one["path"]) for one in record["findings"]]


def passes(record: Any) -> list[tuple[str, int | None]]:
    return [(run["pass"], run["code"]) for run in record["runs"]]


def places(home: Path) -> list[Path]:
    """What is left of throw-away folders."""
    return [one for one in home.rglob(".local/state/kei-gates/verify/*") if one.is_dir()]


def test_a_python_project_that_holds(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = Checkout(tmp_path / "p", PYTHON, PYTEST + "test-count-min = 2\n")
    checkout.put(WORK)
    code, record = checkout.verify(capsys)
    assert (code, record["findings"]) == (0, [])
    assert TESTS in record["passed"]
    assert CHECK in record["skipped"]
    assert "output::report-format" in record["skipped"]
    assert passes(record) == [("worktree", 0), ("merge", 0)]
    assert places(home) == []


def test_a_python_project_that_is_red_only_after_the_merge(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = Checkout(tmp_path / "p", PYTHON, PYTEST)
    checkout.put(WORK)
    checkout.commit_on_main(RENAMED)
    code, record = checkout.verify(capsys)
    assert code == 1
    assert [capability for capability, _ in found(record)] == [TESTS]
    assert record["findings"][0]["message"].startswith("after a merge, ")
    assert passes(record)[0] == ("worktree", 0)
    assert places(home) == []


def test_a_python_project_that_rests_on_what_does_not_travel(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = Checkout(tmp_path / "p", PYTHON, PYTEST)
    checkout.put(WORK | {"local.py": "RATE = 1\n", "shop/bill.py": f"import local  # noqa\n{BILL}"})
    code, record = checkout.verify(capsys)
    assert code == 1
    assert [capability for capability, _ in found(record)] == [TESTS]
    assert passes(record)[0] == ("worktree", 0)


def test_a_conflict_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkout = Checkout(tmp_path / "p", PYTHON, PYTEST)
    checkout.put({"shop/sums.py": "def total(items):\n    return sum(list(items))\n"})
    checkout.commit_on_main({"shop/sums.py": "def total(items):\n    return sum(tuple(items))\n"})
    code, record = checkout.verify(capsys)
    assert code == 1
    assert found(record) == [("kei-gates", "shop/sums.py")]
    assert record["findings"][0]["line"] == 2


def test_a_floor_that_is_not_reached(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkout = Checkout(tmp_path / "p", PYTHON, PYTEST + "test-count-min = 3\n")
    checkout.put(WORK)
    code, record = checkout.verify(capsys)
    assert (code, found(record)) == (1, [(TESTS, None)])
    assert "2" in record["findings"][0]["message"]
    assert "3" in record["findings"][0]["message"]


@pytest.mark.usefixtures("cargo")
def test_a_cargo_workspace_that_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkout = Checkout(tmp_path / "p", RUST, CARGO + "test-count-min = 1\n")
    checkout.put(RUST_WORK)
    code, record = checkout.verify(capsys)
    assert (code, record["findings"]) == (0, [])
    assert {CHECK, TESTS} <= set(record["passed"])
    assert sorted(passes(record)) == [("merge", 0)] * 2 + [("worktree", 0)] * 2


@pytest.mark.usefixtures("cargo")
def test_a_cargo_workspace_that_is_red_only_after_the_merge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = Checkout(tmp_path / "p", RUST, CARGO)
    checkout.put(RUST_WORK)
    checkout.commit_on_main(RUST_RENAMED)
    code, record = checkout.verify(capsys)
    assert code == 1
    assert (CHECK, "shop/src/bill.rs") in found(record)
    assert all(one["message"].startswith("after a merge, ") for one in record["findings"])
    assert passes(record)[:2] == [("worktree", 0)] * 2


@pytest.mark.usefixtures("cargo")
def test_a_failing_test_is_told_by_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = Checkout(tmp_path / "p", RUST, CARGO)
    checkout.put(RUST_WORK | {"shop/src/bill.rs": RUST_BILL.replace('"1 EUR"', '"2 EUR"')})
    code, record = checkout.verify(capsys)
    assert code == 1
    (one,) = record["findings"]
    assert (one["capability"], one["path"], one["line"]) == (TESTS, "shop/src/bill.rs", 9)
