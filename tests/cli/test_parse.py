"""`parse`: JSON, batches, exit codes, and the tree for people."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kei_gates.cli.main import main
from kei_gates.cli.second_opinion import Opinion
from kei_gates.cli.terminal import Terminal
from kei_gates.cli.tree import as_text
from kei_gates.model import Analysis, Effect, Invocation
from kei_gates.particulars import Unseen

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SOURCES = Path(__file__).parents[2] / "src"
CASES = tomllib.loads((Path(__file__).parent / "data/parse.toml").read_text())["case"]
AGREES = Opinion("agrees")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(["parse", *arguments])
    except SystemExit as stop:
        code = int(stop.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(run(capsys, "--json", *arguments)[1])
    return record


# --- the tree ---------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_what_people_are_shown(case: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--cwd", "/w", case["source"])
    assert (code, err) == (0, "")
    assert out == case["text"]


@pytest.mark.parametrize("case", [case for case in CASES if "ascii" in case], ids=lambda c: c["id"])
def test_what_people_are_shown_in_ascii(
    case: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="latin-1"))
    assert main(["parse", "--cwd", "/w", case["source"]]) == 0
    assert raw.getvalue().decode("ascii") == case["ascii"]


def shown(source: str, analysis: Analysis, **terminal: Any) -> list[str]:
    return as_text(source, "/w", analysis, AGREES, Terminal(**terminal)).splitlines()


def call(words: str, *via: str, span: tuple[int, int] = (0, 0)) -> Invocation:
    return Invocation(tuple(words.split()), via, span)


def test_an_invocation_hangs_below_the_one_that_led_to_it() -> None:
    calls = [
        call("trap", span=(0, 9)),
        call("xargs a", span=(10, 19)),
        call("xargs b", span=(20, 29)),
        call("a", "xargs", span=(10, 19)),
        call("b", "xargs", span=(20, 29)),
        call("rm", "trap", span=(5, 6)),
        call("c", "gone", "env"),
    ]
    assert shown("", Analysis(calls))[1:-2] == [
        "├─ trap",
        "│  └─ rm",
        "├─ xargs a",
        "│  └─ a",
        "├─ xargs b",
        "│  └─ b",
        "└─ (gone)",
        "   └─ (env)",
        "      └─ c",
    ]


def test_words_that_are_not_known_differ_from_dots() -> None:
    assert "└─ echo ... '...'" in shown(
        "", Analysis([Invocation(("echo", None, "..."), (), (0, 0))])
    )


def test_effects_of_patterns_and_of_all_below() -> None:
    effects = [
        Effect("delete", "/w/a/*.log", "rm", glob=True),
        Effect("delete", "/w/./b", "rm", tree=True),
        Effect("write", "/w", "cp"),
        Effect("read", "/wide", "<"),
        Effect("write", None, ">"),
    ]
    assert shown("", Analysis((), effects))[2:-2] == [
        "deletes: a/*.log (rm)",
        "deletes: b/** (rm)",
        "writes: . (cp)",
        "reads: /wide (<)",
        "writes: a path that cannot be known (>)",
    ]


def test_what_a_file_of_the_project_hides_is_a_note() -> None:
    unseen = [Unseen("it is made up", (5, 9), noted=True), Unseen("so is this", (5, 9))]
    assert shown("make test", Analysis((), (), unseen))[2:-1] == [
        "coverage: partial",
        "note, in a file of the project: it is made up",
        "not known: so is this",
        "  | make test",
        "  |      ^^^^",
    ]


@pytest.mark.parametrize(
    ("source", "span", "lines"),
    [
        ("ab\n  cd\n", (0, 8), ["  1 | ab", "    | ^^", "  2 |   cd", "    |   ^^"]),
        ("ab\n\n\ncd", (1, 6), ["  1 | ab", "    |  ^", "  4 | cd", "    | ^"]),
        ("ab", (2, 2), ["  | ab", "  |   ^"]),
        ("ab", (5, 9), ["  | ab", "  |   ^"]),
        ("ab\n\ncd", (3, 3), ["  2 | ", "    | ^"]),
        ("", (0, 0), ["  | ", "  | ^"]),
        ("a\tb\tc", (0, 5), ["  | a\tb\tc", "  | ^\t^\t^"]),
        ("日\tb", (2, 3), ["  | 日\tb", "  |   \t^"]),
        ("a\u0301b", (0, 2), ["  | a\u0301b", "  | ^"]),
        ("\u0301", (0, 1), ["  | \u0301", "  | ^"]),
        (
            "\n".join("abcdefghij"), (0, 19),
            [
                line
                for number, text in enumerate("abcdef", 1)
                for line in (f"   {number} | {text}", "     | ^")
            ] + ["     | (4 more lines)"],
        ),
    ],
)  # fmt: skip
def test_the_part_is_underlined(source: str, span: tuple[int, int], lines: list[str]) -> None:
    assert shown(source, Analysis((), (), [Unseen("why", span)]))[-1 - len(lines) : -1] == lines


@pytest.mark.parametrize("at", [0, 5, 50, 200, 393])
@pytest.mark.parametrize("char", ["a", "日", "\t", "\x1b"])
def test_long_lines_are_cut_around_the_part(at: int, char: str) -> None:
    source = char * at + "HERE" + char * (393 - at)
    line, carets = shown(source, Analysis((), (), [Unseen("why", (at, at + 4))]), columns=60)[-3:-1]
    assert len(line.expandtabs(1)) <= 60
    wide = {"日": "日\0"}.get(char, char)
    start = line.replace(char, wide).index("HERE")
    assert carets.index("^") == start
    assert carets.endswith("^^^^")
    assert line.replace(char, wide)[:start].count("\t") == carets.count("\t")


def test_of_many_parts_the_first_are_shown() -> None:
    text = shown("ab", Analysis((), (), [Unseen("why", (at % 2, 2)) for at in range(50)]))
    assert text.count("not known: why") == 20
    assert text[-2] == "(30 more parts; `--json` lists them all)"


def test_long_sources_and_long_commands_are_cut() -> None:
    text = shown("echo a\n" * 40, Analysis([call("echo " + "a" * 300)]), columns=60)
    assert text[11:13] == ["  12 | echo a", "     | (28 more lines)"]
    assert text[13].startswith("└─ echo aaa")
    assert text[13].endswith("a...")
    assert len(text[13]) == 60


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_colour_only_on_a_terminal_that_wants_it(
    terminal: bool, environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    found = Terminal.of(stream)
    assert (found.paint("x", "red") == "\x1b[31mx\x1b[0m") == coloured
    assert found.unicode


# --- JSON -------------------------------------------------------------------------------------


def test_json_of_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    record = as_json(capsys, "--cwd", "/w", 'env git push "$X" > a.txt; $UNKNOWN_PROGRAM')
    assert record["invocations"] == [
        {"argv": ["env", "git", "push", None], "via": [], "span": [0, 25]},
        {"argv": ["git", "push", None], "via": ["env"], "span": [0, 25]},
    ]
    assert record["effects"] == [{"kind": "write", "path": "a.txt"}]
    assert record["coverage"] == "partial"
    assert record["why"] == ["the program's name is not known"]
    assert record["second_opinion"] == {"verdict": "agrees", "detail": None}
    assert set(record) == {"coverage", "why", "invocations", "effects", "second_opinion"}


@pytest.mark.parametrize(
    ("cwd", "path", "told"),
    [
        ("/w", "a", "a"),
        ("/w", "/w/a", "a"),
        ("/w", "./sub//a", "sub/a"),
        ("/w", "../w/a", "a"),
        ("/w", "../x", "/x"),
        ("/w", "/wide", "/wide"),
        ("/", "a/b", "a/b"),
        ("/w/[x]", "*.log", "*.log"),
        ("/w", '"$X"', None),
    ],
)
def test_paths_are_told_from_the_folder_of_the_command(
    cwd: str, path: str, told: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    record = as_json(capsys, "--cwd", cwd, f"rm {path}")
    assert [effect["path"] for effect in record["effects"]] == [told]


def test_the_folder_decides_what_exists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sub").mkdir()
    source = "cp a sub"
    there = as_json(capsys, "--cwd", str(tmp_path), source)["effects"]
    elsewhere = as_json(capsys, "--cwd", str(tmp_path / "sub"), source)["effects"]
    assert {"kind": "write", "path": "sub/a"} in there
    assert {"kind": "write", "path": "sub"} in elsewhere


@pytest.mark.parametrize(("shell", "runs"), [("bash", ["noglob"]), ("zsh", ["noglob", "git"])])
def test_the_shell_decides_how_it_is_read(
    shell: str, runs: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(capsys, "--shell", shell, "noglob git push")["invocations"]
    assert [one["argv"][0] for one in found] == runs


def test_what_cannot_be_looked_at_is_not_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    code, out, _ = run(capsys, "--json", "--cwd", str(tmp_path), "echo > loop/x")
    record = json.loads(out)
    assert (code, record["coverage"]) == (0, "partial")
    assert "is a loop of links" in record["why"][0]


# --- exit codes and batches -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ls"], 0),
        ([""], 0),
        (['eval "$x"'], 0),
        (["'"], 0),
        (["--json", "\0\udcff"], 0),
        (["\0\udcff"], 0),
        ([], 64),
        (["ls", "-la"], 64),
        (["--shell", "fish", "ls"], 64),
        (["--role", "edit-local", "ls"], 64),
        (["--batch", "-", "ls"], 64),
        (["--batch", "/nonexistent"], 64),
        (["--batch", "/"], 64),
    ],
)
def test_exit_codes(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    found, out, err = run(capsys, *arguments)
    assert found == code, out + err
    assert bool(out) == (code == 0)
    assert err.count("\n") == (code == 64)


def test_a_batch_keeps_order_and_takes_folders_and_shells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"id": "a", "command": "git push"},
        {"id": None, "command": "echo > x", "cwd": "sub"},
        {"id": 3, "command": "noglob ls", "shell": "bash"},
        {"id": [4], "command": "noglob ls", "shell": "zsh"},
        {"command": "echo > /w/x", "cwd": "/w"},
        {"id": 6, "command": 'eval "$x"'},
    ]
    (tmp_path / "batch.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    code, out, _ = run(capsys, "--cwd", str(tmp_path), "--batch", str(tmp_path / "batch.jsonl"))
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [row["id"] for row in found] == ["a", None, 3, [4], None, 6]
    assert [len(row["invocations"]) for row in found] == [1, 1, 1, 2, 1, 1]
    assert [row["effects"][0]["path"] for row in found if row["effects"]] == ["x", "x"]
    assert [row["coverage"] for row in found] == ["full"] * 5 + ["partial"]
    keys = ["id", "coverage", "why", "invocations", "effects"]
    assert all(list(row) == keys for row in found)


@pytest.mark.parametrize(
    ("line", "identity"),
    [
        ("x", None),
        ("[]", None),
        ("{}", None),
        ("\udcff", None),
        ('{"id": 5, "command": 1}', 5),
        ('{"id": 5, "command": "ls", "cwd": 1}', 5),
        ('{"id": 5, "command": "ls", "cwd": null}', 5),
        ('{"id": 5, "command": "ls", "shell": "fish"}', 5),
        ("[" * 100_000, None),
    ],
)
def test_a_malformed_row_is_not_known_in_its_place(
    line: str, identity: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = '{"id": 1, "command": "ls"}'
    path = tmp_path / "batch.jsonl"
    path.write_text(f"{good}\n{line}\n{good}\n", errors="surrogateescape")
    code, out, _ = run(capsys, "--batch", str(path))
    first, bad, last = map(json.loads, out.splitlines())
    assert code == 64
    assert first == last
    assert first["coverage"] == "full"
    assert bad["error"].startswith("line 2 ")
    assert bad == {
        "id": identity, "coverage": "partial", "why": [bad["error"]], "invocations": [],
        "effects": [], "error": bad["error"],
    }  # fmt: skip


def test_a_batch_imports_nothing_for_people() -> None:
    script = (
        "import sys; from kei_gates.cli.main import main; main(['parse', '--batch', '-']);"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=b'{"id": 1, "command": "ls *.py"}\n' * 3,
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(SOURCES)},
    )
    loaded = set(done.stderr.decode().split())
    assert done.stdout.count(b'"coverage": "full"') == 3
    assert "kei_gates.shell.analysis" in loaded
    assert not loaded & {"bashlex", "pydantic", "pathspec", "unicodedata", "kei_gates.cli.tree"}
