"""What is found is held against what real shells run, over generated sources."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from random import Random
from typing import Any

import pytest

from tests.shell.generate import Generator
from tests.shell.reading import DATA, rows
from tests.shell.real_shell import Jail, RealShell, is_harmless
from tests.shell.shrink import SEED, Comparison, failures, generated, shrink, unlisted

SHELLS = ("bash", "zsh")
SOURCES = 250
MANY_SOURCES = 20_000
PROCESSES = 2
LEAST_FULL = {"bash": 0.4, "zsh": 0.3}
"""The share of the generated sources that is followed in full, and so compared with a shell."""
FOUND = [
    pytest.param(row, id=row["id"])
    for name in SHELLS
    if (DATA / f"found-{name}.jsonl").exists()
    for row in rows(f"found-{name}.jsonl")
]


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with closing(Jail()) as made:
        yield made


def comparison(dialect: str, jail: Jail) -> Comparison:
    if shutil.which(dialect) is None:
        pytest.skip(f"{dialect} is not installed")
    return Comparison(dialect, jail)


@pytest.mark.parametrize("dialect", SHELLS)
def test_nothing_that_a_real_shell_runs_is_dropped(dialect: str, jail: Jail) -> None:
    compared = comparison(dialect, jail)
    full = 0
    ran = 0
    for number in range(SOURCES):
        source = generated(number, dialect)
        outcome = compared.outcome(source)
        assert outcome.lost == [], f"{number}: {source!r}"
        full += outcome.full
        ran += bool(outcome.ran)
    # Else the comparison above would compare nothing.
    assert full / SOURCES >= LEAST_FULL[dialect]
    assert ran / full >= 3 / 4


@pytest.mark.slow
@pytest.mark.parametrize("dialect", SHELLS)
def test_nothing_is_dropped_of_many_sources(dialect: str) -> None:
    if shutil.which(dialect) is None:
        pytest.skip(f"{dialect} is not installed")
    chunks = [range(at, at + 500) for at in range(0, MANY_SOURCES, 500)]
    with ProcessPoolExecutor(PROCESSES, get_context("fork")) as pool:
        found = [one for some in pool.map(dropped, [dialect] * len(chunks), chunks) for one in some]
    assert found == []


def dropped(dialect: str, numbers: range) -> list[tuple[int, str]]:
    return list(failures(dialect, numbers))


@pytest.mark.slow
@pytest.mark.parametrize("dialect", SHELLS)
def test_the_whole_grammar_is_used(dialect: str) -> None:
    generator = Generator(Random(SEED), dialect)  # noqa: S311 -- a sample
    every = {one for productions in generator.rules.values() for one in productions}
    for _ in range(MANY_SOURCES):
        generator.source()
        if len(generator.used) == len(every) - len(generator.rules["delimiter"]):
            return
    unused = every - generator.used - set(generator.rules["delimiter"])
    assert [one.literals for one in unused] == []


@pytest.mark.parametrize("row", FOUND)
def test_what_was_once_dropped_is_found(row: dict[str, Any], jail: Jail) -> None:
    analyses = jail.analyses(row["source"], row["id"].partition(":")[0])
    assert [unlisted(one, row["commands"]) for one in analyses] == [[], []]


@pytest.mark.parametrize("dialect", SHELLS)
def test_the_log_holds_what_ran(dialect: str, jail: Jail) -> None:
    if shutil.which(dialect) is None:
        pytest.skip(f"{dialect} is not installed")
    shell = RealShell(dialect, jail)
    assert shell.run("git 'a b'; for x in 1 2; do alpha $x; done; { sh have.sh; } &") == [
        ["git", "a b"], ["alpha", "1"], ["alpha", "2"], ["gamma", "from-have"],
    ]  # fmt: skip
    assert shell.run("echo; ls; nothing; command -v git > x; cat x; ./sub/zoo") == []
    assert shell.run("cp sub/tool x; rm x; ./x y") == [["rm", "x"], ["beta", "from-tool", "y"]]


def test_a_drop_is_noticed_and_made_small(jail: Jail) -> None:
    compared = comparison("bash", jail)
    assert unlisted(jail.analyses("alpha x", "bash")[0], [["alpha", "x"]]) == []
    assert unlisted(jail.analyses("alpha x", "bash")[0], [["rm", "x"]]) == [["rm", "x"]]
    assert compared.drops("u=git; $u x; rm y") is False
    source = "beta\nif alpha; then\n  u=git; $u x y; fi\nrm z"
    assert shrink(source, lambda one: "git" in one and "y" in one) == "gity"


@pytest.mark.parametrize(
    "source",
    ["cat /etc/x", "sh -l", "bash -ic x", "env -i git", "command -p rm", "x > /out", "find -delete",
     "$x'/etc'", "cd ../../..", "exec -l sh", "unset PATH; env PATH= rm", "set -m"],
)  # fmt: skip
def test_a_source_that_could_reach_out_is_not_run(source: str) -> None:
    assert not is_harmless(source)


@pytest.mark.parametrize(
    "source",
    ["x=a/b; ${x%/*}", "ls > /dev/null", "cat ~/x sub/x", "${x//_/}", "command -v x", "set -e",
     "sh -c 'a -b'", "env -u X a"],
)  # fmt: skip
def test_a_source_that_stays_inside_is_run(source: str) -> None:
    assert is_harmless(source)
