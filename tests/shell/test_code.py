"""Code of other languages and what it starts and touches, row by row."""

from __future__ import annotations

import random
import sys
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest

from kei_gates.shell.code import scan
from tests.shell.reading import DATA

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from kei_gates.shell.started import Started

CASES: dict[str, list[tuple[str, list[str]]]] = tomllib.loads((DATA / "code.toml").read_text())
CODE = [(language, code) for language, table in CASES.items() for code, _ in table]
AWKWARD = "(){}[]<>|&;$`'\"\\#*?~!=,:@%^+-/ \t\n\r\0a0\u00a0\ud800\u0663\u00e9"
# What is said over and over to see whether reading it takes longer each time.
REPEATED = (
    "system(", "system ", "[", "{", "(", "x/", "} /", "'a' . ", "$a=$b;", "a = b\n", '"#{', "`${",
    '"@{[ ', "qw(", "s{", "<<E\n", '<<"', "f(a,", "a.b", "$x->", "$x[", "$h{", "[[", "[=", "--[[",
    "/*", "=pod\n", "<?", "<<<E\n", "{$", "%w(", "a: ", "|a|", "& ", "\\", "{*}", "[exec ",
    "a | getline ", "print > ", "@f(", 'a"b" ', "function(", "for (", "require(", "import {",
    "import a ", "const {a} = ", "sub f", "eval(", "<a>", "print 'a' ", '"a"(', "(a)(", "/[",
)  # fmt: skip


def shown(found: Started) -> list[str]:
    """What was found, as the table spells it."""
    spelled = {"run " + " ".join(word or "?" for word in words) for words in found.programs}
    spelled |= {f"sh {source or '?'}" for source in found.sources}
    spelled |= {f"code {code}" for code in found.code}
    spelled |= {f"file {script or '?'}" for script in found.scripts}
    spelled |= {
        f"{kind} {path or '?'}{'/**' if tree else ''}" for kind, path, tree in found.effects
    }
    return sorted(spelled | ({"unseen"} if found.unseen else set()))


def cases() -> list[Any]:
    return [
        pytest.param(language, *row, id=f"{language}: {row[0]}".replace("\n", "|"))
        for language, table in CASES.items()
        for row in table
    ]


@pytest.mark.parametrize(("language", "code", "found"), cases())
def test_what_code_starts_and_touches_is_found(language: str, code: str, found: list[str]) -> None:
    assert shown(scan(language, code)) == sorted(found)


def test_each_language_has_harmless_code_beside_the_other() -> None:
    for table in CASES.values():
        harmless = sum(not found for _, found in table)
        assert harmless >= len(table) / 4


def test_what_a_reason_says_reads_as_a_clause() -> None:
    reasons = [reason for language, code in CODE for reason in scan(language, code).unseen]
    assert reasons
    assert not [reason for reason in reasons if reason.endswith(".") or reason[0].isupper()]


@pytest.mark.parametrize("code", ["{ print $1 }", "print 1", ""])
def test_a_language_that_is_not_known_is_unseen(code: str) -> None:
    assert scan("cobol", code).unseen


@pytest.mark.parametrize("language", CASES)
def test_code_behind_harmless_code_is_still_found(language: str) -> None:
    """Whatever harmless code stands in front, it hides nothing."""
    own = {
        "awk": '\nBEGIN { system("git push") }\n', "lua": '\nos.execute("git push")\n',
        "node": '\n;require("child_process").execSync("git push")\n',
        "tcl": "\nexec git push\n", "php": '\n;system("git push");\n',
    }  # fmt: skip
    last = own.get(language, '\n;system("git push");\n')
    for code, expected in CASES[language]:
        if expected or "<<" in code or "<?" in code:
            continue
        found = scan(language, code + last)
        assert found.sources or found.programs or found.unseen, code


def test_mutations_have_an_answer_in_time() -> None:
    generator = random.Random(1)  # noqa: S311 -- the same each time
    start = process_time()
    for _ in range(3_000):
        language, code = generator.choice(CODE)
        for _ in range(generator.randint(1, 5)):
            at = generator.randint(0, len(code))
            change = generator.choice(
                (
                    code[:at] + generator.choice(AWKWARD) + code[at:],
                    code[:at] + code[at + generator.randint(1, 4) :],
                    code[:at] + generator.choice(CODE)[1] + code[at:],
                    code[:at],
                    code * 2,
                )
            )
            code = change[:2_000]
        scan(language, code)
    assert process_time() - start < 60


@pytest.mark.parametrize("language", CASES)
def test_deep_nests_have_an_answer(language: str) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(500)
    try:
        for piece in REPEATED:
            scan(language, piece * 200)
    finally:
        sys.setrecursionlimit(limit)


def growth(language: str, piece: str) -> float:
    """How many times as long eight times the code takes: sixty-four times for a square."""
    times = []
    for size in (250, 2_000):
        start = process_time()
        scan(language, piece * size)
        times.append(process_time() - start)
    return times[1] / max(times[0], 0.01)


@pytest.mark.parametrize("language", CASES)
def test_the_time_does_not_grow_with_the_square_of_the_code(language: str) -> None:
    for piece in REPEATED:
        # What else happens meanwhile only adds to a time, so one of three that is short will do.
        assert any(growth(language, piece) < 32 for _ in range(3)), piece
