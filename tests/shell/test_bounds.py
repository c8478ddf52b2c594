"""Deep, long and twisted sources: an answer in time about linear in their length."""

from __future__ import annotations

import sys
import tracemalloc
from functools import partial
from time import process_time
from typing import TYPE_CHECKING

import pytest

from kei_gates.shell.analysis import FAILED, ShellFacts, analyse

if TYPE_CHECKING:
    from collections.abc import Callable

    from kei_gates.model import Analysis

FACTS = ShellFacts("/w", "/h")
MEGABYTE = 1_000_000
AWKWARD = "(){}[]<>|&;$`'\"\\#*?~!=,:@%^+-/ \t\n\r\0a0\u00a0\ud800\u0663é"


def found(source: str) -> Analysis:
    analysis = analyse(source, FACTS)
    assert not any(FAILED in unseen.why for unseen in analysis.unseen), analysis.unseen
    return analysis


@pytest.mark.parametrize(
    "source",
    [
        "echo " + "$(" * 500 + "git push" + ")" * 500,
        "( " * 500 + "git push" + " )" * 500,
        "{ " * 500 + "git push;" + " }" * 500,
        "echo ${" * 500,
        "echo " + "${x:-" * 500 + "$(git push)" + "}" * 500,
        "echo " + '"$(' * 500 + "git push" + ')"' * 500,
        "echo $((" * 500 + "1" + "))" * 500,
        "if " * 500,
        "case x in x) " * 500,
        "while true; do " * 300 + "git push;" + " done;" * 300,
        "f() { " * 500 + "git push;" + " }" * 500,
        "eval " * 500 + "git push",
        "env " * 500 + "git push",
        "f() { f; f; }; f",
        "f() { g; }; g() { f; }; f",
        "echo `" * 501,
    ],
    ids=lambda source: source[:12],
)  # fmt: skip
def test_deep_nests_are_partial_and_never_an_error(source: str) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    try:
        assert found(source).coverage == "partial"
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("kind", ["cp", "mv", "ln -s", "ln -sf", "cp -r"])
def test_files_that_hold_each_other_come_to_an_end(kind: str) -> None:
    names = "abcdef"
    pairs = [f"{kind} {one} {other}" for one in names for other in names if one != other]
    start = process_time()
    found(
        "; ".join([*pairs, "sh a", "for i in 1 2; do", *pairs[:6], "sh b", "done"]).replace(
            "do;", "do"
        )
    )
    assert process_time() - start < 5


@pytest.mark.parametrize(
    ("start", "doubling"),
    [
        ("v=a", 'v="$v$v"'),
        ("v=a", 'v+="$v"'),
        ("v=a", 'eval "v=\\$v\\$v"'),
        ("v=(a)", 'v+=("${v[@]}")'),
        ("v=(a)", 'v=("${v[@]}" "${v[@]}")'),
        ("set -- a", 'set -- "$@" "$@"'),
    ],
)
def test_what_doubles_takes_no_more_memory_than_a_long_source(start: str, doubling: str) -> None:
    tracemalloc.start()
    try:
        found("\n".join([start, *[doubling] * 24, 'echo "$v$v$v$v" "$@"']))
        assert tracemalloc.get_traced_memory()[1] < 40 * MEGABYTE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("opening", ["$(", "( ", "{ ", '"$(', "${x:-$(", "if ", "<(", "! ( "])
def test_every_depth_has_an_answer(opening: str) -> None:
    """Near the interpreter's own limit too, wherever it falls."""
    for depth in range(1, 60):
        prefix = "echo " if opening[0] in '$"<' else ""
        assert found(prefix + opening * depth + "git push").coverage == "partial"


def test_eval_of_deep_text_is_partial() -> None:
    inner = "( " * 35 + "git push" + " )" * 35
    for _ in range(12):
        inner = "bash -c '" + inner.replace("'", "'\\''") + "'"
        assert found(f"( ( {inner} ) )").invocations or found(inner).unseen
        if len(inner) > MEGABYTE:
            break


@pytest.mark.parametrize("char", AWKWARD, ids=ascii)
def test_a_megabyte_of_one_character(char: str) -> None:
    start = process_time()
    found(char * MEGABYTE)
    assert process_time() - start < 10


def test_ten_thousand_quotes() -> None:
    assert found("echo " + "'" * 10_000).coverage == "full"
    assert found("echo " + '"' * 9_999).coverage == "partial"


def test_a_long_here_document() -> None:
    body = "some text, $ and ` alike\n" * 400_000
    start = process_time()
    analysis = found(f"cat > x <<'EOF'\n{body}EOF\ngit push")
    assert process_time() - start < 10
    assert [str(call) for call in analysis.invocations] == ["cat", "git push"]
    assert analysis.coverage == "full"


def test_numbers_too_long_for_the_interpreter() -> None:
    digits = "1" * 5_000
    for source in (
        f"shift {digits}",
        f"echo ${{{digits}}}",
        f"echo {{1..{digits}}}",
        f"a 2>&{digits}",
    ):
        found(f"set -- a b; {source}")
    assert found("shift \u0663; git push").invocations


def _names(count: int, prefix: str = "f") -> str:
    return "".join(f" {prefix}{i}" for i in range(count))


GROWING: dict[str, Callable[[int], str]] = {
    "commands": lambda n: "echo a b\n" * n,
    "words": lambda n: "echo" + " word" * n,
    "long word": lambda n: "echo " + "word" * n,
    "quotes": lambda n: "echo " + "'a'\"b\"" * n,
    "braces": lambda n: "echo " + "{" * n,
    "brace pairs": lambda n: "echo " + "{a" * n + "}" * n,
    "alternatives": lambda n: "echo {" + "a," * n + "}",
    "subscripts": lambda n: "a[;" * n,
    "subscripted": lambda n: "a[1]=2;" * n,
    "almost arithmetic": lambda n: "((a) );" * n,
    "nested almost arithmetic": lambda n: "(( " * 30 + "a;" * n + ") )" * 30,
    "arithmetic": lambda n: "echo $((1+2));" * n,
    "substitutions": lambda n: "echo $(a) `b`;" * n,
    "backslashes": lambda n: "echo " + "\\a" * n,
    "continued lines": lambda n: "echo \\\n" * n + "a",
    "continued here-document": lambda n: "cat <<E\n" + "a\\\n" * n + "\nE\n",
    "here-documents": lambda n: "cat <<E\na\nE\n" * n,
    "assignments": lambda n: "".join(f"v{i}=1\n" for i in range(n)),
    "appended": lambda n: "v=a\n" + "v+=b\n" * n,
    "and": lambda n: "a" + " && b" * n,
    "assignments then branches": lambda n: "".join(f"v{i}=1\n" for i in range(n)) + "a || b\n" * n,
    "functions": lambda n: "".join(f"f{i}() {{ a; }}\n" for i in range(n)),
    "redirections": lambda n: "echo" + " >a" * n,
    "find": lambda n: "find ." + " -exec a \\;" * n,
    "find deletes": lambda n: "find ." + " -delete -exec rm {} ';'" * n,
    "find names": lambda n: "find . '('" + " -name a -o" * n + " -name b ')'" + " -delete" * n,
    "find parentheses": lambda n: "find ." + " '('" * n + " -delete" + " ')'" * n,
    "find negations": lambda n: "find ." + " !" * n + " -delete",
    "deletes": lambda n: "rm -rf" + ' "$a/"' * n,
    "sed": lambda n: "sed" + " -e p" * n,
    "sed brackets": lambda n: "sed '" + "s[" * n + "'",
    "awk": lambda n: "awk '" + "print | a @" * n + "'",
    "options": lambda n: "rm" + " -f" * n + " a",
    "comments": lambda n: "# a\n" * n,
    "case": lambda n: "case a in " + "b) c;; " * n + "esac",
    "loops": lambda n: "for i in a b; do c $i; done\n" * n,
    "traps": lambda n: "trap 'a' EXIT\n" * n,
    "evals": lambda n: "eval 'a b'\n" * n,
    "cd": lambda n: "cd a\n" * n,
    "dollars": lambda n: "echo " + "$a" * n,
    "expansions": lambda n: "echo " + "${a:-b}" * n,
    "defaults": lambda n: "echo " + "${a:=b}" * n,
    "links": lambda n: f"ln -s{_names(n, 'a')} src/\necho >" + " >".join(_names(n).split()),
    "patterns": lambda n: f"sed -i s/a/b/{_names(n, '*')}\n" + "sh a; " * n,
}  # fmt: skip


def seconds(action: Callable[[], object]) -> float:
    """The least time of several, as what else runs only adds to it."""
    times = []
    for _ in range(3):
        start = process_time()
        action()
        times.append(process_time() - start)
    return min(times)


@pytest.mark.parametrize("name", GROWING)
def test_four_times_the_source_takes_not_much_more_than_four_times_as_long(name: str) -> None:
    make = GROWING[name]
    small, large = (seconds(partial(found, make(size))) for size in (500, 2_000))
    assert large < 12 * max(small, 0.002)


def test_a_quadratic_reading_would_be_noticed() -> None:
    def quadratic(size: int) -> None:
        for at in range(0, size, 10):
            "x".join("a" * size)[at:].count("b")

    small, large = (seconds(partial(quadratic, size)) for size in (2_000, 8_000))
    assert large > 12 * small
