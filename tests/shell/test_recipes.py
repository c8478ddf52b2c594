"""What task runners would run, by the files of a project."""

from __future__ import annotations

import random
import shlex
import subprocess
import sys
from fnmatch import fnmatchcase as fnmatch
from functools import partial
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest

from kei_gates.shell.recipes import READERS, find
from tests.shell.reading import DATA

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kei_gates.shell.recipes import Recipe

TABLE = tomllib.loads((DATA / "recipes.toml").read_text())
FILES: dict[str, dict[str, str]] = TABLE["files"]


def rows(name: str) -> list[Any]:
    return [pytest.param(*row, id=f"{row[0]}: {row[1]}") for row in TABLE[name]]


def words_of(text: str) -> list[str | None]:
    return [None if word == "..." else word for word in shlex.split(text)]


def listed(files: dict[str, str], pattern: str) -> list[str]:
    """The files that a pattern matches, folder by folder."""
    parts = pattern.split("/")
    return [
        name
        for name in files
        if len(name.split("/")) == len(parts) and all(map(fnmatch, name.split("/"), parts))
    ]


def found(files: dict[str, str], text: str) -> Recipe | None:
    words = words_of(text)
    environment: dict[str, str] = {}
    while "=" in (words[0] or ""):
        name, _, value = (words.pop(0) or "").partition("=")
        environment[name] = value
    return find(words[0] or "", words, files.get, environment.get, partial(listed, files))


def shown(recipe: Recipe) -> set[str]:
    return {f"{folder}> {text}" if folder else text for text, folder in recipe.sources}


@pytest.mark.parametrize(("files", "words", "sources", "unseen"), rows("cases"))
def test_what_would_run_is_found(
    files: str, words: str, sources: list[str], unseen: list[str]
) -> None:
    recipe = found(FILES[files], words)
    assert recipe is not None
    assert (shown(recipe), recipe.unseen) == (set(sources), unseen)
    assert recipe.code == []


@pytest.mark.parametrize(("files", "words"), rows("nothing"))
def test_nothing_of_the_project_runs(files: str, words: str) -> None:
    assert found(FILES[files], words) is None


@pytest.mark.parametrize(("files", "words", "language", "inside", "outside"), rows("code"))
def test_code_of_other_languages_is_found(
    files: str, words: str, language: str, inside: list[str], outside: list[str]
) -> None:
    recipe = found(FILES[files], words)
    assert recipe is not None
    assert [name for name, _ in recipe.code] == [language]
    text = recipe.code[0][1]
    assert [part for part in inside if part not in text] == []
    assert [part for part in outside if part in text] == []


def test_every_reader_is_held_to_the_table() -> None:
    tested = {
        word for name in ("cases", "code") for _, text, *_ in TABLE[name] for word in text.split()
    }
    assert {READERS[program] for program in tested if program in READERS} == set(READERS.values())


def test_settings_that_cannot_be_read_are_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, tomllib.__name__, None)
    recipe = found(FILES["tasks"], "cargo make rel")
    assert recipe is not None
    assert (recipe.sources, recipe.unseen) == ([], ["`Makefile.toml` is not understood"])


STRICT = [
    ("env", "make --eval ... v"),
    ("mono", "npm test --script-shell ..."),
    ("just", "just --shell ... test"),
    ("py", "tox -x ... -e here"),
    ("lists", "run-parts ..."),
]


@pytest.mark.parametrize(("files", "words"), STRICT)
def test_what_the_call_itself_hides_is_no_word_of_the_project(files: str, words: str) -> None:
    recipe = found(FILES[files], words)
    assert recipe is not None
    assert recipe.strict
    assert set(recipe.strict) <= set(recipe.unseen)


@pytest.mark.parametrize(
    ("files", "words", "own"),
    [
        ("env", "make --eval=x:;ls x", True),
        ("py", "tox -x testenv.commands=ls", True),
        ("env", "make v TOOL=ls", False),
        ("py", "tox", False),
    ],
)
def test_a_recipe_of_the_call_is_its_own(files: str, words: str, own: bool) -> None:
    recipe = found(FILES[files], words)
    assert recipe is not None
    assert (recipe.own, recipe.strict) == (own, [])


# --- make itself ----------------------------------------------------------------------------------


def by_make(folder: Path, goal: str) -> list[str] | None:
    """What make says that it would run; none where there is no make."""
    try:
        done = subprocess.run(
            ["make", "-n", "-s", "--no-print-directory", goal],
            cwd=folder,
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except FileNotFoundError:
        return None
    return done.stdout.splitlines()


# Goals of which every word is known, in makefiles that run nothing when they are read.
PLAIN = {
    "lines": "plain inline both last multi-a order dollars comment dir/x.gen s1.st debug glued",
    "branches": "known",
    "prefix": "all",
}


@pytest.mark.parametrize(
    ("files", "goal"), [(files, goal) for files in PLAIN for goal in PLAIN[files].split()]
)
def test_make_itself_would_run_the_same(tmp_path: Path, files: str, goal: str) -> None:
    for name, text in FILES[files].items():
        (tmp_path / name).write_text(text)
    really = by_make(tmp_path, goal)
    if really is None:
        pytest.skip("make is not installed")
    recipe = found(FILES[files], f"make {goal}")
    assert recipe is not None
    assert sorted(text for text, _ in recipe.sources) == sorted(really)


# --- files that are broken, deep or long --------------------------------------------------------

AWKWARD = "$(){}[]:=;%#\\'\"`@\n\t ,&|<>*?!\0\1\2\3aé\ud800"
ODD = [None, "", "-", "--", "=", "-f", "-C", "-n", "-s", "-e", "-w", "--x=y", "-jn", "X=1"]


def mutated(text: str, chance: random.Random) -> str:
    """The text with some characters lost, doubled or changed."""
    chars = list(text)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(chars) + 1)
        end = at + chance.choice((0, 1, 1, 5, 40))
        chars[at:end] = chance.choice(AWKWARD) * chance.choice((0, 1, 1, 2, 30))
    return "".join(chars)


@pytest.mark.parametrize("seed", range(150))
def test_no_file_raises(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- no secret
    for project, words, *_ in chance.sample(TABLE["cases"] + TABLE["code"], 12):
        files = {name: mutated(text, chance) for name, text in FILES[project].items()}
        start = process_time()
        found(files, words)
        assert process_time() - start < 6  # a square or worse takes minutes


@pytest.mark.parametrize("seed", range(40))
def test_no_words_raise(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- no secret
    for program in READERS:
        words = [program, *chance.choices([*ODD, "test", "run", "build"], k=6)]
        for files in FILES.values():
            find(program, words, files.get, lambda _: "$(x", partial(listed, files))
            find(program, words, files.get)


GROWING: dict[str, tuple[str, str, Callable[[int], str]]] = {
    "make rules": ("make", "Makefile", lambda n: "a: b\n\techo $@\n" * n),
    "make targets": (
        "make",
        "Makefile",
        lambda n: "".join(f"a{i}: a{i + 1}\n\techo $(X)\n" for i in range(n)),
    ),
    "make variables": ("make", "Makefile", lambda n: "A += b\n" * n + "all: ; echo $(A)"),
    "make doubling": ("make", "Makefile", lambda n: "A := x\n" + "A := $(A)$(A)\n" * n),
    "make references": ("make", "Makefile", lambda n: "A = " + "$(" * n),
    "make conditionals": ("make", "Makefile", lambda n: "ifdef A\n" * n + "else\nendif\n" * n),
    "make defines": ("make", "Makefile", lambda n: "define A\n" * n),
    "make backslashes": ("make", "Makefile", lambda n: "A = \\\n" * n),
    "make patterns": (
        "make",
        "Makefile",
        lambda n: "all: a.o\n" + "".join(f"%.o: %.{i}\n\tx\n" for i in range(n)),
    ),
    "make commas": ("make", "Makefile", lambda n: "A := $(subst " + "," * n + ")"),
    "make loops": (
        "make",
        "Makefile",
        lambda n: "L = 1 2 3 4 5 6 7 8 9\nall: ; " + "$(foreach a,$(L)," * n + "x" + ")" * n,
    ),
    "just recipes": ("just", "justfile", lambda n: "".join(f"a{i}:\n  x\n" for i in range(n))),
    "just needs": (
        "just",
        "justfile",
        lambda n: "".join(f"a{i}: a{i + 1}\n  x\n" for i in range(n)),
    ),
    "just brackets": ("just", "justfile", lambda n: "a := " + "(" * n),
    "just ifs": ("just", "justfile", lambda n: "a := " + "if a == b { " * n + "\nb:\n  {{a}}"),
    "just quotes": ("just", "justfile", lambda n: "a := '\n" * n),
    "just marks": ("just", "justfile", lambda n: "a:\n  " + "{{" * n),
    "deep json": ("npm run a", "package.json", lambda n: "[" * n),
    "scripts": (
        "npm run ...",
        "package.json",
        lambda n: '{"scripts": {' + ",".join(f'"a{i}": "x{i}"' for i in range(n)) + "}}",
    ),
    "tox": ("tox", "tox.ini", lambda n: "[testenv]\ncommands = " + "{posargs:" * n),
    "tox braces": ("tox", "tox.ini", lambda n: "[tox]\nenvlist = " + "{a,b}" * n + "\n[testenv]\n"),
    "nox": ("nox", "noxfile.py", lambda n: "a = " + "(" * n),
    "doit": ("doit", "dodo.py", lambda n: "def task_a():\n return {'actions': [" + "['a']," * n),
    "tasks": ("task ...", "Taskfile.yml", lambda n: "tasks:\n" + " a: {cmds: [b]}\n" * n),
    "task chain": (
        "task a0",
        "Taskfile.yml",
        lambda n: "tasks:\n" + "".join(f" a{i}:\n  deps: [a{i + 1}]\n" for i in range(n)),
    ),
    "task templates": ("task a", "Taskfile.yml", lambda n: "tasks:\n a: " + "'{{.A}}" * n),
    "yaml lists": ("task a", "Taskfile.yml", lambda n: "- " * n),
    "yaml brackets": ("task a", "Taskfile.yml", lambda n: "a: " + "[" * n),
    "yaml lines": ("task a", "Taskfile.yml", lambda n: "a: b\n" + "  c\n" * n),
    "yaml keys": (
        "task a",
        "Taskfile.yml",
        lambda n: "".join(" " * i + "a:\n" for i in range(n % 900)),
    ),
    "mise": (
        "mise run a0",
        "mise.toml",
        lambda n: "[tasks]\n" + "".join(f"a{i} = 'x'\n" for i in range(n)),
    ),
    "cargo make": (
        "cargo make a0",
        "Makefile.toml",
        lambda n: "".join(
            f"[tasks.a{i}]\ndependencies = ['a{i + 1}', 'a{i + 1}']\n" for i in range(n)
        ),
    ),
    "nx": (
        "nx run-many -t a",
        "project.json",
        lambda n: '{"targets": {"a": {"dependsOn": [' + '"a",' * n + '"a"]}}}',
    ),
    "procfile": ("foreman start", "Procfile", lambda n: "a: b\n" * n),
    "turbo": (
        "turbo a0",
        "turbo.json",
        lambda n: (
            '{"tasks": {'
            + ",".join(f'"a{i}": {{"dependsOn": ["a{i + 1}"]}}' for i in range(n))
            + "}}"
        ),
    ),
    "invoke": ("inv a", "tasks.py", lambda n: "a = " + "-" * n + "1"),
}


@pytest.mark.parametrize("name", GROWING)
@pytest.mark.parametrize("size", [40, 2_000, 30_000])
def test_reading_comes_to_an_end_in_time(name: str, size: int) -> None:
    words, file, make = GROWING[name]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    start = process_time()
    try:
        found({file: make(size)}, words)
    finally:
        sys.setrecursionlimit(limit)
    assert process_time() - start < 6  # a square or worse takes minutes
