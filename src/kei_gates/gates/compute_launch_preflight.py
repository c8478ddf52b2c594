"""Deny paid launches that skip what has to be looked at first.

What it does: before `modal run`, `serve` and the like, demands that `modal app list` was run and
read in this session, and refuses to launch an app whose name is running already, a GPU job that
would die with its client (no `-d`), many variants at once before one of them was seen to run, one
more run on GPUs of a script that was launched after the last look, and a GPU that does not exist
or that the script's own torch cannot use. CPU jobs need no `-d`.
Why: collisions and duplicates are how money disappears, a wrong configuration launched ten times is
billed ten times, and an attached run stops with a closed lid.
Instead: run `modal app list` by itself and read it, launch one variant with `-d`, look at its logs
after two minutes, and only then launch the others.
"""

from __future__ import annotations

from kei_gates.gates._launches import launches, may_launch
from kei_gates.gates._wording import shorten
from kei_gates.model import Abstain, Deny, Fault
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._launches import Launch
    from kei_gates.lint.script import Script
    from kei_gates.model import Event, Verdict


class Params(BaseParams):
    """How many minutes a look at `modal app list` counts."""

    list_minutes: int = 60

    @classmethod
    def flaw(cls, values: dict[str, object]) -> str | None:  # type: ignore[override]  # narrower
        """Refuse a time that no look could be made in."""
        minutes = values.get("list_minutes", 1)
        if isinstance(minutes, int) and minutes < 1:
            return f"`list-minutes` is at least 1, not {minutes}"
        return None


_RUNS = frozenset(("python", "run"))
# What starts an app of its own; a deployment over one that runs is for the kill guard.
_STARTING = frozenset(("python", "run", "serve", "shell"))
_GPU_RULES = ("M1", "M3")
_LIST_FIRST = "run `modal app list` by itself and read it, then launch"


def check(event: Event, params: Params) -> Verdict:
    """Judge every launch of the call."""
    found = launches(event) if may_launch(event) else ()
    together = sum(launch.verb in _RUNS for launch in found)
    for launch in found:
        verdict = _judge(launch, event, params, together=together)
        if verdict is not None:
            return verdict
    return Abstain()


def _judge(launch: Launch, event: Event, params: Params, *, together: int) -> Deny | None:
    """Deny a launch for the first thing that is wrong with it."""
    script = _script(launch)
    return (
        _unfit_gpu(launch)
        or _attached(launch, script)
        or _unlisted(launch, script, event, params)
        or _many(launch, script, event, together)
    )


def _script(launch: Launch) -> Script | None:
    """Read a launch's script; none for one that there is not, or that cannot be read."""
    if not launch.text:
        return None
    from kei_gates.lint.script import read  # noqa: PLC0415 -- only launches need it

    try:
        return read(launch.text, launch.find, launch.words)
    except ValueError as error:
        raise Fault(f"`{launch.name}` cannot be read: {error}", "mend the script") from None


def _unfit_gpu(launch: Launch) -> Deny | None:
    """Deny a GPU that there is not, or that the torch of its image cannot use."""
    if not launch.text:
        return None
    from kei_gates.lint.rules import findings  # noqa: PLC0415 -- only launches need it

    for finding in findings(launch.text):
        if finding.rule in _GPU_RULES and finding.severity == "block":
            where = f"line {finding.line} of `{launch.name}`"
            return Deny(f"{where}: {finding.message}", finding.remedy)
    return None


def _attached(launch: Launch, script: Script | None) -> Deny | None:
    """Deny a GPU job that ends with its client."""
    if launch.verb not in _RUNS or launch.detached:
        return None
    from kei_gates.lint.bound import gpu_functions  # noqa: PLC0415 -- only launches need it

    if script is not None and not gpu_functions(script, launch.function):
        return None
    what = "uses a GPU" if script is not None else "may use a GPU, its script is not known"
    return Deny(
        f"`{shorten(str(launch))}` {what}, and without `-d` it stops when its client does: at a "
        "timeout, a closed pipe or the end of the session",
        f"launch it detached: `modal run -d {launch.name}`",
    )


def _unlisted(launch: Launch, script: Script | None, event: Event, params: Params) -> Deny | None:
    """Deny a launch before a look at what runs, and one of an app that runs already."""
    from kei_gates.gates._modal_apps import listed  # noqa: PLC0415 -- only launches need it

    place = _place(launch, event)
    seen = listed(event, params.list_minutes * 60, place)
    if seen is None:
        of = "".join(
            f" of the {what} `{name}`"
            for what, name in zip(("profile", "environment"), place)  # noqa: B905 -- two of each
            if name
        )
        return Deny(
            f"`modal app list`{of} was not looked at in the last {params.list_minutes} minutes of "
            f"this session, before `{shorten(str(launch))}`",
            _LIST_FIRST,
        )
    if launch.verb not in _STARTING:
        return None
    look, apps = seen
    blind = _launched_since(launch, script, event, look.at)
    if blind is not None:
        return blind
    from kei_gates.gates._modal_runs import app_names  # noqa: PLC0415 -- only launches need it

    names = app_names(launch)
    for app in apps:
        is_there = not app.has_ended and any(map(app.may_be, names))
        if is_there and not _ours(launch, event):
            return Deny(
                f"the app `{app.name}` is running already (`{app.app_id}`, {app.state}), and "
                f"`{shorten(str(launch))}` would start it a second time",
                "look at that run with `modal app logs`, or give this one another name",
            )
    return None


def _launched_since(
    launch: Launch, script: Script | None, event: Event, when: float
) -> Deny | None:
    """Deny one more run on GPUs of a script that was launched after the last look."""
    from kei_gates.gates._modal_runs import unseen_since  # noqa: PLC0415 -- only launches need it
    from kei_gates.lint.bound import gpu_functions  # noqa: PLC0415 -- the same

    if script is None or not gpu_functions(script, launch.function):
        return None
    past = unseen_since(launch, event, when)
    if past is None or _ours(launch, event):
        return None
    ago = max(0, round((event.facts.now - past.at) / 60))
    return Deny(
        f"`{launch.name}` was launched {ago} min ago, after the last look at `modal app list`, so "
        f"nobody knows whether that runs, and `{shorten(str(launch))}` may be a second one",
        "run `modal app list` by itself and read it; where the first one runs, look at "
        "`modal app logs` before you launch another",
    )


def _place(launch: Launch, event: Event) -> tuple[str, str]:
    """Give the profile and the environment in which something is launched."""
    from kei_gates.gates._list_evidence import place  # noqa: PLC0415 -- only launches need it

    environment = launch.command.options.value("env", "e")
    return place(launch.invocation, environment, event.call.command or "")


def _ours(launch: Launch, event: Event) -> bool:
    """Whether a running app may be a variant that this session has launched and seen to run."""
    from kei_gates.gates._modal_runs import is_verified  # noqa: PLC0415 -- only launches need it

    return is_verified(launch, event)


def _many(launch: Launch, script: Script | None, event: Event, together: int) -> Deny | None:
    """Deny many variants on GPUs before one of them was seen to run."""
    spread = _spread(launch, script, together)
    if not spread:
        return None
    from kei_gates.gates._modal_runs import WATCHED, is_verified  # noqa: PLC0415 -- see above

    if is_verified(launch, event):
        return None
    return Deny(
        f"`{shorten(str(launch))}` launches {spread}, and no single one was seen to run first",
        f"launch one variant, look at `modal app logs` after {WATCHED // 60} minutes, then the "
        "others",
    )


def _spread(launch: Launch, script: Script | None, together: int) -> str:
    """Say how many variants on GPUs a launch starts; empty for one."""
    if launch.verb not in _RUNS:
        return ""
    from kei_gates.lint.bound import fan_out, gpu_functions  # noqa: PLC0415 -- see above

    if script is not None and not gpu_functions(script, launch.function):
        return ""
    if launch.times != 1 or together > 1:
        runs = launch.times and launch.times * together
        return f"{runs} runs" if runs else "an unknown number of runs"
    count = fan_out(script, launch.function) if script is not None else 1
    if count is None:
        return "an unknown number of containers"
    return f"{count} containers" if count > 1 else ""
