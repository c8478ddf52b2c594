"""Files of the project that a command runs, as they really lie on the disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kei_gates.gates import load
from kei_gates.hook.judge import observe
from kei_gates.model import Call, Places, Principal

if TYPE_CHECKING:
    from collections.abc import Callable

GATE = load("policy::no-git-ops")
ELF = b"\x7fELF\2\1\1\0"
BUSY = "\n".join(["if false; then", *(f"echo {n}" for n in range(12_000)), "fi"])
FILES: dict[str, bytes] = {
    "nul-in-the-first-line": b":\0\ngit push\n",
    "nul-in-a-later-line": b"true\n:\0\ngit push\n",
    "nul-in-a-word": b"gi\0t push\n",
    "nul-that-looks-like-a-mark": b"true\ngi\0t pu\0sh\n",
    "looks-like-a-program": ELF + b"\ngit push\n",
    "looks-a-little-like-one": b"\x7fELF\0\ngit push\n",
    "harmless": b":\0\nls -la\n",
    "names-nothing-known": b'trap "$CLEANUP" EXIT\nls\n',
    "traps-git": b'trap "git push" EXIT\nls\n',
    "busy": BUSY.encode(),
    "busy-and-git": f"git push\n{BUSY}".encode(),
    "busy-then-git": f"{BUSY}\n'git' push $1\n".encode(),
    "busy-with-a-function": f"{BUSY}\npublish() {{\ngit push\n}}\n".encode(),
    "latin.py": b"# -*- coding: latin-1 -*-\n# \xe9\nimport os\nos.system('git push')\n",
    "latin-harmless.py": b"# -*- coding: latin-1 -*-\n# \xe9\nimport os\nos.system('ls')\n",
    "noise.png": bytes(range(256)) * 8,
}


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    project = tmp_path_factory.mktemp("project")
    for name, content in FILES.items():
        (project / name).write_bytes(content)
    (project / "program").write_bytes(Path(sys.executable).resolve().read_bytes())
    places = Places(project=str(project), home=str(project.parent), installation=())

    def judge(command: str) -> str:
        call = Call(tool="Bash", principal=Principal(None, None), cwd=str(project), command=command)
        return GATE.check(observe(call, places), GATE.Params({})).outcome

    return judge


@pytest.mark.parametrize("way", ["sh {}", "zsh {}", ". ./{}", "./{}", "env ./{}", "xargs ./{} <a"])
@pytest.mark.parametrize("name", [name for name in FILES if "nul" in name or "little" in name])
def test_a_nul_hides_nothing(verdict: Callable[[str], str], name: str, way: str) -> None:
    assert verdict(way.format(name)) == "deny"


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        ("sh looks-like-a-program", "deny"),
        (". ./looks-like-a-program", "deny"),
        ("sh harmless", "abstain"),
        ("./program --version", "abstain"),
        ("env ./program --version", "abstain"),
        ("./noise.png", "abstain"),
        ("cat noise.png | head -c 10", "abstain"),
        ("sh names-nothing-known", "abstain"),
        ("trap '$(curl x)' EXIT; sh names-nothing-known", "deny"),
        ("sh traps-git", "deny"),
        ("sh busy && make", "abstain"),
        ("sh busy; sh busy; sh busy; ls", "abstain"),
        ("sh busy; git push", "deny"),
        ("sh busy; $(curl x)", "deny"),
        ("sh busy-and-git", "deny"),
        ("sh busy-then-git", "deny"),
        ("sh busy-with-a-function", "abstain"),
    ],
)
def test_what_a_file_does_is_judged(
    verdict: Callable[[str], str], command: str, outcome: str
) -> None:
    assert verdict(command) == outcome


def test_a_byte_that_is_no_utf8_hides_no_python(verdict: Callable[[str], str]) -> None:
    assert verdict("python latin.py") == "deny"
    assert verdict("python latin-harmless.py") == "abstain"
