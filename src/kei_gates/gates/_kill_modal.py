"""Which commands of Modal's client stop what runs, or lose what is kept.

What a command does is told by `_modal_commands`; what is lost by it, from the client's own help and
source (1.6.4).
"""

from __future__ import annotations

from kei_gates.gates._killing import Killing
from kei_gates.gates._modal_cli import read
from kei_gates.gates._wording import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.gates._launches import Launch
    from kei_gates.gates._modal_apps import App
    from kei_gates.gates._modal_cli import ModalCommand
    from kei_gates.model import Event, Invocation

INSTEAD = (
    "leave it running and fix the script for the next launch; report what should be stopped and "
    "why: only the person can say `yes, stop it`"
)
"""What to do instead of stopping paid work."""
_KEEP = (
    "leave it as it is, or work on something new under another name; report what should go and "
    "why: only the person can say `yes, stop it`"
)
_LOOK = "look up the command with `modal --help`, or at what runs with `modal app list`"
_REPLACED = "replaces the containers of the app that run"
_IRREVOCABLY = "for good"
# By command: what its first operand names, and what it does to that.
_LOSSES: dict[str, tuple[str, str]] = {
    "app promote": ("app", _REPLACED),
    "app rollback": ("app", _REPLACED),
    "app rollover": ("app", _REPLACED),
    "app stop": ("app", "stops all containers of the app and the training that they run"),
    "container stop": ("container", "stops a container and cancels what it works on"),
    "deploy": ("app", "stops the containers of the app that run and starts new ones"),
    "dict clear": ("dict", f"deletes all entries of the dict {_IRREVOCABLY}"),
    "dict delete": ("dict", f"deletes the dict {_IRREVOCABLY}"),
    "endpoint stop": ("endpoint", "stops the endpoint and what it serves"),
    "environment delete": (
        "environment",
        f"deletes all apps, volumes, secrets, dicts and queues of the environment {_IRREVOCABLY}",
    ),
    "function autoscaler update": ("function", "throttles the containers of a function that runs"),
    "image build": ("image", "makes the name of an image stand for another one"),
    "image names delete": ("image name", "deletes a name by which others find an image"),
    "image pull": ("image", "makes the name of an image stand for another one"),
    "nfs delete": ("file system", f"deletes the file system {_IRREVOCABLY}"),
    "nfs put": ("file system", "overwrites files that are kept"),
    "nfs rm": ("file system", f"deletes files {_IRREVOCABLY}, and does not ask"),
    "queue clear": ("queue", f"deletes what is in the queue {_IRREVOCABLY}"),
    "queue delete": ("queue", f"deletes the queue {_IRREVOCABLY}"),
    "secret create": ("secret", "overwrites a secret that others use"),
    "secret delete": ("secret", "deletes a secret that others use"),
    "server autoscaler update": ("server", "throttles the containers of a server that runs"),
    "token new": ("token", "deletes the tokens that are kept"),
    "token set": ("token", "deletes the tokens that are kept"),
    "volume cp": ("volume", "may overwrite files that are kept"),
    "volume delete": ("volume", f"deletes the volume with all checkpoints {_IRREVOCABLY}"),
    "volume put": ("volume", "overwrites files that are kept"),
    "volume rename": ("volume", "takes the volume away from all that know its name"),
    "volume rm": ("volume", f"deletes files {_IRREVOCABLY}, and does not ask"),
    "workspace member-tokens delete": ("token", "takes away what others use to reach their work"),
    "workspace member-tokens disable": ("token", "takes away what others use to reach their work"),
    "workspace proxy-tokens delete": ("token", "takes away what others use to reach their work"),
    "workspace proxy-tokens revoke": ("token", "takes away what others use to reach their work"),
    "workspace service-users delete": ("user", "takes away what others use to reach their work"),
}
_PLACES = ("e", "env")
_NAMES = ("n", "name", "t")  # options that name what the command works on
_BY_OPTION = frozenset(("deploy", "image build", "image pull"))
_SERIOUS = frozenset(("kill", "destroy"))
_UNKNOWN, _RUN, _RECREATES = "unknown", ("run",), "recreate"
_DEPLOYS = (("deploy",), ("server", "deploy"))
_TIMERS = ("gtimeout", "timeout")
# States of an app that a new deployment of its name does not touch.
_APART = ("ephemeral", "initializing")
# Seconds for which a list of apps says what they are busy with.
_FRESH = 600
_EVER = float("inf")


def objection(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a command of Modal's client would stop or lose."""
    command = read(invocation)
    if command is None:
        return None
    shown = shorten(str(invocation))
    if _UNKNOWN in command.classes:
        reason = f"`{shown}` is no command of Modal that is known, so it could stop what runs"
        path = " ".join(command.path).removesuffix("...").strip()
        return Killing(f"modal {path} ...".replace("  ", " "), reason, f"{_LOOK}; {INSTEAD}")
    if command.classes & _SERIOUS:
        return _lost(command, shown)
    if command.path in _DEPLOYS and "help" not in command.classes:
        return _replaced(invocation, shown, event)
    if command.path == _RUN and "launch" in command.classes:
        return _cut_short(invocation, command, shown, event)
    return None


def _lost(command: ModalCommand, shown: str) -> Killing:
    """Give what a command that stops or deletes does to what it names."""
    name = " ".join(command.path)
    noun, loss = _LOSSES[name]
    options = command.options
    named = [*options.operands[:1], *options.values(*_NAMES)]
    if name in _BY_OPTION:
        named.reverse()
    if options.has_exactly("graceful"):
        loss = f"{loss}, once that is done"
    if options.value("strategy") == _RECREATES and "deploy" not in name:
        loss = "stops all containers of the app that run and starts new ones"
    if "kill" not in command.classes:  # to lose a file is not to lose the volume
        noun, named = name, [*options.operands, *options.values(*_NAMES)]
    else:
        named = named[:1]
    target = f"modal {noun}" + "".join(f" `{one or '...'}`" for one in named)
    if options.has_exactly(*_PLACES):
        target += f" of environment `{options.value(*_PLACES) or '...'}`"
    remedy = INSTEAD if "kill" in command.classes else _KEEP
    return Killing(target, f"`{shown}` {loss}", remedy)


# --- deployments ---------------------------------------------------------------------------------


def _replaced(invocation: Invocation, shown: str, event: Event) -> Killing | None:
    """Give the app that a deployment replaces, as far as the session has seen what runs."""
    from kei_gates.gates._modal_apps import listed  # noqa: PLC0415 -- few commands deploy

    seen = listed(event, _EVER)
    launch = _launch(invocation, event)
    if seen is None or launch is None:
        return None
    past, apps = seen
    is_fresh = event.facts.now - past.at <= _FRESH
    busy = [app for app in apps if not (app.tasks == 0 and is_fresh) and _is_deployed(app)]
    names = _names(launch)
    for app in busy:
        if names is None or any(app.may_be(name) for name in names):
            which = "may be that of" if names is None or app.name not in names else "is"
            reason = (
                f"`{shown}` replaces the containers that run of an app that is deployed: its name "
                f"{which} `{app.name}` (`{app.app_id}`)"
            )
            return Killing(
                f"modal app `{app.name}`", reason, f"deploy it by another name, or {INSTEAD}"
            )
    return None


def _is_deployed(app: App) -> bool:
    return not app.has_ended and not app.state.startswith(_APART)


def _launch(invocation: Invocation, event: Event) -> Launch | None:
    from kei_gates.gates._launches import launches  # noqa: PLC0415 -- few commands launch

    return next((one for one in launches(event) if one.invocation == invocation), None)


def _names(launch: Launch) -> tuple[str, ...] | None:
    """Give the names that the app of a deployment may have; none where they are not known."""
    if launch.app is not None:
        return (launch.app,)
    if launch.text == "":  # without a script it has a name of its own
        return ()
    if launch.text is None:
        return None
    from kei_gates.lint.bound import app_names  # noqa: PLC0415 -- few commands deploy
    from kei_gates.lint.script import read as read_script  # noqa: PLC0415 -- the same

    try:
        return app_names(read_script(launch.text, launch.find))
    except ValueError:
        return ()  # it cannot be deployed


# --- runs that end with their client -------------------------------------------------------------


def _cut_short(
    invocation: Invocation, command: ModalCommand, shown: str, event: Event
) -> Killing | None:
    """Give the run on a GPU that ends when its client is cut off."""
    if command.options.has_exactly("d", "detach"):
        return None
    timer = next((name for name in invocation.via if name in _TIMERS), None)
    by = timer or next(_readers_that_leave(invocation, event), None)
    if by is None:
        return None
    launch = _launch(invocation, event)
    if launch is None or not _uses_gpu(launch):
        return None
    reason = f"`{by}` ends `{shown}` early, and with its client ends the run on a GPU"
    remedy = f"launch it detached, `modal run -d {launch.name}`, and look with `modal app logs`"
    return Killing(f"modal run {launch.name}", reason, remedy)


def _readers_that_leave(invocation: Invocation, event: Event) -> Iterator[str]:
    """Give the programs behind a pipe that leave before what they read has ended."""
    source = event.call.command or ""
    end = invocation.span[1]
    for other in sorted(event.analysis.invocations, key=lambda one: one.span):
        between = source[end : other.span[0]].replace("2>&1", "").strip()
        if other.span[0] < end or between not in ("|", "|&"):
            continue
        end = other.span[1]
        options = "".join(word or "" for word in other.argv[1:2])
        if other.program == "head" or (
            other.program == "grep" and options[:1] == "-" and {*"mq"} & {*options}
        ):
            yield other.program


def _uses_gpu(launch: Launch) -> bool:
    if launch.text is None:
        return True
    from kei_gates.lint.bound import gpu_functions  # noqa: PLC0415 -- few commands launch
    from kei_gates.lint.script import read as read_script  # noqa: PLC0415 -- the same

    try:
        return bool(gpu_functions(read_script(launch.text, launch.find), launch.function))
    except ValueError:
        return False  # it cannot run
