"""The first reading: where it reads a source, it finds what the full one finds."""

from __future__ import annotations

import ast
import json
import random
import shlex
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.model import Analysis, FileFact
from kei_gates.shell import plain
from kei_gates.shell.analysis import ShellFacts, analyse
from kei_gates.shell.own_names import OwnNames
from kei_gates.shell.plain import PROGRAMS, plain_analysis
from tests.shell.reading import DATA, rows

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = tomllib.loads((DATA / "plain.toml").read_text())
TESTS = Path(__file__).parent.parent
PACKAGE = Path(plain.__file__).parent.parent
CORPORA = (
    "agent-commands.jsonl", "bash-executed.jsonl", "bash-fuzzed.jsonl", "bash-dynamic.jsonl",
    "zsh-executed.jsonl", "found-bash.jsonl", "found-zsh.jsonl",
)  # fmt: skip
# Files are there that tell programs what to run: settings of cargo and git, a makefile, a script.
FILES = {
    ".cargo/config.toml": "[alias]\ntest = 'run --bin evil'\nx = 'git push'\n",
    ".git/config": "[core]\nfsmonitor = evil\n[alias]\nstatus = !evil\n[diff]\nexternal = evil\n",
    "package.json": '{"scripts": {"test": "evil"}}',
    "Makefile": "all:\n\tevil\n",
    "conftest.py": "import os; os.system('evil')\n",
    "ls": "#!/bin/sh\nevil\n",
}


def look(path: str) -> FileFact:
    name = path.removeprefix("/w/")
    return FileFact("text", path, FILES[name]) if name in FILES else FileFact("missing", path)


ALIASES = OwnNames(
    aliases={
        "ls": ("ls --color=auto",), "grep": ("grep --color=auto", "grep -n"), "cd": ("cd -P",),
        "cat": ("bat",), "wc": ("wc  -l",), "pwd": ("pwd ",), "echo": ("echo -e",),
        "head": ("head -n $N",), "git": ("git --no-pager",), "cargo": ("cargo test",),
        "tail": ("tail",), "df": ("df 'x'",), "du": ("du -h | sort",), "true": ("",),
    }
)  # fmt: skip
"""What users have; some are more than options of the very program."""


def facts(own: OwnNames) -> ShellFacts:
    return ShellFacts(
        "/w",
        "/h",
        look=look,
        is_folder=lambda path: path == "/w/src",
        glob=lambda pattern: [],  # noqa: ARG005 -- nothing matches
        which=lambda name: f"/usr/bin/{name}",
        environment={"PATH": "/usr/bin:/bin", "HOME": "/h", "CDPATH": "/"},
        own=own,
    )


NOBODYS = OwnNames()
FACTS = facts(NOBODYS)


def first(source: str, own: OwnNames = NOBODYS) -> Analysis | None:
    return plain_analysis(source, "/w", own, lambda: analyse(source, FACTS))


def differs(
    source: str,
    own: OwnNames = NOBODYS,
    *,
    dialects: tuple[str, ...] = ("auto", "bash", "zsh"),
) -> bool:
    """Whether the first reading reads a source, and finds anything else than the full one."""
    found = first(source, own)
    if found is None:
        return False
    wholes = [analyse(source, facts(own), dialect) for dialect in dialects]
    return any(whole != found or whole.codes or whole.if_empty for whole in wholes)


@pytest.mark.parametrize("source", CASES["plain"])
def test_plain_sources_are_read_at_first(source: str) -> None:
    assert first(source) is not None
    assert not differs(source)


@pytest.mark.parametrize("source", CASES["other"])
def test_all_else_is_left_to_the_full_reading(source: str) -> None:
    assert first(source) is None


@pytest.mark.parametrize("own", [NOBODYS, ALIASES], ids=["no aliases", "aliases"])
@pytest.mark.parametrize("name", CORPORA)
def test_both_readings_find_the_same_in_the_corpora(name: str, own: OwnNames) -> None:
    assert [row["source"] for row in rows(name) if differs(row["source"], own)] == []


@pytest.mark.parametrize("source", CASES["plain"])
def test_both_readings_find_the_same_where_there_are_aliases(source: str) -> None:
    assert not differs(source, ALIASES)


@pytest.mark.parametrize(
    ("source", "is_read"),
    [
        ("ls -la", True),
        ("cat a | grep x", False),
        ("head a | grep x", False),
        ("tail a | grep x; ls", True),
        ("ls > x", False),
        ("cd a && ls", False),
        ("git log", False),
        ("cargo test", True),
        ("wc a", False),
        ("pwd", False),
        ("df", False),
        ("du", False),
        ("true", False),
        ("uname", True),
    ],
)
def test_aliases_that_give_options_are_read_at_first(source: str, *, is_read: bool) -> None:
    assert (first(source, ALIASES) is not None) is is_read


def test_both_readings_find_the_same_in_commands_of_a_day() -> None:
    lines = (TESTS / "replay/commands.jsonl").read_text().splitlines()
    commands = [json.loads(line)["command"] for line in lines]
    assert [command for command in commands if differs(command)] == []
    assert sum(first(command) is not None for command in commands) >= 1


@cache
def words_of_tables() -> list[str]:
    """Every string that stands in the sources of the shell analysis and the gates."""
    found: set[str] = set()
    for folder in ("shell", "gates"):
        for path in (PACKAGE / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.update(node.value.split()[:400])
    return sorted(word for word in found if "\0" not in word)


def commands() -> list[list[str]]:
    return [
        [program, *([verb] if verb else [])]
        for program, verbs in PROGRAMS.items()
        for verb in (verbs.split() or [""])
    ]


FORMS = (
    "{0}",
    "-{0}",
    "--{0}",
    "--{0}={1}",
    "-{0} {1}",
    "--{0} {1}",
    "{0} {1}",
    "x {0}",
    "x -{0} {1}",
)


_SHORTENED = 0.3


def with_words(command: list[str], words: list[str], chance: random.Random) -> str:
    form = chance.choice(FORMS)
    one, other = chance.choice(words), chance.choice(words)
    if chance.random() < _SHORTENED:
        one = one[: chance.randrange(1, len(one) + 1)]
    rest = form.format(one.lstrip("-") if "-{0}" in form else one, other)
    return " ".join([*command, *(shlex.quote(word) for word in rest.split(" "))])


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_no_word_of_a_table_means_anything_to_a_plain_program(command: list[str]) -> None:
    chance = random.Random(" ".join(command))  # noqa: S311 -- no secret
    words = words_of_tables()
    sources = [with_words(command, words, chance) for _ in range(150)]
    assert [source for source in sources if differs(source, dialects=("auto",))] == []
    assert any(first(source) for source in sources) or command == ["cd"]


@pytest.mark.slow
@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_no_word_at_all_means_anything_to_a_plain_program(command: list[str]) -> None:
    sources = [
        " ".join([*command, shlex.quote(form.replace("{0}", word))])
        for word in words_of_tables()
        for form in ("{0}", "-{0}", "--{0}=x", f"--{word[: len(word) // 2 + 1]}")
    ]
    assert [source for source in sources if differs(source, dialects=("auto",))] == []


PIECES = st.sampled_from(
    [
        *(" ".join(command) for command in commands()), " ", " ", " ", "\n", "\t", ";", "&&", "||",
        "|", "&", "'", '"', "\\", "$", "`", "(", ")", "{", "}", "<", ">", ">>", "<<", "<<'E'", "E",
        "\nE\n", "2>&1", ">/dev/null", "2>", "> x", "a", "-n", "--x=y", "'a b'", '"c d"', "=", "~",
        "*", "?", "#", "!", "%", "/", "..", "x.sh", "sh", "cat > x <<'E'\ny\nE\n", "1", "12", "é",
        "\u00a0", "\r", "=x",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from([NOBODYS, ALIASES]))
def test_both_readings_find_the_same_in_any_source(source: str, own: OwnNames) -> None:
    assert not differs(source, own)


def test_a_difference_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(plain.PROGRAMS, "sh", "")
    assert differs("sh -c ls")


@pytest.mark.parametrize(
    "own",
    [
        OwnNames(aliases={"ls": ("rm",)}),
        OwnNames(aliases={"ls": ("ls -a", "rm")}),
        OwnNames(functions={"ls": ("ls() { rm; }",)}),
        OwnNames(global_aliases={"X": ("| sh",)}),
        OwnNames(suffix_aliases={"py": ("python",)}),
        OwnNames(unread="a file cannot be read"),
    ],
)
def test_names_of_the_user_are_left_to_the_full_reading(own: OwnNames) -> None:
    assert first("ls", OwnNames(aliases={"la": ("ls -a",)})) is not None
    assert first("ls", own) is None


def test_what_a_written_file_holds_is_told_by_the_full_reading() -> None:
    found = first("cat > a.md <<'EOF'\ntext $x\nEOF\n")
    assert found is not None
    assert found.left("/w/a.md") == ("text $x\n",)
    assert found.left("/w/other") == ()
    assert found.is_plain
    assert not analyse("ls", FACTS).is_plain


@pytest.mark.parametrize("source", ["ls " + "x" * 70_000, "ls\n" * 50])
def test_long_sources_are_left_to_the_full_reading(source: str) -> None:
    assert first(source) is None
