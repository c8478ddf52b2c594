"""A person lets one denied call pass, once: the very same, within ten minutes.

What is let pass is a call with the same input of the same kind of agent in the same session, to
which the same is objected: a script that has changed since may be objected to for something else.
The grant begins with the secret of the installation (see `trust`), and is spent by being deleted.
"""

from __future__ import annotations

from posix import unlink

from kei_gates.hook import pending, trust
from kei_gates.hook.confirmations import LASTS
from kei_gates.protocol import json_text, payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Decision, Places

_GRANT = "allowed-"


def apply(decision: Decision, fields: Mapping[str, object], places: Places, now: float) -> Decision:
    """Let a denied call pass if a person has said so. Raises `Fault`."""
    session = payload.optional_text(fields, "session_id")
    if not session:
        return decision
    digest = digest_of(decision, fields)
    path = path_of(places.home, session, digest)
    identity = _valid(path, digest, now)
    if identity is None or not _spend(path):
        return decision
    return decision.passed_by([f"kei-gates allow {identity} --once"])


def digest_of(decision: Decision, fields: Mapping[str, object]) -> str:
    """Give what stands for a denied call: who asks for exactly what, where, and what is objected.

    An objection that is known by what it would hit is the same however long that has run.
    """
    from _blake2 import blake2b  # `hashlib` loads OpenSSL

    asked = [fields.get(key) for key in ("session_id", "agent_type", "tool_name", "cwd")]
    asked += [fields.get("agent_id") is None, fields.get("tool_input")]
    asked += [
        [gate, one.target or one.reason]
        for gate, one in decision.verdicts
        if one.outcome != "abstain"
    ]
    text = json_text.write(asked, ordered=True)
    return blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def path_of(home: str, session: str, digest: str) -> str:
    """Give where the grant for a call of a session lies. Raises `Fault`."""
    return f"{pending.folder_of(home, session)}/{_GRANT}{digest}"


def text_of(identity: str, digest: str, until: float) -> bytes:
    """Give what a grant says, behind the installation's secret.

    `identity` is that of the decision, `until` when it ends, in seconds since the epoch.
    """
    return json_text.write({"id": identity, "input": digest, "until": until}).encode("ascii")


def _valid(path: str, digest: str, now: float) -> str | None:
    """Give the id of the decision that a valid grant is for. Raises `Fault`."""
    text = trust.sealed(path)
    try:
        fields = json_text.parse(text or b"")
    except ValueError:
        return None
    if not isinstance(fields, dict) or fields.get("input") != digest:
        return None
    until, identity = fields.get("until"), fields.get("id")
    if not isinstance(until, float) or not 0 <= until - now <= LASTS:
        return None
    return identity if isinstance(identity, str) else None


def _spend(path: str) -> bool:
    """Take a grant away. Of all who try at the same time one succeeds."""
    try:
        unlink(path)
    except OSError:
        return False
    return True
