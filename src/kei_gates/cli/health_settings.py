"""What `doctor` looks at in the settings of all scopes, and in the hooks that they name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from kei_gates.cli import scoped
from kei_gates.cli.condition import INSTALL, Condition
from kei_gates.install import files, limits, probe, settings
from kei_gates.install.entries import is_ours, wanted
from kei_gates.install.places import places as installed
from kei_gates.install.scopes import MANAGED, PROJECT
from kei_gates.install.settings import SKILL_SHELL
from kei_gates.observe.client_settings import all_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from kei_gates.install.project import Project
    from kei_gates.model import Places

_JUDGES = ("PreToolUse", "PermissionRequest")


def _settings(where: Places) -> Iterator[Condition]:
    """See that settings of some scope hold what this installation would write."""
    found = scoped.holders(where.project)
    if not found:
        for one in scoped.all_of(where.project):
            _text(one.settings)  # that it cannot be read says more
        file = f"{where.project}/.claude/{PROJECT.file}"
        yield Condition("settings", "wrong", f"`{file}` has no hook of kei-gates", INSTALL)
    for one in found:
        yield _whole(one)
    if len(found) > 1:
        remedy = "keep one of them: `kei-gates uninstall --scope ...`"
        yield Condition("twice", "note", scoped.twice(found), remedy)


def _whole(one: Project) -> Condition:
    text = _text(one.settings) or "{}"
    groups = wanted(installed(), one.scope)
    other = [event for event in groups if not _is_whole(text, one, event)]
    if other:
        what = f"the hook for {other[0]} is not the one that this installation writes into "
        return Condition("settings", "wrong", f"{what}`{one.settings}`", _again(one))
    return Condition("settings", "ok", f"{one.settings} (scope {one.scope.name})")


def _again(one: Project) -> str:
    return INSTALL if one.scope is PROJECT else f"run `kei-gates install --scope {one.scope.name}`"


def _is_whole(text: str, one: Project, event: str) -> bool:
    """Whether the hooks for an event are just those that this installation writes."""
    meant = [hook for group in wanted(installed(), one.scope)[event] for hook in group["hooks"]]
    found = settings.our_hooks(text, event)
    return len(found) == len(meant) and all(hook in found for hook in meant)


def _switch(where: Places) -> Iterator[Condition]:
    """See that no settings that count for a holder of the gate switch its hooks off."""
    found = scoped.holders(where.project)
    is_managed = any(one.scope is MANAGED for one in found)
    for path in _all_settings(where):
        text = _text(path)
        if text is None:
            continue
        is_of_machine = path == _of_machine(where)
        if settings.forbids_hooks(text) and (is_of_machine or not is_managed):
            what, remedy = f"`{path}` switches all hooks off", "take `disableAllHooks` out"
            yield Condition("switch", "wrong", what, remedy)
            return
        if is_of_machine and not is_managed and settings.allows_only_managed(text):
            yield Condition(
                "switch",
                "wrong",
                f"`{path}` lets only its own hooks run (`allowManagedHooksOnly`)",
                "run `kei-gates install --scope managed`",
            )
            return
    yield Condition("switch", "ok", "no settings switch the hooks off")


def _limits(where: Places) -> Iterator[Condition]:
    """See that the client itself refuses what install tells it to: a second net, not the gate."""
    for one in scoped.holders(where.project):
        text = _text(one.settings) or "{}"
        lacks = limits.missing(text, limits.rules(one.scope, installed()))
        if not lacks:
            yield Condition("limits", "ok", "the client itself guards the files of the gate")
            continue
        more = f" and {len(lacks) - 1} more" if len(lacks) > 1 else ""
        remedy = _again(one)
        if limits.declines_skill_shell(text):
            remedy = f"set `{SKILL_SHELL}` to true, and {remedy}"
        yield Condition("limits", "note", f"`{one.settings}` lacks `{lacks[0]}`{more}", remedy)


def _hook(where: Places) -> Iterator[Condition]:
    """Fire each installed hook as the client does: it must block, and let pass.

    Another one is not fired: a project that somebody cloned may name any program.
    """
    found = scoped.holders(where.project)
    for one in found:
        if not _is_whole(_text(one.settings) or "{}", one, probe.EVENT):
            what = "it was not fired: it is not this installation's"
            yield Condition("hook", "wrong", what, _again(one))
            continue
        reason = probe.probe(one, installed().starter)
        what = f"a subagent's `{probe.BLOCKED_COMMAND}` is blocked: {reason}"
        yield Condition("hook", "ok", what)
    if not found:
        yield Condition("hook", "wrong", "there is none to fire", INSTALL)


def _others(where: Places) -> Iterator[Condition]:
    """Name other hooks that judge calls: an `allow` of theirs loosens no deny, but asks nobody."""
    for path in _all_settings(where):
        text = _text(path)
        for event in _JUDGES:
            for hook in _hooks(text, event) if text is not None else ():
                if not is_ours(hook):
                    shown = str(hook.get("command", hook.get("type", "")))[:80]
                    yield Condition(
                        "others",
                        "note",
                        f"`{shown}` in `{path}` judges calls too ({event}); it cannot lift what "
                        "the gate denies",
                        "see that it never answers `allow` where you want to be asked",
                    )


LOOKS: dict[str, Callable[[Places], Iterator[Condition]]] = {
    "settings": _settings,
    "switch": _switch,
    "limits": _limits,
    "hook": _hook,
    "others": _others,
}


def _of_machine(where: Places) -> Path:
    return Path(all_files(where.project, where.home)[-1])


def _all_settings(where: Places) -> list[Path]:
    named = all_files(where.project, where.home)
    return [*map(Path, named), Path(named[2]).with_name("settings.local.json")]


def _text(path: Path) -> str | None:
    """Read settings as the client does. Raises `InstallError` for what it would drop whole."""
    raw = files.read(path)
    return None if raw is None else settings.decode(raw, str(path))


def _hooks(text: str, event: str) -> Iterator[dict[str, Any]]:
    for group in json.loads(text).get("hooks", {}).get(event, ()):
        yield from group["hooks"]
