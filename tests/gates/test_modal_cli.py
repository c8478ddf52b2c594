"""Modal's commands as they are read: every leaf, every class, every way of starting the client.

`data/modal-cli.jsonl` holds the commands of the real client 1.6.4, with how many words each option
takes.
"""

from __future__ import annotations

import json
from pathlib import Path
from shlex import split

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.gates._kill_modal import _LOSSES
from kei_gates.gates._modal_cli import ModalCommand, grammar_of, is_modal, read
from kei_gates.gates._modal_commands import GROUPS, LEAVES
from kei_gates.hook.facts import shell_facts
from kei_gates.model import Invocation
from kei_gates.shell.analysis import analyse

DATA = Path(__file__).parent / "data" / "modal-cli.jsonl"
REAL = [json.loads(line) for line in DATA.read_text().splitlines()]
CLASSES = {"kill", "destroy", "launch", "admin", "read"}


def command(words: str) -> ModalCommand:
    """Read a command line; `...` stands for words that are not known."""
    argv = tuple(None if word == "..." else word for word in split(words))
    found = read(Invocation(argv, (), (0, 1)))
    assert found is not None
    return found


def classes(words: str) -> set[str]:
    return set(command(words).classes)


@pytest.mark.parametrize("leaf", REAL, ids=lambda leaf: leaf["path"])
def test_every_command_of_the_client_has_a_row(leaf: dict[str, object]) -> None:
    path = str(leaf["path"])
    assert path in LEAVES
    grammar = grammar_of(path)
    options = leaf["options"]
    assert isinstance(options, dict)
    for option, takes in options.items():
        name = option.lstrip("-")
        known = name in grammar.short if len(name) == 1 else grammar.names().get(name, False)
        assert known == (takes == 1), option


def test_a_row_says_what_a_reader_knows() -> None:
    for path, row in LEAVES.items():
        rules = row[3].split() if len(row) > 3 else []  # the last part of a row
        named = {*row[0].split(), *(rule.rpartition(":")[2] for rule in rules)}
        assert row[0]
        assert named <= CLASSES, path
        assert bool(named & {"kill", "destroy"}) == (path in _LOSSES), path


def test_groups_are_what_has_commands() -> None:
    assert "app" in GROUPS
    assert "workspace proxy-tokens" in GROUPS
    assert not GROUPS & set(LEAVES)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("modal app stop ap-1", "kill"),
        ("modal app stop ap-1 -y -e dev", "kill"),
        ("modal app stop --name nano", "kill"),
        ("modal app stop -- --help", "kill"),
        ("modal app stop -e --help nano", "kill"),
        ("modal app stop ...", "kill"),
        ("modal app rollover nano", "kill launch"),
        ("modal container stop --graceful ta-1", "kill"),
        ("modal environment delete main", "kill destroy"),
        ("modal volume rm data /a -r", "destroy"),
        ("modal volume put data a -f", "admin destroy"),
        ("modal volume put data a", "admin"),
        ("modal volume get data a --force", "read"),
        ("modal nfs put fs a", "destroy"),
        ("modal secret create s A=b --force", "admin destroy"),
        ("modal secret create s A=b", "admin"),
        ("modal deploy a.py", "launch"),
        ("modal deploy a.py --strategy recreate", "launch kill"),
        ("modal deploy --strategy=recreate a.py", "launch kill"),
        ("modal deploy a.py --strategy ...", "launch kill"),
        ("modal deploy a.py --strategy rolling", "launch"),
        ("modal function autoscaler update f --max-containers 3", "admin kill"),
        ("modal function autoscaler update f --min-containers 0", "admin kill"),
        ("modal function autoscaler update f --min-containers=2", "admin launch"),
        ("modal function autoscaler update f --buffer-containers 2", "admin"),
        ("modal image build . -t base", "launch destroy"),
        ("modal image build .", "launch"),
        ("modal token set --delete-existing", "admin destroy"),
        ("modal workspace proxy-tokens revoke t main", "admin destroy"),
        ("modal run a.py", "launch"),
        ("modal run -dq -e dev a.py::f --help-me", "launch"),
        ("modal run a.py --prompt --help", "launch"),
        ("modal run a.py -- --help", "launch"),
        ("modal run ...", "launch"),
        ("modal shell", "launch"),
        ("modal container exec ta-1 ls -h", "launch"),
        ("modal launch jupyter --gpu a100", "launch"),
        ("modal cluster shell c-1", "launch"),
        ("modal app list --json", "read"),
        ("modal profile activate p", "admin"),
        ("modal app stop --help", "help"),
        ("modal app stop nano -h", "help"),
        ("modal app stop", "help"),
        ("modal volume delete -h data", "help"),
        ("modal deploy a.py --help", "help"),
        ("modal run a.py --help", "help"),
        ("modal run a.py --x=1 -h", "help"),
        ("modal run --help", "help"),
        ("modal --help app stop nano", "help"),
        ("modal app --help stop nano", "help"),
        ("modal --version", "help"),
        ("modal", "help"),
        ("modal app", "help"),
        ("modal --profile p", "help"),
        ("modal app kill nano", "unknown"),
        ("modal token current", "unknown"),
        ("modal sandbox list", "unknown"),
        ("modal ap stop nano", "unknown"),
        ("modal App stop nano", "unknown"),
        ("modal -e dev app stop nano", "unknown"),
        ("modal ...", "unknown"),
        ("modal app ... nano", "unknown"),
        ("modal workspace members kick u", "unknown"),
    ],
)
def test_classes(words: str, expected: str) -> None:
    assert classes(words) == set(expected.split())


PROFILED = [
    "modal --profile p app stop nano",
    "modal --profile=p app stop nano",
    "modal app --profile p stop nano",
    "modal app --profile=p stop nano",
    "modal app stop --profile p nano",
    "modal app stop nano --profile=p",
    "modal app stop nano -- --profile p",
    "modal --profile a app --profile b stop --profile c nano",
]


@pytest.mark.parametrize("words", PROFILED)
def test_a_profile_stands_at_every_level(words: str) -> None:
    found = command(words)
    assert found.path == ("app", "stop")
    assert found.options.operands == ["nano"]


def test_what_stands_behind_a_reference_belongs_to_the_function() -> None:
    found = command("modal run -d a.py::f --name n -d --env dev")
    assert found.options.operands == ["a.py::f", "--name", "n", "-d", "--env", "dev"]
    assert not command("modal run a.py -d").options.has("d", "detach")
    assert command("modal run -qd a.py").options.has("d", "detach")


def test_other_programs_are_none_of_it() -> None:
    for program in ("modalx", "modal-labs", "python", "echo", "nodal"):
        assert read(Invocation((program, "app", "stop", "x"), (), (0, 1))) is None
    assert all(map(is_modal, ("modal", "modal.exe", "Modal", "modal-client")))


WORDS = st.sampled_from(
    ["modal", "app", "stop", "list", "run", "a.py", "-y", "--help", "-h", "--profile", "p", "--",
     "-e", "dev", "volume", "put", "--force", "--profile=q", "-", "", "-dq", None, "container"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=8))
def test_any_words_are_read(words: list[str | None]) -> None:
    found = read(Invocation(("modal", *words), (), (0, 1)))
    assert found is not None
    assert found.classes
    alone = found.classes & {"help", "unknown"}
    assert not alone or len(found.classes) == 1


@given(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=4))
def test_a_profile_changes_nothing(before: list[str | None], after: list[str | None]) -> None:
    with_profile = read(Invocation(("modal", "--profile", "x", *before, *after), (), (0, 1)))
    without = read(Invocation(("modal", *before, *after), (), (0, 1)))
    assert with_profile is not None
    assert without is not None
    assert (with_profile.path, with_profile.classes) == (without.path, without.classes)


STARTED = [
    "modal {}",
    "/work/venv/bin/modal {}",
    "modal.exe {}",
    "python -m modal {}",
    "python3.12 -mmodal {}",
    "python -Im modal {}",
    "python -u -m modal {}",
    "python -m modal.__main__ {}",
    "python -m modal.cli.entry_point {}",
    "python -c 'import modal.__main__; modal.__main__.main()' {}",
    "uv run modal {}",
    "uv run --with x --python 3.12 --env-file .env modal {}",
    "uv run -m modal {}",
    "uv run -- modal {}",
    "uv --directory x run modal {}",
    "uvx modal {}",
    "uvx modal@1.6.4 {}",
    "uvx --from modal modal {}",
    "uvx --from 'modal>=1' modal {}",
    "uvx --from modal-client modal {}",
    "uv tool run --from modal modal {}",
    "pipx run modal {}",
    "pipx run --spec modal==1.6.4 modal {}",
    "poetry run modal {}",
    "pdm run modal {}",
    "pipenv run modal {}",
    "hatch run modal {}",
    "hatch run dev:modal {}",
    "rye run modal {}",
    "pixi run -e dev modal {}",
    "conda run --no-capture-output -n e modal {}",
    "micromamba run -n e modal {}",
    "env A=1 modal {}",
    "MODAL_PROFILE=p modal {}",
    "sudo -u me modal {}",
    "nohup modal {} &",
    "timeout 60 modal {}",
    "nice -n 5 modal {}",
    "setsid modal {}",
    "stdbuf -oL modal {}",
    "script -qec 'modal {}' /dev/null",
    "echo {} | xargs modal",
    "bash -c 'modal {}'",
    "yes | modal {}",
    "M=modal; $M {}",
    "mise exec -- modal {}",
    "doppler run -- modal {}",
    "time modal {}",
]


@pytest.mark.parametrize("way", STARTED)
def test_every_way_of_starting_leads_to_the_command(way: str) -> None:
    found = analyse(way.format("app stop ap-1"), shell_facts("/w", "/w"))
    commands = [read(one) for one in found.invocations if is_modal(one.program)]
    paths = {(one.path, tuple(one.options.operands)) for one in commands if one is not None}
    assert (("app", "stop"), ("ap-1",)) in paths
