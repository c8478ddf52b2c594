"""What a recursive delete would take if a variable in its path were empty."""

from __future__ import annotations

import pytest

from kei_gates.shell.analysis import ShellFacts, analyse

FACTS = ShellFacts("/w", "/h", environment={"PATH": "/bin"})


def emptied(source: str) -> set[str]:
    return {path for path, _ in analyse(source, FACTS).if_empty}


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ('rm -rf "$X/"', "/"),
        ("rm -rf $X/", "/"),
        ('rm -rf "$X"/*', "/*"),
        ('rm -rf "${X%/}/"', "/"),
        ('rm -rf "$X/lib"', "/lib"),
        ('rm -rf "./$X"', "/w/./"),
        ("rm -rf ~/$X", "/h/"),
        ('rm -rf "$HOME/$X"', "/h/"),
        ("rm -rf ~root", "/root"),
        ("rm -rf ~ann", "/home/ann"),
        ('rm -rf "$(a)/"', "/"),
        ('d=$(a); rm -rf "$d/"', "/"),
        ('while read -r d; do rm -rf "$d/"; done < list', "/"),
        ('for d in "$X"; do rm -rf "$d/"; done', "/"),
        ('cd "$X" && rm -rf *', "/w/*"),
        ('rm -rf "$(git rev-parse --show-toplevel)"', "/w"),
        ('rm -rf "$(brew --prefix)"', "/"),
        ('sudo rm -rf "$X/"', "/"),
        ("bash -c 'rm -rf \"$X/\"'", "/"),
        ('find "$X/" -delete', "/"),
    ],
)
def test_an_empty_variable_leads_somewhere(source: str, path: str) -> None:
    assert path in emptied(source)


@pytest.mark.parametrize(
    "source",
    [
        # all is known
        "rm -rf a /b",
        "X=a; rm -rf $X/",
        'd=$(mktemp -d); rm -rf "$d"/*',
        'cd "$(mktemp -d)" && rm -rf *',
        # an empty word names nothing
        'rm -rf "$X"',
        "rm -rf $X",
        'rm -rf "$@"',
        # it cannot be empty
        'rm -rf "${X:?}/"',
        'rm -rf "${X:-a}/"',
        "rm -rf /$((1 + 1))",
        "rm -rf /tmp/$$",
        "rm -rf /tmp/$RANDOM",
        "rm -rf /home/$USER",
        "for d in $X; do rm -rf $d/; done",
        "for d in */*/; do rm -rf $d/lib; done",
        'rm -rf "$(brew --prefix)/x"',
        "xargs -I{} rm -rf {}/ < list",
        # not with all below, or not deleted
        'rm "$X/"',
        'ls "$X/"',
        'find /usr -name "$X" -exec rm -rf {} +',
        'cd "$X" && find . -name a -exec rm -rf {} +',
    ],
)
def test_what_names_no_more_than_it_says(source: str) -> None:
    assert emptied(source) == set()
