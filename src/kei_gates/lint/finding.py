"""What a rule is, and what it finds."""

from __future__ import annotations

from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Final, Literal

    from kei_gates.lint.script import Script

    Severity = Literal["block", "warn", "advice"]


class Found(Value):
    """What a check of a rule finds: where, what, and under which of the rule's names.

    `severity` is for what counts otherwise than the rule says.
    """

    __slots__ = ("line", "message", "name", "severity")

    def __init__(
        self, line: int, message: str, *, name: str = "", severity: Severity | None = None
    ) -> None:
        self.line: Final = line
        self.message: Final = message
        self.name: Final = name
        self.severity: Final = severity


class Rule(Value):
    """One rule: its id, its readable names, how grave it is, and its documentation.

    `strict` is how grave it is where a policy is strict. `what`, `why`, `quiet` and `remedy` are
    the documentation, and there is no other: what it finds, why that is bad, what it leaves alone,
    what to do instead.
    """

    __slots__ = (
        "check", "id", "names", "quiet", "remedy", "severity", "strict", "what", "why",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        id: str,  # noqa: A002 -- the word for it everywhere
        *names: str,
        check: Callable[[Script], Iterable[Found]],
        severity: Severity,
        what: str,
        why: str,
        quiet: str,
        remedy: str,
        strict: Severity | None = None,
    ) -> None:
        self.id: Final = id
        self.names: Final = names
        self.check: Final = check
        self.severity: Final = severity
        self.strict: Final = strict or severity
        self.what: Final = what
        self.why: Final = why
        self.quiet: Final = quiet
        self.remedy: Final = remedy


class Finding(Value):
    """What is wrong with a script: the rule and its readable name, how grave, where, and what.

    `message` and `remedy` are clauses without a final period.
    """

    __slots__ = ("line", "message", "name", "remedy", "rule", "severity")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        rule: str,
        name: str,
        severity: Severity,
        line: int,
        message: str,
        remedy: str,
    ) -> None:
        self.rule: Final = rule
        self.name: Final = name
        self.severity: Final = severity
        self.line: Final = line
        self.message: Final = message
        self.remedy: Final = remedy

    def __str__(self) -> str:
        """Write it as compilers do, without the file."""
        return f"{self.severity} {self.rule} {self.name}: {self.message}; {self.remedy}"
