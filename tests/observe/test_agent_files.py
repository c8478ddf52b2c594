"""What an agent's own file declares, as far as its front matter can be read for certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from kei_gates.model import Fault
from kei_gates.observe.agent_files import declared, read_all


def write(root: Path, name: str, text: str) -> None:
    path = root / ".claude/agents" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def front(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", "substrate_role: of-the-body", ""])


@pytest.mark.parametrize(
    ("lines", "role"),
    [
        (["name: builder", "substrate_role: edit-local"], "edit-local"),
        (["substrate_role: edit-local", "name: builder"], "edit-local"),
        (["name: 'builder'", 'substrate_role: "edit-local"'], "edit-local"),
        (["name: builder # mine", "substrate_role: edit-local # narrow"], "edit-local"),
        (['"name": builder', '"substrate_role": edit-local'], "edit-local"),
        (["name: builder"], None),
        (["name: builder", "description: |", "  substrate_role: orchestrator"], None),
        (["name: builder", "# substrate_role: orchestrator"], None),
    ],
)
def test_the_role_is_read_from_the_front_matter(
    lines: list[str], role: str | None, tmp_path: Path
) -> None:
    write(tmp_path, "any.md", front(*lines))
    found = declared(str(tmp_path), "builder")
    assert found is not None
    assert found.role == role


def test_an_agent_is_known_by_its_name_and_not_by_its_file(tmp_path: Path) -> None:
    write(tmp_path, "builder.md", front("name: other", "substrate_role: x"))
    assert declared(str(tmp_path), "builder") is None
    assert declared(str(tmp_path), "other") is not None


def test_files_in_folders_below_and_without_front_matter(tmp_path: Path) -> None:
    write(tmp_path, "deep/er/a.md", front("name: a", "substrate_role: x"))
    write(tmp_path, "notes.md", "name: b\nsubstrate_role: y\n")
    write(tmp_path, "no.txt", front("name: c", "substrate_role: z"))
    assert [file.name for file in read_all(str(tmp_path))] == ["a"]


def test_no_folder_is_no_agents(tmp_path: Path) -> None:
    assert declared(str(tmp_path), "builder") is None


@pytest.mark.parametrize(
    "key", ["substrate-role", "Substrate_Role", "substrateRole", "substrate role"]
)
def test_a_key_that_only_looks_like_it_is_refused(key: str, tmp_path: Path) -> None:
    write(tmp_path, "a.md", front("name: a", f"{key}: read-only"))
    with pytest.raises(Fault, match="has a key") as caught:
        declared(str(tmp_path), "a")
    assert caught.value.remedy == "write `substrate_role`"


def test_two_files_of_one_name_must_agree(tmp_path: Path) -> None:
    write(tmp_path, "a.md", front("name: a", "substrate_role: read-only"))
    write(tmp_path, "b.md", front("name: a", "substrate_role: read-only"))
    assert declared(str(tmp_path), "a") is not None
    write(tmp_path, "c.md", front("name: a"))
    with pytest.raises(Fault, match="declare different roles"):
        declared(str(tmp_path), "a")


def test_two_roles_in_one_file_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.md", front("name: a", "substrate_role: x", "substrate_role: y"))
    with pytest.raises(Fault, match="more than one role"):
        declared(str(tmp_path), "a")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.md", front("name: a"))
    (tmp_path / ".claude/agents/b.md").symlink_to("b.md")
    with pytest.raises(Fault, match="cannot be read"):
        declared(str(tmp_path), "a")
