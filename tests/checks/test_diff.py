"""The checks of the diff, over what really differs in a git repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates import checks
from kei_gates.policy.build import Builder
from kei_gates.verify.changes import changes_since
from kei_gates.verify.work import Pass
from tests.catalogues import bare
from tests.gates.test_gates import toml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = tomllib.loads((Path(__file__).parent / "scope.toml").read_text())["case"]
LINK = "-> "


def git(root: Path, *words: str) -> str:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.invalid")
    run = subprocess.run(
        ["git", *identity, *words], cwd=root, capture_output=True, text=True, check=True
    )
    return run.stdout


def put(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith(LINK):
            path.symlink_to(text.removeprefix(LINK))
        elif text != "keep":
            path.write_text(text)


def repository(root: Path, case: dict[str, Any]) -> None:
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    put(root, case["before"])
    git(root, "add", "--all", "--force")
    git(root, "commit", "--quiet", "--allow-empty", "--message=before")
    put(root, case["after"])
    for name in set(case["before"]) - set(case["after"]):
        (root / name).unlink()


def params_of(capability: str, value: object) -> Any:
    """The parameters as a policy gives them."""
    category, _, slug = capability.partition("::")
    agents = "agents = {main = 'tested', default = 'tested'}"
    text = f"version = 1\n{agents}\n[roles.tested.{category}]\n{slug} = {toml(value)}\n"
    policy = Builder(bare(), lambda _: text.encode()).build([], "policy.toml")
    (grant,) = policy.checks("project:tested").grants
    return checks.load(capability).Params(grant.params)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    root = tmp_path / "p"
    repository(root, case)
    change_set = changes_since(str(root), git(root, "rev-parse", "HEAD").strip())
    work = Pass("worktree", str(root), change_set, None)
    found = checks.load(case["check"]).check(work, params_of(case["check"], case["params"]))
    assert [finding.path for finding in found] == case["finds"]
    for part in case.get("says", ()):
        assert part in f"{found[0].message}; {found[0].remedy}"


def test_case_ids_are_unique() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
