"""What a second opinion says, and that nothing bashlex does gets past it."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import NoReturn

import pytest

from kei_gates.cli import second_opinion
from kei_gates.cli.second_opinion import ask
from kei_gates.model import Analysis, Invocation
from kei_gates.particulars import Unseen
from kei_gates.shell.analysis import ShellFacts, analyse


def opinion(source: str) -> str:
    return str(ask(source, analyse(source, ShellFacts("/w", "/h"))))


@pytest.mark.parametrize(
    "source",
    [
        "ls",
        'g""it push && \\rm x; /usr/bin/env ls | cat',
        "A=1 B=2 git push > x",
        "f() { date; }; f; if true; then ls; else f; fi",
        "for x in 1 2; do echo $(date) <(ls); done > x",
        "X=git; $X push",
        "bash -c 'git push'; env ls",
        "{ls,date} x",
        'eval "$x"',
        "trap 'date' EXIT; [ -f x ] && exit 1",
    ],
)
def test_agrees(source: str) -> None:
    assert opinion(source) == "agrees"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("", "AttributeError"),
        ("# only a comment", "AttributeError"),
        ("time ls", "NotImplementedError: type = {time command}"),
        ("a=(1 2)", "unexpected token '(' (position 2)"),
        ("$(" * 3000, "RecursionError"),
        ("ls;" * 10_000, "it is too long (30000 characters)"),
        ("\0", ""),
    ],
)
def test_cannot_parse(source: str, why: str) -> None:
    found = ask(source, Analysis())
    assert found.verdict == "cannot parse" or not why
    assert (found.detail or "").startswith(why)


def runs(*words: str, via: tuple[str, ...] = (), span: tuple[int, int] = (0, 99)) -> Invocation:
    return Invocation(words, via, span)


UNSEEN = Unseen("why", (0, 1))


@pytest.mark.parametrize(
    ("source", "analysis", "told"),
    [
        ("ls; git push", Analysis([runs("ls")]), "bashlex sees `git`, which is not listed"),
        ("/bin/ls x", Analysis([runs("lz")]), "bashlex sees `/bin/ls`, which is not listed"),
        ("ls; git push", Analysis([runs("ls")], (), [UNSEEN]), None),
        ("ls $X", Analysis([runs("/bin/ls", "x")]), None),
        ("$X; l?; ~/x", Analysis(), None),
        ("ls # rm", Analysis([runs("ls"), runs("rm", span=(5, 7))]), "bashlex does not see `rm`"),
        ("ls # A=1 rm", Analysis([runs("ls"), runs("rm", span=(5, 11))]),
         "bashlex does not see `rm`"),
        ("ls # rm", Analysis([runs("ls"), runs("rm", via=("ls",), span=(5, 7))]), None),
        ("ls # $X rm", Analysis([runs("ls"), runs("rm", span=(5, 10))]), None),
        ("ls # X", Analysis([runs("ls"), runs("rm", span=(5, 6))]), None),
    ],
)  # fmt: skip
def test_differs(source: str, analysis: Analysis, told: str | None) -> None:
    found = ask(source, analysis)
    assert (found.verdict, found.detail) == (("differs", told) if told else ("agrees", None))


def test_without_bashlex_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bashlex", None)
    found = ask("ls", Analysis())
    assert found.verdict == "not installed"
    assert "`second-opinion`" in (found.detail or "")


def test_whatever_bashlex_raises_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(ModuleType):
        @staticmethod
        def parse(source: str) -> NoReturn:
            raise MemoryError(source * 500)

    monkeypatch.setitem(sys.modules, "bashlex", Broken("bashlex"))
    found = ask("ls", Analysis())
    assert found.verdict == "cannot parse"
    assert (found.detail or "").startswith("MemoryError: lsls")
    assert len(found.detail or "") < 300


def test_a_bashlex_that_does_not_load_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> NoReturn:
        raise SyntaxError(name)

    monkeypatch.setattr(second_opinion, "import_module", fail)
    assert str(ask("ls", Analysis())) == (
        "cannot parse: bashlex does not load: SyntaxError: bashlex"
    )
