"""Cargo in a merge: dependencies are not built again, and the checkout's build stays its own."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kei_gates.verify import cargo_output
from kei_gates.verify.merge import Merged
from kei_gates.verify.running import run
from tests.verify.checkouts import commit, git, make, write
from tests.verify.merges import merge, put, started

CRATE = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "2021"\n'
ONE = CRATE.format("one") + '[dependencies]\nfar = {{ path = "{}" }}\n'
PRINT = 'fn main() {{ println!("{} {{}}", far::FAR) }}\n'
IGNORED = "target\nCargo.lock\n"


@pytest.fixture(autouse=True)
def without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARGO_TARGET_DIR", raising=False)
    monkeypatch.setenv("CARGO_NET_OFFLINE", "true")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A crate of the work, with one outside that it depends on; main prints `theirs`."""
    if shutil.which("cargo") is None:
        pytest.skip("cargo is missing")
    far = tmp_path / "far"
    write(far, "Cargo.toml", CRATE.format("far"))
    write(far, "src/lib.rs", 'pub const FAR: &str = "far";\n')
    files = {
        "Cargo.toml": ONE.format(far),
        "src/main.rs": PRINT.format("before"),
        ".gitignore": IGNORED,
    }
    return started(tmp_path, files, {"src/main.rs": PRINT.format("theirs")})


def cargo(root: Path, *words: str) -> str:
    done = subprocess.run(
        ["cargo", *words], cwd=root, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


def said(merged: Merged, source: str) -> str:
    done = run(source, merged.root, 120, at="merge", environment=merged.environment)
    assert done.green, done.output
    return done.output


def test_both_builds_are_their_own(root: Path) -> None:
    assert cargo(root, "run", "--quiet") == "before far"
    for text in ("theirs", "new"):
        with merge(root) as merged:
            out = said(merged, "cargo run")
            assert out.splitlines()[-1] == f"{text} far"
            assert "Compiling one" in out
            assert "Compiling far" not in out
            assert said(merged, "target/debug/one").strip() == f"{text} far"
            assert git(Path(merged.root), "status", "--porcelain") == ""
        assert cargo(root, "run", "--quiet") == "before far"
        git(root, "switch", "--quiet", "main")
        write(root, "src/main.rs", PRINT.format("new"))
        commit(root)
        git(root, "switch", "--quiet", "work")


def test_a_build_that_goes_on_is_not_copied(root: Path) -> None:
    cargo(root, "build", "--quiet")
    with open(root / "target/debug/.cargo-lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with merge(root) as merged:
            assert not Path(merged.root, "target").exists()
            assert "Compiling far" in said(merged, "cargo build")


@pytest.mark.parametrize("limit", [1, None], ids=["too much", "all"])
def test_what_is_too_much_is_not_copied(
    root: Path, monkeypatch: pytest.MonkeyPatch, limit: int | None
) -> None:
    cargo(root, "build", "--quiet")
    if limit is not None:
        monkeypatch.setattr(cargo_output, "MOST", limit)
    with merge(root) as merged:
        assert Path(merged.root, "target").exists() == (limit is None)


def test_what_cannot_be_copied_whole_is_not_copied(root: Path) -> None:
    cargo(root, "build", "--quiet")
    os.mkfifo(root / "target/debug/deps/pipe")
    with merge(root) as merged:
        assert not Path(merged.root, "target").exists()
        assert said(merged, "cargo run --quiet").strip() == "theirs far"


def test_a_folder_that_checkouts_share_is_not_built_in(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path / "shared"))
    assert cargo(root, "run", "--quiet") == "before far"
    with merge(root) as merged:
        out = said(merged, "cargo run")
        assert out.splitlines()[-1] == "theirs far"
        assert "Compiling far" not in out
    assert cargo(root, "run", "--quiet") == "before far"


def test_a_folder_that_the_users_settings_name_is_not_built_in(root: Path, tmp_path: Path) -> None:
    write(root, ".cargo/config.toml", f'[build]\ntarget-dir = "{tmp_path}/shared"\n')
    assert cargo(root, "run", "--quiet") == "before far"
    with merge(root) as merged:
        assert said(merged, "cargo run --quiet").strip() == "theirs far"
    assert cargo(root, "run", "--quiet") == "before far"


@pytest.mark.parametrize(
    ("crates", "built", "seen_from", "found"),
    [
        (["", "one/"], "", "", "target"),
        (["", "one/"], "", "one", "target"),
        (["", "one/"], "one/", "one", "one/target"),
        (["", "one/"], None, "one", "target"),
        (["one/"], None, "", "one/target"),
        (["one/"], "", "one", "one/target"),
        ([], "", "", None),
    ],
)
def test_where_the_output_lies(
    tmp_path: Path, crates: list[str], built: str | None, seen_from: str, found: str | None
) -> None:
    root = tmp_path / "root"
    files = {f"{way}Cargo.toml": "x\n" for way in crates}
    make(root, files | {".gitignore": IGNORED, "one/f": "1\n"})
    if built is not None:
        put(
            root,
            {f"{built}target/debug/.fingerprint/f": "f\n", f"{built}target/debug/.cargo-lock": ""},
        )
    with merge(root, root / seen_from) as merged:
        given = merged.environment.get("CARGO_TARGET_DIR")
        tree = f"{merged.root.partition('/tree')[0]}/tree"
        assert given == (None if found is None else f"{tree}/{found}")
        is_copied = built is not None and found == f"{built}target"
        assert Path(f"{given}/debug/.fingerprint/f").exists() == is_copied
