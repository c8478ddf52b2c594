"""`explain`: each capability with its parts, its parameters, and the roles that have it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kei_gates.cli.main import main
from kei_gates.engine import catalogue
from tests.environment import make_project


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_project(tmp_path / "project")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    return folder


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        code = main(("explain", *words))
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, *capsys.readouterr()


@pytest.mark.parametrize("capability", sorted(catalogue.params()))
def test_each_capability_is_explained(capability: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, capability)
    assert code == 0
    assert out.startswith(f"## `{capability}`\n\n")
    assert ("- **Before a call**: " in out) == (capability in catalogue.gated())
    assert ("- **On return**: " in out) == (capability in catalogue.checked())
    assert "- **Why**: " in out
    assert "- **Instead**: " in out
    always = capability in catalogue.whole().always
    assert ("- **Always**: on for every role" in out) == always
    assert ("- **In a policy**: " in out) != always
    assert max(map(len, out.splitlines())) <= 100


def test_parameters_and_roles_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ran(capsys, "scope::files-whitelist")
    assert "- **`patterns`**: a list, empty unless set" in out
    assert "- role `edit-local`: patterns `src/**`, `!src/generated/**`, `docs/*.md`\n" in out
    assert "\n  .claude/kei-gates.toml:" in out
    assert "sets `patterns`\n" in out
    assert "role `read-only`" not in out
    _, out, _ = ran(capsys, "quality::tests-green")
    assert "`test-count-min` in `[roles.NAME.verification]`" in " ".join(out.split())
    _, out, _ = ran(capsys, "compute::cost-tiers")
    assert "- **`ask-from`**: `5` unless set\n" in out
    _, out, _ = ran(capsys, "tools::bash-allowlist")
    assert "- **In a policy**: `[roles.NAME.bash]`\n" in out


@pytest.mark.parametrize("name", ["no-git-ops", "policy::no-git-ops"])
def test_a_category_may_be_left_out(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(capsys, name)[1].startswith("## `policy::no-git-ops`\n")


@pytest.mark.parametrize("name", ["tools::read-only", "tools::deny-tools"])
def test_other_names_are_known(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(capsys, name)[1].startswith("## `scope::read-only`\n")


def test_the_list_names_all(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == sorted(catalogue.params())


def test_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ran(capsys, "policy::no-gitops")
    assert (code, out) == (64, "")
    assert "there is no capability `policy::no-gitops`; did you mean `policy::no-git-ops`?" in err
    assert ran(capsys, "--all", "no-git-ops")[0] == 64


def test_the_documentation_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    page = Path(__file__).parents[2] / "docs/capabilities.md"
    assert ran(capsys, "--all")[1] == page.read_text()
