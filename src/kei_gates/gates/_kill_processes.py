"""Which commands end or stop processes of this machine that somebody else may need.

What a command has started itself may be ended: `%1`, and ids that the shell analysis knows to be
those of its own jobs, unless it runs a training or a client of paid work. All else is looked up in
the process table. Sources: bash(1), `kill`; kill(1) of util-linux 2.38 and procps-ng 4.0; pkill(1),
skill(1) and snice(1) of procps-ng 4.0; killall(1) and fuser(1) of psmisc 23.6; killall5(8);
xkill(1); slay(1); fkill-cli 8 and kill-port 2 of npm; timeout(1) of coreutils 9.
"""

from __future__ import annotations

from kei_gates.gates import _process_lists as lists
from kei_gates.gates import _process_patterns as patterns
from kei_gates.gates._killing import Killing
from kei_gates.gates._process_answers import of_hits, of_jobs, of_unknown, runs_elsewhere
from kei_gates.gates._process_attach import ATTACHING, attach
from kei_gates.gates._process_own import are_own, is_by_port
from kei_gates.gates._process_signals import HARMLESS, without_signal
from kei_gates.gates._trainings import is_paid_client
from kei_gates.gates._wording import shorten
from kei_gates.model import Fault
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

    from kei_gates.gates._process_patterns import Hits
    from kei_gates.gates._process_signals import Placed
    from kei_gates.model import Event, Invocation
    from kei_gates.particulars import Process
    from kei_gates.shell.expand import Field


def objection(invocation: Invocation, event: Event) -> Killing | None:
    """Say what a command would end that it may not; none for one that may run."""
    row = ROWS.get(_name(invocation))
    if row is None:
        return None
    try:
        return row(invocation, event)
    except Fault as fault:
        return of_unknown(invocation, event, fault.reason, fault.remedy)


def _name(invocation: Invocation) -> str:
    return invocation.program.casefold().removesuffix(".exe")


# --- kill -------------------------------------------------------------------------------------

_ASKING = frozenset(("--help", "--version", "-V", "--list", "-l", "-L", "--table"))
_ALL = "-1"


def _kill(invocation: Invocation, event: Event) -> Killing | None:
    """Judge `kill`: the shell's own, that of util-linux, and that of procps."""
    words = [*enumerate(invocation.argv)][1:]
    rest, signal = without_signal(words, ("-s", "-n", "--signal"))
    first = rest[0][1] if rest else None
    if signal in HARMLESS or (first and (first in _ASKING or first[:2] in ("-l", "-L"))):
        return None
    if not rest and any(word == _ALL for _, word in words):
        return of_unknown(invocation, event, _why_unknown(_ALL))
    return _ids(rest[1:] if first == "--" else rest, invocation, event)


def _ids(operands: Placed, invocation: Invocation, event: Event) -> Killing | None:
    """Judge the ids that a command is given, each with its place among the words."""
    hits: list[Process] = []
    jobs = looked = False
    by_port = True
    for at, word in operands:
        if word is not None and word[:1] == "%":
            jobs = True
            continue
        origins = invocation.origins_of(at) if word is None else ()
        if word is None and not origins:
            return of_unknown(invocation, event, "it is not known which process that is")
        own = bool(origins) and are_own(origins, event)
        found = lists.by_id(word, event) if word is not None else lists.of_origins(origins, event)
        if found is None:
            return of_unknown(invocation, event, _why_unknown(word))
        jobs = jobs or any(origin.kind == "job" for origin in origins)
        # The id of a job means something else where no job of that shell runs.
        looked = looked or not own or runs_elsewhere(invocation)
        by_port = by_port and bool(origins) and all(is_by_port(one.words) for one in origins)
        hits += found
    work = of_jobs(invocation, event) if jobs else None
    return work or (of_hits(invocation, event, hits, by_port=by_port) if looked else None)


def _why_unknown(word: Field) -> str:
    if word == _ALL:
        return "-1 stands for all processes of the machine"
    if word == "0":
        return "0 stands for all processes of its group, the session's own among them"
    return "which processes that are cannot be looked up"


# --- what finds processes itself ----------------------------------------------------------------


class Finder:
    """A program that ends what it finds: how that is found, and with which options it only looks.

    `signals` are the options that take a signal; `ends` says whether the words tell it to end what
    it finds at all.
    """

    __slots__ = ("ends", "find", "looks", "signals")

    def __init__(
        self,
        find: Callable[[Sequence[Field], Event], Hits],
        looks: str = "",
        signals: str = "",
        ends: Callable[[Sequence[Field]], bool] | None = None,
    ) -> None:
        """Take the options as strings, separated by blanks."""
        self.find: Final = find
        self.looks: Final = frozenset(f"--help --version {looks}".split())
        self.signals: Final = signals.split()
        self.ends: Final = ends

    def __call__(self, invocation: Invocation, event: Event) -> Killing | None:
        """Judge an invocation."""
        placed, signal = without_signal([*enumerate(invocation.argv)][1:], self.signals)
        words = [word for _, word in placed]
        if signal in HARMLESS or (words and words[0] in self.looks):
            return None
        if self.ends is not None and not self.ends(words):
            return None
        hits = self.find([invocation.argv[0], *words], event)
        if hits is None:
            return of_unknown(invocation, event, "which processes it finds cannot be told")
        by_port = is_by_port(invocation.argv)
        return of_hits(invocation, event, hits, by_port=by_port)


def _ends_users(words: Sequence[Field]) -> bool:
    """Whether `fuser` is told to end what it finds; a word that is not known may say so."""
    return any(
        word is None
        or word.startswith("--k")
        or (word[:1] == "-" and word[1:2] != "-" and "k" in word)
        for word in words
    )


def _by_words(words: Sequence[Field], event: Event) -> Hits:
    """Give what operands mean that are ids, names or, behind a colon, ports."""
    hits: list[Process] = []
    operands = [word for word in words[1:] if word is None or word[:1] != "-"]
    for word in operands:
        found: Hits = None
        if word is not None:
            ported = word[:1] == ":"
            found = lists.by_port(word[1:], event) if ported else lists.by_id(word, event)
        if found is None:
            return None
        hits += found
    return hits if operands else None


def _by_ports(words: Sequence[Field], event: Event) -> Hits:
    """Give who uses the ports that are named; what stands behind an option may be one too."""
    found: list[Process] = []
    for word in words[1:]:
        hits = lists.by_port(word, event) if word is not None and word.isdecimal() else None
        if hits is None and (word is None or word[:1] != "-"):
            return None
        found += hits or []
    return found


_PKILL = Finder(patterns.by_pattern, "-V -h", "--signal")


def _pkill(invocation: Invocation, event: Event) -> Killing | None:
    """Judge `pkill`: `pkill -P $$` and `pkill -P $!` end what the very shell has started."""
    if not runs_elsewhere(invocation) and _names_own_children(invocation, event):
        return of_jobs(invocation, event)
    return _PKILL(invocation, event)


def _names_own_children(invocation: Invocation, event: Event) -> bool:
    """Whether the words are a signal and `-P`, with the id of a job or with `$$`.

    `$$` is known by the only place where it can stand.
    """
    rest, _ = without_signal([*enumerate(invocation.argv)][1:], ())
    if [word for _, word in rest] != ["-P", None]:
        return False
    origins = invocation.origins_of(rest[-1][0])
    if origins and all(origin.kind == "job" for origin in origins):
        return True
    text = event.source(invocation.span)
    for mark in "\"';)":
        text = text.replace(mark, " ")
    written = text.split()
    once = written.count("pkill") == written.count("-P") == 1
    return once and written[written.index("-P") + 1 :][:1] == ["$$"]


def _nothing_known(words: Sequence[Field], event: Event) -> Hits:
    del words, event
    return None


# --- timeout ------------------------------------------------------------------------------------

_TIMEOUT = Grammar("ks", "kill-after signal", flags="vfp")


def _timeout(invocation: Invocation, event: Event) -> Killing | None:
    """Judge `timeout`: what it ends it has started, so only what is paid for counts."""
    command = read(invocation.argv, _TIMEOUT, permute=False).operands[1:]
    if not is_paid_client(command) or _is_modals(invocation, event):
        return None
    spelled = shorten(" ".join("..." if word is None else word for word in command))
    return Killing(
        f"the client `{spelled}`",
        f"`{invocation.program}` would stop `{spelled}`, and what is paid for would end with it",
        "start it detached, or without a limit of time",
    )


def _is_modals(invocation: Invocation, event: Event) -> bool:
    """Whether Modal's client runs below a timer: whether that ends paid work is told of it."""
    name = invocation.program
    return any(one.program == "modal" and name in one.via for one in event.analysis.invocations)


_ASKS = "-n --no-action -l --list --table -L"

ROWS: dict[str, Callable[[Invocation, Event], Killing | None]] = {
    "kill": _kill,
    "pkill": _pkill,
    "killall": Finder(patterns.by_killall, "-l --list -V", "-s --signal"),
    "killall5": Finder(_nothing_known),
    "skill": Finder(_by_words, _ASKS, "-s --signal"),
    "snice": Finder(_by_words, _ASKS),
    "xkill": Finder(_nothing_known, "-help -version"),
    "fkill": Finder(_by_words),
    "kill-port": Finder(_by_ports),
    "slay": Finder(_nothing_known),
    "fuser": Finder(lists.by_fuser, "-l --list-signals -V", "", _ends_users),
    **dict.fromkeys(ATTACHING, attach),
    "timeout": _timeout,
    "gtimeout": _timeout,
}
"""How each program is judged. The guard asks only for these."""
