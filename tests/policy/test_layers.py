"""Policies of several layers: a layer below can tighten, and nothing that it says loosens."""

from __future__ import annotations

import pytest

from kei_gates.engine import catalogue
from kei_gates.model import Fault, Principal, Role
from kei_gates.policy.build import Builder
from kei_gates.policy.compiled import Policy
from tests.policy.test_build import BUILTIN

MACHINE, USER, PROJECT = "/etc/kei-gates/policy.toml", "/home/u/policy.toml", "/p/kei-gates.toml"
SUBAGENT = Principal("a1", "builder")


def build(project: str | None = "", user: str | None = None, machine: str | None = None) -> Policy:
    texts = {MACHINE: machine, USER: user, PROJECT: project}
    raw = {
        path: f"version = 1\n{text}".encode() for path, text in texts.items() if text is not None
    }
    builder = Builder(catalogue.whole(), lambda path: raw.get(path) or BUILTIN.get(path))
    above = {"machine": MACHINE, "user": USER}
    return builder.build(BUILTIN, PROJECT if project is not None else None, above)


def role(policy: Policy, principal: Principal = SUBAGENT) -> Role:
    return policy.role(*policy.keys_of(principal))


def patterns(found: Role, capability: str) -> list[str]:
    """What each grant of a capability lists."""
    grants = [grant for grant in found.grants if grant.capability == capability]
    return [str(grant.params.get("patterns", "nothing")) for grant in grants]


NAMED = '[agents]\nbuilder = "edit-local"\n'
FILLED = """
[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-whitelist = ["src/**"]
"""
GUARDED = """
[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-denylist = ["**/.env"]
"""


def test_the_project_fills_what_the_built_in_role_leaves_empty() -> None:
    found = role(build(NAMED + FILLED))
    assert patterns(found, "scope::files-whitelist") == ["`src/**`"]


@pytest.mark.parametrize("layer", ["user", "machine"])
def test_what_a_layer_above_adds_to_a_role_holds_below(layer: str) -> None:
    found = role(build(NAMED + FILLED, **{layer: GUARDED}))
    assert "`**/.env`" in patterns(found, "scope::files-denylist")
    assert patterns(found, "scope::files-whitelist") == ["`src/**`"]


@pytest.mark.parametrize(
    "loosening",
    [
        '[roles.edit-local]\nextends = "builtin:edit-local"\nrelaxes = ["scope::files-denylist"]\n',
        '[roles.edit-local]\nextends = "edit-local"\nrelaxes = ["scope::files-denylist"]\n',
        '[roles.edit-local]\nextends = "edit-local"\nscope = {files-denylist = []}\n',
    ],
)
def test_what_a_layer_above_adds_cannot_be_taken_off(loosening: str) -> None:
    assert "`**/.env`" in patterns(role(build(NAMED + loosening, GUARDED)), "scope::files-denylist")


def test_a_role_of_another_name_that_extends_it_keeps_it_too() -> None:
    text = '[agents]\nbuilder = "mine"\n[roles.mine]\nextends = "builtin:edit-local"\n'
    assert "`**/.env`" in patterns(role(build(text, GUARDED)), "scope::files-denylist")


def test_whom_a_layer_above_names_keeps_that_role() -> None:
    user = '[agents]\nbuilder = "read-only"\n'
    policy = build('[agents]\nbuilder = "orchestrator"\n', user)
    assert policy.keys_of(SUBAGENT) == ["builtin:orchestrator", "builtin:read-only"]
    assert [g.capability for g in role(policy).grants].count("tools::allowed") == 2
    assert role(policy).name == "orchestrator"


def test_whom_only_a_layer_above_names_has_that_role() -> None:
    policy = build("", '[agents]\n"build*" = "edit-local"\n')
    assert policy.keys_of(SUBAGENT) == ["builtin:edit-local"]


def test_the_default_of_a_layer_above_is_for_those_whom_nobody_names() -> None:
    user = '[agents]\ndefault = "read-only"\n'
    assert build(NAMED, user).keys_of(SUBAGENT) == ["builtin:edit-local"]
    both = build('[agents]\ndefault = "edit-local"\n', user)
    assert both.keys_of(SUBAGENT) == ["builtin:edit-local", "builtin:read-only"]


def test_an_empty_whitelist_above_waits_for_one_below() -> None:
    policy = build(NAMED + FILLED, NAMED)
    assert policy.keys_of(SUBAGENT) == ["project:edit-local", "builtin:edit-local"]
    assert patterns(role(policy), "scope::files-whitelist") == ["`src/**`"]


def test_an_empty_whitelist_above_allows_nothing_where_nobody_fills_it() -> None:
    policy = build('[agents]\nbuilder = "orchestrator"\n', NAMED)
    assert patterns(role(policy), "scope::files-whitelist") == ["nothing"]


def test_a_filled_whitelist_above_holds_beside_one_below() -> None:
    user = FILLED.replace("src/**", "docs/**")
    found = role(build(NAMED + FILLED, user))
    assert patterns(found, "scope::files-whitelist") == ["`src/**`", "`docs/**`"]


def test_the_role_that_an_agent_file_declares_comes_after_names_and_before_the_default() -> None:
    default = '[agents]\ndefault = "explorer"\n'
    assert build(default).keys_of(SUBAGENT, "edit-local") == ["builtin:edit-local"]
    assert build(NAMED).keys_of(SUBAGENT, "explorer") == ["builtin:edit-local"]
    assert build(default).keys_of(SUBAGENT) == ["builtin:explorer"]


def test_a_role_of_the_user_is_none_of_the_projects() -> None:
    user = '[roles.own]\nextends = "builtin:read-only"\n'
    looser = '[roles.own]\n[roles.own.tools]\nallowed = ["*"]\n'
    with pytest.raises(Fault, match="has the name of a role of the user without extending it"):
        build(looser, user)


def test_a_file_above_that_is_not_there_says_nothing() -> None:
    policy = build()
    assert [path for path, text in policy.sources if text is None] == [MACHINE, USER]
    assert policy.keys_of(SUBAGENT) == ["builtin:read-only"]


def test_a_broken_file_above_is_refused_by_its_own_name() -> None:
    with pytest.raises(Fault, match=r"/home/u/policy\.toml:2: unknown key `agent`"):
        build("", "agent = {}")


def test_roles_that_no_subagent_may_have() -> None:
    text = '[agents]\na = "git-ops"\nb = "mine"\nc = "heir"\n[roles.mine]\nspawnable = false\n'
    policy = build(text + '[roles.heir]\nextends = "mine"\n')
    may = {a: policy.may_spawn(policy.keys_of(Principal("1", a))) for a in ("a", "b", "c", "d")}
    assert may == {"a": False, "b": False, "c": True, "d": True}


def test_capabilities_by_their_other_names() -> None:
    policy = build(
        '[roles.x.tools]\ndeny-tools = true\n[roles.y]\nrequired = ["tools::read-only"]\n'
    )
    for name in ("x", "y"):
        names = [grant.capability for grant in policy.role(policy.key(name)).grants]
        assert "scope::read-only" in names


def test_many_parents_of_many_parents_come_to_an_end() -> None:
    parents = {n: ", ".join([f'"r{n + 1}"'] * 8) for n in range(15)}
    levels = "".join(f"[roles.r{n}]\nextends = [{names}]\n" for n, names in parents.items())
    assert build(levels + "[roles.r15]\n").key("r0") == "project:r0"


def unknown_writes(found: Role) -> set[object]:
    scopes = [grant for grant in found.grants if grant.capability.startswith("scope::")]
    return {grant.params.get("unknown_writes") for grant in scopes}


@pytest.mark.parametrize("at", ["[roles.edit-local]", "[roles.edit-local.scope]"])
def test_what_a_role_says_of_unknown_writes_holds_for_all_its_scopes(at: str) -> None:
    head = '[roles.edit-local]\nextends = "builtin:edit-local"\n'
    said = head + f'{at if at not in head else ""}\nunknown-writes = "deny"\n'
    assert unknown_writes(role(build(NAMED + said))) == {"deny"}
    assert unknown_writes(role(build(NAMED + FILLED, said))) == {"deny"}
    looser = said.replace("deny", "check")
    assert unknown_writes(role(build(NAMED + looser, said))) == {"deny"}


EXAMPLE = """
[agents]
main = "orchestrator"
default = "read-only"
"kei-modal-runner" = "edit-local"

[roles.edit-local]
extends = "builtin:edit-local"
[roles.edit-local.scope]
files-whitelist = ["src/**", "tests/**"]
files-denylist  = ["**/Cargo.toml", ".github/**"]
[roles.edit-local.bash]
allow = ["cargo test *", "pytest *"]
[roles.edit-local.verification]
cargo-test-crates = ["kei-forge"]
test-count-min = 44
"""


def test_a_whole_policy() -> None:
    found = role(build(EXAMPLE), Principal("a1", "kei-modal-runner"))
    assert patterns(found, "scope::files-whitelist") == ["`src/**`, `tests/**`"]
    assert "tools::bash-allowlist" in [grant.capability for grant in found.grants]
