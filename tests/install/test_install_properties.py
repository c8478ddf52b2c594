"""Whatever the settings file: what is not ours stays, and uninstall gives it back."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kei_gates.install import limits
from kei_gates.install import places as real_places
from kei_gates.install import project as projects
from kei_gates.install.entries import wanted
from kei_gates.install.places import Places
from kei_gates.install.project import Project
from kei_gates.install.scopes import SCOPES, Scope
from kei_gates.install.settings import decode, merge
from tests.install.install_documents import documents, scalars, user_groups, written

REPOSITORY = Path(real_places.__file__).parents[3]
PLACES = Places(Path("/env"), REPOSITORY / "hooks", REPOSITORY / "policies" / "starter.toml")
OLDER = Places(Path("/old env"), REPOSITORY / "hooks", PLACES.starter)
GROUPS = wanted(PLACES)
texts = documents().flatmap(written)
thorough = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def without_ours(document: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Say independently what should be left: by whole groups, in plain values."""
    rest = dict(document)
    if "hooks" not in rest:
        return rest
    rest["hooks"] = {
        event: [group for group in groups if "/kei_gates_hook.py" not in json.dumps(group)]
        for event, groups in rest["hooks"].items()
    }
    once = before.get("hooks", {})
    rest["hooks"] = {event: left for event, left in rest["hooks"].items() if left or event in once}
    if not rest["hooks"] and "hooks" not in before:
        del rest["hooks"]
    return rest


@thorough
@given(texts)
def test_uninstall_gives_back_the_same_text(text: str) -> None:
    assert merge(merge(text, GROUPS), {}, text) == text


@thorough
@given(texts)
def test_installing_twice_is_installing_once(text: str) -> None:
    once = merge(text, GROUPS)
    assert once != text
    assert merge(once, GROUPS) == once
    assert merge(once, GROUPS, text) == once


@thorough
@given(texts)
def test_nothing_of_the_user_changes_or_moves(text: str) -> None:
    before = json.loads(text)
    after = json.loads(merge(text, GROUPS))
    for event, groups in GROUPS.items():
        assert after["hooks"][event][-len(groups) :] == groups
    # Dumped, because dictionaries are equal in any order.
    assert json.dumps(without_ours(after, before)) == json.dumps(before)


@thorough
@given(texts)
def test_the_result_is_accepted_again(text: str) -> None:
    after = merge(text, GROUPS)
    assert decode(after.encode(), "settings") == after


@thorough
@given(texts)
def test_older_entries_are_replaced_where_they_stand(text: str) -> None:
    older = merge(text, wanted(OLDER))
    newer = merge(older, GROUPS)
    assert newer == merge(text, GROUPS)
    assert merge(older, {}, text) == text


@thorough
@given(st.data())
def test_what_the_user_did_in_between_stays(data: st.DataObject) -> None:
    text = data.draw(texts)
    before = json.loads(text)
    edited = json.loads(merge(text, GROUPS))
    edited[data.draw(st.sampled_from(["added", "model"]))] = data.draw(scalars)
    for event in data.draw(st.lists(st.sampled_from(["PreToolUse", "Stop", "New"]), unique=True)):
        groups = edited["hooks"].setdefault(event, [])
        groups.insert(data.draw(st.integers(0, len(groups))), data.draw(user_groups))
    edited_text = data.draw(written(edited))
    left = json.loads(merge(edited_text, {}, text))
    assert json.dumps(left) == json.dumps(without_ours(edited, before))


scopes = st.sampled_from(list(SCOPES.values()))
NEW_RULES = {scope.name: limits.rules(scope, PLACES) for scope in SCOPES.values()}


def without_limits(document: dict[str, Any], before: dict[str, Any], ours: list[str]) -> Any:
    """Say independently what is left of what the client is told to refuse."""
    rest = dict(document)
    if (
        rest.get("disableSkillShellExecution") is True
        and "disableSkillShellExecution" not in before
    ):
        del rest["disableSkillShellExecution"]
    held, once = rest.get("permissions"), before.get("permissions", {})
    if held is None or "deny" not in held:
        return rest
    deny = [rule for rule in held["deny"] if rule not in ours or rule in once.get("deny", [])]
    rest["permissions"] = {**held, "deny": deny}
    if not deny and "deny" not in once:
        del rest["permissions"]["deny"]
        if not rest["permissions"] and "permissions" not in before:
            del rest["permissions"]
    return rest


@thorough
@given(texts, scopes)
def test_every_scope_gives_back_the_same_text(text: str, scope: Scope) -> None:
    once = projects.merge(text, scope, PLACES, text)
    assert projects.merge(once, scope, PLACES, text) == once
    assert projects.merge(once, scope, PLACES) == once
    assert decode(once.encode(), "settings") == once
    assert projects.unmerge(once, scope, PLACES, text) == text


@thorough
@given(texts, scopes)
def test_what_is_refused_is_added_and_nothing_else_moves(text: str, scope: Scope) -> None:
    before = json.loads(text)
    after = json.loads(projects.merge(text, scope, PLACES, text))
    ours = NEW_RULES[scope.name]
    assert set(ours) <= {rule for rule in after["permissions"]["deny"] if isinstance(rule, str)}
    assert after["disableSkillShellExecution"] == before.get("disableSkillShellExecution", True)
    assert json.dumps(without_ours(without_limits(after, before, ours), before)) == json.dumps(
        before
    )


@thorough
@given(texts, scopes)
def test_rules_of_an_older_installation_give_way(text: str, scope: Scope) -> None:
    older = projects.merge(text, scope, OLDER, text)
    assert projects.merge(older, scope, PLACES, text) == projects.merge(text, scope, PLACES, text)
    assert projects.unmerge(older, scope, PLACES, text) == text


@thorough
@given(st.data(), scopes)
def test_rules_that_somebody_added_in_between_stay(data: st.DataObject, scope: Scope) -> None:
    text = data.draw(texts)
    before = json.loads(text)
    edited = json.loads(projects.merge(text, scope, PLACES, text))
    deny = edited["permissions"]["deny"]
    deny.insert(data.draw(st.integers(0, len(deny))), "Bash(curl *)")
    if data.draw(st.booleans()):
        edited["permissions"]["ask"] = ["Bash(make *)"]
    if data.draw(st.booleans()):
        edited["disableSkillShellExecution"] = False
    left = json.loads(projects.unmerge(data.draw(written(edited)), scope, PLACES, text))
    rest = without_limits(edited, before, NEW_RULES[scope.name])
    assert json.dumps(left) == json.dumps(without_ours(rest, before))


@settings(thorough, max_examples=60)
@given(
    st.one_of(
        st.none(),
        st.sampled_from([b"", b" \r\n", b"{}", b"{ \n }"]),
        texts.map(lambda text: text.encode()),
    ),
    scopes,
)
def test_the_folder_is_the_same_after_both(content: bytes | None, scope: Scope) -> None:
    with tempfile.TemporaryDirectory() as root:
        where = Project(Path(root), scope)
        if scope.is_above:
            above = Path(root) / "client"
            where = Project(Path(root), scope, above, Path(root) / "kei-gates" / "policy.toml")
        if content is not None:
            where.folder.mkdir()
            where.settings.write_bytes(content)
        projects.install(where, PLACES)
        installed = where.settings.read_bytes()
        projects.install(where, PLACES)
        assert where.settings.read_bytes() == installed
        projects.uninstall(where, PLACES)
        left = {path.name: path.read_bytes() for path in where.root.rglob("*") if path.is_file()}
        assert left == ({} if content is None else {scope.file: content})
        assert where.folder.exists() == (content is not None)


def test_a_rule_of_the_user_about_an_older_installation_stays() -> None:
    text = '{"permissions": {"deny": ["Edit(//old env/**)"]}}'
    scope = SCOPES["project"]
    older = projects.merge(text, scope, OLDER, text)
    newer = projects.merge(older, scope, PLACES, text)
    assert json.loads(newer)["permissions"]["deny"][0] == "Edit(//old env/**)"
    assert projects.unmerge(newer, scope, PLACES, text) == text
