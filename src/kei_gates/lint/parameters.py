"""What the parameters of an entrypoint are when `modal run` starts it with some words.

Source: Modal's client 1.6.4 (`cli/run.py`): each parameter is an option `--its-name`, a flag with a
`--no-` of its own where it is a `bool`; the last word counts.
"""

from __future__ import annotations

import ast

from kei_gates.lint.values import ANYTHING, Fold, just

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def values_of(
    arguments: ast.arguments, defaults: Mapping[str, Fold], words: Sequence[str | None]
) -> dict[str, Fold]:
    """Give what parameters are; those that are missing may be anything."""
    if arguments.vararg is not None or arguments.kwarg is not None or None in words:
        return {}
    kinds = {
        one.arg: _kind(one.annotation, defaults.get(one.arg))
        for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    }
    given = _given([word for word in words if word is not None], kinds)
    return {} if given is None else {**defaults, **given}


def _kind(annotation: ast.expr | None, default: Fold | None) -> str:
    """Give the name of a parameter's type, empty for one that is not known."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    if isinstance(annotation, ast.Name):
        return annotation.id
    if annotation is not None or default is None:
        return ""
    return type(default.only).__name__


def _given(words: list[str], kinds: Mapping[str, str]) -> dict[str, Fold] | None:
    """Read the words behind a script; none where they cannot be."""
    found: dict[str, Fold] = {}
    at = 0
    while at < len(words):
        option, equals, value = words[at].partition("=")
        at += 1
        if not option.startswith("--"):
            return None
        name = option[2:].replace("-", "_")
        if kinds.get(name) == "bool" and not equals:
            found[name] = just(True)  # noqa: FBT003 -- the value itself
        elif kinds.get(name.removeprefix("no_")) == "bool" and not equals:
            found[name.removeprefix("no_")] = just(False)  # noqa: FBT003 -- the same
        elif name not in kinds:
            return None
        else:
            if not equals:
                if at >= len(words):
                    return None
                value, at = words[at], at + 1
            found[name] = _read(value, kinds[name])
    return found


def _read(text: str, kind: str) -> Fold:
    try:
        if kind == "int":
            return just(int(text))
        if kind == "float":
            return just(float(text))
    except ValueError:
        return ANYTHING
    return just(text) if kind == "str" else ANYTHING
