"""Which commands end sessions of terminal multiplexers, or interrupt what runs in them.

tmux takes any beginning of a command's name that only one command has, and `;` between commands.
Sources: tmux(1) 3.5, screen(1) 4.9; the help of zellij 0.41, wezterm, kitten @ (kitty 0.36).
"""

from __future__ import annotations

from kei_gates.gates._kill_own import earlier, makers, recent
from kei_gates.gates._kill_table import Tool
from kei_gates.gates._kill_table import objection as judged
from kei_gates.gates._killing import Killing, called
from kei_gates.gates._trainings import looks_like_training
from kei_gates.gates._wording import shorten
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.model import Event, Invocation
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options

_INSTEAD = (
    "leave the session as it is and report what should be stopped; a session that a command has "
    "surely started it may also end: `tmux new -d -s NAME ... && { ...; tmux kill-session -t NAME; "
    "}`"
)
# --- tmux -------------------------------------------------------------------------------------

_TMUX = frozenset(("byobu", "byobu-tmux", "psmux", "tmux"))
_BEFORE = Grammar("cfLST")
_COMMANDS = (
    "attach-session bind-key break-pane capture-pane choose-buffer choose-client choose-tree "
    "clear-history clear-prompt-history clock-mode command-prompt confirm-before copy-mode "
    "customize-mode delete-buffer detach-client display-menu display-message display-panes "
    "display-popup find-window has-session if-shell join-pane kill-pane kill-server kill-session "
    "kill-window last-pane last-window link-window list-buffers list-clients list-commands "
    "list-keys list-panes list-sessions list-windows load-buffer lock-client lock-server "
    "lock-session move-pane move-window new-session new-window next-layout next-window "
    "paste-buffer pipe-pane previous-layout previous-window refresh-client rename-session "
    "rename-window resize-pane resize-window respawn-pane respawn-window rotate-window run-shell "
    "save-buffer select-layout select-pane select-window send-keys send-prefix server-access "
    "set-buffer set-environment set-hook set-option set-window-option show-buffer "
    "show-environment show-hooks show-messages show-options show-prompt-history "
    "show-window-options source-file split-window start-server suspend-client swap-pane "
    "swap-window switch-client unbind-key unlink-window wait-for"
)
_ALIASES = {
    "killp": "kill-pane", "killw": "kill-window", "respawnp": "respawn-pane",
    "respawnw": "respawn-window", "send": "send-keys", "new": "new-session", "neww": "new-window",
    "unlinkw": "unlink-window", "if": "if-shell", "confirm": "confirm-before", "run": "run-shell",
    "suspendc": "suspend-client", "bind": "bind-key",
}  # fmt: skip
_KILLING = frozenset(("kill-pane", "kill-server", "kill-session", "kill-window"))
_RESPAWNING = frozenset(("respawn-pane", "respawn-window"))
# They hold other commands of tmux in their words.
_HOLDING = frozenset(("bind-key", "confirm-before", "if-shell", "set-hook", "run-shell"))
_INTERRUPTS = frozenset(
    ("c-c", "c-\\", "c-z", "c-d", "^c", "^\\", "^z", "^d", "\x03", "\x1a", "\x1c", "\x04")
)
_OF_SESSION = Grammar("tceFfnsxyN")


def objection(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a command for terminals ends."""
    name = called(invocation)
    if name in _TMUX:
        words = invocation.argv[read(invocation.argv, _BEFORE, permute=False).at :]
        return _tmux(words, invocation, event)
    if name == "screen":
        return _screen(invocation, event)
    return judged(TOOLS[name], invocation)


def _tmux(words: Sequence[Field], invocation: Invocation, event: Event) -> Killing | None:
    for command in _separated(words):
        found = _tmux_command(command, invocation, event)
        if found is not None:
            return found
    return None


def _separated(words: Sequence[Field]) -> Iterator[list[Field]]:
    """Give each of the commands that semicolons separate."""
    one: list[Field] = []
    for word in (*words, ";"):
        if word is None or not word.endswith(";") or word.endswith("\\;"):
            one.append(word)
            continue
        if word != ";":
            one.append(word[:-1])
        if one:
            yield one
        one = []


def _tmux_command(words: list[Field], invocation: Invocation, event: Event) -> Killing | None:
    if words[0] is None:
        shown = f"`{shorten(str(invocation))}`"
        return Killing("what `tmux` does", f"nobody knows whether {shown} stops work", _INSTEAD)
    meant = _meant(words[0])
    if meant & _HOLDING:
        return _held(words, invocation, event)
    found = read(words, _OF_SESSION, permute=False)
    keys = [(key or "").casefold() for key in words[found.at :]]
    if meant & _KILLING or (meant & _RESPAWNING and found.has_exactly("k")):
        killing = _ends(found, meant, invocation)
    elif "send-keys" in meant and not found.has_exactly("l") and not _INTERRUPTS.isdisjoint(keys):
        killing = _interrupts(found, invocation)
    else:
        return None
    return None if _is_own(found, meant, invocation, event) else killing


def _held(words: list[Field], invocation: Invocation, event: Event) -> Killing | None:
    """Give what a command of tmux ends that another one holds."""
    for word in words[1:]:
        inner = (word or "").replace("'", " ").replace('"', " ").split()
        if inner and (len(inner) > 1 or _meant(inner[0]) & _KILLING):
            killing = _tmux(inner, invocation, event)
            if killing is not None:
                return killing
    return None


def _meant(word: str) -> set[str]:
    """Give the commands that a name, an alias or a beginning may stand for."""
    names = _COMMANDS.split()
    if word in _ALIASES or word in names:
        return {_ALIASES.get(word, word)}
    return {name for name in names if name.startswith(word)}


def _target(found: Options, noun: str, invocation: Invocation) -> str:
    given = found.value("t")
    server = "".join(f" of `{one}`" for one in _server(invocation.argv) if one)
    return f"tmux {noun} `{given}`{server}" if given else f"the current tmux {noun}"


_NOUNS = {"pane": "pane", "window": "window"}


def _ends(found: Options, meant: set[str], invocation: Invocation) -> Killing:
    noun = "session" if len(meant) > 1 else _NOUNS.get(min(meant).rpartition("-")[2], "session")
    target = _target(found, noun, invocation)
    if "kill-server" in meant:
        target = "every tmux session"
    elif found.has_exactly("a"):
        target = f"every tmux {noun} but {found.value('t') or 'one'}"
    reason = f"`{shorten(str(invocation))}` ends {target} and what runs in it"
    return Killing(target, reason, _INSTEAD)


def _interrupts(found: Options, invocation: Invocation) -> Killing:
    target = f"what runs in {_target(found, 'session', invocation)}"
    return Killing(target, f"`{shorten(str(invocation))}` interrupts {target}", _INSTEAD)


def _is_own(found: Options, meant: set[str], invocation: Invocation, event: Event) -> bool:
    """Whether a session is named that the source started before, and nothing else ends with it."""
    server = _server(invocation.argv)
    given = (found.value("t") or "").removeprefix("=").partition(":")[0]
    if _mixes(invocation, event):
        return False
    started = [found for one in makers(invocation, event) for found in _started(one)]
    if "kill-server" in meant:  # of a server with a name of its own
        return server != (None, None) and any(where == server for _, where in started)
    return bool(given) and not found.has_exactly("a") and (given, server) in started


def _mixes(invocation: Invocation, event: Event) -> bool:
    """Whether windows of other sessions may be in one of the session's own, or a training."""
    name = invocation.program
    sources = [event.call.command or "", *(past.command for past in recent(event, name))]
    words = {word for text in sources for word in text.replace(";", " ").split()}
    return not _MIXING.isdisjoint(words) or any(
        looks_like_training(one.argv)
        for one in (
            *event.analysis.invocations,
            *(one for past in recent(event, name) for one in past.analyse().invocations),
        )
        if one.program == name
    )


# What brings windows of another session into one, and its short names.
_MIXING = frozenset(
    (
        "join-pane", "joinp", "link-window", "linkw", "move-pane", "move-window", "movep", "movew",
        "swap-pane", "swap-window", "swapp", "swapw",
    )
)  # fmt: skip


def _server(argv: Sequence[Field]) -> tuple[Field, Field]:
    before = read(argv, _BEFORE, permute=False)
    return before.value("L"), before.value("S")


def _started(invocation: Invocation) -> Iterator[tuple[Field, tuple[Field, Field]]]:
    words = invocation.argv[read(invocation.argv, _BEFORE, permute=False).at :]
    for command in _separated(words):
        if command[0] is not None and "new-session" in _meant(command[0]):
            found = read(command, _OF_SESSION, permute=False)
            if not found.has_exactly("A", "t"):  # these take one that is there
                yield found.value("s"), _server(invocation.argv)


# --- screen -----------------------------------------------------------------------------------

_SCREEN = Grammar("cehpSstT", "Logfile", either=True)
_SCREEN_ENDS = frozenset(("quit", "kill", "remove", "pow_detach", "zombie", "reset"))
_SCREEN_INTERRUPTS = (
    "\x03",
    "\x04",
    "\x1a",
    "\x1c",
    "^c",
    "^d",
    "^z",
    "^\\",
    "\\003",
    "\\004",
    "\\032",
)


def _screen(invocation: Invocation, event: Event) -> Killing | None:
    found = read(invocation.argv, _SCREEN, permute=False)
    if not found.has_exactly("X"):
        return None
    name = found.value("S")
    words = [word or "" for word in found.operands] or [
        word or "" for word in invocation.argv[found.at :]
    ]
    sent = " ".join(words[1:]).casefold()
    interrupts = words[:1] == ["stuff"] and any(sign in sent for sign in _SCREEN_INTERRUPTS)
    if not interrupts and words[:1] and words[0] not in _SCREEN_ENDS:
        return None
    if name is not None and any(_starts_screen(one, name) for one in earlier(invocation, event)):
        return None
    target = f"screen session `{name}`" if name else "a screen session"
    does = "interrupts what runs in" if interrupts else "ends"
    return Killing(target, f"`{shorten(str(invocation))}` {does} {target}", _INSTEAD)


def _starts_screen(invocation: Invocation, name: str) -> bool:
    if invocation.program != "screen":
        return False
    found = read(invocation.argv, _SCREEN, permute=False)
    return found.value("S") == name and found.has_exactly("m") and not found.has_exactly("X", "r")


# --- others -----------------------------------------------------------------------------------

TOOLS: dict[str, Tool] = {
    "zellij": Tool(
        "zellij session",
        "kill-session k kill-all-sessions ka delete-session d delete-all-sessions da "
        "action,ac.close-pane,close-tab,quit",
        others="passes",
        instead=_INSTEAD,
    ),
    "wezterm": Tool("pane", "cli.kill-pane", others="passes", instead=_INSTEAD),
    "kitten": Tool("window", "@.close-window,close-tab,signal-child", others="passes"),
    "kitty": Tool("window", "@.close-window,close-tab,signal-child", others="passes"),
    "abduco": Tool("session", "", others="passes"),
    "shpool": Tool("session", "kill", others="passes", instead=_INSTEAD),
}
