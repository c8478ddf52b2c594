"""The two subcommands, the hook they try, and the starter policy."""

from __future__ import annotations

import argparse
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

from kei_gates.cli import install as command
from kei_gates.hook import own_folders
from kei_gates.install import project as projects
from kei_gates.install.errors import InstallError
from kei_gates.install.probe import probe

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from pathlib import Path

    from kei_gates.install.places import Places
    from kei_gates.install.project import Project

DENY = {
    "hookSpecificOutput": {
        "hookEventName": "PreToolUse",
        "permissionDecision": "deny",
        "permissionDecisionReason": "because",
    }
}

# As the client sends them, in its order.
SUBAGENT_KEYS = [
    "session_id",
    "transcript_path",
    "cwd",
    "prompt_id",
    "permission_mode",
    "agent_id",
    "agent_type",
    "effort",
    "hook_event_name",
    "tool_name",
    "tool_input",
    "tool_use_id",
]


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    args = parser.parse_args(words)
    code: int = args.run(args)
    return code


@pytest.fixture
def installed(where: Project, places: Places) -> Project:
    projects.install(where, places)
    return where


def seen(places: Places) -> list[Any]:
    lines = (places.hooks / "kei_gates_hook.py.seen").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_the_hook_is_fired_as_the_client_fires_it(
    installed: Project, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert probe(installed, places.starter) == "stand-in: no git here"
    fired = seen(places)
    for arguments, environment, payload in fired:
        assert arguments == ["PreToolUse"]
        assert environment["CLAUDE_PROJECT_DIR"] == str(installed.root)
        # LC_CTYPE is what Python itself adds when it starts in the C locale.
        assert environment.keys() - {"LC_CTYPE"} == {"CLAUDE_PROJECT_DIR", "HOME", "PATH"}
        assert payload["hook_event_name"] == "PreToolUse"
        assert payload["cwd"] == str(installed.root)
    push, read, pwd = (payload for _, _, payload in fired)
    assert (push["tool_name"], push["tool_input"]) == ("Bash", {"command": "git push"})
    assert read["tool_name"] == "Read"
    assert (pwd["tool_name"], pwd["tool_input"]) == ("Bash", {"command": "pwd"})
    assert list(push) == SUBAGENT_KEYS
    assert list(pwd) == [key for key in SUBAGENT_KEYS if not key.startswith("agent_")]


def test_with_a_policy_of_ones_own_only_a_subagent_is_tried(
    installed: Project, places: Places
) -> None:
    installed.policy.write_text("version = 1\n")
    probe(installed, places.starter)
    assert [payload["tool_name"] for _, _, payload in seen(places)] == ["Bash", "Read"]


def deny(**changes: object) -> str:
    output = {"hookSpecificOutput": {**DENY["hookSpecificOutput"], **changes}}
    return f"print({json.dumps(output)!r})"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("", "`git push` with exit 0 and no output"),
        ("import sys; sys.exit(2)", "`git push` with exit 2 and no output"),
        ("raise SystemExit('no module')", "`git push` with exit 1 and `no module`"),
        ("import os; os.kill(os.getpid(), 9)", "`git push` with exit -9"),
        (deny(), "`git push` with exit 0"),
        (f"{deny(permissionDecision='allow')}; exit(2)", "`git push` with exit 2"),
        (f"{deny(hookEventName='Other')}; exit(2)", "`git push` with exit 2"),
        ("print('{}'); import sys; sys.exit(2)", "`git push` with exit 2 and `{}`"),
        ("print('[1]\\n2'); import sys; sys.exit(2)", "`git push` with exit 2 and `[1] 2`"),
        (f"{deny()}; import sys; sys.exit(2)", "Read of a file with exit 2 and `because`"),
        (f"print('x') if 'Read' in input() else [{deny()}, exit(2)]", "Read of a file with exit 0"),
        (f"if 'Read' not in input(): {deny()}; exit(2)", "the main thread's `pwd` with exit 2"),
        ("import time; time.sleep(60)", "nothing (Command "),
    ],
)
def test_a_wrong_answer_is_told_and_the_settings_stay(
    script: str, said: str, installed: Project, places: Places
) -> None:
    (places.hooks / "kei_gates_hook.py").write_text(f"from sys import exit\n{script}\n")
    text = installed.settings.read_text().replace('"timeout": 20', '"timeout": 2')
    installed.settings.write_text(text)
    with pytest.raises(InstallError) as failure:
        probe(installed, places.starter)
    message = str(failure.value)
    assert said in message
    assert "the settings are left in place" in message
    assert "\n" not in message
    assert installed.settings.read_text() == text


def test_a_hook_that_cannot_start_is_told(installed: Project, places: Places) -> None:
    places.interpreter.unlink()
    with pytest.raises(InstallError, match=r"nothing .*No such file"):
        probe(installed, places.starter)


def test_settings_without_our_hook_are_told(where: Project, places: Places) -> None:
    with pytest.raises(InstallError, match="has no PreToolUse hook of kei-gates"):
        probe(where, places.starter)


def test_install_tells_where_all_is_and_what_to_try(
    where: Project,
    places: Places,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "places", lambda: places)
    assert run("install", str(where.root)) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert str(where.settings) in told.out
    assert str(where.policy) in told.out
    assert "stand-in: no git here" in told.out
    assert f"'{places.program}' test-command --role edit-local" in told.out
    assert f"The settings name {places.environment}, a path of this machine" in told.out


def kept(home: Path) -> set[str]:
    return {path.name for path in home.rglob("*") if path.is_file()}


def test_the_starter_policy_is_accepted_until_uninstall(
    where: Project, places: Places, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "places", lambda: places)
    assert run("install", str(where.root)) == 0
    assert kept(home) == {"policy", "agents"}
    assert run("uninstall", str(where.root)) == 0
    assert kept(home) == set()


def test_a_policy_that_was_there_before_is_not_accepted(
    where: Project,
    places: Places,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "places", lambda: places)
    where.folder.mkdir()
    where.policy.write_text('version = 1\n[agents]\ndefault = "orchestrator"\n')
    assert run("install", str(where.root)) == 0
    told = capsys.readouterr().out
    assert f"nobody has accepted the policy {where.policy} yet" in told
    assert f" trust '{where.root}'" in told
    assert kept(home) == set()


def test_both_work_on_the_current_folder(
    where: Project, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "places", lambda: places)
    monkeypatch.chdir(where.root)
    assert run("install") == 0
    assert where.settings.is_file()
    assert run("uninstall") == 0
    assert not where.folder.exists()


@pytest.mark.parametrize("subcommand", ["install", "uninstall"])
def test_a_refusal_is_one_line_and_exit_1(
    subcommand: str,
    where: Project,
    places: Places,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "places", lambda: places)
    where.folder.mkdir()
    where.settings.write_text("{,}")
    assert run(subcommand, str(where.root)) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert re.fullmatch(r"kei-gates: `.*settings.json` line 1 column 2: [^\n]+[^.\n]\n", told.err)
    assert where.settings.read_text() == "{,}"


def test_a_hook_that_does_not_block_fails_the_install(
    where: Project,
    places: Places,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "places", lambda: places)
    (places.hooks / "kei_gates_hook.py").write_text("")
    assert run("install", str(where.root)) == 1
    assert "not a deny" in capsys.readouterr().err
    assert where.settings.is_file()


def uncommented(text: str) -> str:
    """Take the `# ` off the lines that the starter tells the reader to take it off."""
    return re.sub(r"(?m)^# (?=\[|[\w\"*-]+ = )", "", text)


def test_the_starter_policy_says_who_is_what(places: Places) -> None:
    assert tomllib.loads(places.starter.read_text()) == {
        "version": 1,
        "agents": {"main": "orchestrator", "default": "read-only"},
    }


def test_the_examples_of_the_starter_policy_are_right(places: Places) -> None:
    role = tomllib.loads(uncommented(places.starter.read_text()))
    assert role["agents"]["my-builder"] == "edit-local"
    assert role["roles"] == {
        "edit-local": {
            "extends": "builtin:edit-local",
            "scope": {
                "files-whitelist": ["src/**", "tests/**"],
                "files-denylist": ["**/Cargo.toml", ".github/**"],
            },
            "verification": {
                "test-commands": ["pytest -q"],
                "test-count-min": 1,
                "commands": ["ruff check"],
            },
        }
    }


@pytest.fixture
def above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, places: Places) -> Path:
    """Keep everything of the user and the machine below one folder; give the home in it."""
    monkeypatch.setattr(command, "places", lambda: places)
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(projects, "managed_folder", lambda: str(tmp_path / "etc" / "claude-code"))
    monkeypatch.setattr(
        own_folders, "MACHINE_POLICY", str(tmp_path / "etc" / "kei-gates" / "policy.toml")
    )
    (tmp_path / "home").mkdir()
    (tmp_path / "etc").mkdir()
    return tmp_path / "home"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "/var/" not in str(path) and not path.name.endswith(".seen")
    }


SCOPE_FILES = {
    "project": ("a project/.claude/settings.json", "a project/.claude/kei-gates.toml"),
    "local": ("a project/.claude/settings.local.json", "a project/.claude/kei-gates.toml"),
    "user": ("home/.claude/settings.json", "home/.config/kei-gates/policy.toml"),
    "managed": ("etc/claude-code/managed-settings.json", "etc/kei-gates/policy.toml"),
}
SOURCES = {
    "project": ["project_settings"],
    "local": ["local_settings"],
    "user": ["user_settings"],
    "managed": [],  # the client does not heed the answer there
}


@pytest.mark.parametrize("scope", list(SCOPE_FILES))
@pytest.mark.parametrize("there", [None, b'{ "model":"o",\r\n\t"permissions": {"deny" : [ ] } }'])
def test_each_scope_has_its_files_and_gives_them_back(
    scope: str,
    there: bytes | None,
    where: Project,
    above: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = above.parent
    settings, policy = (root / name for name in SCOPE_FILES[scope])
    if there is not None:
        settings.parent.mkdir(parents=True)
        settings.write_bytes(there)
    before = tree(root)
    assert run("install", str(where.root), "--scope", scope) == 0
    said = capsys.readouterr().out
    assert f"Scope {scope}." in said
    assert "Withstands: " in said
    assert "Does not: " in said
    assert policy.is_file()
    held = json.loads(settings.read_text())
    (change,) = held["hooks"]["ConfigChange"][0]["hooks"]
    assert change["args"][4:] == SOURCES[scope]
    assert held["disableSkillShellExecution"] is True
    assert run("install", str(where.root), "--scope", scope) == 0
    assert json.loads(settings.read_text()) == held
    assert run("uninstall", str(where.root), "--scope", scope) == 0
    after = {name: text for name, text in tree(root).items() if "/trusted/" not in name}
    assert after == before


def test_two_scopes_are_told_and_share_a_policy(
    where: Project, above: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("install", str(where.root)) == 0
    assert "Note: " not in capsys.readouterr().out
    assert run("install", str(where.root), "--scope", "local") == 0
    said = capsys.readouterr().out
    assert "runs twice" in said
    assert "kei-gates uninstall --scope project" in said
    assert run("uninstall", str(where.root)) == 0
    assert "still in" in capsys.readouterr().out
    assert where.policy.is_file()
    assert run("uninstall", str(where.root), "--scope", "local") == 0
    assert not where.policy.exists()
    assert not (above / ".claude").exists()


def test_the_clients_own_folder_of_the_user_is_heeded(
    where: Project, above: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(above / "elsewhere"))
    assert run("install", str(where.root), "--scope", "user") == 0
    assert (above / "elsewhere" / "settings.json").is_file()
    assert not (above / ".claude").exists()


def test_a_wish_for_a_skills_shell_is_told_and_stays(
    where: Project, above: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert above.is_dir()
    where.folder.mkdir()
    where.settings.write_text('{"disableSkillShellExecution": false}')
    assert run("install", str(where.root)) == 0
    assert "`disableSkillShellExecution` is there already" in capsys.readouterr().out
    assert json.loads(where.settings.read_text())["disableSkillShellExecution"] is False
    assert run("uninstall", str(where.root)) == 0
    assert where.settings.read_text() == '{"disableSkillShellExecution": false}'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"disableSkillShellExecution": "yes"}', "must be true or false"),
        ('{"disableSkillShellExecution": 1}', "must be true or false"),
        ('{"permissions": []}', "`permissions` must be an object"),
        ('{"permissions": null}', "`permissions` must be an object"),
        ('{"permissions": {"deny": "Edit"}}', "`permissions.deny` must be a list"),
        ('{"permissions": {"deny": [], "deny": []}}', '"deny" is there twice'),
    ],
)
def test_what_the_client_would_drop_is_refused_and_left(
    text: str, says: str, where: Project, above: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert above.is_dir()
    where.folder.mkdir()
    where.settings.write_text(text)
    assert run("install", str(where.root)) == 1
    assert says in capsys.readouterr().err
    assert [path.name for path in where.folder.iterdir()] == ["settings.json"]
    assert where.settings.read_text() == text
