"""What an agent is held to, in words: the texts of its role, with parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.model import Value
from kei_gates.policy.params import params_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any, Final

    from kei_gates.policy.params import ParamsById

    Grant = tuple[str, Mapping[str, object]]
    """A capability with its parameters as they are written."""

_NO_LIMIT = -1
_SET = "Set here:"
_SET_TWICE = "Set here, and all of it holds:"
_NOTHING = "nothing"
_WAITS = "- nothing yet: it asks nothing until the project's policy or a task names something"

_REPORT = "output::report-format"
# The lists of what is allowed: an empty one allows nothing.
_ALLOWED = {
    "policy::git-ops-scope": "verbs",
    "scope::files-whitelist": "patterns",
    "tools::allowed": "tools",
    "tools::bash-allowlist": "allow",
}
# The lists of what is asked: with empty ones nothing is.
_ASKED = {
    _REPORT: ("fields",),
    "quality::command-green": ("commands",),
    "quality::tests-green": ("commands", "crates", "count_min"),
    "scope::files-denylist": ("patterns",),
}


class Held(Value):
    """What an agent is held to: the name of its role, and the grants of all its roles in order."""

    __slots__ = ("grants", "role")

    def __init__(self, role: str, grants: tuple[Grant, ...]) -> None:
        self.role: Final = role
        self.grants: Final = grants

    @property
    def capabilities(self) -> list[str]:
        """The capabilities, each once."""
        return list(dict.fromkeys(name for name, _ in self.grants))

    def params(self, capability: str) -> list[Mapping[str, object]]:
        """Give the parameters of each grant of a capability."""
        return [params for name, params in self.grants if name == capability]


def rules(held: Held, text: Callable[[str], str], catalogue: ParamsById) -> list[str]:
    """Give the text of each capability, what is set of it below. Raises `Fault` as `text` does."""
    return [
        "\n\n".join([text(capability), *_set(capability, held.params(capability), catalogue)])
        for capability in held.capabilities
    ]


def _set(
    capability: str, grants: Iterable[Mapping[str, object]], catalogue: ParamsById
) -> Iterator[str]:
    """Say what is set in the grants of a capability, all of which count."""
    given = [values(one, capability, catalogue) for one in grants]
    idle = [one for one in given if _is_idle(capability, one)]
    if len(idle) < len(given):  # of those that ask nothing, nothing has to be told
        given = [one for one in given if one not in idle]
    told = list(dict.fromkeys("\n".join(_told(capability, one)) for one in given))
    told = [one for one in told if one]
    if told:
        yield _SET if len(told) == 1 else _SET_TWICE
        yield "\n".join(told)


def values(
    params: Mapping[str, object], capability: str, catalogue: ParamsById
) -> dict[str, object]:
    """Give every parameter of a capability, with its default where it is not set."""
    known = catalogue[capability]
    defaults = {name: getattr(known, name) for name in params_hints(known)}
    return {
        name: params.get(name, default if not _is_globs(default) else [])
        for name, default in defaults.items()
    }


def _is_globs(value: object) -> bool:
    return not isinstance(value, (str, int, float, tuple, list, type(None)))


def _is_idle(capability: str, given: Mapping[str, object]) -> bool:
    """Whether a grant asks nothing as long as it lists nothing."""
    lists = _ASKED.get(capability, ())
    return bool(lists) and not any(given[name] for name in lists)


def _told(capability: str, given: Mapping[str, object]) -> Iterator[str]:
    """Write what is set, and where a list of what is allowed is empty, as it allows nothing."""
    if _is_idle(capability, given):
        yield _WAITS
        return
    for name, value in given.items():
        if not _is_unset(value):
            yield f"- {name.replace('_', '-')}: {shown(value)}"
        elif name == _ALLOWED.get(capability):
            yield f"- {name.replace('_', '-')}: {_NOTHING}"


def _is_unset(value: object) -> bool:
    if isinstance(value, (list, tuple, str)):
        return not value
    return value is None or value is False or value == _NO_LIMIT


def shown(value: object) -> str:
    """Write a parameter's value for people, as Markdown."""
    if value is True:
        return "yes"
    if isinstance(value, (list, tuple)):
        return ", ".join(_code(str(one)) for one in value)
    if isinstance(value, str):
        return _code(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _code(text: str) -> str:
    """Write code as Markdown has it, also where the code holds a backtick."""
    line = " ".join(text.split())
    return f"`` {line} ``" if "`" in line else f"`{line}`"


def fields_of(held: Held) -> list[str]:
    """Give the fields that a report must have."""
    listed: list[Any] = [params.get("fields", ()) for params in held.params(_REPORT)]
    return list(dict.fromkeys(field for fields in listed for field in fields))
