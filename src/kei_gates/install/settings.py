"""The text of a settings file with our groups put in, or taken out.

Text in, text out; nothing is read or written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kei_gates.install import spans, splice
from kei_gates.install.entries import is_ours
from kei_gates.install.errors import InstallError
from kei_gates.install.spans import TextError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.install.entries import Groups
    from kei_gates.install.spans import Path

SKILL_SHELL = "disableSkillShellExecution"
"""The key that keeps a skill's inline shell, which no hook sees, from being run."""

_EMPTY = "{}\n"
_UTF8_BOM = b"\xef\xbb\xbf"


def decode(content: bytes, name: str) -> str:
    """Read the bytes of a settings file; none, or only space, is an empty object.

    Returns the text. Raises InstallError naming `name`, line and column for whatever cannot be
    edited with certainty, and for what makes the client drop the whole file.
    """
    if content.startswith(_UTF8_BOM):
        raise InstallError(f"`{name}` line 1 column 1: a byte order mark; save it without one")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        valid = content[: error.start].decode()
        where = _where(valid, len(valid))
        raise InstallError(f"`{name}` {where}: not UTF-8; save it as UTF-8") from None
    if not text.strip(" \t\r\n"):
        return _EMPTY
    try:
        _check(text)
    except TextError as fault:
        raise InstallError(f"`{name}` {_where(text, fault.at)}: {fault.what}") from None
    return text


def merge(text: str, groups: Groups, before: str | None = None) -> str:
    """Make our groups in a settings text exactly `groups`; all else stays as it is.

    What is missing is added at the end of its event's list; what differs is replaced in its place;
    what is too much goes, with the containers it leaves empty unless `before` (the text before
    there was anything of ours in it) has them.
    """
    for path in _ours_among_others(text):
        text = splice.remove(text, path, before)
    for event in _events(text):
        text = _trim(text, event, len(groups.get(event, ())), before)
    for event, wanted in groups.items():
        for index, group in enumerate(wanted):
            text = _put(text, event, index, group)
    return text


def has_ours(text: str) -> bool:
    """Say whether any of our entries is in a settings text."""
    return next(_hooks(text, ours=True), None) is not None


def our_hooks(text: str, event: str) -> list[dict[str, Any]]:
    """List our hook entries for one event."""
    return [hook for path, hook in _hooks(text, ours=True) if path[1] == event]


def all_our_hooks(text: str) -> list[dict[str, Any]]:
    """List our hook entries for all events, the first one first."""
    return [hook for _, hook in _hooks(text, ours=True)][::-1]


def is_empty(text: str) -> bool:
    """Say whether a settings text is an object without members."""
    return not spans.parse(text)


def forbids_hooks(text: str) -> bool:
    """Say whether the settings tell the client to run no hook at all."""
    return spans.parse(text).get("disableAllHooks") is True


def allows_only_managed(text: str) -> bool:
    """Say whether the settings, if they are the machine's, let no hooks but their own run."""
    return spans.parse(text).get("allowManagedHooksOnly") is True


# --- our groups -------------------------------------------------------------------------------


def _hooks(text: str, *, ours: bool) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every hook entry that is, or is not, ours; the last one first.

    Backwards, so that taking one out leaves the paths of the rest right.
    """
    hooks: dict[str, Any] = spans.parse(text).get("hooks", {})
    for event, groups in reversed(hooks.items()):
        for index, group in reversed(list(enumerate(groups))):
            for place, hook in reversed(list(enumerate(group["hooks"]))):
                if is_ours(hook) == ours:
                    yield ("hooks", event, index, "hooks", place), hook


def _events(text: str) -> list[str]:
    return list(spans.parse(text).get("hooks", {}))


def _ours_among_others(text: str) -> list[Path]:
    """List our entries in groups that also hold somebody else's."""
    mixed = {path[:3] for path, _ in _hooks(text, ours=False)}
    return [path for path, _ in _hooks(text, ours=True) if path[:3] in mixed]


def _our_groups(text: str, event: str) -> list[Path]:
    """List the groups of an event that hold our entries; none of them holds others by now."""
    return sorted({path[:3] for path, _ in _hooks(text, ours=True) if path[1] == event})


def _trim(text: str, event: str, count: int, before: str | None) -> str:
    """Take out all but the first `count` of our groups of one event."""
    for path in reversed(_our_groups(text, event)[count:]):
        text = splice.remove(text, path, before)
    return text


def _put(text: str, event: str, index: int, group: Any) -> str:
    """Make our group number `index` of one event equal to `group`."""
    present = _our_groups(text, event)
    if index < len(present):
        return _replace_if_other(text, present[index], group)
    if spans.find(text, ("hooks",)) is None:
        return splice.append(text, (), {event: [group]}, key="hooks")
    if spans.find(text, ("hooks", event)) is None:
        return splice.append(text, ("hooks",), [group], key=event)
    return splice.append(text, ("hooks", event), group)


def _replace_if_other(text: str, path: Path, group: Any) -> str:
    holder = spans.find(text, path[:-1])
    present = [item.value for item in holder.items if item.key == path[-1]] if holder else []
    return text if present == [group] else splice.replace(text, path, group)


# --- what is refused --------------------------------------------------------------------------


def _check(text: str) -> None:
    """Raise TextError unless the text is JSON of the form that the client takes for settings."""
    spans.parse(text)
    top = _typed(text, spans.begin(text), "{", "the settings")
    for member in _unique(text, top):
        if member.key == "hooks":
            _check_hooks(text, member.value_at)
        elif member.key == "permissions":
            _check_permissions(text, member.value_at)
        elif member.key == SKILL_SHELL and not isinstance(member.value, bool | None):
            raise TextError(f"`{member.key}` must be true or false; mend it", member.value_at)


def _check_hooks(text: str, at: int) -> None:
    for event in _unique(text, _typed(text, at, "{", "`hooks`")):
        groups = _typed(text, event.value_at, "[", f"`hooks.{event.key}`")
        for group in groups.items:
            _check_group(text, group.value_at, f"`hooks.{event.key}`")


def _check_permissions(text: str, at: int) -> None:
    for member in _unique(text, _typed(text, at, "{", "`permissions`")):
        if member.key == "deny":
            _typed(text, member.value_at, "[", "`permissions.deny`")


def _check_group(text: str, at: int, where: str) -> None:
    members = _unique(text, _typed(text, at, "{", f"a group of {where}"))
    lists = [member for member in members if member.key == "hooks"]
    if not lists:
        raise TextError(f"a group of {where} has no `hooks` list; add it or take the group out", at)
    for hook in _typed(text, lists[0].value_at, "[", f"`hooks` of a group of {where}").items:
        _unique(text, _typed(text, hook.value_at, "{", f"a hook of {where}"))


def _typed(text: str, at: int, bracket: str, what: str) -> spans.Container:
    if text[at] != bracket:
        kind = "an object" if bracket == "{" else "a list"
        raise TextError(f"{what} must be {kind}; mend it", at)
    return spans.container(text, at)


def _unique(text: str, holder: spans.Container) -> tuple[spans.Item, ...]:
    seen: set[str | int] = set()
    for item in holder.items:
        if item.key in seen:
            shown = text[item.start : item.start + 40].partition(":")[0].strip()
            raise TextError(f"{shown} is there twice; keep one of them", item.start)
        seen.add(item.key)
    return holder.items


def _where(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    return f"line {text.count(chr(10), 0, at) + 1} column {at - start + 1}"
