"""What holds for every row of the tables of wrappers, and for any words given to them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from kei_gates.shell.analysis import FAILED, ShellFacts, analyse
from kei_gates.shell.index import WRAPPING
from kei_gates.shell.languages import SPEAKERS
from kei_gates.shell.launch import SPECIAL
from kei_gates.shell.wrappers import Tool
from kei_gates.shell.wrappers_all import wrapper_of
from tests.shell.test_tables import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.shell.wrappers import Wrapper

FACTS = ShellFacts("/w", "/h")
# Words of the shell itself.
SHELL_WORDS = {"-", "noglob", "nocorrect", "builtin", "exec", "command"}
# Rows that stand for many names.
CALLED = {"ld.so": "ld-linux-x86-64.so.2", "qemu": "qemu-x86_64"}
PROGRAMS = sorted({*WRAPPING, *SPEAKERS, *SPECIAL} - SHELL_WORDS)


WORDS_OF_CASES = {
    word.rpartition("/")[2] for case in cases("wrappers") for word in str(case.values[0]).split()
}


def rows(row: Wrapper | Tool) -> Iterator[Wrapper | Tool]:
    yield row
    if isinstance(row, Tool):
        for way in (*row.ways.values(), *([row.other] if row.other else [])):
            yield from rows(way)


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_stands_in_the_table_of_cases(program: str) -> None:
    assert CALLED.get(program, program) in WORDS_OF_CASES


@pytest.mark.parametrize("question", ["--help", "--version"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_question_runs_nothing(program: str, question: str) -> None:
    assert analyse(f"{program} {question}", FACTS).unseen == ()


@pytest.mark.parametrize("program", sorted(WRAPPING))
def test_no_option_both_takes_a_value_and_does_not(program: str) -> None:
    top = wrapper_of(program)
    assert top is not None
    for row in rows(top):
        grammar = row.grammar
        taking = set(grammar.short) | set(grammar.optional)
        assert not taking & set(grammar.flags or ""), program


PIECES = [
    "--", "-", ";", "+", "{}", "-S", "-c", "-x", "-e", "-I{}", "-n1", ":::", "--exec", "run",
    "exec", "'git push'", "'-S x'", "$x", "a=b", "git", "push", "'if x'", "\\;", "send-keys",
    "Enter", "-X", "stuff", "bind x", "<<< 'a b'", "'.sh x'", "'!x'", "''", "-", "@",
    "'*/1 * * * * x%y'", "'#('",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_any_words_are_read(seed: int) -> None:
    chosen = random.Random(seed)  # noqa: S311 -- the same cases each time
    for program in PROGRAMS:
        words = [chosen.choice([*PIECES, program]) for _ in range(chosen.randint(1, 9))]
        found = analyse(" ".join([program, *words]), FACTS)
        assert not any(FAILED in one.why for one in found.unseen), found.unseen


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        ("", "env -S -i "), ("", "env "), ("tmux ", "bind x "), ("", "busybox "), ("", "npx "),
        ("", "xargs "), ("", "find . -exec "), ("", "nix run nixpkgs#"), ("", "uv run "),
    ],
)  # fmt: skip
def test_long_chains_end(start: str, unit: str) -> None:
    assert analyse(f"{start}{unit * 3000}", FACTS).coverage == "partial"


@pytest.mark.parametrize(
    "unit", ["hyperfine 'ls'", "parallel :::", "tmux new", "env -S", "xargs <<<", "crontab - <<<"]
)
def test_long_words_are_read(unit: str) -> None:
    analyse(f"{unit} '{'a ' * 100_000}'", FACTS)
    analyse(f"{unit} '{'a' * 200_000}'", FACTS)
