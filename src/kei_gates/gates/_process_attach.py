"""Which programs attach to a process, or limit it, so that it stops and may end.

Sources: gdb(1) 13, lldb(1) 14, strace(1) 6.1, ltrace(1); prlimit(1) of util-linux 2.38; cpulimit(1)
2.8; criu(8) 3.17.
"""

from __future__ import annotations

from kei_gates.gates import _process_lists as lists
from kei_gates.gates._process_answers import of_hits, of_unknown
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._killing import Killing
    from kei_gates.gates._process_patterns import Hits
    from kei_gates.model import Event, Invocation
    from kei_gates.particulars import Process
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options


def _name(invocation: Invocation) -> str:
    return invocation.program.casefold().removesuffix(".exe")


# Their options, and which of them name a process; behind an operand stands another command.
ATTACHING: dict[str, tuple[Grammar, str]] = {
    "strace": (
        Grammar(
            "abeEIoOpPsSuUX",
            "attach trace-path output string-limit user env summary-sort-by columns",
        ),
        "p attach",
    ),
    "ltrace": (Grammar("aADeFlnopsuwx", "align output library"), "p"),
    "lldb": (
        Grammar(
            "pncfasoOkSKrlx",
            "attach-pid attach-name core file arch source one-line one-line-before-file",
        ),
        "p attach-pid n attach-name",
    ),
    "gdb": (
        Grammar(
            long="p pid c core x command ex eval-command ix init-command iex init-eval-command d "
            "directory cd s symbols e exec se l b tty data-directory D",
            single_dash=True,
            ends="args",
        ),
        "p pid",
    ),
    "gdbserver": (Grammar(), ""),
    "prlimit": (Grammar("po", "pid output"), "p pid"),
    "cpulimit": (Grammar("leppPm", "limit exe pid path monitor-forks"), "p pid e exe P path"),
    "criu": (
        Grammar("tDoWLJv", "tree images-dir log-file work-dir libdir pidfile root external"),
        "t tree",
    ),
}


# Options of debuggers that hold a command of their own.
_TELLING = (
    "ex", "eval-command", "iex", "init-eval-command", "o", "O", "one-line", "one-line-before-file",
)  # fmt: skip


def attach(invocation: Invocation, event: Event) -> Killing | None:
    """Judge what attaches to a process, or limits it: that stops, and may end with it."""
    grammar, naming = ATTACHING[_name(invocation)]
    options = read(invocation.argv, grammar, permute=_name(invocation) == "criu")
    if _only_shows(invocation, options):
        return None
    named = list(options.values(*naming.split()))
    if _name(invocation) == "gdb" and not options.ended:
        named += [word for word in options.operands[1:2] if (word or "").isdecimal()]
    if _name(invocation) == "gdbserver" and options.has("attach"):
        named += options.operands[1:2] or [None]
    told = [one for one in options.values(*_TELLING) if one is None or "attach" in one]
    named += [None if one is None else one.split()[-1] for one in told]
    if not named:
        return None
    hits: list[Process] = []
    for word in named:
        found = _of_name(word, invocation, event)
        if found is None:
            return of_unknown(invocation, event, "it is not known which process it would stop")
        hits += found
    return of_hits(invocation, event, hits)


def _only_shows(invocation: Invocation, options: Options) -> bool:
    """Whether a process would be left as it is: its limits are shown, its image is only a copy."""
    name = _name(invocation)
    if name == "prlimit":
        settings = [word for word in invocation.argv[1:] if word is None or "=" in word]
        return not any(word is None or not word.startswith(_NO_LIMITS) for word in settings)
    if name == "criu":
        return options.operands[:1] != ["dump"] or options.has_exactly("R", "leave-running")
    return False


_NO_LIMITS = ("--output=", "--pid=", "-o=", "-p=")


def _of_name(word: Field, invocation: Invocation, event: Event) -> Hits:
    """Give the processes that a debugger is told to attach to."""
    if word is not None:
        every = [lists.by_id(one, event) for one in word.replace(",", " ").split()]
        known = [hits for hits in every if hits is not None]
        return [one for hits in known for one in hits] if len(known) == len(every) else None
    origins = [origin for _, every in invocation.origins for origin in every]
    if len(invocation.origins) != sum(one is None for one in invocation.argv):
        return None
    return lists.of_origins(origins, event)
