"""The list of commands against analyses made by hand: what stands inside what, and where."""

from __future__ import annotations

import pytest

from kei_gates.facts import NO_SESSION
from kei_gates.gates import tools_bash_allowlist as gate
from kei_gates.model import Analysis, Call, Event, FileFact, Invocation, Places, Principal
from kei_gates.particulars import Unseen

SPAN = (0, 9)
PROJECT = "/p"


def outcome(
    allow: list[str],
    *found: tuple[tuple[str | None, ...], tuple[str, ...]],
    unseen: Unseen | None = None,
    cwd: str = PROJECT,
) -> str:
    """Judge invocations, each given as its words and what it was reached through."""
    invocations = [Invocation(argv, via, SPAN) for argv, via in found]
    event = Event(
        Call(tool="Bash", principal=Principal(None, None), cwd=cwd, command="the source"),
        Analysis(invocations, (), () if unseen is None else (unseen,)),
        (),
        Places(project=PROJECT, home="/home/x", installation=()),
        lambda path: FileFact("unknown", path),
        NO_SESSION,
    )
    return gate.check(event, gate.Params({"allow": allow})).outcome


MAKE = (("make", "test"), ())
RECIPE = (("rm", "-rf", "build"), ("make",))
DEEP = (("cp", "a", "b"), ("make", "sh"))
IN_RECIPE = (("sh", "-c", "cp a b"), ("make",))


def test_what_a_task_runner_starts_is_covered_by_its_name() -> None:
    assert outcome(["make test"], MAKE, RECIPE, IN_RECIPE, DEEP) == "abstain"
    assert outcome(["make *"], MAKE, RECIPE) == "abstain"
    assert outcome(["make all"], MAKE, RECIPE) == "deny"
    assert outcome(["rm *", "cp *"], MAKE, RECIPE) == "deny"


def test_the_same_words_outside_the_recipe_are_not_covered() -> None:
    assert outcome(["make test"], MAKE, (RECIPE[0], ())) == "deny"
    assert outcome(["make test"], MAKE, (RECIPE[0], ("just",))) == "deny"


def test_all_that_may_have_started_it_must_be_named() -> None:
    other = (("make", "evil"), ())
    assert outcome(["make test"], MAKE, other, RECIPE) == "deny"


def test_an_interpreter_is_named_with_its_script() -> None:
    script = (("python3", "tools/x.py", None), ())
    started = (("rm", "x"), ("python3",))
    assert outcome(["python3 tools/x.py *"], script, started) == "abstain"
    assert outcome(["python3 *"], script, started) == "deny"
    assert outcome(["python3 *", "rm *"], script, started) == "abstain"


def test_a_command_behind_a_runner_of_any_command_is_judged() -> None:
    runner = (("npm", "exec", "--", "rm", "x"), ())
    started = (("rm", "x"), ("npm",))
    assert outcome(["npm *"], runner, started) == "deny"
    assert outcome(["npm exec -- rm *"], runner, started) == "abstain"
    assert outcome(["npm *"], (("npm", "run", "clean"), ()), started) == "abstain"


@pytest.mark.parametrize("noted", [False, True])
def test_what_is_unseen_is_denied_wherever_it_stands(noted: bool) -> None:
    unseen = Unseen("something is not known", SPAN, noted=noted)
    assert outcome(["make test"], MAKE, unseen=unseen) == "deny"


PATH = (("./scripts/check", "-q"), ())
LISTED = ["scripts/check *"]


def test_a_relative_path_counts_from_the_root() -> None:
    assert outcome(LISTED, PATH) == "abstain"
    assert outcome(["./scripts/check *"], (("scripts/check",), ())) == "abstain"
    assert outcome(LISTED, PATH, cwd="/p/src") == "deny"
    assert outcome(LISTED, (("/elsewhere/scripts/check",), ())) == "deny"
    assert outcome(LISTED, (("scripts/../x/scripts/check",), ())) == "deny"
    assert outcome(LISTED, (("check",), ())) == "deny"


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (("cd", PROJECT), "abstain"),
        (("cd", "."), "abstain"),
        (("cd", "src"), "deny"),
        (("cd", None), "deny"),
        (("cd",), "deny"),
        (("pushd", "/tmp"), "deny"),
        (("popd",), "deny"),
    ],
)
def test_a_relative_path_elsewhere_is_another_program(
    moved: tuple[str | None, ...], expected: str
) -> None:
    assert outcome(LISTED, (moved, ()), PATH) == expected


def test_a_relative_path_behind_env_may_be_elsewhere() -> None:
    around = (("env", "-C", "/tmp", "scripts/check"), ())
    assert outcome(LISTED, around, (("scripts/check",), ("env",))) == "deny"
    plain = (("timeout", "9", "scripts/check"), ())
    assert outcome(LISTED, plain, (("scripts/check",), ("timeout",))) == "abstain"


def test_matching_takes_no_longer_than_pattern_times_text() -> None:
    pattern, text = "*a" * 2000, "a" * 200_000
    assert outcome([f"x {pattern}b"], (("x", text), ())) == "deny"


def test_a_path_stands_for_its_name_only_where_programs_are_installed() -> None:
    assert outcome(["pytest *"], (("/usr/bin/pytest", "-q"), ())) == "abstain"
    assert outcome(["pytest *"], (("/tmp/pytest", "-q"), ())) == "deny"
    carried = (("pytest",), ("env",))
    assert outcome(["pytest"], (("/usr/bin/env", "pytest"), ()), carried) == "abstain"
    assert outcome(["pytest"], (("/tmp/env", "pytest"), ()), carried) == "deny"
