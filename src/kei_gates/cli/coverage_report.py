"""Show what of agents' rules is enforced: for people, and as JSON."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.agents.coverage import Rule
    from kei_gates.agents.render import Agent

    Covered = Sequence[tuple[Agent, list[Rule]]]

_WIDTH = 100
_INDENT = " " * 4
_MARKS = {"enforced": "+", "in part": "~", "off": "o", "text only": "-", "not mapped": "?"}


def as_text(covered: Covered) -> str:
    """Write each agent with its rules, the marks explained above."""
    legend = ", ".join(f"{mark} {kind}" for kind, mark in _MARKS.items())
    return "\n".join([legend, *(line for one in covered for line in _agent(*one))])


def _agent(agent: Agent, rules: list[Rule]) -> Iterator[str]:
    from kei_gates.agents.coverage import share

    yield ""
    yield f"{agent.read.manifest.name} ({agent.held.role}): {share(rules)}"
    for rule in rules:
        yield from _wrapped(f"{_MARKS[rule.kind]} {rule.line}", "  ")
        if rule.by:
            yield from _wrapped(
                ", ".join([f"by {', '.join(rule.by)}", *filter(None, [rule.off])]), _INDENT
            )
        if rule.because:
            yield from _wrapped(f"{'but ' if rule.by else ''}{rule.because}", _INDENT)
        if rule.kind == "not mapped":
            yield f"{_INDENT}nothing says what holds it"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=_INDENT,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def as_json(covered: Covered) -> str:
    """Write it for scripts."""
    return json.dumps(
        [
            {
                "agent": agent.read.manifest.name,
                "role": agent.held.role,
                "rules": [
                    {
                        "line": rule.line,
                        "kind": rule.kind,
                        "by": rule.by,
                        "off": rule.off,
                        "because": rule.because,
                    }
                    for rule in rules
                ],
                "enforced": sum(rule.is_enforced for rule in rules),
            }
            for agent, rules in covered
        ],
        indent=2,
        ensure_ascii=False,
    )
