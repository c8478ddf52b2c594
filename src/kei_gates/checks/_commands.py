"""What checks that run commands share: what is said of one that did not end well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kei_gates.checks._counting import plain_lines
from kei_gates.checks.work import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kei_gates.checks.work import Ended, Ran, Work

_CRATE = re.compile(r"[A-Za-z0-9_][\w.@:/+#-]*")
_NOT_FOUND, _NOT_RUNNABLE = 127, 126
_SHOWN = 200
_MAY_BE_A_PERSONS = "it may be that only a person can install it"
_STOPPED: Mapping[Ended, tuple[str, str]] = {
    "timeout": (
        "was ended after {seconds:.0f} s",
        "find what hangs or takes so long, or have `timeout` raised in the policy",
    ),
    "late": (
        "was not run: what ran before took all the time that there is",
        "find what takes so long, or say so in your report",
    ),
    "flood": ("was ended because it printed too much", "make it print less"),
}
_WORKTREES = "/.claude/worktrees/"
# A setting of the client: what git does not carry, linked from the main checkout.
_IN_WORKTREE = "; a person can have a worktree get it by `worktree.symlinkDirectories`"

# Where tools say that something failed, the surest first.
_PLACES = (
    re.compile(
        r"^error[^\n]*\n(?:[^\n]*\n){0,3}? *--> (?P<path>[^:\n]+):(?P<line>\d+)", re.MULTILINE
    ),
    re.compile(r"panicked at (?P<path>[^:\n]+):(?P<line>\d+):\d+"),
    re.compile(r"^(?P<path>[^\s:][^:\n]*\.py):(?P<line>\d+): [A-Z]\w*", re.MULTILINE),
    re.compile(r'^[ \t]+File "(?P<path>[^"\n]+)", line (?P<line>\d+)', re.MULTILINE),
    re.compile(r"(?:\(|at |file://|\u276f )(?P<path>[^\s():]+\.[cm]?[jt]sx?):(?P<line>\d+):\d+"),
    re.compile(r"^[ \t]+(?P<path>[^\s:]+_test\.go):(?P<line>\d+): ", re.MULTILINE),
    re.compile(r"^(?P<path>[^\s:]+\.\w+):(?P<line>\d+):(?:\d+:)? ", re.MULTILINE),
)
_OTHERS = ("node_modules", "site-packages", ".venv", "target", "vendor")
_MOST_PLACES = 50
_MOST_READ = 1 << 20


def flaw_of_timeout(values: Mapping[str, object]) -> str | None:
    """Refuse a time limit in which nothing can be run."""
    timeout = values.get("timeout", 1)
    return (
        "`timeout` must be at least 1 second" if isinstance(timeout, int) and timeout < 1 else None
    )


def flaw_of_crates(values: Mapping[str, object]) -> str | None:
    """Refuse what cargo would take for an option or for no package."""
    crates: Any = values.get("crates", ())
    wrong = next((crate for crate in crates if not _CRATE.fullmatch(crate)), None)
    return None if wrong is None else f"`{wrong}` is no name of a crate"


def failure_of(work: Work, ran: Ran, told: str = "") -> Finding | None:
    """Say that a command did not end well, and where; none where it did.

    `told` is what is known beyond its exit code.
    """
    if ran.green:
        return None
    what, remedy = _ending(ran)
    is_missing = _is_missing(ran)
    if is_missing and _WORKTREES in f"{work.root}/":
        remedy += _IN_WORKTREE
    path, line = place_in(work, ran.output)
    return Finding(
        f"`{shown(ran.command)}` {what}{told}",
        remedy,
        path=path,
        line=line,
        doubt=_MAY_BE_A_PERSONS if is_missing else "",
        detail=ran.last_lines(),
    )


def shown(command: str) -> str:
    """Give a command in one line that is not too long."""
    line = " ".join(command.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."


def _is_missing(ran: Ran) -> bool:
    """Whether a program was not found."""
    return ran.ended == "exit" and ran.code == _NOT_FOUND


def _ending(ran: Ran) -> tuple[str, str]:
    """Say how it ended, and what to do about it."""
    if ran.ended != "exit":
        what, remedy = _STOPPED[ran.ended]
        return what.format(seconds=ran.seconds), remedy
    if _is_missing(ran):
        return (
            "could not be run: a program that it needs was not found",
            "have it installed where the checks run, or say so as a blocker",
        )
    if ran.code == _NOT_RUNNABLE:
        return "could not be run: a program is not executable", "make it executable"
    if ran.code is not None and ran.code < 0:
        return f"was ended by signal {-ran.code}", "find out what ended it"
    return f"ended with exit code {ran.code}", "mend what fails, and run it again yourself"


def place_in(work: Work, output: str) -> tuple[str | None, int | None]:
    """Find the file and line below the root that an output blames; none where it names none."""
    output = "\n".join(plain_lines(output[-_MOST_READ:]))
    for pattern in _PLACES:
        for index, found in enumerate(pattern.finditer(output)):
            if index >= _MOST_PLACES:
                break
            path = _below(work, found["path"])
            if path is not None:
                return path, int(found["line"])
    return None, None


def _below(work: Work, path: str) -> str | None:
    path = path.removeprefix(f"{work.root}/").removeprefix("./")
    if path.startswith(("/", "../")) or any(part in _OTHERS for part in path.split("/")):
        return None
    try:
        return path if work.read(path) is not None else None
    except (OSError, ValueError):
        return None


def failures(
    work: Work, commands: Iterator[str] | tuple[str, ...], seconds: int
) -> Iterator[Finding]:
    """Run commands one after the other, and give what did not end well."""
    for command in dict.fromkeys(commands):
        failed = failure_of(work, work.run(command, seconds))
        if failed is not None:
            yield failed
