"""Ways to run git against the rule, class by class, and beside them what ordinary agents write.

Each file of `data/evasions` is a class. A row gives the expected outcome, a name, the command and,
where needed, the files of the project (`-> target` for a link), the folder in it, the shell.
What a file lists as `known`, by outcome and name, is still wrong, with the reason; a row that turns
right must leave it.
"""

from __future__ import annotations

import functools
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates.gates import load
from kei_gates.hook.judge import observe
from kei_gates.model import Call, Places, Principal, Role, Verdict
from kei_gates.policy.build import Builder
from tests.catalogues import bare
from tests.environment import make_project
from tests.shell.reading import DATA

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

GATE = "policy::no-git-ops"
LINK = "-> "


def title(row: list[Any]) -> str:
    return f"{row[0]} {row[1]}"


CLASSES = {
    path.stem: tomllib.loads(path.read_text()) for path in sorted(DATA.glob("evasions/*.toml"))
}
ROWS = [
    pytest.param(kind, row, id=f"{kind}: {title(row)}")
    for kind, table in CLASSES.items()
    for row in table["cases"]
]


def lay_out(project: Path, files: dict[str, str]) -> None:
    """Write the files and links of a row; what begins with `#!` may be executed."""
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith(LINK):
            path.symlink_to(text[len(LINK) :])
        else:
            path.write_text(text)
            path.chmod(0o755 if text.startswith("#!") else 0o644)


def as_toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)  # of text, lists of text and truth also TOML


@functools.cache
def role_of(kind: str) -> tuple[str, Role]:
    """Compile a role that holds only the capability of a class."""
    table = CLASSES[kind]
    capability = table.get("gate", GATE)
    value = as_toml(table.get("params", True))
    category, _, slug = capability.partition("::")
    agents = "agents = {main = 'tested', default = 'tested'}"
    text = f"version = 1\n{agents}\n[roles.tested.{category}]\n{slug} = {value}\n"
    policy = Builder(bare(), lambda _: text.encode()).build([], "policy.toml")
    return capability, policy.role("project:tested")


def judge(kind: str, row: list[Any], project: Path) -> Verdict:
    """Judge a row's command as the hook does."""
    more = row[3] if len(row) > 3 else {}
    capability, role = role_of(kind)
    gate = load(capability)
    call = Call(
        tool="Bash",
        principal=Principal(None, None),
        cwd=str(project / more.get("cwd", "")),
        command=row[2],
    )
    places = Places(
        project=str(project), home=str(project.parent / "home"), installation=("/opt/kei-gates",)
    )
    event = observe(call, places, more.get("shell", "auto"))
    return gate.check(event, gate.Params(role.grants[0].params))


@pytest.mark.parametrize(("kind", "row"), ROWS)
def test_evasions_are_denied_and_look_alikes_pass(
    kind: str, row: list[Any], project: Path, tmp_path: Path
) -> None:
    if len(row) > 3 and "files" in row[3]:
        project = make_project(tmp_path / "project")
        lay_out(project, row[3]["files"])
    verdict = judge(kind, row, project)
    if title(row) in CLASSES[kind].get("known", {}):
        assert verdict.outcome != row[0], "right now: take it off the list"
    else:
        assert verdict.outcome == row[0], verdict.reason


@pytest.mark.parametrize("kind", CLASSES)
def test_a_class_has_its_form(kind: str) -> None:
    rows = CLASSES[kind]["cases"]
    titles = [title(row) for row in rows]
    assert {row[0] for row in rows} == {"deny", "abstain"}
    assert len(titles) == len(set(titles))
    assert set(CLASSES[kind].get("known", {})) <= set(titles)
