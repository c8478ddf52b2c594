"""Deny paid launches of scripts that will fail, lose what they have paid for, or stop other work.

What it does: reads the script that `modal run`, `deploy`, `serve` or `shell` would launch, and code
that launches by itself, and holds it against the rules of `kei-gates lint` (M1 to M12): GPUs that
do not exist or that the script's own PyTorch cannot use, retries and timeouts that Modal refuses,
calls that stop work or delete what is kept. What only deserves a warning passes; `strict` blocks
GPU functions without retries, maps that one failure ends, writes that are not committed and prints
that are held back, too. `block` and `off` name single rules. A script that cannot be read is
denied.
Why: what is wrong in a script is found on a machine that is paid by the second, or after the run.
Instead: mend the line that is named; `kei-gates lint SCRIPT` shows all of them, and `kei-gates lint
--explain RULE` what a rule is for.
"""

from __future__ import annotations

from kei_gates.gates._launches import hidden, launches, may_launch
from kei_gates.gates._wording import shorten
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.gates._launches import Launch
    from kei_gates.lint.finding import Finding
    from kei_gates.model import Event, Verdict


class Params(BaseParams):
    """Rules that block too, and that are not asked, by id or name; whether the policy is strict."""

    block: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    strict: bool = False

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse what is no rule: it would block nothing, or switch nothing off."""
        from kei_gates.lint.rules import names, rule_of  # noqa: PLC0415 -- only policies need it
        from kei_gates.policy.nearest import nearest  # noqa: PLC0415 -- the same

        raised = _words(values.get("block"))
        for word in (*raised, *_words(values.get("off"))):
            if word not in names():
                rule = rule_of(word)
                hint = nearest(word, names()) if rule is None else f"did you mean `{rule.id}`?"
                return f"there is no rule `{word}`; {hint}"
        for word in _words(values.get("off")):
            if word in raised:
                return f"`{word}` is both in `block` and in `off`"
        return None


def _words(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, (list, tuple)) else []


# Commands that run nothing of a script but are given one, or the id of what runs already.
_MAY_DO_WITHOUT = frozenset(("shell",))


def check(event: Event, params: Params) -> Verdict:
    """Judge the script of every launch of the call."""
    if not may_launch(event):
        return Abstain()
    unknown = hidden(event)
    if unknown is not None:
        return unknown
    for launch in launches(event):
        objection = _objection(launch, params)
        if objection is not None:
            return objection
    return Abstain()


def _objection(launch: Launch, params: Params) -> Deny | None:
    """Deny a script that cannot be read, or in which something blocks."""
    if launch.text is None:
        if launch.verb in _MAY_DO_WITHOUT:
            return None
        return Deny(
            f"what `{shorten(str(launch))}` would launch cannot be read, so nobody knows what is "
            "wrong with it",
            "name one script plainly, as a file that is there or that this command writes out, and "
            "change it in a command before",
        )
    if not launch.text:
        return None
    from kei_gates.lint.rules import findings  # noqa: PLC0415 -- only launches need it
    from kei_gates.lint.tree import ScriptError  # noqa: PLC0415 -- the same

    try:
        found = findings(launch.text, strict=params.strict, block=params.block, off=params.off)
    except ScriptError as error:
        return Deny(
            f"line {error.line} of `{launch.name}`: {error.reason}", "mend the script, then launch"
        )
    blocking = [one for one in found if one.severity == "block"]
    return _deny(launch, blocking) if blocking else None


def _deny(launch: Launch, blocking: list[Finding]) -> Deny:
    """Name the first finding, and how many more there are."""
    first = blocking[0]
    more = len(blocking) - 1
    others = f", and {more} more in this script" if more else ""
    see_all = f"; `kei-gates lint {launch.name}` shows all" if more else ""
    rule = f"{first.rule} {first.name}"
    return Deny(
        f"line {first.line} of `{launch.name}`: {first.message} ({rule}){others}",
        f"{first.remedy}{see_all}",
    )
