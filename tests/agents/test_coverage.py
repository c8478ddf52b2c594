"""What of an agent's rules is said to be enforced, and that only what its role has can do it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kei_gates.agents.assemble import assemble
from kei_gates.agents.coverage import Rule, rules_of, share
from kei_gates.engine import catalogue
from kei_gates.model import Fault
from tests.agents.crews import MANIFEST, lay_out, library, policy


def covered(tmp_path: Path, text: str = MANIFEST, rules: str | None = None) -> list[Rule]:
    shelf = library(lay_out(tmp_path / "agents", one=text))
    agent = assemble(shelf.agent("one"), *policy(tmp_path, rules))
    return rules_of(agent, catalogue.params())


def test_each_line_has_its_kind(tmp_path: Path) -> None:
    text = MANIFEST.replace('"Running git"', '"Running git", "Singing"', 1)
    rules = covered(tmp_path, text)
    assert [(rule.line, rule.kind, rule.by) for rule in rules] == [
        ("Running git", "enforced", ("policy::no-git-ops",)),
        ("Singing", "not mapped", ()),
        ("Doing another thing", "text only", ()),
        ("Stopping a run, or being rude", "in part", ("safety::no-kill",)),
    ]
    assert share(rules) == "2 of 4 rules enforced (50 %), 1 of them in part"


@pytest.mark.parametrize(
    ("capability", "said"),
    [
        ("policy::no-gitops", "unknown `policy::no-gitops`"),
        ("scope::read-only", "the role `edit-local` does not have `scope::read-only`"),
        ("output::verdict", "does not have `output::verdict`"),
    ],
)
def test_what_the_role_does_not_have_holds_nothing(
    tmp_path: Path, capability: str, said: str
) -> None:
    with pytest.raises(Fault) as caught:
        covered(tmp_path, MANIFEST.replace("policy::no-git-ops", capability))
    assert said in caught.value.reason
    assert "one.toml:" in caught.value.reason


@pytest.mark.parametrize(
    "rules",
    [
        '[roles.edit-local]\nextends = "builtin:edit-local"\nrelaxes = ["policy::no-git-ops"]\n',
        '[agents]\none = "other"\n[roles.other]\nrequired = ["safety::no-kill"]\n',
    ],
    ids=["the role without it", "another role"],
)
def test_what_a_policy_takes_away_is_off(tmp_path: Path, rules: str) -> None:
    found = covered(tmp_path, rules=rules)
    assert [rule.kind for rule in found] == ["off", "text only", "in part"]
    assert "does not have here" in found[0].off
    assert share(found).endswith("1 of them in part; 1 more are off here")


@pytest.mark.parametrize(
    ("rules", "kind"), [("strict = false", "off"), ("strict = true", "enforced")]
)
def test_what_needs_a_parameter_is_off_until_it_is_set(
    tmp_path: Path, rules: str, kind: str
) -> None:
    text = MANIFEST.replace('["policy::no-git-ops"]', '["compute::script-lint"]\nneeds = "strict"')
    rules = f'[roles.edit-local]\nextends = "builtin:edit-local"\ncompute.script-lint.{rules}\n'
    found = covered(tmp_path, text, rules)[0]
    assert (found.kind, found.is_enforced) == (kind, kind == "enforced")


def test_a_parameter_that_there_is_not_is_refused(tmp_path: Path) -> None:
    text = MANIFEST.replace('["safety::no-kill"]', '["safety::no-kill"]\nneeds = "alow"')
    with pytest.raises(Fault, match="no parameter `alow`") as caught:
        covered(tmp_path, text)
    assert caught.value.remedy == "did you mean `allow`?"


def test_what_is_on_for_every_role_may_be_named(tmp_path: Path) -> None:
    text = MANIFEST.replace("policy::no-git-ops", "safety::self-protect")
    assert covered(tmp_path, text)[0].kind == "enforced"
