"""Policies: what is refused and in what words, and what roles come out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kei_gates.engine import catalogue
from kei_gates.model import Fault, Principal
from kei_gates.policy import compiled
from kei_gates.policy.build import Builder

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from kei_gates.policy.compiled import Policy, Reader

ROLES = Path(__file__).parents[2] / "policies/roles"
BUILTIN = {str(path): path.read_bytes() for path in sorted(ROLES.glob("*.toml"))}
PROJECT = "/p/.claude/kei-gates.toml"
CASES = tomllib.loads((Path(__file__).parent / "bad_policies.toml").read_text())["case"]


def reader(text: str | bytes | None) -> Reader:
    raw = text.encode() if isinstance(text, str) else text
    return lambda path: raw if path == PROJECT else BUILTIN.get(path)


def build(text: str | bytes | None) -> Policy:
    builder = Builder(catalogue.whole(), reader(text))
    return builder.build(BUILTIN, PROJECT)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_refusals_name_file_key_and_way_out(case: dict[str, object]) -> None:
    with pytest.raises(Fault) as caught:
        build(str(case["policy"]))
    said = f"{caught.value.reason}; {caught.value.remedy}"
    assert PROJECT in said
    assert "\n" not in said
    for part in case["says"]:  # type: ignore[attr-defined]  # a list in the table
        assert str(part) in said


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (None, "is missing"),
        (b"\xff\xfe", "not UTF-8"),
        (b"\0", "not TOML"),
        (b"a = " + b"[" * 100_000, "not TOML"),
        (b"version = 1" + b"0" * 5000, "not TOML"),
    ],
)
def test_files_that_are_no_policy(raw: bytes | None, says: str) -> None:
    with pytest.raises(Fault, match=says) as caught:
        build(raw)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read() -> None:
    def fail(path: str) -> bytes | None:
        if path == PROJECT:
            raise PermissionError(13, "Permission denied")
        return BUILTIN[path]

    builder = Builder(catalogue.whole(), fail)
    with pytest.raises(Fault, match="cannot be read: Permission denied"):
        builder.build(BUILTIN, PROJECT)


def test_extends_too_deep() -> None:
    chain = "".join(f'[roles.r{n}]\nextends = "r{n + 1}"\n' for n in range(20))
    with pytest.raises(Fault, match="roles deep"):
        build("version = 1\n" + chain + "[roles.r20]\n")


AGENTS = """
version = 1
[agents]
main = "orchestrator"
default = "read-only"
builder = "edit-local"
"build*" = "read-only"
"kei-*" = "edit-local"
"kei-spy" = "read-only"
"""


@pytest.mark.parametrize(
    ("agent_id", "agent_type", "role"),
    [
        (None, None, "orchestrator"),
        (None, "builder", "edit-local"),
        (None, "unheard-of", "orchestrator"),
        ("a1", "builder", "edit-local"),
        ("a1", "builders", "read-only"),
        ("a1", "kei-runner", "edit-local"),
        ("a1", "kei-spy", "read-only"),
        ("a1", "not-kei-runner", "read-only"),
        ("a1", "unheard-of", "read-only"),
        ("a1", None, "read-only"),
        ("a1", "main", "read-only"),
        ("a1", "default", "read-only"),
    ],
)
def test_who_has_which_role(agent_id: str | None, agent_type: str | None, role: str) -> None:
    (key,) = build(AGENTS).keys_of(Principal(agent_id, agent_type))
    assert key == f"builtin:{role}"


def test_an_empty_policy_still_has_the_safe_defaults() -> None:
    policy = build("version = 1")
    assert policy.keys_of(Principal(None, None)) == ["builtin:orchestrator"]
    assert policy.keys_of(Principal("a1", "any")) == ["builtin:read-only"]


def grants(policy: Policy, role: str) -> dict[str, object]:
    return {grant.capability: grant.params for grant in policy.role(policy.key(role)).grants}


def test_parents_come_first_then_own_then_relaxed() -> None:
    policy = build(
        """
        version = 1
        [roles.base]
        required = ["policy::no-git-ops"]
        [roles.base.tools]
        allowed = ["Read"]
        [roles.child]
        extends = ["base", "builtin:edit-local"]
        relaxes = ["scope::files-denylist"]
        [roles.child.scope]
        files-whitelist = ["src/**"]
        """
    )
    assert list(grants(policy, "child")) == [
        "safety::self-protect",
        "policy::no-git-ops",
        "tools::allowed",
        "scope::files-whitelist",
        "safety::no-dep-bump",
        "safety::no-kill",
        "compute::cost-tiers",
        "compute::launch-preflight",
        "compute::script-lint",
        "safety::no-destructive",
    ]


def test_every_role_protects_the_gate_first() -> None:
    policy = build("version = 1\n[roles.bare]\n")
    for name in policy.role_names:
        assert policy.role(policy.key(name)).grants[0].capability == "safety::self-protect"


def test_the_table_for_bash_is_a_grant_like_any_other() -> None:
    own = build('version = 1\n[roles.x.bash]\nallow = ["ls"]')
    plain = build('version = 1\n[roles.x.tools.bash-allowlist]\nallow = ["ls"]')
    assert own.role(own.key("x")) == plain.role(plain.key("x"))
    assert grants(own, "x")["tools::bash-allowlist"] == {"allow": ["ls"]}


def test_a_class_of_commands_may_be_given_by_itself_or_by_name() -> None:
    by_name = build('version = 1\n[roles.x.policy.no-git-ops]\nallow = "read"')
    by_itself = build('version = 1\n[roles.x.policy]\nno-git-ops = "read"')
    assert by_name.role(by_name.key("x")) == by_itself.role(by_itself.key("x"))
    assert (
        grants(build("version = 1\n[roles.x.policy]\nno-git-ops = true"), "x")["policy::no-git-ops"]
        == {}
    )


def test_an_unfilled_whitelist_allows_nothing() -> None:
    params = grants(build("version = 1"), "edit-local")["scope::files-whitelist"]
    assert params == {}


@pytest.mark.parametrize("changed", [b"version = 1\n", None, b""])
def test_a_stored_policy_counts_only_while_its_sources_read_the_same(
    changed: bytes | None,
) -> None:
    text = "version = 1"
    raw = build(text).dump()
    same = compiled.load(raw, reader(text))
    assert same is not None
    assert same.role(same.key("edit-local")) == build(text).role("builtin:edit-local")
    assert compiled.load(raw, reader(changed)) is None


@pytest.mark.parametrize("raw", [b"", b"x", b"\xfb", b"(" * 9])
def test_a_damaged_stored_policy_does_not_count(raw: bytes) -> None:
    whole = build("version = 1").dump()
    assert compiled.load(raw, reader("version = 1")) is None
    assert compiled.load(whole[: len(whole) // 2], reader("version = 1")) is None


def test_another_version_of_the_package_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = build("version = 1").dump()
    monkeypatch.setattr(compiled, "_STAMP", (1, "another", sys.hexversion))
    assert compiled.load(raw, reader("version = 1")) is None


def test_one_that_was_made_for_something_else_does_not_count() -> None:
    raw = build("version = 1").dump("compiled/a")
    assert compiled.load(raw, reader("version = 1"), made_for="compiled/a") is not None
    for other in ("compiled/b", "above/a", ""):
        assert compiled.load(raw, reader("version = 1"), made_for=other) is None
