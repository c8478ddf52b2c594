"""Programs that run what the analysis does not follow: how it is told that they do.

Each is a rule over the program's words. What a rule does not name is a program like any other:
builds and test runners (`cargo test`, `pytest`, `go build`) are, whatever they start.
"""

from __future__ import annotations

from kei_gates.shell.interpreters import interpreter, runs_code
from kei_gates.shell.sed import runs as sed_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from kei_gates.shell.expand import Field

    Rule: TypeAlias = "Callable[[Sequence[Field]], bool]"


def _asks(words: Sequence[Field]) -> bool:
    """Whether the words are a question about the program itself."""
    return len(words) > 1 and words[1] in _QUESTIONS


_QUESTIONS = frozenset(("--help", "--version", "-V", "-h"))


def _given(*options: str) -> Rule:
    """Hide when one of the options is given, alone, with a value, or in a cluster."""
    letters = {option[1] for option in options if len(option) == 2 and option[0] == "-"}  # noqa: PLR2004 -- a dash and a letter

    def rule(words: Sequence[Field]) -> bool:
        for word in words[1:]:
            if word is None:
                continue  # an unknown argument; that it is this very option is too far-fetched
            name = word.partition("=")[0]
            if name in options:
                return True
            if len(name) > 4 and any(o.startswith(name) for o in options):  # noqa: PLR2004 -- abbreviated
                return True
            if word[:1] == "-" and word[1:2] != "-" and letters & set(word[1:]):
                return True
        return False

    return rule


def _first(*subcommands: str) -> Rule:
    """Hide when the first operand is one of the subcommands, or unknown."""

    def rule(words: Sequence[Field]) -> bool:
        for word in words[1:]:
            if word is None or not word.startswith("-"):
                return word is None or word in subcommands
        return False

    return rule


def _among(*subcommands: str) -> Rule:
    """Hide when a subcommand stands anywhere among the words."""
    return lambda words: any(word is None or word in subcommands for word in words[1:])


def _awk(words: Sequence[Field]) -> bool:
    """Hide an awk program that starts others, or is not seen."""
    for word in words[1:]:
        if word is None or word in ("-f", "--file", "-i", "--include", "-E", "--exec"):
            return True
        if any(mark in word for mark in ("system", "getline", "@load", "@include")):
            return True
        if _awk_pipes(word) or _awk_calls_by_name(word):
            return True
    return False


def _awk_pipes(script: str) -> bool:
    """Whether a script may pipe into a command: a `|` after a print, or before a string."""
    parts = script.replace("||", "").split("|")
    for before, after in zip(parts, parts[1:], strict=False):  # noqa: RUF007 -- `itertools` is an import more
        statement = before
        for end in ";{}\n":
            statement = statement.rpartition(end)[2]
        if "print" in statement or after.lstrip().startswith('"'):
            return True
    return False


def _awk_calls_by_name(script: str) -> bool:
    """Whether a script may call the function that a variable names: `@name(...)`."""
    for after in script.split("@")[1:]:
        if (
            after.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")[:1]
            == "("
        ):
            return True
    return False


def _queries(words: Sequence[Field], stdin: str | None) -> bool:
    """Hide a client of a database: its own commands start programs, and it may read them."""
    if _asks(words):
        return False
    known = [word or "" for word in (*words[1:], stdin)]
    shells = any(mark in word for word in known for mark in (".sh", ".sy", "\\!", "system", "|"))
    return shells or not any(" " in word for word in known)


_SHELLED = ("exec", "run", "dlx", "x", "test", "t", "start", "run-script", "stop", "restart")

_ALWAYS = frozenset(
    (
        # other users, other roots, other machines
        "ansible", "bwrap", "chroot", "dbus-run-session", "distrobox", "fakeroot", "firejail",
        "mosh", "nsenter", "pdsh", "pkexec", "proot", "rsh", "runuser", "sftp", "ssh", "sshpass",
        "start-stop-daemon", "su", "systemd-run", "unshare", "wsl",
        # other terminals
        "expect", "screen", "script", "unbuffer", "zellij",
        # repeat, watch, trace, schedule
        "at", "batch", "chronic", "entr", "faketime", "gdb", "hyperfine", "lldb", "ltrace",
        "parallel", "prlimit", "retry", "rr", "setarch", "strace", "valgrind", "watch",
        "watchexec",
        # many programs in one
        "busybox", "toybox",
        # recipes of the project
        "act", "dagger", "dotenv", "earthly", "fab", "foreman", "gmake", "invoke", "just", "mage",
        "make", "ninja", "nox", "overmind", "rake", "scons", "task", "tox",
        # packages that are fetched and run
        "bunx", "corepack", "npx", "pnpx", "uvx",
        # shells and languages that are not looked into
        "csh", "elvish", "erl", "fish", "ghci", "m4", "nu", "osascript", "powershell", "pwsh",
        "tcsh", "xonsh",
        # editors
        "ed", "emacs", "ex", "nvim", "vi", "view", "vim",
    )
)  # fmt: skip

_DATABASES = frozenset(("mysql", "psql", "sqlite3"))

_RULES: dict[str, Rule] = {
    "asdf": _first("exec"),
    "awk": _awk,
    "bun": _first(*_SHELLED),
    "composer": _first("exec", "run-script", "run"),
    "conda": _first("run"),
    "crontab": lambda words: "-l" not in words,
    "deno": _first("run", "eval", "task", "repl", "test"),
    "direnv": _first("exec"),
    "docker": _among("run"),
    "doppler": _first("run"),
    "fd": _given("-x", "-X", "--exec", "--exec-batch"),
    "fdfind": _given("-x", "-X", "--exec", "--exec-batch"),
    "gawk": _awk,
    "gsed": sed_runs,
    "kubectl": _among("exec", "run", "debug"),
    "lxc": _first("exec"),
    "mamba": _first("run"),
    "man": _given("-P", "-H", "--pager"),
    "mawk": _awk,
    "micromamba": _first("run"),
    "mise": _first("exec", "x", "run", "r", "watch"),
    "mix": _first("run", "cmd"),
    "nawk": _awk,
    "nerdctl": _among("run"),
    "nix": _first("run", "develop", "shell"),
    "nix-shell": _given("--run", "--command"),
    "npm": _first(
        "exec",
        "x",
        "run",
        "run-script",
        "test",
        "t",
        "tst",
        "start",
        "stop",
        "restart",
        "rum",
        "urn",
        "it",
        "cit",
        "explore",
    ),
    "op": _first("run"),
    "perf": _first("record", "stat", "trace"),
    "pipx": _first("run"),
    "pixi": _first("run", "shell"),
    "pnpm": _first(*_SHELLED, "dlx"),
    "podman": _among("run"),
    "rg": _given("--pre", "--hostname-bin"),
    "rsync": _given("-e", "--rsh", "--rsync-path"),
    "rye": _first("run"),
    "scp": _given("-S", "-o"),
    "sed": sed_runs,
    "sort": _given("--compress-program"),
    "split": _given("--filter"),
    "tar": _given(
        "--to-command",
        "--checkpoint-action",
        "--use-compress-program",
        "-I",
        "--rsh-command",
        "--info-script",
        "--new-volume-script",
        "-F",
    ),
    "tmux": _among(
        "new-session",
        "new",
        "new-window",
        "neww",
        "send-keys",
        "send",
        "run-shell",
        "run",
        "split-window",
        "splitw",
        "respawn-pane",
        "respawn-window",
        "source-file",
        "if-shell",
        "pipe-pane",
        "bind-key",
        "bind",
        "set-hook",
        "display-popup",
    ),
    "toolbox": _first("run"),
    "uv": _first("tool"),
    "vagrant": _first("ssh"),
    "wget": _given("--use-askpass"),
    "yarn": _first(*_SHELLED, "node", "workspaces", "workspace"),
    "zip": _given("-T", "-TT", "--unzip-command"),
}


def hides(program: str, words: Sequence[Field], stdin: str | None) -> bool:
    """Say whether a program runs something that is not followed.

    `stdin` is what it surely reads, if that is known.
    """
    if program in _DATABASES:
        return _queries(words, stdin)
    known = interpreter(program)
    if known is not None:
        return runs_code(known, words)
    if program in _ALWAYS:
        return not _asks(words)
    rule = _RULES.get(program)
    return rule is not None and rule(words)
