"""Every gate against its table of cases, and the form that every gate must have.

A case gives a `command`, or a `tool` with its `input`, made in the test project; `params` are
written as in a policy. `says` must be part of the reason or the remedy; `charges` are the cents of
each launch, `target` is what a person may let pass. `agent_id` names the agent that calls, `cwd`
where; `folds_case` says that the file system does. What a gate may ask of the session and the
machine is in `facts_of`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kei_gates import gates
from kei_gates.engine import catalogue
from kei_gates.facts import Facts
from kei_gates.gates._concerns import may_object
from kei_gates.hook.facts import shell_facts
from kei_gates.hook.judge import observe
from kei_gates.model import Abstain, Analysis, Event, Places, Verdict
from kei_gates.particulars import Past, Process
from kei_gates.policy.build import Builder
from kei_gates.policy.compiled import Policy
from kei_gates.protocol import payload
from kei_gates.shell.analysis import analyse
from tests.catalogues import bare

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent


def gate_of(table: str) -> str:
    return table.partition(".")[0]


# A gate's cases may lie in several tables: `GATE.toml`, `GATE.PART.toml`.
TABLES = {path.stem: tomllib.loads(path.read_text()) for path in sorted(HERE.glob("*.toml"))}


def _shared(table: dict[str, Any]) -> dict[str, Any]:
    return {key: table[key] for key in ("rates",) if key in table}


CASES = [
    pytest.param(
        gate_of(name), table.get("params"), _shared(table) | case, id=f"{name}: {case['id']}"
    )
    for name, table in TABLES.items()
    for case in table["case"]
]


def module_name(capability: str) -> str:
    return capability.replace("::", "_").replace("-", "_")


def compiled(capability: str, params: object) -> Policy:
    """Compile a policy whose one role grants the capability with the given parameters."""
    category, _, slug = capability.partition("::")
    value = "true" if params is None else toml(params)
    agents = "agents = {main = 'tested', default = 'tested'}"
    text = f"version = 1\n{agents}\n[roles.tested.{category}]\n{slug} = {value}\n"
    builder = Builder(bare(), lambda _: text.encode())
    return builder.build([], "policy.toml")


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)  # a JSON string is a TOML string too


def event_of(case: dict[str, Any], project: Path) -> Event:
    def placed(value: object) -> object:
        if not isinstance(value, str):
            return value
        return value.replace("{project}", str(project)).replace("{scratch}", str(scratch))

    scratch = project.parent / "scratch"
    given = case.get("input", {"command": case.get("command")})
    call = payload.to_call(
        {
            "tool_name": case.get("tool", "Bash"),
            "tool_input": {key: placed(value) for key, value in given.items()},
            "cwd": str(placed(case.get("cwd", "{project}"))),
        }
        | ({"agent_id": case["agent_id"]} if "agent_id" in case else {})
    )
    places = Places(
        project=str(project),
        home=str(project.parent / "home"),
        installation=("/opt/kei-gates",),
        scratch=(str(scratch),),
        folds_case=case.get("folds_case", False),
    )
    return observe(call, places, case.get("shell", "auto"), facts_of(case, str(project)))


NOW = 1_795_000_000.0
PROCESS_FIELDS = ("age", "busy", "uses_gpu", "is_ours", "name", "group", "user")


def facts_of(case: dict[str, Any], cwd: str) -> Facts:
    """What the session and the machine are to a case.

    `processes` are running ones, by the fields of `Process`, `ports` the ids of those that use
    each; `history` the session's calls before: a `command` or a `tool` with its `input`, its
    `output`, how many seconds `ago`, `failed`; `spent` the day's cents; `rates`, of a case or of a
    whole table, as `policy.rates` merges them.
    """

    def analysed(command: str) -> Callable[[], Analysis]:
        return lambda: analyse(command, shell_facts(cwd, cwd))

    processes = [
        Process(
            one["pid"],
            tuple(one["command"]),
            parents=tuple((pid, tuple(words)) for pid, words in one.get("parents", ())),
            **{key: one[key] for key in PROCESS_FIELDS if key in one},
        )
        for one in case.get("processes", ())
    ]
    history = [
        Past(
            one.get("tool", "Bash"),
            one.get("input", {"command": one.get("command")}),
            output=one.get("output", ""),
            at=NOW - one.get("ago", 60),
            failed=one.get("failed", False),
            ran=one.get("ran", True),
            agent_id=one.get("agent_id"),
            analyse=analysed(one.get("command", "")),
        )
        for one in case.get("history", ())
    ]
    return Facts(
        now=NOW,
        attended=case.get("attended", False),
        session="s1",
        processes=lambda: processes,
        holders=lambda port: case.get("ports", {}).get(str(port), ()),
        history=lambda: history,
        spent=lambda: int(case.get("spent", 0)),
        rates=case.get("rates"),
    )


@pytest.mark.parametrize(("name", "given", "case"), CASES)
def test_case(name: str, given: object, case: dict[str, Any], project: Path) -> None:
    capability = id_of(name)
    role = compiled(capability, case.get("params", given)).role("project:tested")
    gate = gates.load(capability)
    event, params = event_of(case, project), role.grants[0].params
    verdict: Verdict = gate.check(event, gate.Params(params))
    assert may_object(capability, params, event) or verdict == Abstain(), "it would not be asked"
    said = f"{verdict.reason}; {verdict.remedy}"
    assert verdict.outcome == case["expect"], said
    assert case.get("says", "") in said
    assert case.get("target", verdict.target) == verdict.target
    assert case.get("charges", charged := [one.cents for one in verdict.charges]) == charged
    if verdict.outcome != "abstain":
        assert verdict.reason
        assert verdict.remedy
        assert not said.endswith(".")


@pytest.mark.parametrize("capability", catalogue.gated())
def test_every_gate_has_its_form(capability: str) -> None:
    module = sys.modules[gates.load(capability).__name__]  # type: ignore[attr-defined]
    document = module.__doc__ or ""
    assert re.search(r"\n\nWhat it does: .+\nWhy: .+\nInstead: ", document, re.DOTALL), capability
    assert document.startswith("Deny")
    assert capability in CASES_BY_ID, "a gate without a table of cases"
    outcomes = [case["expect"] for case in CASES_BY_ID[capability]]
    denied = sum(outcome != "abstain" for outcome in outcomes)
    assert denied
    assert len(outcomes) - denied >= denied / 2, "too few harmless look-alikes"


def id_of(gate: str) -> str:
    return gate.replace("_", "::", 1).replace("_", "-")


CASES_BY_ID: dict[str, list[dict[str, Any]]] = {}
for _name, _table in TABLES.items():
    CASES_BY_ID.setdefault(id_of(gate_of(_name)), []).extend(_table["case"])


def test_every_table_has_its_gate() -> None:
    assert set(CASES_BY_ID) <= set(catalogue.gated())


def test_case_ids_are_unique() -> None:
    for cases in CASES_BY_ID.values():
        ids = [case["id"] for case in cases]
        assert len(ids) == len(set(ids))
