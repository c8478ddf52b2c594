"""Words and tests that several gates share."""

from __future__ import annotations

from kei_gates.model import Deny

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Event

_LONGEST = 80


def shorten(text: str) -> str:
    """Cut a quotation to a length that a person still reads."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def choice_flaw(values: Mapping[str, object], choices: Mapping[str, tuple[str, ...]]) -> str | None:
    """Say which parameter is a word that means nothing; none when all are among their choices."""
    for name, known in choices.items():
        if name in values and values[name] not in known:
            listed = " or ".join(f"`{choice}`" for choice in known)
            return f"`{name.replace('_', '-')}` is {listed}, not `{values[name]}`"
    return None


def deny_unseen(event: Event, forbidden: str) -> Deny | None:
    """Deny when part of the shell source could run something that was not seen.

    What stands in a file of the project is no word of the agent's, and passes. `forbidden`
    completes the sentence "so it could ...".
    """
    unseen = next((one for one in event.analysis.unseen if not one.noted), None)
    if unseen is None:
        return None
    part = shorten(event.source(unseen.span).strip())
    return Deny(
        f"in `{part}` {unseen.why}, so it could {forbidden}",
        "run the programs themselves, with plain arguments, instead of a script, a task runner, "
        "inline code or a computed name",
    )
