"""The two passes: which checks are asked, how often, and what becomes of what they say or raise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

import pytest

from kei_gates.checks import quality_command_green, scope_files_whitelist
from kei_gates.checks.work import Finding
from kei_gates.model import Fault, Grant
from kei_gates.policy.glob_compile import compile_glob
from kei_gates.policy.globs import Globs
from kei_gates.policy.where import Where
from kei_gates.verify.jobs import Jobs
from kei_gates.verify.outcome import OWN, Outcome
from kei_gates.verify.passes import Job, verify
from tests.verify.checkouts import commit, git, make, write

GREEN, TESTS, SCOPE = "quality::command-green", "quality::tests-green", "scope::files-whitelist"
REPORT = "output::report-format"
FILES = {"src/a.txt": "before\n", "README.md": "before\n"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    found = tmp_path / "p"
    make(found, FILES)
    git(found, "switch", "--quiet", "--create", "work")
    return found


def job(root: Path, report: str | None = None, *, is_return: bool = False) -> Job:
    throwaway = str(root.parent / "merges")
    return Jobs(report, throwaway=throwaway, is_return=is_return).against(str(root), "main")


def alike(other: Job, *, shared: str = "", merge: object = None, unmerged: str = "") -> Job:
    """The same job, but for what is given."""
    return Job(
        other.change_set,
        other.report,
        merge=merge,  # type: ignore[arg-type]
        unmerged=unmerged,
        is_return=other.is_return,
        shared=shared,
    )


def globs(*patterns: str) -> Mapping[str, object]:
    return {"patterns": Globs([compile_glob(one, Where("policy"), ()) for one in patterns])}


def commands(*sources: str) -> Mapping[str, object]:
    return {"commands": sources, "timeout": 20}


def asked(
    root: Path, *grants: tuple[str, Mapping[str, object]], report: str | None = None
) -> Outcome:
    return verify([Grant(*one) for one in grants], job(root, report))


def said(outcome: Outcome) -> list[tuple[str, str]]:
    return [(name, found.message) for name, found in outcome.findings]


def runs(outcome: Outcome) -> list[tuple[str, str]]:
    return [(run.command, run.at) for run in outcome.runs]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("whitelists", "holds"),
    [
        ([("src/**",)], True),
        ([("src/**",), ("**",)], True),
        ([("**",), ("docs/**",)], False),
        ([("src/b*",), ("src/**",), ("src/c*",)], False),
    ],
)
def test_all_of_several_grants_must_hold(
    whitelists: Sequence[tuple[str, ...]], order: int, holds: bool, root: Path
) -> None:
    write(root, "src/b.txt")
    outcome = asked(root, *((SCOPE, globs(*one)) for one in whitelists[::order]))
    assert outcome.holds == holds
    assert outcome.passed == ((SCOPE,) if holds else ())
    assert {name for name, _ in outcome.findings} == (set() if holds else {SCOPE})


def test_commands_of_several_grants_are_each_run_once_in_each_pass(root: Path) -> None:
    write(root, "src/b.txt")
    outcome = asked(root, (GREEN, commands("true", "test -e src")), (GREEN, commands("true")))
    assert outcome.holds
    assert runs(outcome) == [
        (source, at) for at in ("worktree", "merge") for source in ("true", "test -e src")
    ]


PASSED = "echo '3 passed in 0.01s' # pytest"


@pytest.mark.parametrize(("floor", "holds"), [(3, True), (4, False)])
def test_a_tasks_floor_counts_for_the_roles_commands(floor: int, holds: bool, root: Path) -> None:
    write(root, "src/b.txt")
    role = {"commands": (PASSED,), "count_min": 2, "timeout": 20}
    outcome = asked(root, (TESTS, role), (TESTS, {"count_min": floor}))
    assert outcome.holds == holds
    assert len(outcome.runs) == (2 if holds else 1)
    if not holds:
        assert "only 3 passed; at least 4 must" in said(outcome)[0][1]


def test_what_one_grant_holds_is_not_skipped_for_another(root: Path) -> None:
    write(root, "src/b.txt")
    outcome = asked(root, (GREEN, {"commands": ()}), (GREEN, commands("true")), (REPORT, {}))
    assert (outcome.passed, [name for name, _ in outcome.skipped]) == ((GREEN,), [REPORT])
    outcome = asked(root, (GREEN, {"commands": ()}))
    assert (outcome.passed, [name for name, _ in outcome.skipped]) == ((), [GREEN])


def test_what_does_not_hold_is_not_run_again_after_the_merge(root: Path) -> None:
    write(root, "src/b.txt")
    outcome = asked(root, (GREEN, commands("false")), (TESTS, {"commands": (PASSED,)}))
    assert runs(outcome) == [("false", "worktree"), (PASSED, "worktree"), (PASSED, "merge")]
    assert [name for name, _ in outcome.findings] == [GREEN]
    assert outcome.passed == (TESTS,)


def test_commands_of_all_checks_and_passes_share_one_deadline(root: Path) -> None:
    write(root, "src/b.txt")
    jobs = Jobs(None, throwaway=str(root.parent / "m"), deadline=monotonic() + 3)
    role = commands("sleep 30", "echo later")
    outcome = verify([Grant(GREEN, role)], jobs.against(str(root), "main"))
    assert [(run.command, run.ended, run.seconds < 10) for run in outcome.runs] == [
        ("sleep 30", "timeout", True),
        ("echo later", "late", True),
    ]
    assert [message for _, message in said(outcome)] == [
        "`sleep 30` was ended after 3 s",
        "`echo later` was not run: what ran before took all the time that there is",
    ]


def test_what_ends_before_the_deadline_is_not_touched_by_it(root: Path) -> None:
    write(root, "src/b.txt")
    jobs = Jobs(None, throwaway=str(root.parent / "m"), deadline=monotonic() + 30)
    assert verify([Grant(GREEN, commands("sleep 1"))], jobs.against(str(root), "main")).holds


def test_what_holds_only_before_the_merge(root: Path) -> None:
    write(root, "src/b.txt")
    git(root, "switch", "--quiet", "main")
    write(root, "src/c.txt")
    commit(root)
    git(root, "switch", "--quiet", "work")
    write(root, "src/b.txt")
    outcome = asked(root, (GREEN, commands("test ! -e src/c.txt")))
    ((name, found),) = outcome.findings
    assert name == GREEN
    assert found.message.startswith("after a merge, `test ! -e src/c.txt` ended with exit code 1")
    assert outcome.passed == ()


def test_a_conflict_is_found_where_nothing_is_run_and_is_for_whoever_merges(root: Path) -> None:
    git(root, "switch", "--quiet", "main")
    write(root, "src/a.txt", "theirs\n")
    commit(root)
    git(root, "switch", "--quiet", "work")
    write(root, "src/a.txt", "ours\n")
    outcome = asked(root, (SCOPE, globs("**")))
    assert [(name, found.path) for name, found in outcome.findings] == [(OWN, "src/a.txt")]
    assert outcome.passed == (SCOPE,)
    assert (outcome.holds, outcome.is_certain) == (False, False)
    assert "only whoever merges it" in outcome.findings[0][1].doubt
    assert list((root.parent / "merges").iterdir()) == []


def test_after_a_merge_what_does_not_travel_is_spoken_of(root: Path) -> None:
    write(root, ".gitignore", ".env\n")
    commit(root)
    git(root, "branch", "--force", "main")
    write(root, ".env", "key\n")
    outcome = asked(root, (GREEN, commands("test -e .env")))
    assert "git ignores: they do not travel" in outcome.findings[0][1].remedy
    outcome = asked(root, (GREEN, commands("test -e nothing")))
    assert "travel" not in outcome.findings[0][1].remedy


JUNIT = 'echo "<testsuite><testcase/></testsuite>" > src/../j.xml'


@pytest.mark.parametrize("is_staged", [False, True])
def test_what_checks_have_written_is_nobodys_work(root: Path, *, is_staged: bool) -> None:
    write(root, "src/a.txt", "after\n")
    tests = (TESTS, {"commands": (JUNIT,), "junit": "./j.xml", "timeout": 20})
    assert asked(root, (SCOPE, globs("src/**")), tests).holds
    if is_staged:
        git(root, "add", "j.xml")
    outcome = asked(root, (SCOPE, globs("src/**")), tests)
    assert [found.path for _, found in outcome.findings] == ["j.xml"] * is_staged
    outcome = asked(root, (SCOPE, globs("src/**")))
    assert [found.path for _, found in outcome.findings] == ["j.xml"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("broken\nin two"), "this could not be looked at: ValueError: broken in two"),
        (RecursionError(), "this could not be looked at: RecursionError: "),
        (OSError(5, "no disk"), "this could not be looked at: OSError: [Errno 5] no disk"),
        (Fault("no room", "make some"), "no room"),
    ],
)
def test_what_a_check_raises_is_a_finding(
    error: Exception, message: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[Finding]:
        raise error

    monkeypatch.setattr(scope_files_whitelist, "check", broken)
    monkeypatch.setattr(quality_command_green, "check", broken)
    outcome = asked(root, (SCOPE, globs("**")), (GREEN, commands("true")))
    assert said(outcome) == [(SCOPE, message), (GREEN, message)]
    assert (outcome.passed, outcome.runs) == ((), ())


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (Fault("there is no room", "make some"), "no merge: there is no room"),
        (ValueError("broken"), "this could not be looked at: ValueError: broken"),
    ],
)
def test_a_merge_that_cannot_be_made(error: Exception, message: str, root: Path) -> None:
    def broken() -> None:
        raise error

    outcome = verify([Grant(GREEN, commands("true"))], alike(job(root), merge=broken))
    assert said(outcome) == [(OWN, message)]
    assert not outcome.holds


def test_where_nothing_can_be_merged_it_is_said(root: Path) -> None:
    alone = alike(job(root), unmerged="there is no commit yet")
    outcome = verify([Grant(GREEN, commands("true"))], alone)
    assert outcome.holds
    assert outcome.remarks == ("no merge was simulated: there is no commit yet",)
    assert verify([Grant(SCOPE, globs("**"))], alone).remarks == ()


def test_who_returns_without_a_change_or_a_claim_is_not_held_up(root: Path) -> None:
    grants = [Grant(GREEN, commands("false")), Grant(SCOPE, globs("src/**"))]
    outcome = verify(grants, job(root, "I read it all", is_return=True))
    assert (outcome.holds, outcome.runs, outcome.passed) == (True, (), (SCOPE,))
    assert [name for name, _ in outcome.skipped] == [GREEN]
    assert not verify(grants, job(root, "all tests pass", is_return=True)).holds
    assert not verify(grants, job(root)).holds
    write(root, "src/b.txt")
    assert not verify(grants, job(root, "I read it all", is_return=True)).holds


def test_what_commands_find_beside_others_is_in_doubt(root: Path) -> None:
    write(root, "src/b.txt")
    others = alike(job(root), shared="others have changed `x`", unmerged="")
    grants = [Grant(GREEN, commands("false")), Grant(SCOPE, globs("docs/**"))]
    doubts = {name: found.doubt for name, found in verify(grants, others).findings}
    assert doubts == {GREEN: "others have changed `x`", SCOPE: ""}


def test_what_commands_change_is_not_the_work(root: Path) -> None:
    write(root, "src/b.txt")
    outcome = asked(
        root, (GREEN, commands("echo more >> README.md", "touch new")), (SCOPE, globs("src/**"))
    )
    assert outcome.holds


def test_work_that_goes_away_while_it_is_looked_at(root: Path) -> None:
    write(root, "src/b.txt")
    outcome = asked(root, (GREEN, commands("rm src/b.txt")))
    ((name, message),) = said(outcome)
    assert name == OWN
    assert message.startswith("no merge: ")
    assert f"No such file or directory: '{root}/src/b.txt'" in message
