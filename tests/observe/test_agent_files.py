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


HIDDEN = [
    "{name: a, description: d}",
    "  name: a\ndescription: d",
    "# mine\n\tname: a",
    "name: >-\n  a",
    "name:\n  a",
    "name: a\n\n  b",
    "name: a\n  - b",
    "name: &x a",
    "x: &x a\nname: *x",
    "name: !!str a",
    "name: [a]",
    'name: "\\u0061"',
    "name: 'a''b'",
    'name: "a\n  b"',
    'name: "a" b',
    "name: a---b",
    "name: a\x85b",
    "name: \u00a0a",
    "name: a\x00",
    "name: a\udcff",
    "name: a\tb",
    "? name\n: a",
    '"n\\u0061me": a',
    "x: &x name\n*x : a",
    "!!str name: a",
    "&x name: a",
    "!!map\n{name: a}",
    "%YAML 1.2",
    "x: &x {name: a}\n<<: *x",
    '"<<": {name: a}',
    "name: a\nsubstrate_role: |\n  x",
    "name: a\nsubstrate_role:\n  x",
    "name: a\nsubstrate_role: 'x'y",
]
PLAIN = [
    "name: a",
    "# mine\n\nname: a # really",
    'name: "a" # really',
    "'name': 'a'",
    "name : a",
    "name:\ta",
    "name: a\n# more\n  # and more",
    "name: a\ndescription: |\n  - x\n  {name: b}\n\n  y",
    "name: a\ndescription: >-\n\tx",
    "name: a\ntools:\n- Read\n- Bash",
    "name: a\ntools:\n  - Read",
    "tools: [Read, Bash]\nname: a",
    'description: Use it for: x, *y* and "z"\nname: a',
    "description: x\n<example>\n**Note:** & more\n* one\n?? two\n</example>\nname: a",
    "description: x!\nmodel: opus\nname: a",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_a_name_or_role_that_may_be_hidden_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / ".claude/agents/x.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(f"---\n{text}\n---\n".encode("utf-8", "surrogateescape"))
    with pytest.raises(Fault, match="is not plain at") as caught:
        read_all(str(tmp_path))
    assert "`name: NAME`" in caught.value.remedy


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("end", ["\n---\n", "\n---", "\n ---\n", "\n----\n", "\n---more"])
def test_a_plain_name_is_found_whatever_is_around_it(text: str, end: str, tmp_path: Path) -> None:
    write(tmp_path, "x.md", f"---\n{text}{end}")
    assert read_all(str(tmp_path))[0].name == "a"


@pytest.mark.parametrize(
    "text", ["- - -\n? x\n", "---\n", "---\nname: a\n", "--\nname: [a]\n--\n", "---\n---\n? x\n"]
)
def test_what_is_no_front_matter_is_not_looked_at(text: str, tmp_path: Path) -> None:
    write(tmp_path, "x.md", text)
    assert read_all(str(tmp_path)) == []


def test_the_value_with_its_comment_is_a_name_too(tmp_path: Path) -> None:
    """The client has it so where the front matter is no YAML."""
    write(tmp_path, "x.md", front("name: a # b", "description: c: d"))
    assert [file.name for file in read_all(str(tmp_path))] == ["a", "a # b"]


def test_links_to_folders_are_followed_once(tmp_path: Path) -> None:
    write(tmp_path / "else", "a.md", front("name: a"))
    write(tmp_path, "b.md", front("name: b"))
    folder = tmp_path / ".claude/agents"
    (folder / "other").symlink_to(tmp_path / "else/.claude/agents")
    (folder / "round").symlink_to(folder)
    assert sorted(file.name for file in read_all(str(tmp_path))) == ["a", "b"]


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
