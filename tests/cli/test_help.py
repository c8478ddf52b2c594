"""What every command says of itself: the tree of commands is walked, so a new one is held too."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kei_gates.cli.main import build_parser
from tests.cli.tree import commands, examples, exit_codes, words_of
from tests.environment import POLICY, accept, make_project

TREE = commands(build_parser())
LEAVES = {path: one for path, one in TREE.items() if one.parser.get_default("run")}
EXAMPLES = [(path, text) for path, one in TREE.items() for text in examples(one.parser)]
# Commands whose examples cannot end well here, each with the reason.
NOT_RUN = {
    ("allow",): "nothing was denied",
    ("confirm",): "nothing waits for a word",
    ("cost", "release"): "nothing was launched",
    ("why",): "nothing was decided",
    ("trust",): "only with `--diff` or `--yes`: nobody sits here to be asked",
    ("hook",): "answers by the settings of the project",
}
NOT_RUN_WITH = {
    "--follow": "goes on until a person ends it",
    "--scheduler": "there is no cluster here",
}
ALSO_RUN = ("--diff", "--yes")
USAGE = 64


@pytest.mark.parametrize("path", TREE, ids=" ".join)
def test_a_command_says_what_it_does(path: tuple[str, ...]) -> None:
    parser = TREE[path].parser
    assert parser.description
    assert parser.description[0].isupper()
    assert parser.description.endswith(".")
    for action in parser._actions:  # noqa: SLF001 -- argparse shows its arguments nowhere else
        assert action.help or action.choices, action.dest


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_a_command_has_examples_and_exit_codes(path: tuple[str, ...]) -> None:
    parser = LEAVES[path].parser
    own = [text for text in examples(parser) if tuple(words_of(text)[: len(path)]) == path]
    assert own, f"`kei-gates {' '.join(path)}` has no example of its own under `examples:`"
    codes = exit_codes(parser)
    assert 0 in codes, "its help ends with no line `exit codes: 0 ..., 64 bad usage`"
    assert USAGE in codes or path == ("hook",)
    assert all(codes.values())


@pytest.mark.parametrize("path", TREE, ids=" ".join)
def test_help_fits_a_terminal(path: tuple[str, ...]) -> None:
    lines = (TREE[path].parser.epilog or "").splitlines()
    assert [line for line in lines if len(line) > 100] == []


@pytest.mark.parametrize(("path", "example"), EXAMPLES, ids=str)
def test_an_example_parses(path: tuple[str, ...], example: str) -> None:
    assert build_parser().parse_args(words_of(example)).run
    assert tuple(words_of(example)[: len(path)]) == path


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A project with all that the examples name, in a home of its own."""
    for folder in (tmp_path / "home/my-project", tmp_path / "project"):
        folder.parent.mkdir(exist_ok=True)
        made = make_project(folder, POLICY)
        shutil.rmtree(made / ".git")  # only spelled like one
        for words in (("init", "-q", "-b", "main"), ("add", "src/a.py"), ("commit", "-qm", "x")):
            git = ("git", "-c", "user.name=t", "-c", "user.email=t@example.invalid")
            subprocess.run([*git, *words], cwd=made, check=True, capture_output=True)
        accept(made, tmp_path / "home")
    (made / "train.py").write_text("import modal\n\napp = modal.App('a')\n")
    (made / "report.md").write_text("Files written: none\n")
    call = {"hook_event_name": "PreToolUse", "tool_name": "Read", "cwd": str(made),
            "tool_input": {"file_path": f"{made}/a"}}  # fmt: skip
    (made / "payload.json").write_text(json.dumps(call))
    (made / "commands.jsonl").write_text('{"id": 1, "command": "git push"}\n')
    task = made / ".claude/kei-gates/tasks/parser-7.toml"
    task.parent.mkdir(parents=True)
    task.write_text('version = 1\n[task]\nrole = "edit-local"\n[body]\ntext = "x"\n')
    (made / "my-agents").mkdir()
    shipped = Path(__file__).parents[2] / "policies/agents/kei-critic.toml"
    shutil.copy(shipped, made / "my-agents")
    (made / "stricter.toml").write_text(POLICY)
    kept = tmp_path / "home/.claude/projects" / re.sub("[^A-Za-z0-9]", "-", str(made))
    kept.mkdir(parents=True)
    block = {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "ls"}}
    record = {"type": "assistant", "message": {"id": "m1", "content": [block]}, "cwd": str(made),
              "timestamp": "2026-11-28T12:00:00.000Z", "sessionId": "s1"}  # fmt: skip
    (kept / "s1.jsonl").write_text(json.dumps(record) + "\n")
    return made


def ended(example: str, here: Path) -> subprocess.CompletedProcess[str]:
    """Run an example as it stands, with a home and a state of its own."""
    program = here.parent / "bin/kei-gates"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kei_gates.cli.main "$@"\n')
    program.chmod(0o755)
    around = {"PATH": f"{program.parent}:/usr/bin:/bin", "HOME": str(here.parent / "home")}
    folders = (".zfunc", ".local/share/bash-completion/completions", ".config/fish/completions")
    for folder in folders:
        (here.parent / "home" / folder).mkdir(parents=True)
    return subprocess.run(
        ["/bin/bash", "-c", example], cwd=here, env=around, capture_output=True, text=True,
        stdin=subprocess.DEVNULL, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("example", sorted({text for _, text in EXAMPLES}))
def test_an_example_works(example: str, here: Path) -> None:
    words = tuple(words_of(example))
    own = max((p for p in LEAVES if words[: len(p)] == p), key=len)
    for option, why in NOT_RUN_WITH.items():
        if option in words:
            pytest.skip(why)
    if own in NOT_RUN and not (own == ("trust",) and set(ALSO_RUN) & set(words)):
        pytest.skip(NOT_RUN[own])
    if own == ("task", "new"):
        (here / ".claude/kei-gates/tasks/parser-7.toml").unlink()
    done = ended(example, here)
    assert done.returncode in exit_codes(LEAVES[own].parser), done.stderr
    assert done.returncode != USAGE, done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or done.stdout, (
        f"{done.stderr}: mend it, or give the reason in NOT_RUN"
    )
