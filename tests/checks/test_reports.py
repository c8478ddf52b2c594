"""The checks of reports, each against its table of cases, and what the reader of reports keeps.

A case gives a `report` (none: there is none), `params`, the `changes` as path to kind and the
`files` that lie in the project unchanged; `doubtful` are changes that may be another's. `finds` are
the findings in their order: each a text that its message, a blank and its remedy must contain, or
such a text and its line. `skipped` is part of why there is nothing to check.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates import checks
from kei_gates.checks._report_names import KNOWN, key_of
from kei_gates.checks._reports import read
from kei_gates.checks.work import Change, Finding, Ran, SkippedError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from kei_gates.checks.work import PassName

HERE = Path(__file__).parent
TABLES = {
    "output::" + name.replace("_", "-"): tomllib.loads((HERE / f"output_{name}.toml").read_text())
    for name in ("report_format", "severity_grade", "verdict")
}
CASES = [
    pytest.param(capability, case, id=f"{capability} {case['id']}")
    for capability, table in TABLES.items()
    for case in table["case"]
]


class Folder:
    """A folder with changes in it, and a report of them: what a check of reports looks at."""

    at: PassName = "worktree"
    base = "the start"

    def __init__(self, root: str, report: str | None, changes: tuple[Change, ...] = ()) -> None:
        self.root = root
        self.report = report
        self.changes = changes

    @property
    def change_set(self) -> Folder:
        return self

    def before(self, path: str) -> bytes | None:
        return None if path in {one.path for one in self.changes} else self.read(path)

    def after(self, path: str) -> bytes | None:
        return self.read(path)

    def read(self, path: str) -> bytes | None:
        try:
            return Path(self.root, path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def run(self, command: str, seconds: float, makes: str | None = None) -> Ran:
        raise AssertionError((command, seconds, makes))


def findings_of(capability: str, case: dict[str, Any], root: Path) -> list[Finding]:
    kinds = {**case.get("changes", {}), **case.get("doubtful", {})}
    for path in [
        *(path for path, kind in kinds.items() if kind != "deleted"),
        *case.get("files", ()),
    ]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("text\n")
    changes = tuple(
        Change(path, kind, doubt="others work here" if path in case.get("doubtful", {}) else "")
        for path, kind in sorted(kinds.items())
    )
    report = case.get("report")
    work = Folder(str(root), report and report.replace("{root}", str(root)), changes)
    check = checks.load(capability)
    params = {key.replace("-", "_"): tuple(value) for key, value in case.get("params", {}).items()}
    return check.check(work, check.Params(params))


@pytest.mark.parametrize(("capability", "case"), CASES)
def test_case(capability: str, case: dict[str, Any], tmp_path: Path) -> None:
    case = TABLES[capability].get("shared", {}) | case
    if "skipped" in case:
        with pytest.raises(SkippedError, match=case["skipped"]):
            findings_of(capability, case, tmp_path)
        return
    found = findings_of(capability, case, tmp_path)
    said = [f"{finding.message} {finding.remedy}" for finding in found]
    expected = [one if isinstance(one, list) else [one] for one in case["finds"]]
    assert len(said) == len(expected), said
    for finding, text, (part, *line) in zip(found, said, expected, strict=True):
        assert part in text
        assert not line or finding.line == line[0], (text, finding.line)


@pytest.mark.parametrize("capability", TABLES)
def test_every_finding_of_a_table_has_a_look_alike(capability: str) -> None:
    cases = TABLES[capability]["case"]
    clean = [case for case in cases if case.get("finds") == []]
    assert len(clean) * 3 >= len(cases)


def test_a_long_list_of_findings_is_cut(tmp_path: Path) -> None:
    changes = {f"src/{number}.py": "added" for number in range(50)}
    case = {"report": "Files written: all", "params": {"fields": ["Goal"]}, "changes": changes}
    found = findings_of("output::report-format", case, tmp_path)
    assert [finding.path for finding in found].count(None) == 2  # no goal, and the rest
    assert found[-1].message == "still more files differ from `Files written`: 30"


@pytest.mark.parametrize("capability", TABLES)
def test_no_report_is_skipped(capability: str, tmp_path: Path) -> None:
    with pytest.raises(SkippedError):
        findings_of(capability, {"params": {}}, tmp_path)


@pytest.mark.parametrize(
    ("capability", "params", "flaw"),
    [
        ("output::report-format", {"fields": ("Goal", "--")}, "`--` is no name"),
        ("output::report-format", {"fields": ("Memory: K MB",)}, None),
        ("output::severity-grade", {"grades": ()}, "at least one"),
        ("output::severity-grade", {"grades": ("very high",)}, "one word"),
        ("output::severity-grade", {"grades": ("blocker", "nit")}, None),
        ("output::verdict", {"verdicts": ()}, "at least one"),
        ("output::verdict", {"verdicts": ("ship it", "-")}, "no verdict"),
        ("output::verdict", {"verdicts": ("ship it",)}, None),
    ],
)
def test_flaws(capability: str, params: dict[str, object], flaw: str | None) -> None:
    found = checks.load(capability).Params.flaw(params)
    assert (found is None) if flaw is None else (found is not None and flaw in found)


NAME = st.from_regex(r"[A-Z][a-z]{1,8}( [a-z]{1,8}){0,2}", fullmatch=True)
VALUE = st.from_regex(r"[a-z0-9][a-z0-9 ]{0,20}[a-z0-9]", fullmatch=True)
FORMS = ("{}: {}", "**{}:** {}", "**{}**: {}", "- {}: {}", "## {}\n\n{}", "**{}** — {}")


@given(
    st.dictionaries(NAME, VALUE, min_size=1, max_size=6),
    st.sampled_from([*FORMS, "### {}: {}", "| {} | {} |", "{}:\n{}", "> {}: {}", "{} — {}"]),
    st.booleans(),
)
def test_what_is_written_is_read(fields: dict[str, str], form: str, fenced: bool) -> None:
    named = {key_of(name): value for name, value in fields.items()}
    body = "\n".join(form.format(name, value) for name, value in fields.items())
    text = f"Done.\n\n```\n{body}\n```\n" if fenced else body
    found = {field.keys[0]: field for field in read(text, frozenset(named))}
    said = {key: [line.text.strip("> ") for line in found[key].lines] for key in named}
    assert {key: [text for text in texts if text] for key, texts in said.items()} == {
        key: [value] for key, value in named.items()
    }


@given(st.text(alphabet="aG: -*#`|>~\n[]()<.1é\t_=", max_size=300))
def test_anything_is_read_and_no_line_is_lost(report: str) -> None:
    fields = read(report, KNOWN)
    count = report.count("\n") + 1
    assert all(1 <= line.number <= count for field in fields for line in field.lines)
    assert [field.line for field in fields] == sorted(field.line for field in fields)
    for capability in TABLES:
        check = checks.load(capability)
        params = {"fields": ("Goal", "a")} if capability.endswith("format") else {}
        check.check(Folder("/nowhere", report), check.Params(params))


@pytest.mark.parametrize(
    "text",
    ["." * 20_000 + "!", "<" * 20_000, "Goal: " + "x, " * 20_000 + "!", "# " * 20_000,
     "**" * 20_000, "[" * 20_000, "- " * 20_000, "no " * 20_000,
     "| " * 20_000, "a/" * 20_000, "(\n" * 20_000,
     "- a\n" * 5_000, "## High\n- a\n" * 500, "```\n" * 5_000, "> " * 20_000, "`a" * 20_000],
)  # fmt: skip
def test_a_hostile_report_is_read_in_time(text: str) -> None:
    started = time.process_time()
    for capability in TABLES:
        check = checks.load(capability)
        params = {"fields": ("Goal", "Files written")} if capability.endswith("format") else {}
        changes = (Change("src/a.py", "modified"),)
        for report in (text, f"Goal: {text}", f"Files written:\n{text}", f"# Findings\n{text}",
                       f"Verdict: {text}", f"# Findings\n- {text}"):  # fmt: skip
            check.check(Folder("/nowhere", report, changes), check.Params(params))
    assert time.process_time() - started < 15


# Each fills a report, as one line behind each start, or as many.
LONG_LINES = (
    " ", "`", "`a", "|", "<!--", "<!-- -->", "*", "**a ", "_", "=", "(.)", "- ", "[a] ", "{,",
    "src/a.pyx, ", "&", "a or ", "\t", "> ", "all but a/b ", "a/",
)  # fmt: skip
STARTS = (
    "", "Goal: ", "# Findings\n- a", "Verdict: a", "| a | ", "**a**", "===", "# a",
    "Files written: a", "Verdict: approve\n# Findings\n- [critical] ",
)  # fmt: skip
MANY_LINES = (
    "Goal: ab\n", "- a: b\n", "Ab: c\n", "|a|b|\n", "<!--\n", "a <!--\n", "# Findings\n",
    "# Files written\n", "## High\n- a\n", "- [HIGH] a\n", "- src/ab.py\n", "```\n", "a: ```\n",
    "Verdict: pass\n", "# Review\n", "Result: pass\n", "\n",
)  # fmt: skip
LONG = [(line, STARTS) for line in LONG_LINES] + [
    (lines, ("", "# Findings\n", "Files written:\n")) for lines in MANY_LINES
]


@pytest.mark.parametrize(("piece", "starts"), LONG, ids=[repr(piece) for piece, _ in LONG])
def test_a_long_report_is_read_in_time(piece: str, starts: tuple[str, ...]) -> None:
    text = piece * (40_000 // len(piece)) + "x"
    changes = tuple(Change(f"src/{number}.py", "modified") for number in range(20))
    for capability in TABLES:
        check = checks.load(capability)
        fields = {"fields": ("Goal", "Plan", "Files written")}
        params = check.Params(fields if capability.endswith("format") else {})
        for start in starts:
            started = time.process_time()
            check.check(Folder("/nowhere", start + text, changes), params)
            assert time.process_time() - started < 2, (capability, start)


@pytest.mark.parametrize("capability", TABLES)
def test_a_report_that_is_too_long_is_not_looked_at(capability: str) -> None:
    check = checks.load(capability)
    params = check.Params({"fields": ("Goal",)} if capability.endswith("format") else {})
    text = "Goal: a\nVerdict: pass\n# Findings\nnone\n"
    (found,) = check.check(Folder("/nowhere", text + "Goal: ab\n" * 400_000), params)
    assert "more than 200000 are not looked at" in found.message
    assert check.check(Folder("/nowhere", text.ljust(200_000)), params) == []
