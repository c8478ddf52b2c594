"""From a command's words to everything that they start, through wrappers and shells."""

from __future__ import annotations

from kei_gates.shell.effects import touch_files
from kei_gates.shell.index import SPEAKING
from kei_gates.shell.opaque import hides
from kei_gates.shell.use import Use
from kei_gates.shell.wrappers_all import wrapper_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State


def launch(ev: Evaluator, words: list[Field], state: State, span: Span, stdin: str | None) -> None:
    """Follow a program that was invoked; its name is known and plain."""
    use = Use(ev, (words[0] or "").rpartition("/")[2], words, state, span, stdin)
    for follow in _STEPS:
        if follow(use):
            return
    touch_files(ev, use.name, words, state)


def _special(use: Use) -> bool:
    """Follow a program that no row describes."""
    module = SPECIAL.get(use.name)
    if module is None:
        return False
    loaded = __import__(f"{__package__}.{module[0]}", fromlist=(module[1],))
    follow: Callable[[Use], bool] = getattr(loaded, module[1])
    return follow(use)


def _speaker(use: Use) -> bool:
    """Follow a program with commands of its own that start others."""
    if use.name not in SPEAKING:
        return False
    from kei_gates.shell.speakers import follow_speaker

    return follow_speaker(use)


def _wrapper(use: Use) -> bool:
    """Follow a program that runs the command in its words."""
    row = wrapper_of(use.name)
    if row is None:
        return False
    from kei_gates.shell.unwrap import unwrap

    return unwrap(use, row)


def _hidden(use: Use) -> bool:
    """Note a program that runs what is not followed."""
    if not hides(use.name, use.words):
        return False
    use.miss(f"`{use.name}` runs something that is not followed")
    return True


# Each program that no row describes, with the module and the function that follow it.
SPECIAL: dict[str, tuple[str, str]] = {
    "find": ("find", "follow_find"),
    "gfind": ("find", "follow_find"),
    "xargs": ("xargs", "follow_xargs"),
    "git": ("git_running", "follow_git"),
    "gxargs": ("xargs", "follow_xargs"),
    "parallel": ("parallel", "follow_parallel"),
    "sem": ("parallel", "follow_parallel"),
    "tmux": ("tmux", "follow_tmux"),
    "byobu": ("tmux", "follow_tmux"),
    "screen": ("screen", "follow_screen"),
    "at": ("schedule", "follow_at"),
    "batch": ("schedule", "follow_at"),
    "crontab": ("schedule", "follow_crontab"),
    "sed": ("sed", "follow_sed"),
    "gsed": ("sed", "follow_sed"),
    "busybox": ("shells", "follow_many_in_one"),
    "toybox": ("shells", "follow_many_in_one"),
    **dict.fromkeys(
        (
            "sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "rbash", "fish", "csh", "tcsh",
            "elvish", "nu", "xonsh", "pwsh", "powershell",
        ),
        ("shells", "follow_shell"),
    ),
}  # fmt: skip

# What a program is, asked one after another: the first that it is wholly, ends it.
_STEPS: tuple[Callable[[Use], bool], ...] = (_special, _speaker, _wrapper, _hidden)
