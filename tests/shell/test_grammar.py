"""The trees of both dialects, held against tables and against what real shells accept and run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from random import Random
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest

from tests.shell.outline import (
    REFUSED,
    could_run,
    differs,
    outline,
    simple_commands,
    tree,
)
from tests.shell.reading import DATA, rows
from tests.shell.real_shell import Jail, RealShell, is_harmless

if TYPE_CHECKING:
    from collections.abc import Callable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE = tomllib.loads((DATA / "trees.toml").read_text())["cases"]
CORPORA = (
    "agent-commands.jsonl", "bash-dynamic.jsonl", "bash-executed.jsonl", "bash-fuzzed.jsonl",
    "zsh-executed.jsonl",
)  # fmt: skip
DIALECTS = ("bash", "zsh")
CHECKS = {"bash": ["bash", "--norc", "-n", "-c"], "zsh": ["zsh", "-f", "-n", "-c"]}
# What a shell reads and the grammar does not: forms of which bash says only when it comes to them
# that they are errors, and unusual ones whose meaning is not certain.
NOT_UNDERSTOOD = {
    ("bash", "x[1]=(a b)"),
    ("bash", "alpha $12 ${12} $#x $+x ${+x} $=x ${=x} $~x $^x"),
    ("bash", 'alpha ${(f)"$(beta)"} "${(s:,:)x}" ${(L):-GIT} ${(P)x} ${(%)x}'),
    ("bash", 'alpha ${${x#a}%b} "${${x}:h}" ${$(beta)%a} ${`beta`}'),
    ("bash", "alpha ${(l:$n:)x} ${(e)x}"),
    ("bash", "alpha ${(l:a[1]:)x}"),
    ("bash", "x=$(cat <<'E'\nE\nalpha;beta)"),  # bash loses the semicolon
    ("zsh", "function f (alpha)"),  # the second name is a pattern
    ("zsh", "repeat\\\n 3 alpha"),
    ("zsh", "alpha a$'\\0'b"),
    ("zsh", "alpha ${(l:$n:)x} ${(e)x}"),
    ("zsh", "alpha $${a b}"),
    ("zsh", "alpha *($x)"),
}
# Words after which the shell reads text once more, which no tree shows.
READ_AGAIN = ("eval", "source", ". ", "trap", "hash", "exec -a", "${~", "$~", "(e)")
SEED, SOURCES = 5_091, 250
LEAST_PARSED = 0.995


def needs(name: str) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")


def accepts(dialect: str, source: str) -> bool:
    """Whether the real shell takes a source for well-formed; nothing of it is run."""
    checked = subprocess.run(
        [*CHECKS[dialect], source], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return checked.returncode == 0 and not checked.stderr


def ids(row: list[Any]) -> str:
    return str(row[0]).replace("\n", "|")


@pytest.mark.parametrize("row", TABLE, ids=ids)
def test_trees(row: list[Any]) -> None:
    source, bash, zsh, disagree = row
    assert outline(source, "bash") == bash
    assert outline(source, "zsh") == (bash if zsh == "=" else zsh)
    assert differs(source) == disagree


def test_the_table_shows_both_outcomes() -> None:
    told = [row[3] for row in TABLE]
    assert told.count(True) > 20
    assert told.count(False) > 20


@pytest.mark.parametrize("name", CORPORA)
def test_what_is_said_to_be_the_same_is_the_same(name: str) -> None:
    sources = [row["source"] for row in rows(name) if "\0" not in row["source"]]
    apart = [s for s in sources if not differs(s) and outline(s, "bash") != outline(s, "zsh")]
    assert apart == []


def test_ordinary_sources_are_rarely_said_to_differ() -> None:
    """As that costs the analysis of another dialect."""
    told = [differs(row["source"]) for row in rows("agent-commands.jsonl")]
    assert sum(told) < len(told) / 10


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_a_shell_accepts_is_parsed(dialect: str) -> None:
    needs(dialect)
    refused = {
        (dialect, row[0])
        for row in TABLE
        if outline(row[0], dialect) == REFUSED and accepts(dialect, row[0])
    }
    assert refused == {one for one in NOT_UNDERSTOOD if one[0] == dialect}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_ordinary_sources_are_parsed(dialect: str) -> None:
    needs(dialect)
    sources = [row["source"] for row in rows("agent-commands.jsonl")]
    valid = [source for source in sources if accepts(dialect, source)]
    parsed = [source for source in valid if tree(source, dialect) is not None]
    assert len(parsed) >= LEAST_PARSED * len(valid)
    assert len(valid) > 50


# --- what zsh says of itself ------------------------------------------------------------------

# Assigning to a function's text makes zsh parse it, and no more; reading it gives it spelled out.
_SPELL = r"""
zmodload zsh/parameter
functions[f]=$1
printf %s "$functions[f]"
"""


def spelled(source: str) -> str | None:
    """A source as zsh spells what it read, none where it refuses."""
    done = subprocess.run(
        ["zsh", "-f", "-c", _SPELL, "zsh", source],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return None if done.stderr else done.stdout.decode("utf-8", "surrogateescape")


def commands_of(source: str) -> list[list[str | None]] | None:
    found = tree(source, "zsh")
    return None if found is None else sorted(simple_commands(found), key=repr)


def test_what_zsh_spells_out_is_parsed_to_the_same_commands() -> None:
    needs("zsh")
    compared = 0
    sources = [row[0] for row in TABLE] + [row["source"] for row in rows("zsh-executed.jsonl")]
    for source in sources:
        canonical = spelled(source)
        found = commands_of(source)
        if canonical is None or found is None or not source.isascii() or source.endswith("}}"):
            continue  # what is spelled out of some is not read as it was
        assert commands_of(canonical) == found, source
        compared += 1
    assert compared > 150


# --- what zsh ran -----------------------------------------------------------------------------


def lost(source: str, ran: list[list[str]], dialect: str) -> list[list[str]]:
    """What really ran and is nowhere in the tree."""
    found = tree(source, dialect)
    commands: list[list[str | None]] = [[None]] if found is None else simple_commands(found)
    return [words for words in ran if not could_run(commands, words)]


@pytest.mark.parametrize("row", rows("zsh-executed.jsonl"), ids=lambda row: row["id"])
def test_what_zsh_ran_is_in_its_tree(row: dict[str, Any]) -> None:
    if not any(word in row["source"] for word in READ_AGAIN):
        assert lost(row["source"], row["commands"], "zsh") == []


def test_a_loss_would_be_noticed() -> None:
    assert lost("alpha a", [["alpha", "a"], ["beta"]], "zsh") == [["beta"]]
    assert lost("repeat 3 alpha", [["alpha"]], "bash") == [["alpha"]]


_PIECES = (
    "alpha", "beta", "gamma a", " ", "; ", "\n", " | ", " && ", " & ", " &! ", "{ ", "}", " }",
    "{", "(", ")", "() ", "() {", "((", "))", "$((", "$(", "`", "'", '"', "$x", "${x", "${x:-",
    "${x#", "${(f)", "$x[", "]", "[[ ", " ]]", " == ", "if ", "then ", "; fi", "else ", "while ",
    "do ", "; done", "for i in 1 2; ", "for i (1 2) ", "repeat 1 ", "case x in ", "x) ", "(x|y)",
    "esac", ";; ", ";| ", "function f ", "f() ", "always ", "time ", "! ", "coproc ", "> f", "<(",
    "=(", "x=", "x=(", "*", "*(", "(N)", "(e:'alpha':)", "<1-2>", "# c\n", "\\", "\\\n", "$",
    "$'a'", '$"', "$1", "$#x", ":t", ":-", "{a,b}", "[a]", "<<E\n", "\nE\n", "export ", "{fd}>f",
)  # fmt: skip


def changed(random: Random) -> str:
    """A source of the table with some pieces put in or taken out, and no path."""
    source = str(random.choice(TABLE)[0])
    for _ in range(random.randint(1, 3)):
        at = random.randint(0, len(source))
        gone = random.choice((0, 0, 0, 1, 3))
        source = source[:at] + random.choice(_PIECES) + source[at + gone :]
    return source.replace("/", "")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_that_a_real_shell_runs_is_missing(dialect: str) -> None:
    needs(dialect)
    random = Random(f"{SEED} {dialect}")  # noqa: S311 -- no secret, a sample
    ran = 0
    with closing(Jail()) as jail:
        shell = RealShell(dialect, jail)
        for source in (changed(random) for _ in range(SOURCES)):
            again = any(word in source for word in READ_AGAIN)
            if again or not is_harmless(source) or tree(source, dialect) is None:
                continue
            commands = shell.run(source)
            assert lost(source, commands, dialect) == [], source
            ran += len(commands)
    assert ran > 20


def test_changed_sources_that_are_said_to_be_the_same_are_the_same() -> None:
    random = Random(SEED)  # noqa: S311 -- no secret, a sample
    sources = [changed(random) for _ in range(SOURCES * 8)]
    apart = [s for s in sources if not differs(s) and outline(s, "bash") != outline(s, "zsh")]
    assert apart == []


# --- bounds -----------------------------------------------------------------------------------

GROWING: dict[str, Callable[[int], str]] = {
    "braces": lambda n: "alpha " + "{" * n,
    "brace pairs": lambda n: "alpha " + "{a" * n + "}" * n,
    "stray braces": lambda n: "alpha " + "a}b" * n,
    "parentheses": lambda n: "alpha" + " a(b|c)d" * n,
    "qualifiers": lambda n: "alpha *(" + "e:a:" * n + ")",
    "subscripts": lambda n: "alpha" + " $x[1]" * n,
    "open subscripts": lambda n: "alpha " + "$x[" * n,
    "modifiers": lambda n: "alpha $x" + ":t" * n,
    "flags": lambda n: "alpha ${(" + "s:,:" * n + ")x}",
    "operands": lambda n: "alpha ${x:-" + "(a)" * n + "}",
    "open operands": lambda n: "alpha ${x:-" + "(" * n + "}",
    "short loops": lambda n: "repeat 3 alpha\n" * n,
    "short branches": lambda n: "if [[ a ]] alpha\n" * n,
    "names": lambda n: "function" + " f" * n + " { alpha }",
    "patterns": lambda n: "case x in " + "(a|b)c) alpha;; " * n + "esac",
    "unbalanced arithmetic": lambda n: "alpha $((" + "[" * n + "))",
    "almost arithmetic": lambda n: "((alpha[) );" * n,
    "ranges": lambda n: "alpha " + "<1-2>" * n,
    "redirections": lambda n: "alpha" + " {x} >f" * n,
    "assignments": lambda n: "x[a b]=1 " * n,
    "extended": lambda n: "shopt -s extglob\nalpha" + " @(a|b)" * n,
    "quotes": lambda n: 'alpha "${x:-' + "'a'" * n + '}"',
    "regular expressions": lambda n: "[[ a =~ " + "(a|b)" * n + " ]]",
}  # fmt: skip


def seconds(source: str, dialect: str) -> float:
    times = []
    for _ in range(3):
        start = process_time()
        tree(source, dialect)
        times.append(process_time() - start)
    return min(times)


@pytest.mark.parametrize("name", GROWING)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_four_times_the_source_takes_not_much_more_than_four_times_as_long(
    name: str, dialect: str
) -> None:
    make = GROWING[name]
    small, large = seconds(make(1_000), dialect), seconds(make(4_000), dialect)
    assert large < 12 * max(small, 0.002)


@pytest.mark.parametrize("opening", [
    "alpha $(", "( ", "{ ", "{", "() {", "alpha a(", "alpha ${x:-", "alpha ${${", "alpha $x[$(",
    "if [[ a ]] ", "repeat 3 ", "f() ", "while (a) ", "case x in (", 'alpha "${x:-', "for x (a) ",
])  # fmt: skip
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_depth_has_an_answer(opening: str, dialect: str) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    try:
        for depth in (*range(1, 60), 500):
            tree(opening * depth + "alpha", dialect)
    finally:
        sys.setrecursionlimit(limit)
