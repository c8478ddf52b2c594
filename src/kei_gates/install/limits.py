"""What the client itself is told to refuse, beside our hooks: it holds where no hook runs.

Text in, text out. Measured on client 2.1.330, in every permission mode: an `Edit` rule denies all
editing tools and what Bash is seen to write. `/` begins a path at the settings file's project,
`~/` at home, `//` at the root; no sign, where the session started. Entries that were there before
us stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kei_gates.install import spans, splice
from kei_gates.install.places import Places
from kei_gates.install.settings import SKILL_SHELL, all_our_hooks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kei_gates.install.scopes import Scope

_DENY = ("permissions", "deny")
_IN_PROJECT = (
    "settings.json", "settings.local.json", "kei-gates.toml", "agents/**", "commands/**",
    "hooks/**", "kei-gates/**", "skills/**",
)  # fmt: skip
_AT_HOME = (
    "~/.claude/settings.json", "~/.claude/agents/**", "~/.claude/commands/**", "~/.claude/hooks/**",
    "~/.claude/plugins/**", "~/.claude/shell-snapshots/**", "~/.claude/skills/**",
    "~/.config/kei-gates/**", "~/.local/state/kei-gates/**",
)  # fmt: skip
_OF_MACHINE = ("//etc/claude-code/**", "//etc/kei-gates/**")
# What a rule's pattern would read as something else; the hook itself still guards such a folder.
_NOT_PLAIN = frozenset("*?[]{}()!#\\")


def rules(scope: Scope, places: Places) -> list[str]:
    """List the permission rules that belong into the settings of a scope."""
    paths = (
        *(f"{scope.anchor}.claude/{name}" for name in _IN_PROJECT),
        *_AT_HOME,
        *_OF_MACHINE,
    )
    return [*(f"Edit({path})" for path in paths), *_of_installation(places)]


def _of_installation(places: Places) -> list[str]:
    folders = [places.environment]
    if not places.hooks.is_relative_to(places.environment):
        folders.append(places.hooks)
    return [f"Edit(/{folder}/**)" for folder in folders if _NOT_PLAIN.isdisjoint(str(folder))]


def put(text: str, wanted: Sequence[str], stale: Sequence[str], before: str | None) -> str:
    """Add what is missing of `wanted`, and the skill key where there is none.

    `stale` are our rules of another installation: they give way, where they stand.
    """
    kept = _deny_of(before)
    missing = [rule for rule in wanted if rule not in _deny_of(text)]
    for rule in stale:
        if rule in wanted or rule in kept or rule not in _deny_of(text):
            continue
        if missing:
            text = splice.replace(text, (*_DENY, _deny_of(text).index(rule)), missing.pop())
        else:
            text = _take_rule(text, rule, before)
    text = _add_rules(text, missing)
    return text if SKILL_SHELL in spans.parse(text) else splice.append(text, (), True, SKILL_SHELL)


def take(text: str, ours: Iterable[str], before: str | None) -> str:
    """Undo `put`: take out what is ours and was not there `before` us."""
    had = spans.parse(before) if before is not None else {}
    if SKILL_SHELL not in had and spans.parse(text).get(SKILL_SHELL) is True:
        text = splice.remove(text, (SKILL_SHELL,), before)
    kept = _deny_of(before)
    for rule in ours:
        if rule not in kept:
            text = _take_rule(text, rule, before)
    return text


def stale(text: str) -> list[str]:
    """List the rules about the installations that our hooks in a settings text name."""
    found: dict[str, None] = {}
    for hook in all_our_hooks(text):
        words = [hook.get("command"), *(hook.get("args") or ())]
        scripts = [word for word in words if isinstance(word, str) and word.endswith("_hook.py")]
        if not scripts or not isinstance(words[0], str):
            continue
        environment = Path(words[0]).parent.parent
        places = Places(environment, Path(scripts[0]).parent, environment)
        found |= dict.fromkeys(_of_installation(places))
    return list(found)


def missing(text: str, wanted: Sequence[str]) -> list[str]:
    """List what of ours a settings text lacks: rules, and the skill key."""
    lacks = [rule for rule in wanted if rule not in _deny_of(text)]
    return lacks if spans.parse(text).get(SKILL_SHELL) is True else [*lacks, SKILL_SHELL]


def declines_skill_shell(text: str) -> bool:
    """Say whether the settings have the skill key with another value than ours."""
    return spans.parse(text).get(SKILL_SHELL, True) is not True


def _deny_of(text: str | None) -> list[Any]:
    if text is None:
        return []
    found: list[Any] = spans.parse(text).get("permissions", {}).get("deny", [])
    return found


def _add_rules(text: str, missing: Sequence[str]) -> str:
    if not missing:
        return text
    if spans.find(text, _DENY[:1]) is None:
        return splice.append(text, (), {"deny": list(missing)}, key="permissions")
    if spans.find(text, _DENY) is None:
        return splice.append(text, _DENY[:1], list(missing), key="deny")
    for rule in missing:
        text = splice.append(text, _DENY, rule)
    return text


def _take_rule(text: str, rule: str, before: str | None) -> str:
    for index in reversed([n for n, held in enumerate(_deny_of(text)) if held == rule]):
        text = splice.remove(text, (*_DENY, index), before)
    return text
