"""Programs that run the command in their arguments: their option grammars.

Sources: the manual pages of coreutils 9, util-linux 2.38, sudo 1.9, doas, findutils 4.9 (xargs),
time 1.9, bash(1) and zshmisc(1); `uv run --help`, `poetry run --help`, `npx --help`.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Wrapper:
    """How a program is given the command that it runs.

    `operands` words stand before the command; with `assignments`, `name=value` words do too.
    `without` names options with which no command runs; `hides` options that run something else.
    `appends` says that words that are not known are added to the command. `folder` names options
    that say where it runs, `output` those whose value is written, `starts_shell` those with which,
    where there is no command, a shell runs what it reads. With `one_word`, an operand that is not
    known is taken for one word.
    """

    __slots__ = (
        "appends", "assignments", "folder", "grammar", "hides", "one_word", "operands", "output",
        "starts_shell", "without", "words",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        grammar: Grammar,
        *,
        operands: int = 0,
        words: str = "",
        assignments: bool = False,
        without: str = "",
        hides: str = "",
        appends: bool = False,
        folder: str = "",
        output: str = "",
        starts_shell: str = "",
        one_word: bool = False,
    ) -> None:
        """Take the fields; `words` are the subcommand's, `|` between several ways."""
        self.grammar: Final = grammar
        self.operands: Final = operands
        self.words: Final = [way.split() for way in words.split("|")]
        self.assignments: Final = assignments
        self.without: Final = frozenset(without.split())
        self.hides: Final = frozenset(hides.split())
        self.appends: Final = appends
        self.folder: Final = folder.split()
        self.output: Final = output.split()
        self.starts_shell: Final = starts_shell.split()
        self.one_word: Final = one_word


_BARE = Wrapper(Grammar(flags="", long_flags="help version", long=""), without="help version")
_CONTAINER = Wrapper(
    Grammar(
        "euwH",
        "env user workdir detach-keys env-file index host context",
        flags="itdT",
        long_flags="interactive tty detach privileged no-TTY no-tty help",
    ),
    words="exec|compose exec",
    operands=1,
    without="help",
)

WRAPPERS: dict[str, Wrapper] = {
    "env": Wrapper(
        Grammar(
            "uC",
            "unset chdir",
            flags="i0v",
            long_flags="ignore-environment null debug help version list-signal-handling "
            "ignore-signal default-signal block-signal",
        ),
        assignments=True,
        without="help version",
        folder="C chdir",
    ),
    "sudo": Wrapper(
        Grammar(
            "ugphCrtTRDU",
            "user group prompt host close-from role type command-timeout chroot chdir other-user",
            flags="AbBEeHiKklnPSsVv",
            long_flags="askpass background bell preserve-env edit set-home login remove-timestamp "
            "reset-timestamp list non-interactive preserve-groups stdin shell version validate "
            "help",
        ),
        assignments=True,
        without="K l V v remove-timestamp list version validate help",
        hides="e edit R chroot",
        folder="D chdir",
        starts_shell="i login s shell",
    ),
    "doas": Wrapper(Grammar("uC", flags="Lns"), without="L C", starts_shell="s"),
    "nohup": _BARE,
    "setsid": Wrapper(
        Grammar(flags="cfw", long_flags="ctty fork wait help version"), without="help version"
    ),
    "nice": Wrapper(
        Grammar("n", "adjustment", flags="0123456789", long_flags="help version"),
        without="help version",
    ),
    "ionice": Wrapper(
        Grammar(
            "cnpPu", "class classdata pid pgid uid", flags="t", long_flags="ignore help version"
        ),
        without="p P u pid pgid uid help version",
    ),
    "timeout": Wrapper(
        Grammar(
            "ks",
            "kill-after signal",
            flags="v",
            long_flags="preserve-status foreground verbose help version",
        ),
        operands=1,
        without="help version",
    ),
    "time": Wrapper(
        Grammar(
            "fo",
            "format output",
            flags="pvaqV",
            long_flags="portability verbose append quiet version help",
        ),
        without="V version help",
        output="o output",
    ),
    "stdbuf": Wrapper(
        Grammar("ioe", "input output error", flags="", long_flags="help version"),
        without="help version",
    ),
    "chrt": Wrapper(
        Grammar(
            "TPD",
            "sched-runtime sched-period sched-deadline",
            flags="abdfiormpRv",
            long_flags="batch deadline fifo idle other rr all-tasks max pid verbose "
            "reset-on-fork help version",
        ),
        operands=1,
        without="m max p pid help version",
    ),
    "taskset": Wrapper(
        Grammar(flags="acp", long_flags="all-tasks cpu-list pid help version"),
        operands=1,
        without="p pid help version",
    ),
    "caffeinate": Wrapper(Grammar("tw", flags="disum")),
    "command": Wrapper(Grammar(flags="pvV"), without="v V"),
    "builtin": Wrapper(Grammar(flags="")),
    "exec": Wrapper(Grammar("a", flags="cl"), hides="a"),
    "noglob": Wrapper(Grammar(flags="")),
    "nocorrect": Wrapper(Grammar(flags="")),
    "-": Wrapper(Grammar(flags="")),
    "flock": Wrapper(
        Grammar(
            "wEc",
            "wait timeout conflict-exit-code command",
            flags="enosuxFvVh",
            long_flags="exclusive nonblock nb no-fork close shared unlock verbose help version",
        ),
        operands=1,
        one_word=True,
        without="help version V h",
        hides="c command",
    ),
    "xargs": Wrapper(
        Grammar(
            "aEIdLnPs",
            "arg-file eof replace delimiter max-lines max-args max-procs max-chars "
            "process-slot-var",
            optional="iel",
            flags="0oprtx",
            long_flags="null open-tty interactive no-run-if-empty verbose exit show-limits help "
            "version",
        ),
        appends=True,
        without="help version",
    ),
    "poetry": Wrapper(
        Grammar("CP", "directory project", flags="qvn", long_flags="quiet no-interaction"),
        words="run",
        folder="C directory",
    ),
    "pdm": Wrapper(Grammar("p", "project", flags="qv"), words="run"),
    "pipenv": Wrapper(Grammar(flags="qv"), words="run"),
    "hatch": Wrapper(Grammar("e", "env", flags="qv"), words="run"),
    "uv": Wrapper(
        Grammar(
            "wpciIfPC",
            "extra no-extra group no-group only-group env-file with with-editable "
            "with-requirements package python-platform index default-index index-url "
            "extra-index-url find-links python directory project config-file cache-dir color",
            flags="qvnUm",
            long_flags="all-extras no-dev only-dev no-sync locked frozen isolated active offline "
            "quiet verbose no-project all-packages exact no-editable inexact all-groups "
            "no-default-groups module no-cache reinstall upgrade managed-python no-progress",
        ),
        words="run",
        hides="m module",
        folder="directory",
    ),
    "docker": _CONTAINER,
    "podman": _CONTAINER,
    "nerdctl": _CONTAINER,
    "bundle": Wrapper(Grammar(flags=""), words="exec"),
}
