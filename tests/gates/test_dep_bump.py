"""`safety::no-dep-bump` against texts: what an edit, a new text and a shell command leave."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates.gates import _dep_files
from kei_gates.gates import safety_no_dep_bump as gate
from kei_gates.hook.judge import observe
from kei_gates.model import Event, Places, Verdict
from kei_gates.protocol import payload
from tests.gates.test_gates import compiled

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILES = tomllib.loads((Path(__file__).parent / "data/dep_texts.toml").read_text())["file"]
ROWS = [
    pytest.param(file, edit, expected, id=f"{file['path']}: {edit[0]} -> {edit[1]}")
    for file in FILES
    for expected, edits in (("abstain", file["passes"]), ("deny", file["denies"]))
    for edit in edits
]


def event(folder: Path, tool: str, **given: object) -> Event:
    call = payload.to_call({"tool_name": tool, "tool_input": given, "cwd": str(folder)})
    return observe(call, Places(project=str(folder), home="/home/x", installation=()))


def verdict(folder: Path, tool: str, **given: object) -> Verdict:
    return gate.check(event(folder, tool, **given), gate.Params({}))


def outcome(folder: Path, tool: str, **given: object) -> str:
    return verdict(folder, tool, **given).outcome


def shell(folder: Path, command: str) -> str:
    return outcome(folder, "Bash", command=command)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path.resolve()


def write(folder: Path, path: str, text: str) -> Path:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, newline="")
    return place


@pytest.mark.parametrize(("file", "edit", "expected"), ROWS)
def test_texts(file: dict[str, Any], edit: list[str], expected: str, folder: Path) -> None:
    text = file["text"].removeprefix("\n")
    old, new = edit
    assert text.count(old) == 1, "the case is not what it says"
    place = write(folder, file["path"], text)
    after = text.replace(old, new)

    def judged(tool: str, **given: object) -> str:
        found = verdict(folder, tool, **given)
        assert found.outcome == expected, (tool, found.reason)
        return found.outcome

    judged("Edit", file_path=str(place), old_string=old, new_string=new)
    judged("Write", file_path=str(place), content=after)
    judged("Bash", command=f"printf %s {shlex.quote(after)} > {file['path']}")
    judged("MultiEdit", file_path=str(place), edits=[{"old_string": old, "new_string": new}])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["path"])
def test_whole_files(file: dict[str, Any], folder: Path) -> None:
    """The same text passes; a new file with dependencies, one that goes and an empty one do not."""
    text = file["text"].removeprefix("\n")
    place = write(folder, file["path"], text)
    assert outcome(folder, "Write", file_path=str(place), content=text) == "abstain"
    says_any = file["path"] not in (".cargo/config.toml", "uv.toml")
    if says_any:
        new = folder / "new" / file["path"]
        assert outcome(folder, "Write", file_path=str(new), content=text) == "deny"
        assert outcome(folder, "Write", file_path=str(place), content="") == "deny"
    if not file["path"].endswith("tool.py"):
        assert shell(folder, f"rm {file['path']}") == "deny"
        assert shell(folder, f"mv {file['path']} x") == "deny"
        assert shell(folder, f"python3 gen.py > {file['path']}") == "deny"


@pytest.mark.parametrize("name", sorted(_dep_files._LOCKS))  # noqa: SLF001 -- all of the table
def test_lock_files(name: str, folder: Path) -> None:
    place = write(folder, f"sub/{name}", "x\n")
    assert outcome(folder, "Edit", file_path=str(place), old_string="x", new_string="y") == "deny"
    assert outcome(folder, "Write", file_path=str(place), content="x\n") == "abstain"
    assert outcome(folder, "Write", file_path=str(folder / name), content="x\n") == "deny"
    assert outcome(folder, "Read", file_path=str(place)) == "abstain"
    assert shell(folder, f"echo y >> sub/{name}") == "deny"
    assert shell(folder, f"rm -f sub/{name}") == "deny"
    assert shell(folder, f"rm -f {name}") == "abstain"  # it is not there
    assert (
        shell(folder, f"cat sub/{name}; chmod 644 sub/{name}; cp sub/{name} sub/copy") == "abstain"
    )


CARGO = '[package]\nversion = "0.1.0"\n\n[dependencies]\nserde = "1.0"\n'


@pytest.fixture
def cargo(folder: Path) -> Path:
    write(folder, "Cargo.toml", CARGO)
    return folder


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("sed -i 's/0.1.0/0.2.0/' Cargo.toml", "abstain"),
        ('sed -i \'s/^version = ".*"/version = "0.2.0"/\' Cargo.toml', "abstain"),
        ("sed -i s/1.0/1.1/ Cargo.toml", "deny"),
        ("sed -i 's/serde = .*/serde = \"2\"/' Cargo.toml", "deny"),
        ("sed -i '/serde/d' Cargo.toml", "deny"),
        ("sed -i '' 's/1/2/' Cargo.toml", "deny"),
        ("sed s/1/2/ Cargo.toml", "abstain"),
        ("sed -i s/1.0/1.1/ src.txt", "abstain"),
        ("perl -pi -e 's/0.1.0/0.2.0/' Cargo.toml", "deny"),
        ("echo '# end' >> Cargo.toml", "abstain"),
        ("echo 'log = \"1\"' >> Cargo.toml", "deny"),
        ("printf '[profile.dev]\\nlto = true\\n' >> Cargo.toml", "abstain"),
        ("cat >> Cargo.toml <<'EOF'\nlog = \"1\"\nEOF", "deny"),
        ("cat >> Cargo.toml <<'EOF'\n[lints]\nEOF", "abstain"),
        ('echo "$X" >> Cargo.toml', "deny"),
        ("tee -a Cargo.toml < x", "deny"),
        ("cp Cargo.toml Cargo.toml.bak", "abstain"),
        ("cp Cargo.toml a.toml; cp a.toml Cargo.toml", "abstain"),
        ("echo 'x = 1' > a.toml; cp a.toml Cargo.toml", "deny"),
        ("echo 'x = 1' > a.toml; mv a.toml Cargo.toml", "deny"),
        ("cp bad.toml Cargo.toml; cat Cargo.toml > x; echo 1 > bad.toml", "deny"),
        ("cp bad.toml Cargo.toml; printf '' > bad.toml", "deny"),
        ("ln -sf bad.toml Cargo.toml", "deny"),
        ("ln -s Cargo.toml l; echo 'log = \"1\"' >> l", "deny"),
        ("echo 'log = \"1\"' >> link.toml", "deny"),
        ("printf '[dependencies]\\nx = 1\\n' > CARGO.toml", "deny"),
        ("touch Cargo.toml; chmod 644 Cargo.toml", "abstain"),
        ("python3 -c \"open('Cargo.toml', 'w').write('x')\"", "deny"),
        ("python3 -c \"print(open('Cargo.toml').read())\"", "abstain"),
        ("jq . package.json > t && mv t Cargo.toml", "deny"),
        ("> Cargo.toml", "deny"),
        ("truncate -s 0 Cargo.toml", "deny"),
        ("rm -rf .", "deny"),
        ("rm -rf crates", "deny"),
        ("rm -rf docs target node_modules build dist vendor", "abstain"),
        ("mv crates/a crates/b", "deny"),
        ("cp -r crates/a crates/b", "deny"),
        ("cp -r docs other", "abstain"),
        ("cp -r crates/a target/b", "abstain"),
        ("find . -name '*.toml' -delete", "deny"),
        ("find docs -name '*.toml' -delete", "abstain"),
        ("rm *.toml", "deny"),
        ('rm "$f"', "deny"),
        ("tar xf x.tar", "deny"),
        ("tar xf x.tar -C docs", "abstain"),
        ("prettier --write .", "abstain"),
        ("git pull; git checkout main; git stash pop", "abstain"),
        ("git checkout -- Cargo.toml", "deny"),
        ("git apply x.diff", "deny"),
        ("git stash apply", "abstain"),
        ("git rm -r crates", "deny"),
        ("git clean -fd", "abstain"),
        ("echo x > node_modules/a/package.json", "abstain"),
        ("cat Cargo.toml | grep serde > out.txt", "abstain"),
        ("python3 gen.py > tool.py", "abstain"),
    ],
)
def test_shell(command: str, expected: str, cargo: Path) -> None:
    (cargo / "link.toml").symlink_to("Cargo.toml")
    write(cargo, "bad.toml", '[dependencies]\nserde = "2"\n')
    write(cargo, "crates/a/Cargo.toml", CARGO)
    write(cargo, "docs/x.md", "x\n")
    write(cargo, "docs/book.toml", "x = 1\n")
    for name in ("target", "node_modules", "build", "dist", "vendor"):
        write(cargo, f"{name}/p/package.json", '{"dependencies": {"a": "1"}}')
    assert shell(cargo, command) == expected


def test_edits_that_the_client_refuses_change_nothing(cargo: Path) -> None:
    path = str(cargo / "Cargo.toml")
    absent = {"file_path": path, "old_string": "nowhere", "new_string": "x"}
    assert outcome(cargo, "Edit", **absent) == "abstain"
    twice = {"file_path": path, "old_string": "0", "new_string": "9"}
    assert outcome(cargo, "Edit", **twice) == "abstain"
    assert outcome(cargo, "Edit", **twice, replace_all=True) == "deny"
    assert outcome(cargo, "Edit", file_path=path, old_string="", new_string="x") == "abstain"


def test_edits_go_one_after_another(cargo: Path) -> None:
    path = str(cargo / "Cargo.toml")
    there_and_back = [
        {"old_string": '"1.0"', "new_string": '"1.1"'},
        {"old_string": '"1.1"', "new_string": '"1.0"'},
    ]
    assert outcome(cargo, "MultiEdit", file_path=path, edits=there_and_back) == "abstain"
    assert outcome(cargo, "MultiEdit", file_path=path, edits=there_and_back[:1]) == "deny"


def test_an_edit_reads_line_ends_and_quotes_as_the_client_does(folder: Path) -> None:
    path = str(write(folder, "Cargo.toml", CARGO.replace("\n", "\r\n")))
    across = '[dependencies]\nserde = "1.0"'
    changed = across.replace("1.0", "1.1")
    assert outcome(folder, "Edit", file_path=path, old_string=across, new_string=changed) == "deny"
    same = across + "\n# end"
    assert outcome(folder, "Edit", file_path=path, old_string=across, new_string=same) == "abstain"
    curly = "serde = \u201c1.0\u201d"
    assert (
        outcome(folder, "Edit", file_path=path, old_string=curly, new_string='serde = "2"')
        == "deny"
    )


def test_a_call_that_is_not_the_tools_own_is_denied(cargo: Path) -> None:
    path = str(cargo / "Cargo.toml")
    mixed = {"old_string": '"1.0"', "new_string": '"2"', "content": CARGO}
    assert outcome(cargo, "Edit", file_path=path, **mixed) == "deny"
    assert outcome(cargo, "Edit", file_path=path) == "deny"
    assert outcome(cargo, "NotebookEdit", notebook_path=path, new_source="x") == "deny"


def test_names_are_judged_as_spelled_and_as_they_are(cargo: Path) -> None:
    change = {"old_string": '"1.0"', "new_string": '"1.1"'}
    (cargo / "x.txt").symlink_to(cargo / "Cargo.toml")
    assert outcome(cargo, "Edit", file_path=str(cargo / "x.txt"), **change) == "deny"
    write(cargo, "plain.txt", CARGO)
    assert outcome(cargo, "Edit", file_path=str(cargo / "plain.txt"), **change) == "abstain"
    (cargo / "package.json").symlink_to(cargo / "plain.txt")
    whole = '{"dependencies": {"a": "1"}}'
    assert outcome(cargo, "Write", file_path=str(cargo / "package.json"), content=whole) == "deny"
    write(cargo, "PYPROJECT.TOML", "[project]\ndependencies = ['a']\n")
    shouted = {"file_path": str(cargo / "PYPROJECT.TOML"), "old_string": "'a'", "new_string": "'b'"}
    assert outcome(cargo, "Edit", **shouted) == "deny"


def test_what_cannot_be_read_is_denied(folder: Path) -> None:
    broken = write(folder, "Cargo.toml", "[dependencies\n")
    assert outcome(folder, "Write", file_path=str(broken), content=CARGO) == "deny"
    large = write(folder, "package.json", "[" + " " * (1 << 18) + "]")
    found = verdict(folder, "Edit", file_path=str(large), old_string="[", new_string="{")
    assert found.outcome == "deny"
    assert "cannot be read" in found.reason


def test_a_new_manifest_passes_where_it_names_nothing(folder: Path) -> None:
    new = {"file_path": str(folder / "a/Cargo.toml")}
    assert outcome(folder, "Write", **new, content="[package]\nname = 'a'\n[dependencies]\n") == (
        "abstain"
    )
    assert outcome(folder, "Write", **new, content=CARGO) == "deny"
    assert outcome(folder, "Edit", **new, old_string="", new_string=CARGO) == "deny"


def test_ignored_manifests_are_none(cargo: Path) -> None:
    role = compiled("safety::no-dep-bump", {"ignore": ["tests/data/**"]}).role("project:tested")
    params = gate.Params(role.grants[0].params)
    inside = event(cargo, "Write", file_path=str(cargo / "tests/data/Cargo.toml"), content=CARGO)
    outside = event(cargo, "Write", file_path=str(cargo / "tests/Cargo.toml"), content=CARGO)
    assert gate.check(inside, params).outcome == "abstain"
    assert gate.check(outside, params).outcome == "deny"


IMAGES = [
    ("Dockerfile", "FROM a:1\nRUN x\n", "a:1", "a:2", "RUN x", "RUN y"),
    ("compose.yaml", "services:\n  a:\n    image: b:1\n    tty: true\n", "b:1", "b:2", "true",
     "false"),
    (".github/workflows/ci.yml", "steps:\n  - uses: a/b@v1\n  - run: x\n", "@v1", "@v2", "x", "y"),
    (".pre-commit-config.yaml", "repos:\n- repo: a\n  rev: 1\n  verbose: x\n", "rev: 1", "rev: 2",
     "verbose: x", "verbose: y"),
]  # fmt: skip


@pytest.mark.parametrize("row", IMAGES, ids=lambda row: row[0])
def test_images_count_only_where_they_are_asked_for(row: tuple[str, ...], folder: Path) -> None:
    path, text, old, new, other, others = row
    place = str(write(folder, path, text))
    change = event(folder, "Edit", file_path=place, old_string=old, new_string=new)
    harmless = event(folder, "Edit", file_path=place, old_string=other, new_string=others)
    on = gate.Params({"images": True})
    assert gate.check(change, gate.Params({})).outcome == "abstain"
    assert gate.check(change, on).outcome == "deny"
    assert gate.check(harmless, on).outcome == "abstain"
