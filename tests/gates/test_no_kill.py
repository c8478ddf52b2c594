"""The tables of the kill guard as a whole: what every entry says must hold for the gate too."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.facts import NO_SESSION
from kei_gates.gates import safety_no_kill
from kei_gates.gates._kill_table import Entry, Tool, command, named
from kei_gates.model import (
    Analysis,
    Ask,
    Call,
    Event,
    FileFact,
    Invocation,
    Places,
    Principal,
    Verdict,
)
from tests.gates.test_gates import event_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FAMILIES = ("clouds", "containers", "gpu_clouds", "machines", "schedulers", "services", "terminals")
# Programs that a family reads by itself, without a table.
BY_HAND = {
    "machines": {"cmd", "powershell", "pwsh"},
    "services": {"busctl", "dbus-send", "gdbus"},
    "terminals": {"byobu", "byobu-tmux", "psmux", "screen", "tmux"},
}


def tables(family: str) -> dict[str, Tool]:
    found: dict[str, Tool] = import_module(f"kei_gates.gates._kill_{family}").TOOLS
    return found


TOOLS = [(name, tool) for family in FAMILIES for name, tool in tables(family).items()]


def spelled(entry: Entry) -> Iterator[list[str]]:
    """Give every command that an entry names, a pattern by a word that it stands for."""
    for words in product(*entry.words):
        need = entry.needs[:1] or [""]
        option = f"{'-' if len(need[0].partition('=')[0]) == 1 else '--'}{need[0]}"
        yield [*(word.replace("*", "x") for word in words), *([option] if need[0] else [])]


def stopping(name: str, tool: Tool) -> list[list[str]]:
    """Give every command of a program that stops something."""
    entries = [entry for entry, stops in tool.entries() if stops]
    return [[name, *words] for entry in entries for words in spelled(entry)]


def judged(source: str, project: Path, **case: object) -> Verdict:
    event = event_of({"command": source, **case}, project)
    return safety_no_kill.check(event, safety_no_kill.Params({}))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_gate_knows_all_programs_of_a_family_and_no_others(family: str) -> None:
    names = set(tables(family)) | BY_HAND.get(family, set())
    assert safety_no_kill.FAMILIES[family] == names
    assert all(name == name.casefold() for name in names)


def test_no_program_belongs_to_two_families() -> None:
    names = [name for family in safety_no_kill.FAMILIES.values() for name in family]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("name", "tool"), TOOLS, ids=[name for name, _ in TOOLS])
def test_every_entry_that_stops_something_does(name: str, tool: Tool) -> None:
    """No other entry takes its place, and help is only read."""
    for words in stopping(name, tool):
        found = command(tool, [*words, "x"])
        assert found.kind == "stops", words
        assert named(tool, found)
        assert command(tool, [*words, f"--{tool.helps[0]}"]).kind == "passes", words


OPTION = st.sampled_from([["--strange"], ["--strange", "value"], ["-Z"], ["--strange=value"]])
PLAIN = [
    (tool, words)
    for name, tool in TOOLS
    for words in stopping(name, tool)
    if not tool.anywhere and len(words) > 1 and not any(word[:1] == "-" for word in words)
]


@given(st.sampled_from(PLAIN), OPTION, st.integers(1, 3))
def test_an_option_that_nobody_knows_hides_nothing(
    plain: tuple[Tool, list[str]], option: list[str], at: int
) -> None:
    tool, words = plain
    at = min(at, len(words) - 1)
    assert command(tool, [*words[:at], *option, *words[at:], "y"]).kind != "passes"


ALL = sorted(name for names in safety_no_kill.FAMILIES.values() for name in names)
WORD = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "",
            "-",
            "--",
            ";",
            "-t",
            "--name",
            "-X",
            "DELETE",
            "stop",
            "run",
            "delete",
            "compose",
            "a b",
        ]
    ),
    st.text("-=;:/.$ax0", max_size=6),
)


@given(st.sampled_from(ALL), st.lists(WORD, max_size=6), st.lists(WORD, max_size=4))
def test_no_words_are_too_strange_to_be_judged(
    program: str, words: list[str | None], earlier: list[str | None]
) -> None:
    invocations = [Invocation((program, *each), (), (0, 4)) for each in (earlier, words)]
    call = Call(tool="Bash", principal=Principal(None, None), cwd="/p", command="text")
    places = Places(project="/p", home="/h", installation=())
    event = Event(
        call, Analysis(invocations), (), places, lambda _: FileFact("missing"), NO_SESSION
    )
    verdict = safety_no_kill.check(event, safety_no_kill.Params({}))
    assert verdict.outcome == "abstain" or (verdict.reason and verdict.target)


WRAPPERS = ("{}", "sudo {}", "bash -c '{}'", "ssh host {}", "if true; then {}; fi", "x=$({})")


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize(
    "command",
    ["docker stop web", "systemctl stop web", "sky down c", "tmux kill-server", "scancel 3"],
)
def test_a_wrapper_changes_nothing(command: str, wrapper: str, project: Path) -> None:
    assert judged(wrapper.format(command), project).outcome == "deny"
    assert judged(wrapper.format(f"echo {command}"), project).outcome == "abstain"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("docker rm -f web", "docker container rm web --force"),
        ("docker stop -t 5 web", "docker kill web"),
        ("systemctl stop nginx", "sudo systemctl --no-block restart nginx"),
        ("tmux kill-session -t a", "tmux kill-ses -t a"),
        ("sky down -y c", "sky down c"),
    ],
)
def test_what_a_person_confirms_is_the_same_however_it_is_spelled(
    one: str, other: str, project: Path
) -> None:
    first, second = (judged(source, project, attended=True) for source in (one, other))
    assert isinstance(first, Ask)
    assert first.target
    assert first.target == second.target


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("docker rm web", "docker rm web db"),
        ("kubectl delete pod a -n x", "kubectl delete pod a -n y"),
        ("docker compose -p a down", "docker compose -p b down"),
        ("docker stop $(docker ps -q)", "docker stop web"),
    ],
)
def test_what_a_person_confirms_is_no_more_than_what_was_named(
    one: str, other: str, project: Path
) -> None:
    assert judged(one, project).target != judged(other, project).target


def test_a_plain_call_loads_no_table() -> None:
    script = """
import sys
from kei_gates.facts import NO_SESSION
from kei_gates.gates import safety_no_kill
from kei_gates.model import Analysis, Call, Event, Invocation, Places, Principal
from kei_gates.model import FileFact
call = Call(tool="Bash", principal=Principal(None, None), cwd="/p", command="pytest -q")
analysis = Analysis([Invocation(("pytest", "-q"), (), (0, 9))])
places = Places(project="/p", home="/h", installation=())
event = Event(call, analysis, (), places, lambda path: FileFact("missing"), NO_SESSION)
assert safety_no_kill.check(event, safety_no_kill.Params({})).outcome == "abstain"
print(*(name for name in sys.modules if "_kill" in name and "safety" not in name))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.split() == []
