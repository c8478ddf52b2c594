"""The sizes of files and functions: what each language's functions are, and what is a finding.

The sources are in `quality_constructor_pattern.toml`. A change is made in a real repository, and
read from its base commit and its folder.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.checks import _reading
from kei_gates.checks._code_mask import masked
from kei_gates.checks._functions import functions, has_functions
from kei_gates.checks._large_functions import LARGEST
from kei_gates.checks._reading import Clock, UnreadableError
from kei_gates.checks.quality_constructor_pattern import Params, check, count_lines
from kei_gates.checks.work import Change, Finding, Ran
from kei_gates.policy.glob_compile import compile_glob
from kei_gates.policy.globs import Globs
from kei_gates.policy.where import Where
from kei_gates.verify.changes import changes_since
from kei_gates.verify.work import Pass

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from kei_gates.checks.work import PassName

TABLE = tomllib.loads((Path(__file__).parent / "quality_constructor_pattern.toml").read_text())


@pytest.mark.parametrize("source", TABLE["source"], ids=lambda source: source["id"])
def test_functions_of(source: dict[str, Any]) -> None:
    assert has_functions(source["path"]) is not source.get("none", False)
    if not source.get("none"):
        found = functions(source["path"], source["text"])
        spans = sorted((one.first, one.last, one.name) for one in found)
        assert [f"{name} {first}-{last}" for first, last, name in spans] == source["functions"]


class Repository:
    """A repository whose last commit is the base of a change: a change set, and the work."""

    at: PassName = "worktree"
    report = None
    base = "HEAD"

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        self.git("init", "-q")

    @property
    def change_set(self) -> Repository:
        return self

    def git(self, *words: str) -> bytes:
        names = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        done = subprocess.run(
            ["git", *names, *words], cwd=self.root, capture_output=True, check=True
        )
        return done.stdout

    def write(self, files: dict[str, str | bytes]) -> None:
        for path, text in files.items():
            target = Path(self.root, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, files: dict[str, str | bytes]) -> None:
        self.write(files)
        self.git("add", "-f", ".")
        self.git("commit", "-q", "--allow-empty", "-m", "base")

    @property
    def changes(self) -> tuple[Change, ...]:
        self.git("add", "-f", "-N", ".")
        lines = self.git("diff", "HEAD", "--name-status", "--no-renames", "-z").decode().split("\0")
        kinds: dict[str, Any] = {"A": "added", "M": "modified", "D": "deleted"}
        pairs = zip(lines[0::2], lines[1::2], strict=False)
        return tuple(Change(path, kinds[kind]) for kind, path in pairs)

    def before(self, path: str) -> bytes | None:
        if not self.git("ls-tree", "HEAD", "--", path):
            return None
        return self.git("cat-file", "blob", f"HEAD:{path}")

    def after(self, path: str) -> bytes | None:
        return self.read(path)

    def read(self, path: str) -> bytes | None:
        target = Path(self.root, path)
        return target.read_bytes() if target.exists() else None

    def run(self, command: str, seconds: float, makes: str | None = None) -> Ran:
        raise AssertionError((command, seconds, makes))


class Broken(Repository):
    """A repository whose folder is no more as its changes were told."""

    def __init__(self, root: Path, changes: tuple[Change, ...]) -> None:
        self.root = str(root)
        self._changes = changes

    @property
    def changes(self) -> tuple[Change, ...]:
        return self._changes


Files = dict[str, "str | bytes"]


def found(root: Path, before: Files, after: Files, **params: object) -> list[Finding]:
    repository = Repository(root)
    repository.commit(before)
    for path in before:
        if path not in after:
            (root / path).unlink()
    repository.write(after)
    return check(repository, Params({"file_lines": 20, "function_lines": 5, **params}))


def lines(count: int, mark: str = "x") -> str:
    return f"{mark} = 1\n" * count


def function(count: int, name: str = "f") -> str:
    return f"def {name}():\n" + "    x = 1\n" * (count - 1)


def test_the_limits_are_allowed_and_one_more_is_not(tmp_path: Path) -> None:
    assert (Params.file_lines, Params.function_lines) == (200, 30)
    text = lines(169) + "\n" + function(30)
    assert found(tmp_path / "a", {}, {"a.py": text}, file_lines=200, function_lines=30) == []
    longer = text + "    x = 1\n"
    file, one = found(tmp_path / "b", {}, {"a.py": longer}, file_lines=200, function_lines=30)
    assert one.message == "`a.py` has 201 lines; at most 200 are allowed"
    assert file.message == "`f` in `a.py` has 31 lines; at most 30 are allowed"
    assert (file.line, one.line) == (171, None)


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()


OVER = lines(21)
MARK = "# @generated by protoc\n"
JUDGED: dict[str, tuple[Files, Files, int]] = {
    "new": ({}, {"a.py": OVER}, 1),
    "grown over it": ({"a.py": lines(20)}, {"a.py": OVER}, 1),
    "was over and has grown": ({"a.py": OVER}, {"a.py": lines(22)}, 1),
    "was over and has not": ({"a.py": OVER}, {"a.py": lines(21, "y")}, 0),
    "was over and shrank": ({"a.py": lines(40)}, {"a.py": OVER}, 0),
    "nothing changed": ({"a.py": OVER}, {"a.py": OVER}, 0),
    "deleted": ({"a.py": OVER}, {}, 0),
    "renamed": ({"a.py": OVER}, {"b.py": OVER + "\n"[1:]}, 0),
    "renamed and grown": ({"a.py": OVER}, {"b.py": OVER + "y = 1\n"}, 1),
    "another was deleted": ({"a.py": OVER}, {"b.py": lines(21, "z")}, 1),
    "a test": ({}, {"tests/test_a.py": OVER}, 1),
    "a shell script": ({}, {"a.sh": OVER, "run": "#!/bin/sh\n" + OVER, "Makefile": OVER}, 3),
    "data and prose": (
        {},
        {"a.md": OVER, "a.json": OVER, "Cargo.lock": OVER, "a.csv": OVER, "a.sql": OVER,
         "a.yaml": OVER, "a.png": b"\x89PNG" + OVER.encode(), "LICENSE": OVER, "a.min.js": OVER},
        0,
    ),
    "from elsewhere": ({}, {"vendor/a.go": OVER, "web/node_modules/b/c.js": OVER}, 0),
    "a name that only looks so": ({}, {"vendor.py": OVER, "src/vendors/a.py": OVER}, 2),
    "a last line without an end": ({}, {"a.py": lines(20) + "x = 1"}, 0),
    "ends of lines of other systems": (
        {}, {"a.py": OVER.replace("\n", "\r\n"), "b.sh": OVER.replace("\n", "\r")}, 2
    ),
    "generated before": ({"a.py": MARK}, {"a.py": MARK + OVER}, 0),
    "the agent added the mark": ({"a.py": "x\n"}, {"a.py": MARK + OVER}, 1),
    "a new file with a mark": ({}, {"a.py": MARK + OVER}, 1),
    "a new file with mark and name": ({}, {"a_pb2.py": MARK + OVER, "gen/b.py": MARK + OVER}, 0),
    "a new file with the name": ({}, {"a_pb2.py": OVER}, 1),
    "the mark below code": ({"a.py": "x = 1\n" + MARK}, {"a.py": "x = 1\n" + MARK + OVER}, 1),
    "the attributes said so": (
        {".gitattributes": "gen/* linguist-generated\n"},
        {".gitattributes": "gen/* linguist-generated\n", "gen/a.py": OVER}, 0,
    ),
    "the attributes said so, but not of it": (
        {".gitattributes": "gen/* linguist-generated\ngen/a.py -linguist-generated\n"},
        {".gitattributes": "", "gen/a.py": OVER, "gen/b.py": OVER}, 1,
    ),
    "the agent wrote the attributes": (
        {}, {".gitattributes": "* linguist-generated\n", "a.py": OVER}, 1
    ),
    "no UTF-8": ({}, {"a.py": b"# \xe9\n" + OVER.encode(), "b.rs": b"// \xff\n" * 22}, 2),
    "a function": ({}, {"a.py": function(6)}, 1),
    "a function that was": ({"a.py": function(6)}, {"a.py": function(6).replace("1", "2")}, 0),
    "a function that has grown": ({"a.py": function(6)}, {"a.py": function(7)}, 1),
    "a function that is called otherwise": ({"a.py": function(6)}, {"a.py": function(6, "g")}, 0),
    "called otherwise, and grown": ({"a.py": function(6)}, {"a.py": function(7, "g")}, 1),
    "called otherwise, and there still": (
        {"a.py": function(6)}, {"a.py": function(6) + function(6, "g")}, 1
    ),
    "called otherwise, and another": (
        {"a.py": function(6)}, {"a.py": function(6, "g").replace("x", "y")}, 1
    ),
    "moved into a class of another file": (
        {"a.py": function(6), "b.py": "x = 1\n"},
        {"a.py": "y = 1\n", "b.py": "class A:\n    " + function(6).replace("\n", "\n    ")}, 0,
    ),
    "moved out of a file that is gone, and copied": (
        {"a.py": function(6) + lines(9)}, {"b.py": function(6), "c.py": function(6)}, 1
    ),
    "one more of that name": ({"a.py": function(6)}, {"a.py": function(6) * 2}, 1),
    "many functions": ({}, {"a.py": function(6) * 3}, 3),
    "a broken source": ({}, {"a.rs": "fn f() {\n" * 6, "b.py": "def f(:\n" + "    x\n" * 7}, 1),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "count"), JUDGED.values(), ids=JUDGED.keys())
def test_judged(before: Files, after: Files, count: int, tmp_path: Path) -> None:
    findings = found(tmp_path / "a", before, after)
    assert len(findings) == count, [finding.message for finding in findings]
    assert all(finding.path in after for finding in findings)


def test_strict_judges_what_was_there(tmp_path: Path) -> None:
    text = OVER + function(6)
    changed = text.replace("1", "2")
    assert found(tmp_path / "a", {"a.py": text}, {"a.py": changed}) == []
    assert len(found(tmp_path / "b", {"a.py": text}, {"a.py": changed}, strict=True)) == 2


def test_a_new_mark_of_generated_code_is_for_a_person_to_confirm(tmp_path: Path) -> None:
    (new,) = found(tmp_path / "a", {}, {"a.py": MARK + OVER})
    assert "`linguist-generated` in `.gitattributes`" in new.doubt
    (added,) = found(tmp_path / "b", {"a.py": "x\n"}, {"a.py": MARK + OVER})
    assert not added.doubt


def test_ignored(tmp_path: Path) -> None:
    globs = Globs([compile_glob("old/**", Where("p.toml", ""), ("ignore",))])
    files: Files = {"old/a.py": OVER, "a.py": OVER}
    findings = found(tmp_path / "a", {}, files, ignore=globs)
    assert [finding.path for finding in findings] == ["a.py"]


def test_the_worst_is_first_and_the_rest_is_counted(tmp_path: Path) -> None:
    files: Files = {f"{number:02}.sh": lines(21 + number) for number in range(30)}
    findings = found(tmp_path / "a", {}, files)
    assert [finding.path for finding in findings[:2]] == ["29.sh", "28.sh"]
    assert findings[-1].message == "10 more files and functions are too large"


def test_what_cannot_be_told_in_time_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_reading, "SECONDS", -1.0)
    (only,) = found(tmp_path / "a", {}, {"a.java": "class A { void f() { x(); } }\n"})
    assert only.message.startswith("`a.java` cannot be measured: its functions cannot be told, it")


def test_what_is_nested_deeply_is_never_taken_for_empty(tmp_path: Path) -> None:
    deep = "def f():\n" + "    x = 1\n" * 5 + "    return " + "(" * 5000 + ")" * 5000 + "\n"
    blocks = "{\n" * 3000 + "}\n" * 3000 + "}\n"
    files: Files = {"a.py": deep, "b.php": "<?php\nfunction f() {\n" + blocks,
                    "c.rb": "def f\n" + "if x\n" * 3000 + "end\n" * 3001,
                    "d.swift": "func f() {\n" + blocks,
                    "e.cs": "class A { void f() {\n" + blocks + "}"}  # fmt: skip
    findings = found(tmp_path / "a", {}, files, file_lines=10_000)
    assert {finding.path for finding in findings} == set(files)


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "a")
    repository.commit({})
    repository.write({"a.py": "", "b.py": OVER})
    first, second = repository.changes
    (tmp_path / "a/a.py").unlink()
    (tmp_path / "a/a.py").mkdir()
    assert (first.path, second.path) == ("a.py", "b.py")
    broken = Broken(tmp_path / "a", (first, second))
    findings = check(broken, Params({"file_lines": 20}))
    assert [finding.path for finding in findings] == ["a.py", "b.py"]
    assert "cannot be measured: Is a directory" in findings[0].message


def test_data_of_any_size_is_not_measured(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "a")
    repository.commit({})
    repository.write(dict.fromkeys(("weights.bin", "weights", "code.py"), ""))
    for name in ("weights.bin", "weights", "code.py"):
        os.truncate(tmp_path / "a" / name, 1 << 30)
    head = repository.git("rev-parse", "HEAD").decode().strip()
    changes = changes_since(str(tmp_path / "a"), head)
    work = Pass("worktree", str(tmp_path / "a"), changes, None)
    assert [finding.path for finding in check(work, Params({}))] == ["code.py"]


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_reading, "SECONDS", 0.05)
    with pytest.raises(UnreadableError, match="takes more than"):
        functions("a.java", "class A { void f() { x(); } }\n" * 20_000)


def test_a_large_file_is_judged_by_its_lines(tmp_path: Path) -> None:
    text = function(6) + "# " + "x" * LARGEST + "\n" + OVER
    (only,) = found(tmp_path / "a", {}, {"a.py": text})
    assert "has 28 lines" in only.message


@pytest.mark.parametrize(
    ("params", "flaw"),
    [({"file_lines": 0}, "`file-lines` must"), ({"function_lines": -1}, "`function-lines`"),
     ({"file_lines": 1, "function_lines": 1}, None), ({}, None)],
)  # fmt: skip
def test_flaws(params: dict[str, object], flaw: str | None) -> None:
    said = Params.flaw(params)
    assert (said is None) if flaw is None else (said is not None and flaw in said)


@given(st.lists(st.sampled_from(["x", "\n"])).map("".join))
def test_lines_are_those_of_wc(text: str) -> None:
    done = subprocess.run(["wc", "-l"], input=text.encode(), capture_output=True, check=True)
    assert count_lines(text.encode()) == int(done.stdout)


CODE = st.text(alphabet="a{}()[]<>=>;:,\n\"'`$/\\* #fn", max_size=200)


@given(CODE, st.sampled_from(["rust", "go", "kotlin", "javascript", "c"]))
def test_a_mask_keeps_each_line(text: str, language: str) -> None:
    assert [len(line) for line in masked(text, language, Clock()).split("\n")] == [
        len(line) for line in text.split("\n")
    ]


@given(CODE, st.sampled_from(["a.rs", "a.go", "a.kt", "a.tsx", "a.cpp", "a.java", "a.py", "a.rb"]))
def test_any_text_has_functions_within_it_or_is_refused(text: str, path: str) -> None:
    text = "fn f() { fun g() = func h() { function i() { def j() " + text
    try:
        spans = [(one.first, one.last) for one in functions(path, text)]
    except UnreadableError:
        return
    assert all(1 <= first <= last <= text.count("\n") + 2 for first, last in spans)


@pytest.mark.parametrize("ending", ["rs", "go", "kt", "ts", "tsx"])
@pytest.mark.parametrize(
    "text",
    ["fn f(" * 20_000, "func f(" * 20_000, "fun f() = " * 10_000, "{" * 100_000, "`${" * 30_000,
     "a => " * 10_000, "/*" * 50_000, 'r#"' * 30_000, "a<" * 50_000, "f(){" * 20_000, "'" * 100_000,
     " " * 100_000, "\n" * 100_000, "a = " * 20_000, "function " * 10_000, "(a) => b\n" * 5_000],
    ids=lambda text: repr(text[:8]),
)  # fmt: skip
def test_hostile_sources_are_read_in_time(
    ending: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_reading, "SECONDS", 2.0)
    started = time.process_time()
    with contextlib.suppress(UnreadableError):
        functions(f"a.{ending}", text)
    assert time.process_time() - started < 5
