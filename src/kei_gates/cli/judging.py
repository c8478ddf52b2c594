"""Judge calls as the hook would, for a project's policy or for single capabilities."""

from __future__ import annotations

import os
from time import time
from typing import TYPE_CHECKING

from kei_gates.cli.usage import UsageError
from kei_gates.engine import catalogue
from kei_gates.engine.decide import decide
from kei_gates.facts import Facts
from kei_gates.hook import places, session, store, trust, who
from kei_gates.hook.judge import observe
from kei_gates.hook.main import denial
from kei_gates.model import Analysis, Call, Decision, Fault, Grant, Principal, Role
from kei_gates.observe import processes
from kei_gates.particulars import Unseen
from kei_gates.protocol import payload

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kei_gates.model import Event, Places
    from kei_gates.policy.compiled import Policy


class Judge:
    """Judges calls one after another, loading each project's policy once.

    `event` is what the gates were shown of the latest call, none when it came to none.
    """

    def __init__(  # noqa: PLR0913 -- each says something else about who and where
        self,
        *,
        cwd: str,
        principal: Principal | None = None,
        role: str | None = None,
        capabilities: Sequence[str] | None = None,
        shell: str = "auto",
        as_written: bool = False,
    ) -> None:
        """Take who to judge as: a `principal`, a `role`, or `capabilities` alone.

        Without any of them it is whoever a payload names, and the main thread for a command. A
        policy that nobody has accepted counts only `as_written`. Raises `UsageError` for a role or
        capability that does not exist.
        """
        self.event: Event | None = None
        self._cwd = cwd
        self._shell = shell
        self._as_written = as_written
        self._principal = principal
        self._only = self._capabilities_role(capabilities) if capabilities else None
        self._role = role
        self._policies: dict[tuple[str, bool], Policy | Fault] = {}
        if role is not None:
            self._named_role(role, places.find(cwd))

    def command(self, source: str, role: str | None = None, cwd: str | None = None) -> Decision:
        """Judge a shell source as a Bash call."""
        call = Call(
            tool="Bash",
            principal=self._principal or Principal(None, None),
            cwd=self._absolute(cwd),
            command=source,
        )
        return self._judge(call, role)

    def fields(
        self, fields: dict[str, object], role: str | None = None, cwd: str | None = None
    ) -> Decision:
        """Judge a PreToolUse payload. A missing `cwd` is the one this was made for."""
        self.event = None
        if cwd is not None or "cwd" not in fields:
            fields = fields | {"cwd": self._absolute(cwd)}
        try:
            call = payload.to_call(fields)
        except Fault as error:
            return denial(error)
        return self._judge(call, role)

    def raw(self, content: bytes) -> Decision:
        """Judge a PreToolUse payload as it comes on stdin."""
        self.event = None
        try:
            return self.fields(payload.parse(content, "PreToolUse"))
        except Fault as error:
            return denial(error)

    def _absolute(self, cwd: str | None) -> str:
        return self._cwd if cwd is None else os.path.join(self._cwd, cwd)

    def _judge(self, call: Call, role: str | None) -> Decision:
        """Judge like the hook, its boundary included: what is raised is a deny."""
        self.event = None
        try:
            where = places.find(call.cwd)
            chosen = self._choose(call, role or self._role, where)
            if isinstance(chosen, Decision):
                return chosen
            self.event = observe(call, where, self._shell, self._facts(where))
            return decide(self.event, chosen)
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001 -- the hook would answer so too
            return denial(error)

    def _facts(self, where: Places) -> Facts:
        """Give what gates may ask outside of a session: the machine as it is, and no past."""
        try:
            rates = self._policy(where, accepted=False).rates
        except Fault:
            rates = store.load_above(where.home).rates
        return Facts(
            now=time(),
            process=lambda pid: processes.process(pid, ""),
            processes=lambda: processes.processes(""),
            holders=processes.holders,
            rates=rates,
        )

    def _choose(self, call: Call, role: str | None, where: Places) -> Role | Decision:
        """Choose the role to judge by, or refuse the call as a session would.

        A role that is asked for by name is taken as written: whether the policy was accepted, and
        who has that role, is another question.
        """
        if self._only is not None:
            return self._only
        if role is not None:
            return self._named_role(role, where)
        policy = self._policy(where, accepted=not self._as_written)
        principal = self._principal or call.principal
        keys = who.keys_of(policy, principal, where, accepted=not self._as_written)
        refusal = session.refuse(policy, call, keys, where)
        chosen = policy.role(*keys)
        return Decision("deny", (("kei-gates", refusal),), chosen.name) if refusal else chosen

    def _named_role(self, name: str, where: Places) -> Role:
        policy = self._policy(where, accepted=False)
        check_name(name, policy.role_names, "role")
        return policy.role(policy.key(name))

    def _policy(self, where: Places, *, accepted: bool) -> Policy:
        """Load a project's policy, as it was accepted or as it is written.

        Where the project has none, the layers above it count.
        """
        known = (where.project, accepted)
        if known not in self._policies:
            try:
                self._policies[known] = load_policy(where, accepted=accepted)
            except Fault as error:
                self._policies[known] = error
        policy = self._policies[known]
        if isinstance(policy, Fault):
            raise policy
        return policy

    @staticmethod
    def _capabilities_role(capabilities: Iterable[str]) -> Role:
        for name in capabilities:
            check_name(name, catalogue.gated(), "capability")
        return Role("given capabilities", tuple(Grant(name, {}) for name in capabilities))


def load_policy(where: Places, *, accepted: bool) -> Policy:
    """Load a project's policy, as it was accepted or as it is written. Raises `Fault`.

    A project that has none is held to those of the layers above.
    """
    has_one = os.path.lexists(store.policy_file(where.project)) or trust.is_known(where)
    if not has_one:
        return store.load_above(where.home)
    return trust.load(where) if accepted else store.load(where)


def look(source: str, cwd: str, shell: str = "auto") -> Analysis:
    """Analyse a shell source as the hook would for a call in `cwd`, an absolute path.

    Where the hook would deny because it cannot look, nothing of the source is known.
    """
    call = Call(tool="Bash", principal=Principal(None, None), cwd=cwd, command=source)
    try:
        return observe(call, places.find(cwd), shell).analysis
    except Exception as error:  # noqa: BLE001 -- the hook would deny
        reason = denial(error).verdicts[0][1].reason
        return Analysis(unseen=(Unseen(reason, (0, len(source))),))


def check_name(name: str, known: Sequence[str], what: str) -> None:
    """Refuse a name that does not exist. Raises `UsageError` with the nearest that does."""
    if name in known:
        return
    from kei_gates.policy.nearest import nearest

    raise UsageError(f"unknown {what} `{name}`; {nearest(name, list(known))}")
