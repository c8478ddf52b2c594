"""The documentation of the rules, made of what the rules say of themselves."""

from __future__ import annotations

from kei_gates.lint.rules import MARK, RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.lint.finding import Rule

_INTRODUCTION = f"""\
# Rules for Modal scripts

`kei-gates lint SCRIPT` looks for these, and so does the capability `compute::script-lint` before a
script is launched. A finding is of one of three kinds: `block` (the launch is denied), `warn` and
`advice`. What cannot be known from the script is no finding. A policy may block more, or switch
rules off, by their ids or names; a comment `{MARK}ID` in or above a line silences
warnings and advice there, and never what blocks.
"""


def explain(rule: Rule) -> str:
    """Give the documentation of one rule."""
    names = ", ".join(f"`{name}`" for name in rule.names)
    strict = f"; where a policy is strict: `{rule.strict}`" if rule.strict != rule.severity else ""
    return (
        f"## {rule.id}: {names}\n\n"
        f"- **Finds** {rule.what}.\n"
        f"- **Why**: {rule.why}.\n"
        f"- **Leaves alone** {rule.quiet}.\n"
        f"- **Instead**: {rule.remedy}.\n"
        f"- **Kind**: `{rule.severity}`{strict}.\n"
    )


def manual() -> str:
    """Give the documentation of all rules, as Markdown."""
    return "\n".join((_INTRODUCTION, *map(explain, RULES)))
