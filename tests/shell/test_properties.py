"""What must hold for any source: changes that mean nothing to a shell lose nothing."""

from __future__ import annotations

from shlex import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from kei_gates.model import Analysis
from kei_gates.shell.analysis import ShellFacts, analyse
from tests.shell.reading import rows

FACTS = ShellFacts("/w", "/h")
_ROWS = [
    row["source"] for name in ("agent-commands", "bash-executed") for row in rows(f"{name}.jsonl")
]
# A source that opens something or ends in a comment could not be wrapped in a line.
SOURCES = st.sampled_from(
    [
        source
        for source in _ROWS
        if "<<" not in source and analyse(source, FACTS, "bash").invocations
    ]
)
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


def calls(found: Analysis) -> set[tuple[str | None, ...]]:
    return {call.argv for call in found.invocations}


def loses_nothing(source: str, changed: str) -> None:
    before, after = analyse(source, FACTS, "bash"), analyse(changed, FACTS, "bash")
    assert after.unseen or (calls(before) <= calls(after) and not before.unseen)


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


@given(WORDS)
def test_quoted_words_come_out_as_they_went_in(words: list[str]) -> None:
    source = " ".join(["echo", *map(quote, words)])
    found = analyse(source, FACTS)
    assert [call.argv for call in found.invocations] == [("echo", *words)]
    assert found.coverage == "full"


@given(WORDS)
def test_quoted_words_survive_shells_inside_shells(words: list[str]) -> None:
    inner = " ".join(["echo", *map(quote, words)])
    source = f"bash -c {quote(f'sh -c {quote(inner)}')}"
    assert ("echo", *words) in calls(analyse(source, FACTS))


@given(SOURCES, st.text(st.characters(exclude_characters="\n\0", exclude_categories=["Cs"])))
def test_a_comment_loses_nothing(source: str, comment: str) -> None:
    loses_nothing(source, f"# {comment}\n{source}\n# {comment}")


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


@given(SOURCES)
def test_one_more_command_loses_nothing(source: str) -> None:
    if "#" not in source and not source.endswith(("\\", ";", "&", "\n")):
        loses_nothing(source, f"{source}; true")


@given(SOURCES)
def test_the_other_dialect_loses_nothing(source: str) -> None:
    bash, both = analyse(source, FACTS, "bash"), analyse(source, FACTS, "auto")
    assert both.unseen or calls(bash) <= calls(both)
