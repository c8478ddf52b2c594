"""`trust`, `check`, `schema` and `task`: what they print, how they end, what they leave."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kei_gates.cli.main import main
from kei_gates.cli.schema import of_manifest, whole
from kei_gates.engine import catalogue
from kei_gates.policy.capabilities import SHORTHANDS
from tests.environment import POLICY, make_project

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = make_project(tmp_path / "project")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return folder


class Ran:
    def __init__(self, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
        try:
            self.code = main(arguments)
        except SystemExit as stop:
            self.code = int(stop.code or 0)
        self.out, self.err = capsys.readouterr()


def policy(project: Path, text: str) -> None:
    (project / ".claude/kei-gates.toml").write_text(text)


# --- trust ------------------------------------------------------------------------------------


def test_a_policy_is_shown_accepted_and_then_counts(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    denied = Ran(capsys, ("test-command", "ls"))
    assert denied.code == 2
    assert "kei-gates trust" in denied.out
    shown = Ran(capsys, ("trust", "--diff"))
    assert shown.code == 1
    assert '+main = "orchestrator"' in shown.out
    assert Ran(capsys, ("test-command", "ls")).code == 2  # it only showed
    accepted = Ran(capsys, ("trust", "--yes"))
    assert accepted.code == 0
    assert accepted.out.endswith(f"accepted: {here}/.claude/kei-gates.toml\n")
    assert Ran(capsys, ("test-command", "ls")).code == 0
    assert Ran(capsys, ("trust", "--diff")).out == "nothing has changed since it was accepted\n"
    assert "accepted before" in Ran(capsys, ("trust",)).out


def test_only_what_has_changed_is_shown(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Ran(capsys, ("trust", "--yes"))
    policy(here, POLICY.replace('default = "read-only"', 'default = "orchestrator"'))
    assert Ran(capsys, ("test-command", "ls")).code == 2
    shown = Ran(capsys, ("trust", "--diff")).out
    assert '-default = "read-only"\n+default = "orchestrator"' in shown
    assert "+version" not in shown


def test_roles_that_agent_files_declare_are_shown_and_accepted(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Ran(capsys, ("trust", "--yes"))
    file = here / ".claude/agents/x.md"
    file.parent.mkdir()
    file.write_text("---\nname: scout\nsubstrate_role: explorer\n---\n")
    assert Ran(capsys, ("test-command", "--agent", "scout", "ls")).code == 2
    shown = Ran(capsys, ("trust", "--diff"))
    assert "explorer\\tscout" in shown.out
    assert shown.code == 1
    Ran(capsys, ("trust", "--yes"))
    found = Ran(capsys, ("test-command", "--agent", "scout", "ls"))
    assert "role explorer" in found.out


@pytest.mark.parametrize(
    ("answer", "code"), [("y\n", 0), ("yes\n", 0), ("n\n", 1), ("\n", 1), ("", 1)]
)
def test_a_person_is_asked(
    answer: str,
    code: int,
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stdin = io.StringIO(answer)
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", stdin)
    ran = Ran(capsys, ("trust",))
    assert ran.code == code
    assert f"Accept this for {here}? [y/N]" in ran.out
    assert Ran(capsys, ("test-command", "ls")).code == (0 if code == 0 else 2)


def test_where_nobody_can_be_asked_nothing_is_accepted(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    ran = Ran(capsys, ("trust", str(here)))
    assert ran.code == 64
    assert "accept with `--yes`" in ran.err
    assert Ran(capsys, ("test-command", "ls")).code == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [("version = 1\n[agent]\n", ":2: unknown key `agent`"), ("version = = 1", "is not TOML")],
)
def test_what_is_broken_cannot_be_accepted(
    text: str, says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy(here, text)
    ran = Ran(capsys, ("trust", "--yes"))
    assert ran.code == 1
    assert says in ran.err
    assert ran.err.count("\n") == 1


def test_a_project_without_a_policy(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / ".claude/kei-gates.toml").unlink()
    ran = Ran(capsys, ("trust", "--yes"))
    assert ran.code == 1
    assert "there is no policy" in ran.err
    assert Ran(capsys, ("trust", "--yes", "--diff")).code == 64


def test_control_characters_of_a_policy_are_not_shown_as_they_are(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy(here, POLICY + "# \x1b[2J\u202e\n".replace("\x1b", "\u009b"))
    out = Ran(capsys, ("trust", "--diff")).out
    assert out.isascii()
    assert "\\u202e" in out


# --- check ------------------------------------------------------------------------------------

TESTS = """
[[test]]
role = "edit-local"
command = "git push"
expect = "deny"

[[test]]
agent = "builder"
call = {tool_name = "Write", tool_input = {file_path = "src/new.py", content = ""}}
expect = "abstain"

[[test]]
command = "git push"
expect = "pass"

[[test]]
role = "edit-local"
cwd = "src"
command = "echo > x"
expect = "abstain"
"""


def test_tests_that_come_out_as_they_say(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy(here, POLICY + TESTS)
    ran = Ran(capsys, ("check",))
    assert ran.code == 0, ran.out
    assert ran.out == f"{here}/.claude/kei-gates.toml: 4 tests, no problems\n"
    assert json.loads(Ran(capsys, ("check", "--json")).out) == {"problems": [], "tests": 4}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('[[test]]\ncommand = "git push"\nexpect = "deny"\n', 1, "expected deny for `git push`"),
        (
            '[[test]]\nrole = "edit-local"\ncommand = "git push"\nexpect = "abstain"\n',
            1,
            "found deny: kei-gates: policy::no-git-ops blocked this",
        ),
        ('[[test]]\nexpect = "deny"\n', 1, "either a `command` or a `call`"),
        (
            '[[test]]\nrole = "edit-locl"\ncommand = "x"\nexpect = "deny"\n',
            1,
            "unknown role `edit-locl`; did you mean `edit-local`?",
        ),
        (
            '[[test]]\nrole = "a"\nagent = "b"\ncommand = "x"\nexpect = "deny"\n',
            1,
            "a `role` or an `agent`",
        ),
        ('\n# x\n[[test]]\ncommand = """\n\nls"""\nexpect = "deny"\n', 3, "expected deny"),
        ('[[test]]\ncall = {tool = "Read"}\nexpect = "abstain"\n', 1, "has no `tool_name`"),
    ],
)
def test_a_test_that_fails_is_pointed_at(
    text: str, line: int, says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy(here, POLICY + TESTS + text)
    ran = Ran(capsys, ("check",))
    at = (POLICY + TESTS).count("\n") + line
    assert ran.code == 1
    assert ran.out.startswith(f"{here}/.claude/kei-gates.toml:{at}: ")
    assert says in ran.out
    assert ran.out.endswith("5 tests, 1 problems\n")
    (problem,) = json.loads(Ran(capsys, ("check", "--json")).out)["problems"]
    assert problem["line"] == at
    assert says in problem["message"]


def test_a_broken_policy_is_a_problem(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy(here, "version = 1\n[roles.x]\nextend = 'y'\n")
    ran = Ran(capsys, ("check", ".claude/kei-gates.toml"))
    assert ran.code == 1
    path = here / ".claude/kei-gates.toml"
    assert ran.out.startswith(f"{path}:3: unknown key `roles.x.extend`; did you mean `extends`?\n")
    assert Ran(capsys, ("check", "README.md")).code == 64


# --- schema -----------------------------------------------------------------------------------


def test_the_schema_knows_every_capability(capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads(Ran(capsys, ("schema",)).out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    role = schema["$defs"]["Role"]["properties"]
    for capability in catalogue.params():
        category, _, slug = capability.partition("::")
        tables = [one["$ref"] for one in role[category]["anyOf"] if "$ref" in one]
        (table,) = (one.rpartition("/")[2] for one in tables)
        assert slug in schema["$defs"][table]["properties"], capability
    for name, shorthands in SHORTHANDS.items():
        (at,) = (one["$ref"] for one in role[name]["anyOf"] if "$ref" in one)
        assert set(shorthands) <= set(schema["$defs"][at.rpartition("/")[2]]["properties"])
    assert {"extends", "required", "relaxes", "spawnable", "description", "bash"} <= set(role)
    assert schema["additionalProperties"] is False


def test_agent_files_and_tasks_are_looked_at(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agents, tasks = here / ".claude/agents", here / ".claude/kei-gates/tasks"
    for folder in (agents, tasks):
        folder.mkdir(parents=True)
    (agents / "a.md").write_text("---\nname: a\nsubstrate_role: edit-local\n---\n")
    (tasks / "a.toml").write_text('[scope]\nfiles-whitelist = ["src/**"]\n')
    assert Ran(capsys, ("check",)).code == 0
    (agents / "b.md").write_text("---\nname: b\nsubstrate_role: edit-locl\n---\n")
    (tasks / "b.toml").write_text('[scopes]\nfiles-whitelist = ["src/**"]\n')
    ran = Ran(capsys, ("check",))
    assert ran.code == 1
    assert f"{agents}/b.md: there is no role `edit-locl`; did you mean `edit-local`?\n" in ran.out
    assert f"\n{tasks}/b.toml:1: unknown key `scopes`; did you mean `scope`?\n" in ran.out
    (agents / "b.md").write_text("---\nname: a\nsubstrate_role: read-only\n---\n")
    assert "declare different roles" in Ran(capsys, ("check",)).out


SHIPPED = sorted((Path(__file__).parents[2] / "policies").glob("**/*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_schema_accepts_what_is_shipped(path: Path) -> None:
    schema = of_manifest() if path.parent.name == "agents" else whole()
    document = tomllib.loads(path.read_text())
    jsonschema.validate(json.loads(json.dumps(document, default=str)), schema)  # dates are texts


def test_the_schema_of_manifests_refuses_an_unknown_key(
    capsys: pytest.CaptureFixture[str],
) -> None:
    schema = json.loads(Ran(capsys, ("schema", "--manifest")).out)
    path = next(path for path in SHIPPED if path.parent.name == "agents")
    document = tomllib.loads(path.read_text())
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError, match="modle"):
        jsonschema.validate(document | {"modle": "opus"}, schema)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (POLICY + TESTS, True),
        ('[roles.x]\nextends = ["builtin:read-only", "y"]\nspawnable = false\n', True),
        ('[roles.x.bash]\nallow = ["ls"]\n', True),
        ('[roles.x.policy]\nno-git-ops = "read"\n', True),
        ('[roles.x.policy.no-git-ops]\nallow = "read"\n', True),
        ("[roles.x.policy]\nno-git-ops = true\n", True),
        ("[roles.x.policy]\nno-git-ops = false\n", False),
        ("[roles.x.scope]\nfiles-whitelst = []\n", False),
        ('[roles.x.scope]\nfiles-whitelist = "src/**"\n', False),
        ("[agent]\n", False),
        ('[roles."A B"]\n', False),
        ('[[test]]\ncommand = "ls"\nexpect = "block"\n', False),
        ('[[test]]\ncommand = "ls"\n', False),
    ],
)
def test_the_schema_says_what_a_policy_may_say(text: str, valid: bool) -> None:
    document = tomllib.loads(text if "version" in text else f"version = 1\n{text}")
    assert jsonschema.Draft202012Validator(whole()).is_valid(document) == valid


# --- task -------------------------------------------------------------------------------------


def read_task(project: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((project / f".claude/kei-gates/tasks/{name}.toml").read_text())


def test_a_task_is_written_as_given(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = 'Mend "it" \\ \u00e9 \U0001f600 \x7f\nnow.'
    options = [
        *("--role", "edit-local", "--agent", "a", "--parent", "main", "--allow", "src/**"),
        *("--allow", "docs/*.md", "--deny", "**/x", "--check-crate", "c", "--test-crate", "d"),
        *("--min-tests", "44", "--field", "Files written:", "--body", body),
    ]
    ran = Ran(capsys, ("task", "new", "one.1", *options))
    assert ran.code == 0, ran.err
    assert ran.out.endswith("\nkei-task: one.1\n")
    assert read_task(here, "one.1") == {
        "task": {"role": "edit-local", "agent-id": "a", "parent-agent": "main"},
        "scope": {"files-whitelist": ["src/**", "docs/*.md"], "files-denylist": ["**/x"]},
        "verification": {
            "cargo-check-crates": ["c"],
            "cargo-test-crates": ["d"],
            "test-count-min": 44,
        },
        "output": {"report-fields-required": ["Files written:"]},
        "body": {"text": body},
    }
    assert Ran(capsys, ("task", "list")).out == "one.1\n"


def test_a_task_is_never_written_over(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Ran(capsys, ("task", "new", "a", "--body", "first")).code == 0
    ran = Ran(capsys, ("task", "new", "a", "--body", "second"))
    assert ran.code == 1
    assert "choose another id" in ran.err
    assert read_task(here, "a") == {"body": {"text": "first"}}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["../a"], "`../a` is no id of a task"),
        ([".a"], "`.a` is no id"),
        (["a b"], "`a b` is no id"),
        (["x" * 65], "is no id"),
        (["a", "--role", "edit-locl"], "did you mean `edit-local`?"),
        (["a", "--allow", "../x"], "`../x`"),
        (["a", "--min-tests", "-1"], "test-count-min"),
    ],
)
def test_a_task_that_could_not_be_used_is_not_made(
    arguments: list[str], says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = Ran(capsys, ("task", "new", *arguments))
    assert ran.code == 1
    assert says in ran.err
    assert not (here / ".claude/kei-gates").exists()


def test_the_body_may_come_from_stdin(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("two\nlines\n"))
    assert Ran(capsys, ("task", "new", "a", "--body", "-", "--dir", str(here))).code == 0
    assert read_task(here, "a") == {"body": {"text": "two\nlines\n"}}
