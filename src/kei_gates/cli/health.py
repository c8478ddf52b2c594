"""Whether the gate of a project is whole: each thing that can be wrong, looked at for real."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from kei_gates.cli import trust
from kei_gates.hook import own_folders, store
from kei_gates.install import files, probe, settings
from kei_gates.install import project as projects
from kei_gates.install.entries import is_ours, wanted
from kei_gates.install.errors import InstallError
from kei_gates.install.places import places as installed
from kei_gates.model import Fault, Value
from kei_gates.observe.files import write_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, Final, Literal

    from kei_gates.install.project import Project
    from kei_gates.model import Places

    State = Literal["ok", "note", "wrong"]

OLDEST_CLIENT = (2, 1, 295)
"""The first client that has hooks in exec form and `onFailure` (measured)."""

_MANAGED = "/etc/claude-code/managed-settings.json"
_JUDGES = ("PreToolUse", "PermissionRequest")
_SECONDS = 20.0
_INSTALL = "run `kei-gates install`"


class Condition(Value):
    """One thing that was looked at: whether it is well, what was found, what to do."""

    __slots__ = ("name", "remedy", "state", "what")

    def __init__(self, name: str, state: State, what: str, remedy: str = "") -> None:
        self.name: Final = name
        self.state: Final[State] = state
        self.what: Final = what
        self.remedy: Final = remedy


def conditions(where: Places, started: str) -> list[Condition]:
    """Look at all of it. `started` is the folder that a person is in."""
    found = [_folder(where, started)]
    for name, look in _LOOKS.items():
        try:
            found += look(where)
        except Fault as error:
            found.append(Condition(name, "wrong", error.reason, error.remedy))
        except (InstallError, OSError, ValueError, subprocess.SubprocessError) as error:
            what, _, remedy = str(error).partition("; ")
            found.append(Condition(name, "wrong", what, remedy or _INSTALL))
    return found


def _folder(where: Places, started: str) -> Condition:
    """Say where to start: the client runs no hook when it is started further down (measured)."""
    if os.path.realpath(started) == where.project:
        return Condition("folder", "ok", where.project)
    return Condition(
        "folder",
        "note",
        f"started in `{started}`, the client would run no hooks of `{where.project}`",
        "start it in the project's own folder",
    )


def _settings(where: Places) -> Iterator[Condition]:
    """See that the project's settings hold what this installation would write."""
    path = _project(where).settings
    text = _text(path)
    if text is None or not settings.has_ours(text):
        yield Condition("settings", "wrong", f"`{path}` has no hook of kei-gates", _INSTALL)
        return
    other = [event for event in wanted(installed()) if not _is_ours(text, event)]
    if other:
        what = f"the hook for {other[0]} is not the one that this installation writes"
        yield Condition("settings", "wrong", what, _INSTALL)
    else:
        yield Condition("settings", "ok", str(path))


def _is_ours(text: str, event: str) -> bool:
    """Whether the hooks for an event are just those that this installation writes."""
    meant = [hook for group in wanted(installed())[event] for hook in group["hooks"]]
    found = settings.our_hooks(text, event)
    return len(found) == len(meant) and all(hook in found for hook in meant)


def _switch(where: Places) -> Iterator[Condition]:
    """See that no settings, of any scope, switch all hooks off."""
    for path in _all_settings(where):
        text = _text(path)
        if text is not None and settings.forbids_hooks(text):
            yield Condition(
                "switch", "wrong", f"`{path}` switches all hooks off", "take `disableAllHooks` out"
            )
            return
    yield Condition("switch", "ok", "no settings switch the hooks off")


def _others(where: Places) -> Iterator[Condition]:
    """Name other hooks that judge calls: where one answers `allow`, no person is asked."""
    for path in _all_settings(where):
        text = _text(path)
        for event in _JUDGES:
            for hook in _hooks(text, event) if text is not None else ():
                if not is_ours(hook):
                    shown = str(hook.get("command", hook.get("type", "")))[:80]
                    yield Condition(
                        "others",
                        "note",
                        f"`{shown}` in `{path}` judges calls too ({event})",
                        "see that it never answers `allow` where you want to be asked",
                    )


def _policy(where: Places) -> Iterator[Condition]:
    """See that the policy can be read, and that a person has accepted it as it is."""
    path = store.policy_file(where.project)
    store.build(path, where.home)
    if trust.difference(where):
        yield Condition(
            "policy", "wrong", f"nobody has accepted `{path}` as it is", "run `kei-gates trust`"
        )
    else:
        yield Condition("policy", "ok", f"{path}, accepted")


def _hook(where: Places) -> Iterator[Condition]:
    """Fire the installed hook as the client does: it must block, and let pass.

    Another one is not fired: a project that somebody cloned may name any program.
    """
    if not _is_ours(_text(_project(where).settings) or "{}", probe.EVENT):
        yield Condition(
            "hook", "wrong", "it was not fired: it is not this installation's", _INSTALL
        )
        return
    reason = probe.probe(_project(where), installed().starter)
    yield Condition("hook", "ok", f"a subagent's `{probe.BLOCKED_COMMAND}` is blocked: {reason}")


def _state(where: Places) -> Iterator[Condition]:
    """See that what is kept of sessions can be written."""
    folder = own_folders.state(where.home)
    mark = f"{folder}/doctor"
    write_file(mark, b"")
    os.unlink(mark)
    yield Condition("state", "ok", folder)


def _git(_: Places) -> Iterator[Condition]:
    """See that there is git: looking at returns needs it."""
    from kei_gates.verify.git import require

    yield Condition("git", "ok", require())


def _client(_: Places) -> Iterator[Condition]:
    """See that the client is one that runs the hooks as they are written."""
    program = shutil.which("claude")
    if program is None:
        yield Condition("client", "note", "there is no `claude` on the PATH", "look at its version")
        return
    done = subprocess.run(
        [program, "--version"],
        capture_output=True,
        check=False,
        timeout=_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    found = re.match(rb"(\d+)\.(\d+)\.(\d+)", done.stdout)
    oldest = ".".join(map(str, OLDEST_CLIENT))
    if found is None or tuple(map(int, found.groups())) < OLDEST_CLIENT:
        said = found[0].decode() if found else "a client that does not say its version"
        yield Condition(
            "client", "wrong", f"`{program}` is {said}", f"update it to {oldest} or later"
        )
    else:
        yield Condition("client", "ok", f"{program}, {found[0].decode()}")


_LOOKS: dict[str, Callable[[Places], Iterator[Condition]]] = {
    "settings": _settings,
    "switch": _switch,
    "policy": _policy,
    "hook": _hook,
    "state": _state,
    "git": _git,
    "client": _client,
    "others": _others,
}


def _project(where: Places) -> Project:
    return projects.project(where.project)


def _all_settings(where: Places) -> list[Path]:
    folders = (f"{where.project}/.claude", f"{where.home}/.claude")
    names = ("settings.json", "settings.local.json")
    return [*(Path(folder, name) for folder in folders for name in names), Path(_MANAGED)]


def _text(path: Path) -> str | None:
    """Read settings as the client does. Raises `InstallError` for what it would drop whole."""
    raw = files.read(path)
    return None if raw is None else settings.decode(raw, str(path))


def _hooks(text: str, event: str) -> Iterator[dict[str, Any]]:
    for group in json.loads(text).get("hooks", {}).get(event, ()):
        yield from group["hooks"]
