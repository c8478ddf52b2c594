"""What a manifest may say, and what is said of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kei_gates.agents.manifest import Read, read
from kei_gates.hook.store import read_source
from kei_gates.model import Fault
from tests.agents.crews import MANIFEST


def written(folder: Path, text: str, name: str = "one.toml") -> Read:
    (folder / name).write_text(text)
    return read(str(folder / name), read_source)


def changed(before: str, after: str) -> str:
    assert before in MANIFEST
    return MANIFEST.replace(before, after)


def test_a_whole_manifest(tmp_path: Path) -> None:
    found = written(tmp_path, MANIFEST)
    assert found.role == "edit-local"
    assert found.manifest.role == "You do one thing.\n\nAnd no other.\n"
    assert [one.target for one in found.manifest.handoff] == ["two"]
    assert found.manifest.references.extra == ["a book"]
    kinds = {line: found.enforcement(line) for line in found.manifest.forbidden_domain}
    assert [(one.by if one else None) for one in kinds.values()] == [
        ["policy::no-git-ops"], [], ["safety::no-kill"]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tools", "role"),
    [('["Read", "Edit"]', "edit-local"), ('["NotebookEdit"]', "edit-local"),
     ('["Read"]', "read-only"), ('["Read", "Bash"]', "read-only")],
)  # fmt: skip
def test_without_a_role_it_is_the_narrowest_for_its_tools(
    tmp_path: Path, tools: str, role: str
) -> None:
    text = changed('substrate_role = "edit-local"\n', "").replace('["Read", "Edit"]', tools)
    assert written(tmp_path, text).role == role


@pytest.mark.parametrize("model", ["opus", "sonnet", "haiku", "inherit", "claude-opus-4-5[1m]"])
def test_models(tmp_path: Path, model: str) -> None:
    assert written(tmp_path, changed('"opus"', f'"{model}"')).manifest.model == model


@pytest.mark.parametrize(
    "text",
    [
        'domain_in = ["Fill in the <what> of `{project}` and mend what is marked TODO"]',
        'domain_in = ["Never leave TODO: refactor later in code"]',
        'domain_in = ["Ask: what is it?", "Wait ... and see"]',
    ],
)
def test_words_that_only_look_left_over(tmp_path: Path, text: str) -> None:
    assert written(tmp_path, changed('domain_in = ["Doing the thing"]', text))


WRONG = [
    ("unknown key", 'description = "Does', 'desciption = "Does', "did you mean `description`?"),
    ("role key", "substrate_role =", "substrate-role =", "did you mean `substrate_role`?"),
    ("handoff key", 'trigger = "the', 'triger = "the', "did you mean `trigger`?"),
    ("no handoff", '[[handoff]]\ntarget = "two"\ntrigger = "the other thing"\n', "", "`handoff`"),
    ("key below", 'extra = ["a book"]', 'extra = ["a book"]\nrole = "x"', "above the first table"),
    ("order of lists", "[[handoff]]", '[[handoff]]\nmodel = "opus"', "`model` stands below"),
    ("kind of a value", 'tools = ["Read", "Edit"]', 'tools = "Read"', ":3: `tools` must be a list"),
    ("no tools", 'tools = ["Read", "Edit"]', "tools = []", "`tools` must not be empty"),
    ("role's name", '"edit-local"', '"Edit Local"', "`substrate_role` holds characters"),
    ("own name", 'name = "one"', 'name = "three"', "is called `one.toml`; call it `three.toml`"),
    ("model", '"opus"', '"opsu"', "there is no model `opsu`; did you mean `opus`?"),
    ("model's kind", '"opus"', '"gpt"', "there is no model `gpt`"),
    ("fence", "Does one thing: well", "Does --- well", "ends a front matter; write a dash"),
    ("left over", '"Doing the thing"', '"TODO"', "`domain_in.0` holds `TODO`, which was left over"),
    ("left over later", '"a book"', '"TBD: the book"', "holds `TBD: the book`"),
    ("template", '"the other thing"', '"{{trigger}}"', "holds `{{trigger}}`, which was left over"),
    ("only a template", '"Doing the thing"', '"<what>"', "holds `<what>`"),
    ("dots", '"Doing the thing"', '"..."', "holds `...`"),
    ("empty role", "You do \\\none thing.\n\nAnd no other.", " ", "`role` is empty"),
    ("two lines", '"Doing the thing"', '"Doing\\nthe thing"', "`domain_in.0` holds characters"),
    ("twice", '"Running git", ', '"Running git", "Running git", ', "`Running git` twice"),
    ("block missing", '"evidence-grading", ', "", "the block `evidence-grading` is missing"),
    ("order", '"baseline", "evidence-grading"', '"evidence-grading", "baseline"', "come first"),
    ("no such line", '"Running git"\nby', '"Runing git"\nby', "did you mean `Running git`?"),
    ("said twice", 'line = "Doing another"', 'line = "Running"', "`Running git` is enforced twice"),
    ("says nothing", 'because = "nobody can see what a thing is"', "", "nothing is said of"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after", "said"), WRONG, ids=[one[0] for one in WRONG])
def test_what_is_wrong_is_named(
    tmp_path: Path, name: str, before: str, after: str, said: str
) -> None:
    with pytest.raises(Fault) as caught:
        written(tmp_path, changed(before, after))
    message = f"{caught.value.reason}; {caught.value.remedy}"
    assert said in message, name
    assert f"{tmp_path}/one.toml" in message


def test_one_beginning_of_two_lines_is_refused(tmp_path: Path) -> None:
    text = changed('"Running git", "Doing another thing"', '"Running git", "Doing a", "Doing b"')
    with pytest.raises(Fault, match="2 lines of `forbidden_domain` begin with `Doing`"):
        written(tmp_path, text.replace('line = "Doing another"', 'line = "Doing"'))


def test_a_manifest_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="there is no manifest"):
        read(str(tmp_path / "none.toml"), read_source)
    with pytest.raises(Fault, match="is not TOML"):
        written(tmp_path, "name = ")
    (tmp_path / "one.toml").write_bytes(b"name = \xff")
    with pytest.raises(Fault, match="is not UTF-8"):
        read(str(tmp_path / "one.toml"), read_source)
