"""In which shell the client runs a call, and what follows from it."""

from __future__ import annotations

import pytest

from kei_gates.shell.analysis import ShellFacts, analyse

OF_ZSH = 'path=$(dirname "$f"); ls "$path"'


@pytest.mark.parametrize(
    ("environment", "zsh", "expected"),
    [
        ({"SHELL": "/bin/bash"}, "/bin/zsh", "bash"),
        ({"SHELL": "/usr/bin/zsh"}, "", "zsh"),
        ({"SHELL": "/bin/zsh", "CLAUDE_CODE_SHELL": "/bin/bash"}, "/bin/zsh", "bash"),
        ({"SHELL": "/bin/bash", "CLAUDE_CODE_SHELL": "/bin/zsh"}, "/bin/zsh", "zsh"),
        ({"SHELL": "/usr/bin/fish"}, "/bin/zsh", "zsh"),
        ({"SHELL": "/usr/bin/fish"}, "", "bash"),
        ({}, "/bin/zsh", "zsh"),
        ({}, "", "bash"),
        ({}, None, ""),
    ],
)
def test_the_shell_is_the_one_that_the_client_takes(
    environment: dict[str, str], zsh: str | None, expected: str
) -> None:
    facts = ShellFacts("/work", environment=environment, which=lambda _: zsh)
    assert facts.client_shell() == expected
    changes = {one.why for one in analyse(OF_ZSH, facts).unseen}
    assert ("`path` changes what zsh runs" in changes) == (expected != "bash")
