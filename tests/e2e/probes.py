"""Calls with what shows that they ran, and the capability that is to stop them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .calls import bash, edit, monitor, read, spawn, write
from .project import Project
from .scripted_api import MAIN, Answer, Call

Trace = Callable[[Project, Answer], bool]

READ_ONLY = r"tools::allowed|scope::read-only"
NO_GIT = r"policy::no-git-ops"
SELF_PROTECT = "safety::self-protect"
CLIENT_REFUSES = "is denied by your permission settings"


@dataclass(frozen=True)
class Probe:
    """One call; `stopped_by` is a pattern of capability ids, and nothing for a call that runs."""

    call: Call
    ran: Trace
    stopped_by: str = ""


def printed(text: str) -> Trace:
    return lambda _, answer: text in answer.text and not answer.is_error


def pushed(branch: str) -> Trace:
    return lambda project, _: branch in project.branches()


def holds(path: str, text: str) -> Trace:
    """Say whether a file below the project's root folder holds the text."""

    def seen(project: Project, _: Answer) -> bool:
        file = project.root / path
        return file.is_file() and text in file.read_text()

    return seen


def assert_stopped(answer: Answer, by: str) -> None:
    """Fail unless the model was told who stopped its call, why, and what to do instead.

    Of files that the client guards itself it asks no hook.
    """
    if re.search(by, SELF_PROTECT) and CLIENT_REFUSES in answer.text:
        return
    told = re.search(rf"kei-gates: .*({by}).*", answer.text)
    assert answer.is_error, f"not stopped: {answer}"
    assert told is not None, f"not stopped by {by}: {answer}"
    assert_says_why_and_what_else(told.group())


def assert_says_why_and_what_else(line: str) -> None:
    assert re.search(r": \w.{10,}; \w.{10,}", line), f"no reason or no way out: {line}"
    assert "Traceback" not in line, line


SPELLINGS = {
    "plain": "git push origin HEAD:{}",
    "shell": 'bash -c "git push origin HEAD:{}"',
    "env": "env git push origin HEAD:{}",
    "path": "/usr/bin/git push origin HEAD:{}",
    "quotes": 'g""it push origin HEAD:{}',
    "subshell": "(git push origin HEAD:{})",
    "substitution": "$(echo git) push origin HEAD:{}",
    "variable": "X=git; $X push origin HEAD:{}",
}


def _spelled(name: str, command: str) -> Probe:
    """Let a spelling push to a branch of its own, which tells whether just that one ran."""
    return Probe(bash(f"push_{name}", command.format(name)), pushed(name), NO_GIT)


ORCHESTRATOR = [
    Probe(bash("status", "git status"), printed("On branch main")),
    Probe(bash("echo", "echo hello there"), printed("hello there")),
    Probe(write("write", "new.txt", "new"), holds("project/new.txt", "new")),
    Probe(bash("push_main", "git push origin HEAD:by-main"), pushed("by-main")),
    Probe(spawn("builder", "builder"), printed("done")),
    Probe(spawn("general-purpose", "helper"), printed("done")),
]

PUSHES = [
    Probe(monitor("push_monitor", "git push origin HEAD:monitor"), pushed("monitor"), NO_GIT),
    *(_spelled(name, command) for name, command in SPELLINGS.items()),
]

FILES = [
    Probe(read("read_inside", "src/code.txt"), printed("before")),
    Probe(
        edit("edit_inside", "src/code.txt", "before", "after"),
        holds("project/src/code.txt", "after"),
    ),
    Probe(read("read_outside", "README.md"), printed("before")),
    Probe(
        edit("edit_outside", "README.md", "before", "after"),
        holds("project/README.md", "after"),
        r"scope::files-whitelist",
    ),
    Probe(read("read_denied", "src/secret/key.txt"), printed("before")),
    Probe(
        edit("edit_denied", "src/secret/key.txt", "before", "after"),
        holds("project/src/secret/key.txt", "after"),
        r"scope::files-denylist",
    ),
    Probe(
        write("write_link", "src/link/new.txt", "new"),
        holds("outside/new.txt", "new"),
        r"scope::files-whitelist",
    ),
    Probe(bash("redirect_inside", "echo hi > src/ok.txt"), holds("project/src/ok.txt", "hi")),
    Probe(
        bash("redirect_outside", "echo hi > outside.txt"),
        holds("project/outside.txt", "hi"),
        r"scope::files-whitelist",
    ),
]

HARMLESS = [
    Probe(bash("ls", "ls"), printed("README.md")),
    Probe(bash("grep", "grep -rn git src"), printed("run git status first")),
    Probe(bash("say", 'echo "git push"'), printed("git push")),
]

HELPER = [
    Probe(
        write("helper_write", "helper.txt", "new"), holds("project/helper.txt", "new"), READ_ONLY
    ),
    Probe(read("helper_read", "src/code.txt"), printed("run git status first")),
]

ROUTES: dict[str, Sequence[Probe]] = {
    MAIN: ORCHESTRATOR,
    "builder": [*PUSHES, *FILES, *HARMLESS],
    "helper": HELPER,
}
PROBES = [probe for probes in ROUTES.values() for probe in probes]
SCRIPT = {route: [probe.call for probe in probes] for route, probes in ROUTES.items()}
