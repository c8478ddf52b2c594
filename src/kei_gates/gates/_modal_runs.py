"""Whether one run of a script was launched before in the session, and looked at.

What a run prints at its end: Modal's client 1.6.4 (`modal/_output`), "App completed".
"""

from __future__ import annotations

from kei_gates.gates import _repeats
from kei_gates.gates._list_evidence import has_run
from kei_gates.gates._modal_cli import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.facts import Past
    from kei_gates.gates._launches import Launch
    from kei_gates.model import Event, Invocation
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


def is_verified(launch: Launch, event: Event) -> bool:
    """Say whether one run of a launch's script went well before, as far as the agent has seen."""
    calls = event.facts.history()
    return any(
        _went_well(past, calls[at + 1 :], launch)
        for at, past in enumerate(calls)
        if not past.failed and _runs_once(past, launch)
    )


def unseen_since(launch: Launch, event: Event, when: float) -> Past | None:
    """Give the last call since a time that left a run of a launch's script nobody knows about.

    A run that its client waited for, and one that told how it ended, is known. Raises `Fault` where
    what the session did cannot be had.
    """
    for past in reversed(event.facts.history()):
        if past.at <= when:
            return None
        output = past.output or ""
        told = any(sign in output for sign in (_COMPLETED, *_FAILED))
        if past.ran and not told and _leaves_running(past, launch):
            return past
    return None


def _leaves_running(past: Past, launch: Launch) -> bool:
    for invocation, _ in _of_modal(past, (_RUN,)):
        command = read(invocation)
        if command is not None and command.options.has("d", "detach"):
            return bool(_runs(past, launch))
    return False


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
    if _COMPLETED in output and _COMPLETED not in run.command:
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
    from kei_gates.lint.bound import app_names  # noqa: PLC0415 -- only launches need it
    from kei_gates.lint.script import read as read_script  # noqa: PLC0415 -- the same

    named = app_names(read_script(launch.text, launch.find)) if launch.text else None
    return not named or app in (*named, launch.app)
