"""Judge calls as the hook would, for a project's policy or for single capabilities."""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import TYPE_CHECKING

from kei_gates.cli.usage import UsageError
from kei_gates.engine import catalogue
from kei_gates.engine.decide import decide
from kei_gates.hook import places, store
from kei_gates.hook.judge import observe
from kei_gates.hook.main import denial
from kei_gates.model import Analysis, Call, Fault, Grant, Principal, Role, Unseen
from kei_gates.protocol import payload

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kei_gates.model import Decision, Event, Places
    from kei_gates.policy.compiled import Policy


class Judge:
    """Judges calls one after another, loading each project's policy once.

    `event` is what the gates were shown of the latest call, none when it came to none.
    """

    def __init__(
        self,
        *,
        cwd: str,
        principal: Principal | None = None,
        role: str | None = None,
        capabilities: Sequence[str] | None = None,
        shell: str = "auto",
    ) -> None:
        """Take who to judge as: a `principal`, a `role`, or `capabilities` alone.

        Without any of them it is whoever a payload names, and the main thread for a command.
        Raises `UsageError` for a role or capability that does not exist.
        """
        self.event: Event | None = None
        self._cwd = cwd
        self._shell = shell
        self._principal = principal
        self._only = self._capabilities_role(capabilities) if capabilities else None
        self._role = role
        self._policies: dict[str, Policy | Fault] = {}
        if role is not None:
            self._named_role(role, places.find(cwd).project)

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
            chosen = self._choose(call.principal, role or self._role, where)
            self.event = observe(call, where, self._shell)
            return decide(self.event, chosen)
        except UsageError:
            raise
        except Exception as error:  # noqa: BLE001 -- the hook would answer so too
            return denial(error)

    def _choose(self, principal: Principal, role: str | None, where: Places) -> Role:
        if self._only is not None:
            return self._only
        if role is not None:
            return self._named_role(role, where.project)
        policy = self._policy(where.project)
        return policy.role(policy.agents.role_of(self._principal or principal))

    def _named_role(self, name: str, project: str) -> Role:
        policy = self._policy(project)
        _check(name, policy.role_names, "role")
        return policy.role(name)

    def _policy(self, project: str) -> Policy:
        """Load a project's policy; the built-in one where the project has none."""
        if project not in self._policies:
            has_file = os.path.lexists(f"{project}/{places.POLICY_FILE}")
            try:
                self._policies[project] = (
                    store.load(project) if has_file else store.compile_policy(None)
                )
            except Fault as error:
                self._policies[project] = error
        policy = self._policies[project]
        if isinstance(policy, Fault):
            raise policy
        return policy

    @staticmethod
    def _capabilities_role(capabilities: Iterable[str]) -> Role:
        for name in capabilities:
            _check(name, catalogue.ids(), "capability")
        return Role("given capabilities", tuple(Grant(name, {}) for name in capabilities))


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


def _check(name: str, known: Sequence[str], what: str) -> None:
    if name in known:
        return
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean `{near[0]}`?" if near else f"known are: {', '.join(known)}"
    raise UsageError(f"unknown {what} `{name}`; {hint}")
