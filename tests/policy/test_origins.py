"""Which line of which policy file a grant and a role come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.engine import catalogue
from kei_gates.model import Principal
from kei_gates.policy.build import Builder
from kei_gates.policy.origins import Origin, of_agent, of_grant
from kei_gates.policy.where import Where
from tests.policy.test_build import BUILTIN

MACHINE, USER, PROJECT = "/etc/kei-gates/policy.toml", "/home/u/policy.toml", "/p/kei-gates.toml"
WHITELIST, DENYLIST = "scope::files-whitelist", "scope::files-denylist"


def built(project: str, user: str | None = None, machine: str | None = None) -> Builder:
    texts = {MACHINE: machine, USER: user, PROJECT: project}
    raw = {path: text.encode() for path, text in texts.items() if text is not None}
    builder = Builder(catalogue.whole(), lambda path: raw.get(path) or BUILTIN.get(path))
    builder.build(BUILTIN, PROJECT, {"machine": MACHINE, "user": USER})
    return builder


def lines(origins: list[Origin]) -> list[str]:
    """Write each as `LAYER:LINE PARAM`, with the text of the line where it is no built-in's."""
    return [f"{one.layer}:{one.line} {one.param}" for one in origins]


POLICY = """version = 1
[agents]
main = "orchestrator"
builder = "edit-local"
"kei-*" = "runner"
[roles.edit-local]
extends = "builtin:edit-local"
required = ["policy::no-public-push"]
[roles.edit-local.scope]
files-whitelist = ["src/**"]
files-denylist = [
    "**/Cargo.toml",   # dependencies
    '.github/**',
]
[roles.edit-local.verification]
commands = ["ruff check"]
[roles.runner]
extends = "edit-local"
relaxes = ["policy::no-public-push"]
unknown-writes = "deny"
[roles.runner.scope]
files-whitelist = ["jobs/**"]
[roles.runner.bash]
allow = ["cargo test *"]
[roles.runner.compute.cost-tiers]
ask-from = 2
per-day = 10
[roles.looker]
extends = "builtin:read-only"
tools.deny-tools = true
"""


@pytest.mark.parametrize(
    ("role", "capability", "value", "expected"),
    [
        ("edit-local", WHITELIST, "", ["project:10 patterns"]),
        ("edit-local", DENYLIST, "", ["project:11 patterns"]),
        ("edit-local", DENYLIST, "**/Cargo.toml", ["project:12 patterns"]),
        ("edit-local", DENYLIST, ".github/**", ["project:13 patterns"]),
        ("edit-local", DENYLIST, "no such", []),
        ("edit-local", "policy::no-public-push", "", ["project:8 None"]),
        ("edit-local", "quality::command-green", "", ["project:16 commands"]),
        ("runner", WHITELIST, "", ["project:22 patterns", "project:20 unknown-writes"]),
        ("runner", WHITELIST, "jobs/**", ["project:22 patterns"]),
        ("runner", WHITELIST, "src/**", []),  # was replaced
        ("runner", DENYLIST, "", ["project:11 patterns", "project:20 unknown-writes"]),
        ("runner", "policy::no-public-push", "", []),
        ("runner", "tools::bash-allowlist", "cargo test *", ["project:24 allow"]),
        ("runner", "compute::cost-tiers", "", ["project:26 ask-from", "project:27 per-day"]),
        ("looker", "scope::read-only", "", ["project:30 None"]),
        ("runner", "safety::self-protect", "", []),
    ],
)
def test_of_a_grant(role: str, capability: str, value: str, expected: list[str]) -> None:
    found = of_grant(built(POLICY), f"project:{role}", capability, value)
    assert lines(found) == expected
    assert all(one.path == PROJECT for one in found)


def test_what_only_the_built_in_role_says_is_told_by_its_own_line() -> None:
    (found,) = of_grant(built(POLICY), "project:edit-local", "policy::no-git-ops")
    (path,) = [path for path in BUILTIN if path.endswith("edit-local.toml")]
    assert (found.layer, found.path, found.param) == ("builtin", path, None)
    text = BUILTIN[path].decode().splitlines()
    assert text[(found.line or 0) - 1].startswith("required")


def test_layers_above_are_told_too() -> None:
    head = "version = 1\n[roles.edit-local]\nextends = 'builtin:edit-local'\n"
    user = head + "unknown-writes = 'deny'\nscope.files-denylist = ['**/.env']\n"
    machine = head + "unknown-writes = 'check'\nrequired = ['policy::no-public-push']\n"
    builder = built(POLICY, user, machine)
    found = of_grant(builder, "project:runner", DENYLIST)
    assert lines(found)[2:] == ["user:5 patterns", "user:4 unknown-writes"]
    assert lines(of_grant(builder, "project:runner", DENYLIST, "**/.env")) == ["user:5 patterns"]
    assert lines(of_grant(builder, "project:runner", "policy::no-public-push")) == [
        "machine:5 None"
    ]


def test_an_empty_whitelist_above_gives_way() -> None:
    user = "version = 1\n[roles.edit-local]\nextends = 'builtin:edit-local'\n"
    user += f"required = ['{WHITELIST}']\n"
    found = of_grant(built(POLICY, user), "project:edit-local", WHITELIST)
    assert lines(found) == ["project:10 patterns"]


def test_a_role_that_there_is_not() -> None:
    with pytest.raises(KeyError):
        of_grant(built(POLICY), "project:no-such", WHITELIST)


@pytest.mark.parametrize(
    ("agent_id", "agent", "user", "expected"),
    [
        ("a1", "builder", None, ["project:4 builder"]),
        ("a1", "kei-runner", None, ["project:5 kei-*"]),
        ("a1", "other", None, []),
        (None, None, None, ["project:3 main"]),
        ("a1", "main", None, []),
        ("a1", "builder", 'builder = "read-only"', ["project:4 builder", "user:3 builder"]),
        ("a1", "other", 'default = "read-only"', ["user:3 default"]),
        ("a1", "builder", 'default = "read-only"', ["project:4 builder"]),
    ],
)
def test_of_an_agent(
    agent_id: str | None, agent: str | None, user: str | None, expected: list[str]
) -> None:
    above = None if user is None else f"version = 1\n[agents]\n{user}\n"
    found = of_agent(built(POLICY, above), Principal(agent_id, agent))
    assert [f"{one.layer}:{one.line} {one.name}" for one in found] == expected


TYPES = (None, "builder", "kei-x", "kei-", "main", "default", "other", "build")
ABOVE = ("", 'builder = "read-only"', '"k*" = "read-only"', 'main = "auditor"')


@given(st.sampled_from([None, "a1"]), st.sampled_from(TYPES), st.sampled_from(ABOVE))
def test_an_agent_has_its_roles_from_where_it_is_told(
    agent_id: str | None, agent: str | None, user: str
) -> None:
    builder = built(POLICY, f"version = 1\n[agents]\n{user}\n")
    principal = Principal(agent_id, agent)
    keys = builder.build(BUILTIN, PROJECT, {"user": USER}).keys_of(principal)
    said = [builder.tables[one.layer][0].agents[one.name] for one in of_agent(builder, principal)]
    assert said == [key.partition(":")[2] for key in keys] or not said


@pytest.mark.parametrize(
    ("path", "line", "shown"),
    [
        ("/p/.claude/kei-gates.toml", 3, ".claude/kei-gates.toml:3"),
        ("/h/.config/kei-gates/policy.toml", None, "~/.config/kei-gates/policy.toml"),
        ("/etc/kei-gates/policy.toml", 1, "/etc/kei-gates/policy.toml:1"),
        ("/project/x", 1, "/project/x:1"),
    ],
)
def test_shown(path: str, line: int | None, shown: str) -> None:
    assert Origin("project", path, line, "a").shown("/p", "/h") == shown


LIST = """a = 1
[t]
list = [ "one",
  "two\\"2", 'three',
]
"""


@pytest.mark.parametrize(("value", "line"), [("one", 3), ('two"2', 4), ("three", 4), ("four", 3)])
def test_the_line_of_a_value(value: str, line: int) -> None:
    assert Where("p.toml", LIST).line_of(("t", "list"), value) == line


def test_the_line_of_a_value_in_a_list_that_there_is_not() -> None:
    assert Where("p.toml", "").line_of(("t", "list"), "one") is None
