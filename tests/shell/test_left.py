"""What a source leaves in files, as far as that is certain; `sed` against the real one."""

from __future__ import annotations

import subprocess
from itertools import product

import pytest

from kei_gates.model import FileFact
from kei_gates.shell.analysis import ShellFacts, analyse
from kei_gates.shell.sed_edits import edited

FILES = {"/p/a": "one\n", "/p/b": "two\n", "/p/d/c": "three\n"}


def look(path: str) -> FileFact:
    return FileFact("text", path, FILES[path]) if path in FILES else FileFact("missing", path)


FACTS = ShellFacts(
    "/p", "/h", look=look, is_folder=lambda path: path == "/p/d", which=lambda name: f"/bin/{name}"
)


@pytest.mark.parametrize(
    ("source", "path", "left"),
    [
        ("ls", "a", ("one\n",)),
        ("ls", "nowhere", ()),
        ("echo x > a", "a", ("x\n",)),
        ("echo x > n", "n", ("x\n",)),
        ("echo x >> a", "a", ("one\nx\n",)),
        ("cat > a <<'E'\nx\nE", "a", ("x\n",)),
        ("tee a <<< x", "a", ("x\n",)),
        ("cat b > a", "a", ("two\n",)),
        ("cp b a", "a", ("two\n",)),
        ("mv b a", "a", ("two\n",)),
        ("cp -r d e", "e/c", ("three\n",)),
        ("if t; then echo x > a; fi", "a", ("one\n", "x\n")),
        ("echo $X > a", "a", (None,)),
        ("date > a", "a", (None,)),
        ("chmod +x a; touch a", "a", ("one\n",)),
        ("sed -i s/n/N/ a", "a", ("oNe\n",)),
        ("sed -i.bak -e s/n/N/ -e s/o/O/ a b", "b", ("twO\n",)),
        ("sed -i /n/d a", "a", (None,)),
        ("sed -n -i s/n/N/ a", "a", (None,)),
        ("sed -i '' s/n/N/ a", "a", (None,)),
        ("git checkout -- a", "a", (None, "one\n")),
        # What a file held is kept where a copy of it was made.
        ("cp b a; echo x > b", "a", ("two\n", "x\n")),
        ("mv b a; echo x > b", "a", ("two\n", "x\n")),
        ("cp -r d e; echo x > d/c", "e/c", ("three\n", "x\n")),
    ],
)
def test_left(source: str, path: str, left: tuple[str | None, ...]) -> None:
    assert set(analyse(source, FACTS).left(f"/p/{path}")) == set(left)


TEXT = 'version = "0.1.0"\nserde = { version = "1.0", features = ["a"] }\n\n# (x) a+b | c\nlast'
SCRIPTS = [
    "s/0.1.0/0.2.0/", 's/^version = ".*"/version = "9"/', 's|"1\\.0"|"2"|g', "s/a\\+/Z/g",
    "s/\\(ver\\)sion/\\1SION/", "s/(ver)sion/\\1SION/", "s/[0-9]/N/g", "s/x*/-/", "s/^/# /",
    "s/$/;/", "s/a+b/P/", 's/"/&&/g;s/e/E/', "s,/,_,", 's/[^"]*/q/', "s/|/p/", "s/\\[/L/",
    "s/a|b/c/", "s/{/B/", "s/\\./D/g", "s#\\###", "s|a\\|b|k|", "s/last/l\\/m/", "s/\\$/d/",
    "s/-/\\-/", "s/\\t/x/", "s/a*b*/x/g", "s/a?b/x/", "s/e{1}/x/", "1s/a/b/", "/x/d", "s/a/b/p",
    "s/a/b", "y/a/b/", "s/[[:digit:]]/x/", "s/a/\\n/", "s/v/\\U&/", "s/ver$/x/", "s/./x/2",
]  # fmt: skip


@pytest.mark.parametrize(("script", "extended"), [*product(SCRIPTS, (False, True))])
def test_sed_is_followed_only_where_it_is_right(script: str, extended: bool) -> None:
    done = subprocess.run(
        ["sed", *(["-E"] if extended else []), script],
        input=TEXT,
        capture_output=True,
        text=True,
        check=False,
    )
    found = edited([script], TEXT, extended=extended)
    assert found is None or (found == done.stdout and not done.returncode)


@pytest.mark.parametrize("script", SCRIPTS[:3])
def test_plain_scripts_are_followed(script: str) -> None:
    assert edited([script], TEXT, extended=False) is not None
