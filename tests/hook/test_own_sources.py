"""What the shell calls of a session may have changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kei_gates.hook.facts import shell_facts
from kei_gates.hook.own_sources import touched
from kei_gates.model import Places
from kei_gates.particulars import Past
from kei_gates.shell.analysis import analyse
from kei_gates.verify.acts import Named

PLACES = Places(project="/home/u/project", home="/home/u", installation=())

SOURCES: dict[str, tuple[bool, bool]] = {  # whether it may change what it does not name
    "cat a | grep b": (False, False),
    "echo x > out.txt": (False, False),
    "rm -rf build && mkdir build": (False, False),
    "git status; git diff HEAD~1": (False, False),
    "python3 -c 'print(1)'": (False, False),
    "curl 'http://h/?a=1&b=2' -o f": (False, False),
    "a=1 && ls 2>&1 | tee log": (False, False),
    "make": (True, False),
    "cargo test": (True, False),
    "npm run build": (True, False),
    "git checkout -- .": (True, False),
    "python3 gone.py": (True, False),
    "bash gone.sh": (True, False),
    "source gone.sh": (True, False),
    "./gone": (True, False),
    "node_modules/.bin/cat a": (True, False),
    "echo x > $UNKNOWN_PLACE": (True, False),
    "patch -p1 < d.diff": (True, False),
    "if then (": (True, False),
    "if then ( &": (True, True),
    "make &": (True, True),
    "(sleep 9; make) & disown": (True, True),
    "{ sleep 9; echo x > late; } &": (False, True),
    "coproc make": (True, True),
    "nohup make > log": (True, True),
    "setsid make": (True, True),
    "sh -c 'make &'": (True, True),
    "echo make | at now": (True, True),
    "tmux new -d make": (True, True),
    "docker run -d image": (True, True),
    "docker run image": (True, False),
    "systemd-run --user make": (True, True),
}


@pytest.mark.parametrize(("source", "expected"), SOURCES.items(), ids=SOURCES)
def test_sources(source: str, expected: tuple[bool, bool], tmp_path: Path) -> None:
    found = touched(past(source, tmp_path), PLACES)
    assert (found.opaque, found.lasting) == expected


def past(source: str, cwd: Path) -> Past:
    return Past(
        "Bash",
        {"command": source},
        output="",
        at=0,
        cwd=str(cwd),
        analyse=lambda: analyse(source, shell_facts(str(cwd), "/home/u")),
    )


def test_names_are_told_as_they_are_spelled_and_where_links_lead(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    (root / "real").mkdir()
    (root / "real/f").touch()
    (root / "link").symlink_to("real")
    (root / "file").symlink_to("real/f")

    def names(source: str) -> set[Named]:
        return set(touched(past(source, root), PLACES).names)

    def both(name: str, **how: bool) -> set[Named]:
        return {Named(f"{root}/{folder}/{name}", **how) for folder in ("link", "real")}

    assert names("echo > link/new") == both("new")
    assert names("rm link/f") == both("f", deletes=True)
    assert names("sed -i s/a/b/ link/*.py") == both("*.py", glob=True)
    assert names("rm -r link/deep") == both("deep", tree=True, deletes=True)
    assert names("rm file") == {Named(f"{root}/file", deletes=True)}
    assert names("echo > file") == {Named(f"{root}/file"), Named(f"{root}/real/f")}
    assert {Named(f"{root}/b", tree=True), Named(f"{root}/a", tree=True, deletes=True)} <= names(
        "mv a b"
    )


def test_a_defect_of_the_analysis_hides_nothing() -> None:
    def broken() -> Any:
        raise RuntimeError

    found = touched(Past("Bash", {"command": "ls"}, output="", at=0, analyse=broken), PLACES)
    assert (found.opaque, found.lasting) == (True, True)
