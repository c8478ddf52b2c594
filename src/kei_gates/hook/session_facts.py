"""What gates may ask of the session that a call is made in, found out only when they ask."""

from __future__ import annotations

from posix import environ
from time import time

from kei_gates.facts import Facts
from kei_gates.protocol import payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kei_gates.facts import Past
    from kei_gates.model import Places


def of_call(fields: Mapping[str, object], places: Places) -> Facts:
    """Give the facts of a PreToolUse payload. Raises `Fault`."""

    def history() -> Sequence[Past]:
        from kei_gates.hook import transcript  # few gates look back

        return transcript.history(fields, places)

    return Facts(
        now=time(),
        attended=environ.get(b"CLAUDE_CODE_SESSION_ATTENDED") == b"1",
        session=payload.optional_text(fields, "session_id") or "",
        history=history,
    )
