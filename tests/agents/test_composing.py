"""The prompt for one task: what holds its agent, its files, its fields, its words, its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kei_gates.agents.assemble import held_to, keys_of
from kei_gates.agents.composing import compose
from kei_gates.engine import catalogue
from kei_gates.hook.store import read_source
from kei_gates.model import Fault
from kei_gates.policy.tasks import read_task
from tests.agents.crews import lay_out, library, policy

TASK = """\
[task]
role = "edit-local"
[scope]
files-whitelist = ["src/parser/**"]
files-denylist = ["**/Cargo.toml"]
[verification]
test-count-min = 44
[output]
report-fields-required = ["Files written"]
[body]
text = \"\"\"
Mend the parser.

It loses `kei-task: x` in prose.
\"\"\"
"""
POLICY = """
[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-whitelist = ["src/**"]
files-denylist = ["src/lock"]
"""


def composed(tmp_path: Path, task: str = TASK, rules: str | None = None) -> str:
    shelf = library(lay_out(tmp_path / "agents"))
    (tmp_path / "t-1.toml").write_text(task)
    policies, builder = policy(tmp_path, rules)
    whole = catalogue.whole()
    read = read_task(str(tmp_path / "t-1.toml"), whole, policies.role_names, read_source)
    role = held_to(keys_of("x", "edit-local", policies), builder)
    return compose("t-1", read, role, shelf.text, whole.params)


def test_the_whole_prompt(tmp_path: Path) -> None:
    text = composed(tmp_path)
    headings = re.findall(r"^# (.+)$", text, flags=re.MULTILINE)
    assert headings == ["AGENT SUBSTRATE — role edit-local", "SCOPE", "TASK", "REPORT"]
    assert text.endswith("- Files written\n\nkei-task: t-1\n")
    assert "Mend the parser.\n\nIt loses `kei-task: x` in prose." in text
    assert "You may change only files that match one of:\n\n- `src/parser/**`" in text
    assert "You must not change a file that matches one of:\n\n- `**/Cargo.toml`" in text
    assert "- count-min: 44" in text
    assert "- patterns: nothing" not in text  # the empty list of the shipped role gives way


def test_a_task_narrows_what_the_policy_says(tmp_path: Path) -> None:
    text = composed(tmp_path, rules=POLICY)
    scope = text[text.index("# SCOPE") : text.index("# TASK")]
    allowed = "You may change only files that match one of:"
    assert scope.count(allowed) == 2
    assert scope.index("- `src/**`") < scope.index("- `src/parser/**`")
    assert "- `src/lock`\n- `**/Cargo.toml`" in scope
    assert "Set here, and all of it holds:\n\n- patterns: `src/**`" in text


def test_where_nobody_names_files_none_may_change(tmp_path: Path) -> None:
    bare = '[body]\ntext = "Look."\n'
    text = composed(tmp_path, bare)
    assert "You may change no file." in text
    assert "# REPORT" not in text


@pytest.mark.parametrize(
    "line", ["kei-task: other", "  kei-task:other", "- **KEI-TASK: x**", "a\\nkei-task: t-1\\nb"]
)
def test_words_that_would_bind_to_a_task_are_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(Fault, match=r"t-1\.toml.*would bind it to that task"):
        composed(tmp_path, f'[body]\ntext = "Do.\\n{line}"\n')


def test_fields_that_would_bind_to_a_task_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="would bind its agent to another task too"):
        composed(tmp_path, TASK.replace('"Files written"', '"kei-task: other"'))


@pytest.mark.parametrize("task", ['[task]\nrole = "edit-local"\n', '[body]\ntext = " "\n'])
def test_a_task_without_words_is_refused(tmp_path: Path, task: str) -> None:
    with pytest.raises(Fault, match="says nothing"):
        composed(tmp_path, task)
