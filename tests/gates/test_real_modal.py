"""The table of Modal's commands against the real client, installed from the package index.

The client is kept in `.venv-dev/modal`. Run with `-m slow`.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from kei_gates.gates._modal_cli import grammar_of, read
from kei_gates.gates._modal_commands import LEAVES
from kei_gates.model import Invocation

VERSION = "1.6.4"
CACHE = Path(__file__).parents[2] / ".venv-dev" / "modal"
TREE = Path(__file__).parent / "modal_tree.py"
PIECES = [
    "-y", "--yes", "-e", "dev", "--env", "--env=dev", "--profile", "p", "--profile=p", "--help",
    "-h", "--", "nano", "ap-1", "--json", "--force", "-f", "-d", "-dq", "--name", "-n", "n", "-r",
    "--strategy", "recreate", "--strategy=rolling", "--stra", "--version", "a.py", "-ye", "-m",
    "--graceful", "-", "--min-containers", "0", "stop", "-en",
]  # fmt: skip
# Commands that take what click does not know, or that start another program.
LOOSE = ("curl", "app rollback")


def client() -> Path:
    """Give the interpreter of an environment with the client; make it where there is none."""
    python = CACHE / "bin" / "python"
    if not (CACHE / f"{VERSION}.installed").exists():
        venv.create(CACHE, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"modal=={VERSION}"], check=True)
        (CACHE / f"{VERSION}.installed").touch()
    return python


def sources(count: int) -> list[list[str]]:
    """Give command lines of all kinds, the same ones every time."""
    chosen = random.Random(1)  # noqa: S311 -- no secret
    found = []
    for _ in range(count):
        words = chosen.choice(list(LEAVES)).split() + ["nano", "x", "y"][: chosen.randrange(4)]
        for _ in range(chosen.randrange(4)):
            words.insert(chosen.randrange(len(words) + 1), chosen.choice(PIECES))
        found.append(words)
    return found


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    asked = json.dumps(sources(4000))
    done = subprocess.run(
        [client(), "-W", "ignore", TREE], input=asked, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.mark.slow
def test_every_command_and_option_of_the_client_is_known(real: dict[str, Any]) -> None:
    wrong = []
    for leaf in real["leaves"]:
        path = leaf["path"]
        if path not in LEAVES:
            wrong.append(f"{path} has no class")
            continue
        grammar = grammar_of(path)
        for option, takes in leaf["options"].items():
            name = option.lstrip("-")
            known = name in grammar.short if len(name) == 1 else grammar.names().get(name, False)
            if known != bool(takes) or takes > 1:
                wrong.append(f"{path} {option} takes {takes}")
    assert len(real["leaves"]) > 100  # the tree was really walked
    assert not wrong


@pytest.mark.slow
def test_commands_are_read_as_the_client_reads_them(real: dict[str, Any]) -> None:
    wrong: list[object] = []
    seen = {"runs": 0, "help": 0, "fails": 0}
    for words, expected in zip(sources(4000), real["parsed"], strict=True):
        seen[expected["does"]] += 1
        found = read(Invocation(("modal", *words), (), (0, 1)))
        assert found is not None
        if expected["does"] != "runs":
            continue
        path = " ".join(expected["path"])
        operands = [one for one in found.options.operands if one]
        theirs = [one for one in expected["operands"] if one]
        if path == "run" and {"--help", "-h"} & {*theirs}:
            continue  # asked of the function, which is not there
        if " ".join(found.path) != path or found.classes & {"help", "unknown"}:
            wrong.append((words, expected, found.path, found.classes))
        elif path not in LOOSE and operands != theirs[: len(operands)]:
            wrong.append((words, expected, operands))  # behind those may stand defaults
    assert min(seen.values()) > 100, seen  # each kind is among them
    assert not wrong, wrong[:10]


@pytest.mark.slow
def test_the_client_is_run_by_the_interpreter_of_its_environment() -> None:
    shown = subprocess.run(
        [client(), "-m", "modal", "--version"], capture_output=True, text=True, check=True
    )
    assert VERSION in shown.stdout
    assert sys.executable != str(client())
