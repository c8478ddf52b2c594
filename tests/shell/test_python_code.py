"""Python code and what it starts and touches, row by row; and text that is no code at all."""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest

from kei_gates.shell.python_code import scan
from kei_gates.shell.started import Started
from tests.shell.reading import DATA

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLES: dict[str, Any] = tomllib.loads((DATA / "python-code.toml").read_text())
CODES: list[str] = [row[0] for row in (*TABLES["starting"], *TABLES["touching"])]
CODES += TABLES["harmless"]


def ident(code: str) -> str:
    return code.replace("\n", "|")[:80]


def cases(name: str) -> list[Any]:
    return [pytest.param(code, found, id=ident(code)) for code, found in TABLES[name]]


def shown(found: Started) -> list[str]:
    """What was found, as the table spells it."""
    lines = [
        "run " + " ".join("..." if word is None else word for word in words)
        for words in found.programs
    ]
    lines += [f"shell {source or '?'}" for source in found.sources]
    lines += [f"script {path or '?'}" for path in found.scripts]
    lines += ["unseen"] * bool(found.unseen)
    lines += [f"{kind} {path or '?'}{'/**' * tree}" for kind, path, tree in found.effects]
    return sorted(set(lines))


@pytest.mark.parametrize(("code", "found"), cases("starting"))
def test_what_is_started_is_found(code: str, found: list[str]) -> None:
    assert shown(scan(code)) == sorted(found)


@pytest.mark.parametrize(("code", "found"), cases("touching"))
def test_what_is_touched_is_found(code: str, found: list[str]) -> None:
    assert shown(scan(code)) == sorted(found)


@pytest.mark.parametrize("code", [pytest.param(c, id=ident(c)) for c in TABLES["harmless"]])
def test_ordinary_code_is_clean(code: str) -> None:
    found = scan(code)
    assert shown(found) == [], found.unseen


def mutated(code: str, source: random.Random) -> str:
    """A code with a part removed, doubled, or put in from another one."""
    other = source.choice(CODES)
    start, end = sorted(source.randrange(len(code) + 1) for _ in range(2))
    begin = source.randrange(len(other) + 1)
    part = other[begin : begin + source.randrange(1, 30)]
    return code[:start] + source.choice(("", part, code[start:end] * 2)) + code[end:]


@pytest.mark.parametrize("seed", range(5))
def test_mutated_code_never_raises(seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 -- the same ones each time
    for code in CODES:
        for made in (mutated(code, source), code + "\n" + source.choice(CODES)):
            assert isinstance(scan(made), Started)


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.system(" + "(" * 500 + "'ls'" + ")" * 500 + ")",
        "import os\nos.system(" + "-" * 50_000 + "1)",
        "import os\nx = a" + ".b" * 5_000 + "\nos.system('ls')",
        "import os\nos.system(" + "f(" * 90 + ")" * 90 + ")",
        "import os\nos.system('ls'" + " + 'x'" * 5_000 + ")",
        "import os\nos.system('\0')",
        "import os\nos.system('\ud800')",
    ],
    ids=lambda code: code[:30],
)
def test_what_is_nested_too_deeply_is_never_clean(code: str) -> None:
    assert shown(scan(code)) != []


def test_names_that_lead_back_to_themselves() -> None:
    code = "import os\na = b\nb = c\nc = a\nc = os.system\ndef f(x): g(x)\ndef g(x): f(x)\nf(a)\n"
    assert shown(scan(code + "a('git push')")) == ["shell git push"]
