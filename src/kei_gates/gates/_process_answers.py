"""What the kill guard says of a command that would end processes of this machine."""

from __future__ import annotations

from kei_gates.gates._killing import Killing
from kei_gates.gates._process_judging import judge
from kei_gates.gates._trainings import is_paid_client, looks_like_training
from kei_gates.gates._wording import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.model import Event, Invocation
    from kei_gates.particulars import Process

# What runs a command on another machine, among other processes, or later.
_ELSEWHERE = frozenset(
    (
        "adb", "at", "batch", "bwrap", "colima", "crictl", "distrobox", "docker", "flatpak-spawn",
        "kubectl", "limactl", "lxc", "lxc-attach", "machinectl", "mosh", "multipass", "nerdctl",
        "nsenter", "oc", "podman", "rsh", "ssh", "systemd-run", "toolbox", "unshare", "vagrant",
        "wsl",
    )
)  # fmt: skip
# Programs that start nothing which stays; of those that run another one, that is looked at too.
_LOOKING = frozenset(
    (
        "!", ".", ":", "[", "[[", "awk", "bash", "break", "cat", "cd", "command", "continue", "cut",
        "date", "declare", "disown", "doas", "echo", "egrep", "env", "eval", "exit", "export",
        "false", "find", "fuser", "gawk", "grep", "head", "id", "jobs", "kill", "killall", "local",
        "ls", "lsof", "mapfile", "mkdir", "netstat", "nvidia-smi", "pgrep", "pidof", "pkill",
        "printf", "ps", "pstree", "pwd", "read", "readarray", "return", "rm", "sed", "set", "sh",
        "shift", "sort", "source", "ss", "sudo", "tail", "test", "timeout", "tr", "trap", "true",
        "type", "uniq", "unset", "wait", "wc", "which", "whoami", "xargs", "zsh",
    )
)  # fmt: skip
_LOOPS = frozenset(("for", "parallel", "repeat", "select", "until", "watch", "while"))
_SHORT = 10.0
"""Seconds of sleep in which hardly anybody starts something new."""


def of_hits(
    invocation: Invocation, event: Event, hits: Sequence[Process], *, by_port: bool = False
) -> Killing | None:
    """Judge a command by the processes that it would hit.

    `by_port` says that it finds them by a port that they serve. Of one that nobody serves now, it
    finds what the very command has started by then.
    """
    if runs_elsewhere(invocation):
        return of_unknown(
            invocation, event, "it runs elsewhere or later, where nobody can look now"
        )
    if hits:
        return judge(hits, shown(invocation, event), event)
    if by_port:
        return of_jobs(invocation, event)
    if _only_looks_before(invocation, event):
        return None
    why = "no such process runs now, but one may by then, as the same command starts others before"
    return of_unknown(invocation, event, why)


def runs_elsewhere(invocation: Invocation) -> bool:
    """Say whether a command runs on another machine, among other processes, or later."""
    return not _ELSEWHERE.isdisjoint(invocation.via)


def of_jobs(invocation: Invocation, event: Event) -> Killing | None:
    """Judge the end of what the very command starts: only work that is paid for or long counts."""
    for one in event.analysis.invocations:
        paid = is_paid_client(one.argv)
        if (paid or looks_like_training(one.argv)) and _may_be_job(one, event):
            own = shorten(str(one))
            lost = "what is paid for would end with it" if paid else "it is a training"
            return Killing(
                f"the job `{own}`",
                f"`{shown(invocation, event)}` would stop `{own}`, and {lost}",
                "let it run to its end, or start it detached",
            )
    return None


def _may_be_job(invocation: Invocation, event: Event) -> bool:
    """Whether a command may still run when the next one does, as it is not plainly waited for."""
    text = event.call.command or ""
    for mark, instead in (("$(", ""), ("${", ""), (">&", "> "), ("&>", " >")):
        text = text.replace(mark, instead)
    grouped = not set("({`").isdisjoint(text) or "<<" in text
    if (
        grouped
        or not _PLAIN.issuperset(invocation.via)
        or not _COMPOUND.isdisjoint(text.replace(";", " ").split())
    ):
        return True
    rest = (event.call.command or "")[invocation.span[1] :]
    for mark, instead in ((">&", "> "), ("&>", " >"), ("&&", "  "), ("||", "  ")):
        rest = rest.replace(mark, instead)
    ends = [at for at in (rest.find(mark) for mark in ";\n&|") if at >= 0]
    end = min(ends, default=len(rest))
    return rest[end : end + 1] in ("&", "|") or not set("\"'\\#").isdisjoint(rest[:end])


# What runs a command and waits for it, without a source of its own.
_PLAIN = frozenset(("command", "env", "nice", "nohup", "stdbuf", "sudo", "time", "timeout", "uv"))
_COMPOUND = _LOOPS | frozenset(("case", "coproc", "do", "function", "if", "then", "{"))


def of_unknown(invocation: Invocation, event: Event, why: str, remedy: str = "") -> Killing:
    """Say that it cannot be told what a command would end."""
    spelled = shown(invocation, event)
    return Killing(
        f"what `{spelled}` stops",
        f"`{spelled}` may stop work that is not this command's own: {why}",
        remedy
        or "give the id of one process as a number, or end only what this very command has "
        "started, by `$!` or `%1`",
    )


def shown(invocation: Invocation, event: Event) -> str:
    """Show a command as it is written where words of it are not known, else as it runs."""
    written = " ".join(event.source(invocation.span).split())
    tells = None in invocation.argv and invocation.program in written
    return shorten(written if tells else str(invocation)).replace("`", "'")


def _only_looks_before(invocation: Invocation, event: Event) -> bool:
    """Whether nothing that runs before a command starts a process that could then be hit."""
    every = event.analysis.invocations
    words = (event.call.command or "").replace(";", " ").split()
    loops = not _LOOPS.isdisjoint(words) or not _LOOPS.isdisjoint(invocation.via)
    before = every if loops else every[: every.index(invocation)]
    return all(_looks(one) for one in before)


def _looks(invocation: Invocation) -> bool:
    if invocation.program != "sleep":
        return invocation.program in _LOOKING
    return all(
        word is not None and word.replace(".", "", 1).isdecimal() and float(word) <= _SHORT
        for word in invocation.argv[1:]
    )
