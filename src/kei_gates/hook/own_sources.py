"""What a shell call of a transcript may have changed: the files it names, and whether others too.

It is judged when its agent returns, by a look at the machine as it is then: a script may not be
what it was when it ran. So every source that ran a file of the project may have changed any file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.facts import NO_SESSION
from kei_gates.gates._unknown_writes import deny_unknown
from kei_gates.hook.facts import shell_facts
from kei_gates.model import Call, Event, Fault, Principal, Value
from kei_gates.observe.paths import lexical, resolve, resolve_parent
from kei_gates.shell.ast import CommandList
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.parser import Parser
from kei_gates.verify.acts import Named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from kei_gates.model import Analysis, Effect, Places
    from kei_gates.particulars import Past

# They go on by themselves after the shell that started them, or start what does (their manuals).
_OUTLIVING = frozenset(
    (
        "abduco", "anacron", "at", "batch", "crontab", "daemon", "daemonize", "disown", "dtach",
        "forever", "launchctl", "nohup", "pm2", "screen", "service", "setsid", "start-stop-daemon",
        "supervisorctl", "systemctl", "systemd-run", "tmux", "watchman", "zellij",
    )
)  # fmt: skip
# They do with one of these words.
_DETACHING = {
    "docker": ("-d", "--detach", "-dit", "-itd", "-td", "-id"),
    "nerdctl": ("-d", "--detach", "-dit", "-itd", "-td", "-id"),
    "podman": ("-d", "--detach", "-dit", "-itd", "-td", "-id"),
    "docker-compose": ("-d", "--detach"),
}
_SHELLS = frozenset(("bash", "dash", "eval", "fish", "ksh", "sh", "zsh"))
_SIGNS = re.compile(
    "|".join(("&", *(rf"\b{re.escape(word)}\b" for word in ("coproc", *_OUTLIVING, *_DETACHING))))
)
# Where no agent can put a program of another name.
_SYSTEM = ("/bin/", "/opt/homebrew/", "/sbin/", "/usr/")
_GLOBS = "*?["


class Touched(Value):
    """What a source names, whether it may have changed more, whether it may have left a process."""

    __slots__ = ("lasting", "names", "opaque")

    def __init__(self, names: tuple[Named, ...], *, opaque: bool, lasting: bool) -> None:
        self.names: Final = names
        self.opaque: Final = opaque
        self.lasting: Final = lasting


def touched(past: Past, places: Places) -> Touched:
    """Tell what the shell source of a call may have changed; never raises: what fails is opaque."""
    try:
        analysis = past.analyse()
        names, is_known = _names(analysis)
        opaque = not is_known or _is_opaque(past, analysis, places)
        return Touched(names, opaque=opaque, lasting=_lasts(past.command, analysis))
    except Exception:  # noqa: BLE001 -- what a defect hides may have changed any file
        return Touched((), opaque=True, lasting=True)


def may_last(source: str) -> bool:
    """Say by a glance whether a source is worth asking whether it left something running."""
    return _SIGNS.search(source) is not None


def named(path: str, cwd: str, *, deletes: bool = False, **how: bool) -> Iterator[Named]:
    """Give a path as it is spelled, and where its links lead now. Raises `Fault`.

    `how` are the other fields of `Named`. Of what is deleted, the last part is no link to follow;
    of a pattern, only the folders before it are.
    """
    plain = lexical(path, cwd)
    fixed = plain
    if how.get("glob"):
        first = min((plain.find(char) for char in _GLOBS if char in plain), default=len(plain))
        fixed = plain[:first].rpartition("/")[0]
    real = (resolve_parent if deletes and fixed == plain else resolve)(fixed or "/", "/")
    for one in dict.fromkeys((plain, real.rstrip("/") + plain[len(fixed) :] or "/")):
        yield Named(one, deletes=deletes, **how)


def _names(analysis: Analysis) -> tuple[tuple[Named, ...], bool]:
    """Give what the effects of a source name, and whether that is all that they change."""
    found: dict[Named, None] = {}
    is_known = True
    for effect in analysis.effects:
        if effect.kind not in ("write", "delete"):
            continue
        if effect.path is None:
            is_known = False
            continue
        try:
            found.update(dict.fromkeys(_named_by(effect, effect.path)))
        except Fault:
            is_known = False
    return tuple(found), is_known


def _named_by(effect: Effect, path: str) -> Iterator[Named]:
    deletes = effect.kind == "delete"
    yield from named(path, "/", tree=effect.tree, glob=effect.glob, deletes=deletes)
    for _, where in effect.brings:
        yield from named(where, "/", tree=effect.tree or where.endswith("/"))


def _is_opaque(past: Past, analysis: Analysis, places: Places) -> bool:
    """Whether a source may have changed files that it does not name."""
    if analysis.unseen or any(
        effect.kind == "exec" and not (effect.path or "").startswith(_SYSTEM)
        for effect in analysis.effects
    ):
        return True
    if any(
        "/" in (one.argv[0] or "").lstrip("/") and not (one.argv[0] or "").startswith(_SYSTEM)
        for one in analysis.invocations
    ):
        return True
    look = shell_facts(past.cwd or "/", places.home).look
    call = Call(
        tool=past.tool,
        principal=Principal(past.agent_id, None),
        cwd=past.cwd or "/",
        command=past.command,
    )
    return deny_unknown(Event(call, analysis, (), places, look, NO_SESSION)) is not None


def _lasts(source: str, analysis: Analysis) -> bool:
    """Whether a source may have left something running when its shell ended."""
    for invocation in analysis.invocations:
        words = set(invocation.argv)
        if invocation.program in _OUTLIVING or not words.isdisjoint(
            _DETACHING.get(invocation.program, ())
        ):
            return True
        if invocation.program in _SHELLS and any("&" in (word or "") for word in words):
            return True  # a text that a shell was given
    return ("&" in source or "coproc" in source) and _sends_to_background(source)


def _sends_to_background(source: str) -> bool:
    """Whether a source has an `&` that sends a command to the background, or a coprocess."""
    try:
        todo: list[object] = [Parser(source).whole()]
    except (Unanalysable, RecursionError):
        return True
    while todo:
        node = todo.pop()
        if isinstance(node, CommandList) and any(apart for _, apart in node.items):
            return True
        if isinstance(node, (tuple, list)):
            todo += node
        else:
            slots = [name for kind in type(node).__mro__ for name in getattr(kind, "__slots__", ())]
            todo += [getattr(node, name) for name in slots if hasattr(node, name)]
    return False
