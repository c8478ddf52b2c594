"""Programs that run the command in their arguments, and what a list of commands says of each.

Sources: bash(1), SHELL BUILTIN COMMANDS; zshbuiltins(1); the manual pages of the programs.
"""

from __future__ import annotations

from kei_gates.shell.interpreters import interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Invocation

# Words of the shell itself. They start nothing but what the analysis lists beside them, and touch
# no file but through redirections.
BUILTINS = frozenset(
    (
        "-", ".", ":", "[", "[[", "alias", "break", "builtin", "cd", "chdir", "command", "continue",
        "declare", "dirs", "disown", "echo", "eval", "exec", "exit", "export", "false", "float",
        "getopts", "hash", "integer", "jobs", "let", "local", "mapfile", "nocorrect", "noglob",
        "popd", "print", "printf", "pushd", "pwd", "read", "readarray", "readonly", "return", "set",
        "setopt", "shift", "shopt", "source", "test", "times", "trap", "true", "type", "typeset",
        "ulimit", "umask", "unalias", "unset", "unsetopt", "wait", "whence",
    )
)  # fmt: skip

_SHELLS = frozenset(("ash", "bash", "dash", "fish", "ksh", "mksh", "rbash", "sh", "zsh"))
# Beside the shells and the interpreters: their first operand is a program too.
_SCRIPTED = frozenset(("awk", "gawk", "gsed", "mawk", "nawk", "sed"))

# They change how a command runs, never what it may do: the command alone is judged.
TRANSPARENT = _SHELLS | frozenset(
    (
        "caffeinate", "chrt", "env", "ionice", "nice", "nohup", "setsid", "stdbuf", "taskset",
        "time", "timeout", "xargs",
    )
)  # fmt: skip

# They run a command of the caller's choice, many of them as somebody or somewhere else or under
# what they install first. (A task runner is none: what it runs, the project says.)
_CARRIERS = TRANSPARENT | frozenset(
    (
        ".", "builtin", "command", "eval", "exec", "source", "trap",
        "at", "batch", "bundle", "bunx", "busybox", "bwrap", "chroot", "conda", "direnv", "doas",
        "docker", "fakeroot", "fd", "find", "firejail", "flock", "gdb", "hatch", "hyperfine",
        "mise", "mosh", "nerdctl", "npx", "nsenter", "parallel", "pdm", "pipenv", "pipx", "pkexec",
        "pnpx", "podman", "poetry", "proot", "rsh", "runuser", "screen", "script", "ssh", "strace",
        "su", "sudo", "systemd-run", "tmux", "toybox", "unbuffer", "unshare", "uv", "uvx",
        "valgrind", "watch", "watchexec", "xvfb-run",
    )
)  # fmt: skip

# The same for programs that are task runners otherwise: by their first operand.
_CARRYING = {
    "bun": ("x",),
    "npm": ("exec", "x"),
    "pnpm": ("dlx", "exec"),
    "yarn": ("dlx", "exec"),
}


def runs_text(program: str) -> bool:
    """Say whether a program's first operand, or an option's value, is what it runs."""
    return program in _SHELLS or program in _SCRIPTED or interpreter(program) is not None


def carries(invocation: Invocation) -> bool:
    """Say whether the caller chooses what an invocation runs, and not the project."""
    program, words = invocation.program, invocation.argv
    return (
        program in _CARRIERS
        or runs_text(program)
        or (len(words) > 1 and words[1] in _CARRYING.get(program, ()))
    )
