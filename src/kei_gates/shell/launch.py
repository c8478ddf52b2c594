"""From a command's words to everything that they start, through wrappers and shells."""

from __future__ import annotations

from kei_gates.shell.effects import touch_files
from kei_gates.shell.find import follow_find
from kei_gates.shell.opaque import hides
from kei_gates.shell.parallel import follow_parallel
from kei_gates.shell.schedule import follow_at, follow_crontab
from kei_gates.shell.screen import follow_screen
from kei_gates.shell.sed import follow_sed
from kei_gates.shell.shells import follow_shell
from kei_gates.shell.speakers import follow_speaker
from kei_gates.shell.tmux import follow_tmux
from kei_gates.shell.unwrap import unwrap
from kei_gates.shell.use import Use
from kei_gates.shell.wrappers_all import wrapper_of
from kei_gates.shell.xargs import follow_xargs

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
    follow = SPECIAL.get(use.name)
    return follow is not None and follow(use)


def _wrapper(use: Use) -> bool:
    """Follow a program that runs the command in its words."""
    row = wrapper_of(use.name)
    return row is not None and unwrap(use, row)


def _many_in_one(use: Use) -> bool:
    """Follow `busybox sh -c TEXT`: the second word is a program of many in one."""
    applet = use.words[1] if len(use.words) > 1 else "--help"
    if applet is None or not applet.startswith("-"):
        use.run(use.words[1:], use.state.copy(), use.stdin)
    return True


def _hidden(use: Use) -> bool:
    """Note a program that runs what is not followed."""
    if not hides(use.name, use.words):
        return False
    use.miss(f"`{use.name}` runs something that is not followed")
    return True


SPECIAL: dict[str, Callable[[Use], bool]] = {
    "find": follow_find,
    "gfind": follow_find,
    "xargs": follow_xargs,
    "gxargs": follow_xargs,
    "parallel": follow_parallel,
    "sem": follow_parallel,
    "tmux": follow_tmux,
    "byobu": follow_tmux,
    "screen": follow_screen,
    "at": follow_at,
    "batch": follow_at,
    "crontab": follow_crontab,
    "sed": follow_sed,
    "gsed": follow_sed,
    "busybox": _many_in_one,
    "toybox": _many_in_one,
}

# What a program is, asked one after another: the first that it is wholly, ends it.
_STEPS: tuple[Callable[[Use], bool], ...] = (
    follow_shell,
    _special,
    follow_speaker,
    _wrapper,
    _hidden,
)
