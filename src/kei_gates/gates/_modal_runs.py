"""Whether one run of a script was launched before in the session, and looked at.

What a run prints at its end: Modal's client 1.6.4 (`modal/_output`), "App completed".
"""

from __future__ import annotations

from kei_gates.gates import _repeats
from kei_gates.gates._launches import launches
from kei_gates.gates._list_evidence import has_run
from kei_gates.gates._modal_cli import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.gates._launches import Launch
    from kei_gates.model import Event, Invocation
    from kei_gates.particulars import Past
    from kei_gates.shell.expand import Field

WATCHED = 120
"""Seconds after a launch before a look at its output says that it is healthy."""

_MODAL = "modal"
_COMPLETED = "App completed"
_FAILED = ("Traceback (most recent call last)", "Error: ", "Runner failed", "CUDA error")
_RUN = ("run",)
_LOGS = (("app", "logs"), ("container", "logs"), ("function", "logs"))
_OUTPUT_TOOLS = frozenset(("BashOutput", "TaskOutput"))
_APP, _CONTAINERS = "ap-", ("ta-", "fu-", "fc-")
_IDS = ("bash_id", "task_id", "shell_id")
# What prints nothing, and what prints no more than it is given.
_SILENT = frozenset(
    (
        ".", ":", "[", "alias", "cd", "declare", "export", "hash", "local", "mkdir", "popd",
        "pushd", "set", "shopt", "sleep", "source", "test", "true", "typeset", "umask", "unset",
    )
)  # fmt: skip
_FILTERS = frozenset(("head", "tail", "tee"))


def is_verified(launch: Launch, event: Event) -> bool:
    """Say whether one run of a launch's script went well before, as far as the agent has seen."""
    calls = event.facts.history()
    return any(
        _went_well(past, calls[at + 1 :], launch)
        for at, past in enumerate(calls)
        if not past.failed and _runs_once(past, launch)
    )


def unseen_since(launch: Launch, event: Event, when: float) -> Past | None:
    """Give the last call since a time that left a run nobody knows about, if it may be the same.

    That is one of the same script, or of the same app by another script. A run that told how it
    ended is known, and so is one that its client waited for. Raises `Fault` where what the session
    did cannot be had.
    """
    names = app_names(launch)
    for past in reversed(event.facts.history()):
        if past.at <= when:
            return None
        if not past.ran or not (_MODAL in past.command or _file(launch.name) in past.command):
            continue
        left = (one for one in launches(_earlier(past, event)) if one.detached)
        if any(_may_be_same(one, launch, names) for one in left) and not _told(past):
            return past
    return None


def app_names(launch: Launch) -> tuple[str, ...]:
    """Give the names that the app of a launch may have; none where they cannot be known."""
    if launch.app is not None:
        return (launch.app,)
    if not launch.text:
        return ()
    from kei_gates.lint.bound import app_names as names_in  # noqa: PLC0415 -- only launches need it
    from kei_gates.lint.script import read as read_script  # noqa: PLC0415 -- the same

    try:
        return names_in(read_script(launch.text, launch.find, launch.words)) or ()
    except ValueError:
        return ()


def _earlier(past: Past, event: Event) -> Event:
    """Give an earlier call as gates look at one; its scripts are read as they are now."""
    from kei_gates.model import Call  # noqa: PLC0415 -- only launches need it
    from kei_gates.model import Event as Earlier  # noqa: PLC0415 -- the same

    call = Call(
        tool=past.tool,
        principal=event.call.principal,
        cwd=past.cwd or event.call.cwd,
        command=past.command,
    )
    return Earlier(call, past.analyse(), (), event.places, event.look, event.facts)


def _may_be_same(one: Launch, launch: Launch, names: tuple[str, ...]) -> bool:
    if _file(one.name) == _file(launch.name):
        return True
    others = app_names(one)
    return not names or not others or not set(names).isdisjoint(others)


def _told(past: Past) -> bool:
    """Whether a call's output says how its run ended."""
    output = past.output or ""
    return any(sign in output for sign in (_COMPLETED, *_FAILED)) and _prints_alone(past)


def _prints_alone(past: Past) -> bool:
    """Whether all that a call has printed is of the run that it has launched."""
    analysis = past.analyse()
    runs = [one for one, _ in _of_modal(past, (_RUN,))]
    if analysis.unseen or not runs:
        return False
    return all(
        one in runs
        or one.program in _SILENT
        or _filters(one)
        or any(_is_around(one, run) for run in runs)
        for one in analysis.invocations
    )


def _is_around(one: Invocation, run: Invocation) -> bool:
    """Whether a run was reached through another program."""
    (start, end), (first, last) = one.span, run.span
    return one.program in run.via and start <= first and last <= end


def _filters(invocation: Invocation) -> bool:
    """Whether a program hands on a part of what it reads, and reads no file."""
    if invocation.program not in _FILTERS:
        return False
    words = invocation.argv[1:]
    return invocation.program == "tee" or all(
        word is not None and (word[:1] in ("-", "+") or word.isdecimal()) for word in words
    )


def _runs(past: Past, launch: Launch) -> list[tuple[str, int | None, list[Field]]]:
    """Give the functions of a launch's script that a call has run, how often, with which words."""
    found = []
    for invocation, operands in _of_modal(past, (_RUN,)):
        if not has_run(invocation, past.command):
            continue
        name, _, function = ((operands and operands[0]) or "").partition("::")
        if name and _file(name) == _file(launch.name):
            found.append((function, _repeats.times_in(invocation, past.command), operands[1:]))
    return found


def _of_modal(
    past: Past, paths: Sequence[tuple[str, ...]]
) -> Iterator[tuple[Invocation, list[Field]]]:
    """Give the invocations of some of Modal's commands in an earlier call, with their operands."""
    if _MODAL not in past.command:
        return
    for invocation in past.analyse().invocations:
        command = read(invocation)
        if command is not None and command.path in paths and "help" not in command.classes:
            yield invocation, command.options.operands


def _file(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".py").rpartition(".")[2]


def _runs_once(past: Past, launch: Launch) -> bool:
    """Whether a call has launched exactly one variant of a script."""
    found = _runs(past, launch)
    if len(found) != 1 or found[0][1] != 1:
        return False
    from kei_gates.lint.bound import fan_out  # noqa: PLC0415 -- only launches need it
    from kei_gates.lint.script import read as read_script  # noqa: PLC0415 -- the same

    if not launch.text:
        return True  # there is nothing in it that could spread out
    script = read_script(launch.text, launch.find, found[0][2])
    count = fan_out(script, found[0][0] or None)
    return count is not None and count <= 1


def _went_well(run: Past, later: Sequence[Past], launch: Launch) -> bool:
    output = run.output or ""
    if any(sign in output for sign in _FAILED):
        return False
    if _COMPLETED in output and _prints_alone(run):
        return True
    return any(_shows_health(one, run, launch) for one in later)


def _shows_health(past: Past, run: Past, launch: Launch) -> bool:
    """Whether a call has looked at the output of a run, late enough, and found no failure."""
    output = (past.output or "").strip()
    if past.failed or not output or past.at - run.at < WATCHED:
        return False
    if any(sign in output for sign in _FAILED):
        return False
    if past.tool in _OUTPUT_TOOLS:
        ids = [past.given.get(key) for key in _IDS]
        return any(isinstance(one, str) and one and one in (run.output or "") for one in ids)
    return any(
        has_run(invocation, past.command, shown=True) and _may_be_of(operands, run, launch)
        for invocation, operands in _of_modal(past, _LOGS)
    )


def _may_be_of(operands: Sequence[Field], run: Past, launch: Launch) -> bool:
    """Whether logs may be those of a run: its output tells the id, its script the name."""
    app = operands[0] if operands else None
    if app is None or app.startswith(_CONTAINERS) or app in (run.output or ""):
        return True
    if app.startswith(_APP):
        return f"/{_APP}" not in (run.output or "")
    named = app_names(launch)
    return not named or app in named
