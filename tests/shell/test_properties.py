"""What must hold for any source: changes that mean nothing to a shell change no verdict."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from shlex import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kei_gates.gates import load
from kei_gates.hook.judge import observe
from kei_gates.model import Analysis, Call, Places, Principal
from kei_gates.shell.analysis import ShellFacts, analyse
from tests.environment import make_project
from tests.shell.reading import DATA, is_compatible, rows
from tests.shell.rewriting import (
    FORMS,
    STYLES,
    changed,
    is_program_call,
    quotable,
    renamed,
    wrappable,
)

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FACTS = ShellFacts("/w", "/h")
WORDS = st.lists(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
    max_size=4,
)
TEXT = st.text(max_size=200)
SHELLISH = st.lists(
    st.sampled_from(
        [*" \n;&|<>(){}[]$`'\"\\#*?~!=,:@%^+-/a1", "$(", "${", "$((", "<<E\n", "\nE\n", "if ",
         "then ",
         "fi ", "for ", "do ", "done ", "case ", "esac ", "in ", ";;", "f() ", "git ", "eval ",
         "x=",
         "[[ ", "]] ", "function ", "trap ", "cd ", "local ", "set -- ", "time ", "! ", "coproc "]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def in_quotes(word: str) -> str:
    """Quote a word whatever it holds: `=0`, which `quote` leaves bare, is to zsh a path."""
    return "'" + word.replace("'", "'\\''") + "'"


# --- any text ---------------------------------------------------------------------------------


@settings(max_examples=1_000, deadline=None)
@given(TEXT)
def test_any_text_has_an_answer(source: str) -> None:
    for dialect in ("bash", "zsh", "auto"):
        analyse(source, FACTS, dialect)


@settings(max_examples=2_000, deadline=None)
@given(SHELLISH)
def test_any_text_of_a_shell_has_an_answer(source: str) -> None:
    found = analyse(source, FACTS)
    assert all(0 <= u.span[0] <= u.span[1] for u in found.unseen)
    assert all(call.argv[0] for call in found.invocations) or found.unseen


@settings(deadline=None)
@given(WORDS)
def test_quoted_words_come_out_as_they_went_in(words: list[str]) -> None:
    source = " ".join(["echo", *map(in_quotes, words)])
    found = analyse(source, FACTS)
    assert [call.argv for call in found.invocations] == [("echo", *words)]
    assert found.coverage == "full"


@settings(deadline=None)
@given(WORDS)
def test_quoted_words_survive_shells_inside_shells(words: list[str]) -> None:
    inner = " ".join(["echo", *map(in_quotes, words)])
    source = f"bash -c {quote(f'sh -c {quote(inner)}')}"
    assert ("echo", *words) in calls(analyse(source, FACTS))


# --- what is found ----------------------------------------------------------------------------

# A source that opens something or ends in a comment could not be wrapped in a line.
SOURCES = st.sampled_from(
    [
        row["source"]
        for name in ("agent-commands", "bash-executed")
        for row in rows(f"{name}.jsonl")
        if "<<" not in row["source"] and analyse(row["source"], FACTS, "bash").invocations
    ]
)


def calls(found: Analysis) -> set[tuple[str | None, ...]]:
    return {call.argv for call in found.invocations}


def loses_nothing(source: str, other: str) -> None:
    before, after = analyse(source, FACTS, "bash"), analyse(other, FACTS, "bash")
    missing = [one for one in calls(before) if not any(covers(two, one) for two in calls(after))]
    assert after.unseen or not (missing or before.unseen)


def covers(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> bool:
    """Whether words stand for all that others stand for."""
    return is_compatible(one, ["?" if word is None else word for word in other]) or one == other


@settings(deadline=None)
@given(SOURCES)
def test_wrapping_loses_nothing(source: str) -> None:
    for form in (
        "{{ {}\n}}", "( {}\n)", "if true; then {}\nfi", "{}\ntrue",
        "while true; do {}\nbreak; done", "f() {{ {}\n}}; f", "true && {{ {}\n}}",
        "case x in x) {}\n;; esac", "x=$({}\n)",
    ):  # fmt: skip
        loses_nothing(source, form.format(source))
    loses_nothing(source, f"bash -c {quote(source)}")
    loses_nothing(source, f"eval {quote(source)}")
    loses_nothing(source, f"env sh -c {quote(source)}")


@settings(deadline=None)
@given(SOURCES)
def test_the_other_dialect_loses_nothing(source: str) -> None:
    bash, both = analyse(source, FACTS, "bash"), analyse(source, FACTS, "auto")
    assert both.unseen or calls(bash) <= calls(both)


# --- verdicts ---------------------------------------------------------------------------------

GATE = load("policy::no-git-ops")


def gate_cases(outcome: str) -> list[str]:
    """The commands of the gate's own table without parameters, a place or a shell of their own."""
    table = tomllib.loads((DATA.parents[1] / "gates/policy_no_git_ops.toml").read_text())
    plain = {"id", "command", "expect", "says"}
    return [
        row["command"]
        for row in table["case"]
        if row["expect"] == outcome and set(row) <= plain and "{project}" not in row["command"]
    ]


POOL: dict[str, list[str]] = tomllib.loads((DATA / "pool.toml").read_text())
DENIED = wrappable(POOL["denied"] + gate_cases("deny"))
HARMLESS = wrappable(
    POOL["harmless"]
    + gate_cases("abstain")
    + [row["source"] for row in rows("agent-commands.jsonl")]
)
SIMPLE = [one for one in DENIED + HARMLESS if is_program_call(one)]
RENAMED = [one for one in DENIED + HARMLESS if renamed(one) is not None]


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    project = make_project(tmp_path_factory.mktemp("properties") / "project")
    return lambda source: judged(source, project)


def judged(source: str, project: Path) -> str:
    """What the gate says to a source, as the hook asks it."""
    call = Call(tool="Bash", principal=Principal(None, None), cwd=str(project), command=source)
    places = Places(project=str(project), home=str(project.parent), installation=("/opt/kei",))
    return GATE.check(observe(call, places), GATE.Params({})).outcome


WRAPPERS = ("env", "env X=1", "nice -n 5", "timeout 5", "nohup", "command", "time")
CHANGES = st.lists(st.sampled_from(sorted(FORMS)), min_size=1, max_size=3)


@settings(deadline=None, max_examples=200)
@given(source=st.sampled_from(DENIED), names=CHANGES)
def test_no_wrapping_weakens_a_verdict(
    verdict: Callable[[str], str], source: str, names: list[str]
) -> None:
    assert verdict(source) == "deny"
    assert verdict(changed(source, names)) == "deny"


@settings(deadline=None, max_examples=200)
@given(source=st.sampled_from(HARMLESS), names=CHANGES)
def test_no_wrapping_blocks_what_is_harmless(
    verdict: Callable[[str], str], source: str, names: list[str]
) -> None:
    assume(verdict(source) == "abstain")
    assert verdict(changed(source, names)) == "abstain"


@settings(deadline=None, max_examples=200)
@given(
    source=st.sampled_from([one for one in DENIED + HARMLESS if quotable(one)]),
    style=st.sampled_from(sorted(STYLES)),
    which=st.integers(0, 10),
)
def test_quoting_a_literal_word_changes_no_verdict(
    verdict: Callable[[str], str], source: str, style: str, which: int
) -> None:
    words = quotable(source)
    start, stop = words[which % len(words)].span
    spelled = source[:start] + STYLES[style](source[start:stop]) + source[stop:]
    assert verdict(spelled) == verdict(source)


@settings(deadline=None)
@given(
    source=st.sampled_from(SIMPLE),
    wrapper=st.sampled_from(WRAPPERS),
)
def test_a_wrapper_changes_no_verdict(
    verdict: Callable[[str], str], source: str, wrapper: str
) -> None:
    assert verdict(f"{wrapper} {source}") == verdict(source)


@pytest.mark.parametrize("source", RENAMED)
def test_renaming_a_variable_changes_no_verdict(verdict: Callable[[str], str], source: str) -> None:
    assert verdict(renamed(source) or "") == verdict(source)


def test_the_pools_are_large_and_what_they_say(verdict: Callable[[str], str]) -> None:
    assert len(DENIED) > 150
    assert len(HARMLESS) > 150
    assert len(RENAMED) > 15
    assert len(SIMPLE) > 100
    assert [one for one in POOL["denied"] if verdict(one) != "deny"] == []
    assert [one for one in POOL["harmless"] if verdict(one) != "abstain"] == []
