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


def _always(words: Sequence[Field]) -> bool:
    """Hide whatever the words are, but for a question about itself."""
    return len(words) == 1 or words[1] not in ("--help", "--version", "-V", "-h")


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
    for before, after in zip(parts, parts[1:]):  # noqa: B905 -- pairs, so one shorter
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


_SHELLED = ("exec", "run", "dlx", "x", "test", "t", "start", "run-script", "stop", "restart")

OPAQUE: dict[str, Rule] = {
    # other users, other roots, other machines, other terminals
    "su": _always, "runuser": _always, "pkexec": _always, "chroot": _always, "unshare": _always,
    "nsenter": _always, "ssh": _always, "mosh": _always, "rsh": _always, "pdsh": _always,
    "ansible": _always, "sshpass": _always, "dbus-run-session": _always, "systemd-run": _always,
    "tmux": _among("new-session", "new", "new-window", "neww", "send-keys", "send", "run-shell",
                   "run", "split-window", "splitw", "respawn-pane", "respawn-window", "source-file",
                   "if-shell", "pipe-pane", "bind-key", "bind", "set-hook", "display-popup"),
    "screen": _always, "zellij": _always, "script": _always, "expect": _always, "unbuffer": _always,
    "docker": _among("exec", "run"), "podman": _among("exec", "run"), "nerdctl": _among("exec", "run"),
    "kubectl": _among("exec", "run", "debug"), "vagrant": _first("ssh"), "wsl": _always,
    "lxc": _first("exec"), "distrobox": _always, "toolbox": _first("run"),
    # repeat, watch, trace, schedule
    "parallel": _always, "watch": _always, "entr": _always, "watchexec": _always, "hyperfine": _always,
    "strace": _always, "ltrace": _always, "perf": _first("record", "stat", "trace"),
    "gdb": _always, "lldb": _always, "valgrind": _always, "rr": _always,
    "at": _always, "batch": _always, "crontab": lambda words: "-l" not in words, "setarch": _always, "prlimit": _always,
    "faketime": _always, "fakeroot": _always, "firejail": _always, "bwrap": _always, "proot": _always,
    "nix-shell": _given("--run", "--command"), "nix": _first("run", "develop", "shell"),
    "busybox": _always, "toybox": _always,  "start-stop-daemon": _always,
    "fd": _given("-x", "-X", "--exec", "--exec-batch"), "fdfind": _given("-x", "-X", "--exec", "--exec-batch"),
    "rg": _given("--pre", "--hostname-bin"), "man": _given("-P", "-H", "--pager"),
    "tar": _given("--to-command", "--checkpoint-action", "--use-compress-program", "-I", "--rsh-command",
                  "--info-script", "--new-volume-script", "-F"),
    "rsync": _given("-e", "--rsh", "--rsync-path"), "scp": _given("-S", "-o"), "sftp": _always,
    "zip": _given("-T", "-TT", "--unzip-command"), "sort": _given("--compress-program"),
    "split": _given("--filter"), "make": _always, "gmake": _always, "just": _always, "task": _always,
    "rake": _always, "invoke": _always, "fab": _always, "tox": _always, "nox": _always, "scons": _always,
    "ninja": _always, "mage": _always, "earthly": _always, "act": _always, "dagger": _always,
    "npm": _first("exec", "x", "run", "run-script", "test", "t", "tst", "start", "stop", "restart",
                  "rum", "urn", "it", "cit", "explore"),
    "pnpm": _first(*_SHELLED, "dlx"), "yarn": _first(*_SHELLED, "node", "workspaces", "workspace"),
    "bun": _first(*_SHELLED), "deno": _first("run", "eval", "task", "repl", "test"),
    "uv": _first("tool"), "npx": _always, "bunx": _always, "pnpx": _always, "corepack": _always,
    "uvx": _always, "pipx": _first("run"), "conda": _first("run"), "mamba": _first("run"),
    "micromamba": _first("run"), "pixi": _first("run", "shell"), "rye": _first("run"),
    "mise": _first("exec", "x", "run", "r", "watch"), "asdf": _first("exec"), "direnv": _first("exec"),
    "composer": _first("exec", "run-script", "run"), "mix": _first("run", "cmd"), "dotenv": _always,
    "foreman": _always, "overmind": _always, "doppler": _first("run"),
    "op": _first("run"), "chronic": _always, "retry": _always,
    # languages that are not looked into
    "osascript": _always, "erl": _always, "ghci": _always, "fish": _always, "tcsh": _always,
    "csh": _always, "pwsh": _always, "powershell": _always, "nu": _always, "xonsh": _always,
    "elvish": _always,
    "awk": _awk, "gawk": _awk, "mawk": _awk, "nawk": _awk, "sed": sed_runs, "gsed": sed_runs,
    # editors and other programs with a language of their own
    "vi": _always, "vim": _always, "nvim": _always, "ex": _always, "view": _always, "emacs": _always,
    "ed": _always, "m4": _always, "sqlite3": _given(".shell", ".system"),
    "psql": _given("\\!"), "mysql": _given("\\!", "system"),
}  # fmt: skip


def hides(program: str, words: Sequence[Field]) -> bool:
    """Say whether a program runs something that is not followed."""
    known = interpreter(program)
    if known is not None:
        return runs_code(known, words)
    rule = OPAQUE.get(program) or OPAQUE.get(program.rstrip("0123456789."))
    return rule is not None and rule(words)
