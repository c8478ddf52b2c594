"""What a capability does, made of what its gate and its check say of themselves. Cold path."""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import TYPE_CHECKING

from kei_gates import checks, gates
from kei_gates.engine import catalogue
from kei_gates.policy.capabilities import OWN_TABLES, SHORTHANDS
from kei_gates.policy.globs import Globs
from kei_gates.policy.params import params_hints

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from kei_gates.model import Params

_PART = re.compile(
    r"^(What it does|What it checks|Why|Instead): (.*?)(?=^(?:What it |Why: |Instead: )|\Z)",
    re.DOTALL | re.MULTILINE,
)
_ALWAYS = "on for every role; no policy takes it away"
_INTRODUCTION = """\
# Capabilities

What each capability stops before a call runs, and looks at when an agent returns.
`kei-gates explain CAPABILITY` prints the same, with the roles that have it in your project; this
page is made by `kei-gates explain --all`.
"""


class Document:
    """What a capability's gate and check say: in one line each, and by their parts."""

    def __init__(self, capability: str) -> None:
        self.capability: Final = capability
        self.gate: Final = _parts(capability, gates) if capability in catalogue.gated() else {}
        self.check: Final = _parts(capability, checks) if capability in catalogue.checked() else {}
        self.is_always: Final = capability in catalogue.whole().always

    @property
    def first(self) -> str:
        """What it does, in one line."""
        return (self.gate or self.check)["first"]


def _parts(capability: str, package: object) -> dict[str, str]:
    module = package.load(capability)  # type: ignore[attr-defined]  # gates or checks
    text = cleandoc(module.__doc__)
    parts = {name: " ".join(value.split()) for name, value in _PART.findall(text)}
    return {"first": text.partition("\n")[0], **parts}


def explain(capability: str) -> str:
    """Give the documentation of a capability, as Markdown."""
    found = Document(capability)
    lines = [f"## `{capability}`", "", found.first, "", *_told(found), *_settings(capability)]
    return "\n".join(lines) + "\n"


def _told(found: Document) -> Iterator[str]:
    if found.is_always:
        yield f"- **Always**: {_ALWAYS}."
    if found.gate:
        yield f"- **Before a call**: {found.gate['What it does']}"
    if found.check:
        yield f"- **On return**: {found.check['What it checks']}"
    both = [found.gate, found.check]
    for part in ("Why", "Instead"):
        said = dict.fromkeys(one[part] for one in both if one)
        yield f"- **{part}**: {' '.join(said)}"


def _settings(capability: str) -> Iterator[str]:
    """Say how a policy grants it, and each of its parameters with its default."""
    params = catalogue.params()[capability]
    category, _, slug = capability.partition("::")
    own = next((table for table, of in OWN_TABLES.items() if of == capability), None)
    if capability not in catalogue.whole().always:
        where = f"`[roles.NAME.{own}]`" if own else f"`{slug} = true` in `[roles.NAME.{category}]`"
        yield f"- **In a policy**: {where}"
    for name in params_hints(params):
        short = _shorthand(capability, name)
        also = f"; also {short}" if short else ""
        yield f"- **`{name.replace('_', '-')}`**: {_default(params, name)}{also}"
    if params_hints(params):
        yield f"- **Parameters**: {' '.join(cleandoc(params.__doc__ or '').split())}"


def _shorthand(capability: str, name: str) -> str:
    return " or ".join(
        f"`{key}` in `[roles.NAME.{table}]`"
        for table, keys in SHORTHANDS.items()
        for key, of in keys.items()
        if of == (capability, name)
    )


def _default(params: type[Params], name: str) -> str:
    default = getattr(params, name)
    if isinstance(default, (Globs, tuple)):
        listed = ", ".join(f"`{one}`" for one in default) if isinstance(default, tuple) else ""
        return f"a list, {listed or 'empty'} unless set"
    if isinstance(default, bool):
        return f"`{str(default).lower()}` unless set"
    if isinstance(default, float):
        return f"`{default:g}` unless set"
    return f"`{default}` unless set" if default != "" else "empty unless set"


def manual() -> str:
    """Give the documentation of all capabilities, as Markdown."""
    return "\n".join((_INTRODUCTION, *map(explain, sorted(catalogue.params()))))
