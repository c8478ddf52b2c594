"""Look at the main thread's work when it ends its turn, where its role asks for that.

Most roles do not, and the client waits at the end of each turn: all that looks is imported only
where it is asked for.
"""

from __future__ import annotations

from kei_gates.hook import places, trust, who
from kei_gates.model import Fault
from kei_gates.protocol import payload
from kei_gates.protocol.reply import NO_OBJECTION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.protocol.reply import Answer


def stop(fields: Mapping[str, object]) -> Answer:
    """Answer the end of a turn. Raises `Fault`."""
    if "agent_id" in fields:
        return NO_OBJECTION
    try:
        where = places.from_client(payload.absolute(fields, "cwd"))
        policy = trust.load(where)
        keys = who.keys_of(policy, payload.to_principal(fields), where)
    except Fault:
        return NO_OBJECTION  # what it could have changed was denied; a person must be able to talk
    if not any(key in policy.checked_on_stop for key in keys):
        return NO_OBJECTION
    from kei_gates.hook import returns
    from kei_gates.hook.returned import MAIN

    return returns.answer(fields, MAIN)
