"""Completion in real interactive shells: what a line has become once Tab was pressed."""

from __future__ import annotations

import os
import pty
import select
import shutil
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from kei_gates.cli.main import build_parser, main
from kei_gates.engine import catalogue
from tests.cli.tree import commands

# Each shell with two keys more: Ctrl-T writes the line into a file and clears it, Ctrl-Y inserts
# all that could follow.
SET_UP = {
    "bash": """
written() { printf "%s\\n" "$READLINE_LINE" > new && mv new line; READLINE_LINE= READLINE_POINT=0; }
bind -x '"\\C-t": written'
bind '"\\C-y": insert-completions'
source ./_kei-gates
""",
    "zsh": """
fpath=($PWD $fpath)
autoload -Uz compinit && compinit -u -D
written() { print -r -- "$BUFFER" > new && mv new line; BUFFER= }
all() { _main_complete; compstate[insert]=all }
zle -N written && bindkey '^T' written
zle -C all complete-word all && bindkey '^Y' all
""",
}
STARTED = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
}
PATIENCE = 20
"""Seconds for one line."""


class Shell:
    """An interactive shell in a terminal of its own."""

    def __init__(self, name: str, folder: Path, set_up: str) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb",
                           "HISTFILE": ""}  # fmt: skip
            os.execvpe(STARTED[name][0], STARTED[name], environment)  # noqa: S606 -- the shell itself
        self._folder = folder
        (folder / "set-up").write_text(set_up)
        os.write(self._terminal, b" . ./set-up\r")

    def after(self, line: str, key: bytes = b"\t") -> str:
        """Give what a line becomes by a key."""
        os.write(self._terminal, line.encode() + key + b"\x14")
        written, end = self._folder / "line", time.monotonic() + PATIENCE
        while not written.exists():
            assert time.monotonic() < end, "the shell does not answer"
            if select.select([self._terminal], [], [], 0.01)[0]:
                os.read(self._terminal, 4096)
        found = written.read_text().removesuffix("\n")
        written.unlink()
        return found

    def all(self, line: str) -> list[str]:
        """Give all words that could stand at the end of a line."""
        before = line.rpartition(" ")[0]
        return self.after(line, b"\x19").removeprefix(before).split()

    def end(self) -> None:
        os.close(self._terminal)
        os.waitpid(self._pid, 0)


@pytest.fixture(scope="module", params=["bash", "zsh"])
def shell(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shell]:
    name: str = request.param
    if shutil.which(name) is None:
        pytest.skip(f"{name} is missing")
    folder = tmp_path_factory.mktemp(name)
    (folder / "_kei-gates").write_text(printed(name))
    for made in ("train.py", "report.md", "some-folder/x"):
        (folder / made).parent.mkdir(exist_ok=True)
        (folder / made).touch()
    started = Shell(name, folder, SET_UP[name])
    yield started
    started.end()


def printed(name: str) -> str:
    with redirect_stdout(StringIO()) as out:
        assert main(["completion", name]) == 0
    return out.getvalue()


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("kei-gates unins", "kei-gates uninstall "),
        ("kei-gates test-com", "kei-gates test-command "),
        ("kei-gates task ne", "kei-gates task new "),
        ("kei-gates verify --juni", "kei-gates verify --junit "),
        ("kei-gates test-command --role orch", "kei-gates test-command --role orchestrator "),
        ("kei-gates test-command --shell z", "kei-gates test-command --shell zsh "),
        ("kei-gates explain policy::no-g", "kei-gates explain policy::no-git-ops "),
        ("kei-gates explain scope::read", "kei-gates explain scope::read-only "),
        ("kei-gates test-command --capability tools::a",
         "kei-gates test-command --capability tools::allowed "),
        ("kei-gates test-command --capability tools::allowed --capability tools::b",
         "kei-gates test-command --capability tools::allowed --capability tools::bash-allowlist "),
        ("kei-gates lint tra", "kei-gates lint train.py "),
        ("kei-gates explain --dir som", "kei-gates explain --dir some-folder/"),
        ("kei-gates no-such", "kei-gates no-such"),
    ],
)  # fmt: skip
def test_a_line_is_completed(shell: Shell, line: str, becomes: str) -> None:
    assert shell.after(line) == becomes


def test_all_commands_are_offered(shell: Shell) -> None:
    assert sorted(shell.all("kei-gates ")) == sorted(commands(build_parser())[()].choices)


def test_all_capabilities_are_offered(shell: Shell) -> None:
    offered = shell.all("kei-gates explain policy::")
    known = [one for one in catalogue.params() if one.startswith("policy::")]
    assert sorted(one.rpartition(":")[2] for one in offered) == sorted(
        one.rpartition(":")[2] for one in known
    )


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "tcsh"])
def test_every_shell_has_a_script(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", name]) == 0
    script, errors = capsys.readouterr()
    assert "kei-gates" in script
    assert "policy::no-git-ops" in script
    assert errors == ""
