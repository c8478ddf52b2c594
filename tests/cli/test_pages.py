"""The pages that are made from the command line are those of today's command line."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kei_gates.cli.main import build_parser
from tests.cli import pages
from tests.cli.tree import commands, words_of

SOURCES = Path(__file__).parents[2] / "src/kei_gates"
NEWLY = "write them anew: pytest tests/cli/test_pages.py --write-pages"


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")  # argparse would fold usages


@pytest.fixture
def is_written(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--write-pages"))


def test_the_page_of_commands_is_current(is_written: bool) -> None:
    if is_written:
        pages.COMMANDS.write_text(pages.markdown())
    assert pages.COMMANDS.read_text() == pages.markdown(), NEWLY


def test_the_man_page_is_current(is_written: bool) -> None:
    if is_written:
        pages.MAN.write_text(pages.man())
    assert pages.MAN.read_text() == pages.man(), NEWLY


def test_the_man_page_has_its_sections() -> None:
    titles = re.findall(r"^\.SH (.+)$|^\.SH\n(.+)$", pages.MAN.read_text(), re.MULTILINE)
    assert [a or b for a, b in titles] == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "FILES",
        "ENVIRONMENT", "EXAMPLES", "SEE ALSO",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [("mandoc", "-T", "lint", "-W", "warning"), ("groff", "-man", "-ww", "-T", "utf8", "-z")],
    ids=lambda words: words[0],
)
def test_the_man_page_is_shown_without_warnings(words: tuple[str, ...]) -> None:
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is missing")
    done = subprocess.run([*words, pages.MAN], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


def test_the_man_page_tells_of_every_command() -> None:
    if shutil.which("man") is None:
        pytest.skip("man is missing")
    shown = subprocess.run(
        ["man", "-l", pages.MAN], capture_output=True, text=True, check=True,
        env={"PATH": "/usr/bin:/bin", "MANWIDTH": "100", "LC_ALL": "C"},
    ).stdout  # fmt: skip
    shown = re.sub(".\b", "", shown)
    for path in commands(build_parser()):
        assert f"kei-gates {' '.join(path)}".rstrip() in shown
    for example in pages.SECTIONS["examples"]:
        assert example["command"] in shown


@pytest.mark.parametrize("example", pages.SECTIONS["examples"], ids=lambda one: one["command"])
def test_its_examples_parse(example: dict[str, str]) -> None:
    assert build_parser().parse_args(words_of(example["command"])).run


def variables() -> set[str]:
    """The variables of the environment that the sources read."""
    return {
        name
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _named_by(node)
        if re.fullmatch(r"[A-Z][A-Z0-9_]{2,}", name)
    }


def _named_by(node: ast.AST) -> list[str]:
    """Give what a piece of code may name a variable by: `environ.get("NAME")`, `b"NAME"`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
        return [node.value.decode("latin-1")]  # nothing else of this form is bytes
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("environ.get"):
        return (
            [str(ast.literal_eval(node.args[0]))] if isinstance(node.args[0], ast.Constant) else []
        )
    return []


def test_every_variable_of_the_environment_is_told_of() -> None:
    passed_on = {"PATH"}  # looked up in what the call's shell would have
    assert variables() | passed_on == set(pages.SECTIONS["environment"])
