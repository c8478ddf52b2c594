"""Random settings files: any document, in any formatting."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

SPACES = ("", " ", "  ", "\n", "\n  ", "\n\t", "\r\n", "\r\n    ", "\t", " \n \n ", "\r")

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
user_hooks = st.sampled_from(
    [
        {"type": "http", "url": "http://127.0.0.1:1/hook"},
        {"type": "prompt", "prompt": 'is "this" {fine}?'},
        {"type": "mcp_tool", "server": "s", "tool": "t"},
        {"type": "command", "command": "~/mine/guard.sh"},
        {"type": "command", "command": "python3", "args": ["my_kei_gates_hook.py", 3]},
        {"type": "command"},
        {},
    ]
)
user_groups = st.fixed_dictionaries(
    {"hooks": st.lists(user_hooks, max_size=2)},
    optional={"matcher": st.sampled_from(["*", "Bash", "["]), "if": st.text(max_size=4)},
)
user_events = st.dictionaries(
    st.sampled_from(["PreToolUse", "ConfigChange", "Stop", "Later"]),
    st.lists(user_groups, max_size=3),
    max_size=4,
)
_rules = st.sampled_from(
    ["Edit(/.claude/settings.json)", "Edit(.claude/agents/**)", "Bash(rm *)", "Edit(//etc/x)", 5]
)
user_permissions = st.fixed_dictionaries(
    {},
    optional={
        "allow": st.lists(_rules, max_size=2),
        "deny": st.lists(_rules, max_size=4),  # the same one twice among them
        "defaultMode": st.just("plan"),
    },
)
_keys = st.text(max_size=6).filter(lambda key: key not in {"hooks", "disableAllHooks"})


@st.composite
def documents(draw: Callable[..., Any]) -> dict[str, Any]:
    members = list(draw(st.dictionaries(_keys, values, max_size=4)).items())
    if draw(st.booleans()):
        members.insert(draw(st.integers(0, len(members))), ("hooks", draw(user_events)))
    if draw(st.booleans()):
        at = draw(st.integers(0, len(members)))
        members.insert(at, ("permissions", draw(user_permissions)))
    if draw(st.booleans()):
        value = draw(st.sampled_from([True, False, None]))
        members.insert(draw(st.integers(0, len(members))), ("disableSkillShellExecution", value))
    return dict(members)


@st.composite
def written(draw: Callable[..., Any], document: dict[str, Any]) -> str:
    """Write a document the way a program would, or in a way that nobody would."""
    if draw(st.booleans()):
        indent = draw(st.sampled_from([None, 0, 1, 2, 4, "\t", "\t\t"]))
        text = json.dumps(document, indent=indent, ensure_ascii=draw(st.booleans()))
        newline: str = draw(st.sampled_from(["\n", "\r\n"]))
        return f"{text}{draw(_ends)}".replace("\n", newline)
    space = st.sampled_from(SPACES)
    parts = [token for part in _tokens(document) for token in (draw(space), part)]
    return f"{''.join(parts)}{draw(_ends)}"


_ends = st.sampled_from(["", "\n", "\r\n", "\n\n", " "])


def _tokens(value: Any) -> list[str]:
    if isinstance(value, dict):
        members = [[json.dumps(key), ":", *_tokens(inner)] for key, inner in value.items()]
        return ["{", *_joined(members), "}"]
    if isinstance(value, list):
        return ["[", *_joined([_tokens(inner) for inner in value]), "]"]
    return [json.dumps(value)]


def _joined(parts: list[list[str]]) -> list[str]:
    return [token for n, part in enumerate(parts) for token in ([","] if n else []) + part]
