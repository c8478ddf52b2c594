"""Ask a role's checks: over the work as it lies there, then as it lies after a merge.

What a check raises is a finding: what cannot be looked at does not hold. What the commands of
checks change is nobody's work: the changes were found before they ran.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from kei_gates import checks
from kei_gates.checks._pasted import claims
from kei_gates.checks.work import Finding, SkippedError
from kei_gates.model import Fault
from kei_gates.verify.made import without_made
from kei_gates.verify.outcome import OWN, Outcome
from kei_gates.verify.work import Pass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from typing import Final

    from kei_gates.checks.work import ChangeSet, Ran
    from kei_gates.model import Grant
    from kei_gates.verify.merge import Merged
    from kei_gates.verify.work import Tell

    Merging = Callable[[], AbstractContextManager[Merged]]
    """Makes a simulated merge, which lies there for as long as it is needed."""


class Job:
    """What is to be looked at.

    `merge` makes the simulated merge; where there is none, `unmerged` says why. It is made where
    commands are run, and where it `may_conflict`. `is_return` says that an agent returns: where it
    has changed nothing and claims nothing, nothing is run. `unresolved` are conflicts that stand in
    what has changed. `shared` says what others have changed in the same tree meanwhile: what
    commands find may be theirs. `environment` are variables for commands in the first pass. At
    `deadline`, as the monotonic clock has it, commands are ended.
    """

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        change_set: ChangeSet,
        report: str | None,
        *,
        merge: Merging | None,
        unresolved: Sequence[Finding] = (),
        unmerged: str = "",
        may_conflict: bool = False,
        is_return: bool = False,
        shared: str = "",
        environment: Mapping[str, str] | None = None,
        deadline: float = inf,
        tell: Tell | None = None,
    ) -> None:
        self.change_set: Final = change_set
        self.report: Final = report
        self.merge: Final = merge
        self.unresolved: Final = unresolved
        self.unmerged: Final = unmerged
        self.may_conflict: Final = may_conflict
        self.is_return: Final = is_return
        self.shared: Final = shared
        self.environment: Final = environment
        self.deadline: Final = deadline
        self.tell: Final = tell

    @property
    def is_idle(self) -> bool:
        """Whether an agent returns who has changed nothing, and claims nothing of tests."""
        return self.is_return and not self.change_set.changes and not claims(self.report or "")


def verify(grants: Sequence[Grant], job: Job) -> Outcome:
    """Ask every check in the first pass, and those that run commands again in the second."""
    grouped = _grouped(grants)
    judged = without_made(job.change_set, _made(grouped))
    asked = _Asked(job, judged)
    first = Pass(
        "worktree",
        judged.root,
        judged,
        job.report,
        environment=job.environment,
        deadline=job.deadline,
        tell=job.tell,
    )
    for capability, params in grouped:
        asked.ask(capability, params, first)
    asked.runs += first.runs.values()
    again = [(name, params) for name, params in grouped if asked.must_hold_merged(name)]
    if job.merge is None:
        asked.remarks += [f"no merge was simulated: {job.unmerged}"] if again else []
    elif again or job.may_conflict:
        asked.merge(job.merge, again)
    return asked.outcome(dict.fromkeys(name for name, _ in grouped))


class _Asked:
    """What the checks have said so far."""

    def __init__(self, job: Job, judged: ChangeSet) -> None:
        self._job = job
        self._judged = judged
        self._findings = [(OWN, found) for found in job.unresolved]
        self._skipped: dict[str, str] = {}
        self._held: set[str] = set()
        self.runs: list[Ran] = []
        self.remarks: list[str] = []

    def ask(self, capability: str, params: Mapping[str, object], work: Pass) -> None:
        """Ask one check."""
        runs = _runs(capability)
        if runs and self._job.is_idle:
            self._skipped[capability] = "nothing was changed, and nothing of it is claimed"
            return
        try:
            check = checks.load(capability)
            found = check.check(work, check.Params(params))
            if runs and self._job.shared:
                found = [_with_doubt(one, self._job.shared) for one in found]
        except SkippedError as error:
            self._skipped.setdefault(capability, str(error))
            return
        except Fault as error:
            found = [Finding(error.reason, error.remedy)]
        except Exception as error:  # noqa: BLE001 -- what cannot be looked at does not hold
            found = [failed(error)]
        self._held.add(capability)
        self._findings += [(capability, one) for one in found]

    def must_hold_merged(self, capability: str) -> bool:
        """Whether a check runs commands, and they held so far."""
        holds = all(name != capability for name, _ in self._findings)
        return _runs(capability) and capability in self._held and holds

    def merge(
        self,
        merge: Merging,
        again: Sequence[tuple[str, Mapping[str, object]]],
    ) -> None:
        """Merge, and ask the given checks over what comes out."""
        try:
            with merge() as merged:
                self.remarks += merged.left_out
                self._findings += [(OWN, conflict) for conflict in merged.conflicts]
                if not merged.conflicts:
                    self._ask_again(merged, again)
        except Fault as error:
            self._findings.append((OWN, Finding(f"no merge: {error.reason}", error.remedy)))
        except Exception as error:  # noqa: BLE001 -- what cannot be looked at does not hold
            self._findings.append((OWN, failed(error)))

    def _ask_again(self, merged: Merged, again: Sequence[tuple[str, Mapping[str, object]]]) -> None:
        job = self._job
        work = Pass(
            "merge",
            merged.root,
            self._judged,
            job.report,
            environment=merged.environment,
            deadline=job.deadline,
            tell=job.tell,
        )
        before = len(self._findings)
        for capability, params in again:
            self.ask(capability, params, work)
        self.runs += work.runs.values()
        self._findings[before:] = [
            (name, _after_merge(found)) for name, found in self._findings[before:]
        ]

    def outcome(self, asked: Iterable[str]) -> Outcome:
        """Give what came out of the capabilities that were asked."""
        failing = {name for name, _ in self._findings}
        return Outcome(
            self._findings,
            [name for name in asked if name in self._held and name not in failing],
            [(name, why) for name, why in self._skipped.items() if name not in self._held],
            self.runs,
            self.remarks,
        )


def _grouped(grants: Sequence[Grant]) -> list[tuple[str, Mapping[str, object]]]:
    """Give what is asked: a capability once for each grant, or once for all where it says how."""
    several: dict[str, list[Mapping[str, object]]] = {}
    for grant in grants:
        several.setdefault(grant.capability, []).append(grant.params)
    grouped: list[tuple[str, Mapping[str, object]]] = []
    for capability, many in several.items():
        combined = getattr(checks.load(capability).Params, "combined", None)
        grouped += [(capability, one) for one in ([combined(many)] if combined else many)]
    return grouped


def _made(grouped: Sequence[tuple[str, Mapping[str, object]]]) -> set[str]:
    """Give the files that checks have their commands write."""
    found: set[str] = set()
    for capability, params in grouped:
        check = checks.load(capability)
        makes = getattr(check, "makes", None)
        found.update(makes(check.Params(params)) if makes else ())
    return found


def _runs(capability: str) -> bool:
    return bool(getattr(checks.load(capability), "RUNS", False))


def failed(error: Exception) -> Finding:
    """Give what was raised as a finding."""
    what = f"{type(error).__name__}: {error}".replace("\n", " ")
    return Finding(f"this could not be looked at: {what}", "report this with what caused it")


def _after_merge(found: Finding) -> Finding:
    return Finding(
        f"after a merge, {found.message}",
        f"{found.remedy}; it holds in the worktree, so look at what the target has changed, and at "
        "files that git ignores: they do not travel",
        path=found.path,
        line=found.line,
        doubt=found.doubt,
        detail=found.detail,
    )


def _with_doubt(found: Finding, doubt: str) -> Finding:
    return Finding(
        found.message,
        found.remedy,
        path=found.path,
        line=found.line,
        doubt=found.doubt or doubt,
        detail=found.detail,
    )
