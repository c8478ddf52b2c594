"""All rules, and what they find in a script."""

from __future__ import annotations

from kei_gates.lint import (
    rules_gpu,
    rules_map,
    rules_output,
    rules_retries,
    rules_stop,
    rules_volume,
)
from kei_gates.lint.finding import Finding
from kei_gates.lint.script import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Final

    from kei_gates.lint.finding import Found, Rule, Severity
    from kei_gates.lint.script import Script

RULES: Final[tuple[Rule, ...]] = tuple(
    sorted(
        (
            *rules_gpu.RULES,
            *rules_retries.RULES,
            *rules_map.RULES,
            *rules_volume.RULES,
            *rules_output.RULES,
            *rules_stop.RULES,
        ),
        key=lambda rule: int(rule.id[1:]),
    )
)
_GRAVEST_FIRST = ("block", "warn", "advice")
MARK = "# kei-gates: off "
"""What stands, before ids or names of rules, in a line that they shall leave alone."""


def names() -> list[str]:
    """Give all ids and readable names of rules."""
    return [name for rule in RULES for name in (rule.id, *rule.names)]


def rule_of(name: str) -> Rule | None:
    """Give the rule of an id or a readable name."""
    wanted = name.casefold()
    return next(
        (rule for rule in RULES if wanted in (rule.id.casefold(), *rule.names)),
        None,
    )


def findings(
    script: Script | str,
    *,
    strict: bool = False,
    block: Collection[str] = (),
    off: Collection[str] = (),
) -> list[Finding]:
    """Give what is wrong with a script, by line. Raises `ScriptError` for what cannot be read.

    `block` and `off` are ids or readable names of rules: whose findings block, and which are not
    asked. A mark in the script silences warnings and advice, never what blocks.
    """
    script = read(script) if isinstance(script, str) else script
    lines = script.text.splitlines()
    found = []
    for rule in RULES:
        for one in rule.check(script):
            name = one.name or rule.names[0]
            if rule.id in off or name in off:
                continue
            raised = rule.id in block or name in block
            severity = "block" if raised else _severity(rule, one, strict=strict)
            if severity != "block" and _is_marked(lines, one.line, (rule.id, name)):
                continue
            found.append(
                Finding(
                    rule=rule.id,
                    name=name,
                    severity=severity,
                    line=one.line,
                    message=one.message,
                    remedy=rule.remedy,
                )
            )
    unique = {(one.rule, one.line, one.message): one for one in found}
    return sorted(
        unique.values(), key=lambda one: (one.line, _GRAVEST_FIRST.index(one.severity), one.rule)
    )


def _severity(rule: Rule, found: Found, *, strict: bool) -> Severity:
    if found.severity is not None:
        return found.severity
    return rule.strict if strict else rule.severity


def _is_marked(lines: list[str], line: int, ids: tuple[str, str]) -> bool:
    """Say whether a line, or the one above it, says that rules shall leave it alone."""
    for number in (line, line - 1):
        if 0 < number <= len(lines) and MARK in lines[number - 1]:
            marked = lines[number - 1].partition(MARK)[2].replace(",", " ").split()
            if any(name in marked for name in ids):
                return True
    return False
