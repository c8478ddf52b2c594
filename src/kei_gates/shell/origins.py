"""Where what is not known of a text comes from, and how that adds up.

A trace holds all that the parts that are not known may come from; what is known of the text is
then blank. It is none where one of them comes from nobody knows where, or where the rest of the
text is more than blanks: a number that is known is no less the id of a process.
"""

from __future__ import annotations

from kei_gates.particulars import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    Trace: TypeAlias = "tuple[Origin, ...] | None"

NOTHING: tuple[Origin, ...] = ()
JOB: tuple[Origin, ...] = (Origin("job"),)

PIPE = "|"
"""Stands, among the words of an output, between the commands of a pipeline."""

_MOST = 8


def both(one: Trace, other: Trace) -> Trace:
    """Give the trace of what comes from one or from the other."""
    if one is None or other is None:
        return None
    found = tuple(dict.fromkeys((*one, *other)))
    return found if len(found) <= _MOST else None


def all_of(traces: Iterable[Trace]) -> Trace:
    """Give the trace of what may come from each."""
    found: Trace = NOTHING
    for trace in traces:
        found = both(found, trace)
        if found is None:
            break
    return found


def of_known(text: str) -> Trace:
    """Give the trace of a text that is known."""
    return None if text.strip() else NOTHING
