"""Tell an outcome: to the agent that is sent back, to people, to programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kei_gates.checks._commands import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.checks.work import Finding, Ran
    from kei_gates.verify.outcome import Outcome

_MOST_TOLD = 12
_LONGEST_TOLD = 600
"""Characters of one finding to an agent, without what commands printed."""
_ALL_TOLD = 2200
"""Characters of all of them; the client shows the model each answer twice."""
_ALL_DETAIL = 1500
"""Characters of all that commands printed, shared among them."""
_ID = re.compile("[0-9a-f]{40,64}")
_SHORT = 12
DETAIL = "        "
"""What lines begin with, in a summary for people, that a command has printed."""
_COLOURS = re.compile("\x1b\\[[0-9;]*m")
_ENDS = {
    "timeout": "was ended after {seconds:.0f} s",
    "flood": "was ended because it printed too much",
    "late": "was not run, as no time was left",
}


def to_agent(outcome: Outcome) -> str:
    """Say what the agent has to mend, a finding in a line, with what commands printed last."""
    head = (
        "this does not hold yet; mend it, then return again"
        if outcome.is_certain
        else "this does not hold, and may not be your doing; mend what is yours, say in your "
        "report what is not, then return again"
    )
    return f"kei-gates: {head}:\n{listed(outcome)}"


def listed(outcome: Outcome) -> str:
    """Give the findings for a model, what is certain first; what is too much is counted."""
    findings = sorted(outcome.findings, key=lambda found: bool(found[1].doubt))
    lines = [_cut(f"- {capability}: {told(finding)}") for capability, finding in findings]
    shown = _fitting(lines)
    details = {finding.detail: None for _, finding in findings[:shown] if finding.detail}
    share = _ALL_DETAIL // max(len(details), 1)
    given = []
    for line, (_, finding) in zip(lines[:shown], findings, strict=False):
        given.append(line)
        if finding.detail in details:  # the same output is shown once
            del details[finding.detail]
            given += [f"    {one}" for one in _end(finding.detail, share)]
    more = len(lines) - shown
    return "\n".join([*given, f"- and {more} more"] if more else given)


def _fitting(lines: Sequence[str]) -> int:
    """Say how many of the lines are told."""
    room = _ALL_TOLD
    for index, line in enumerate(lines[:_MOST_TOLD]):
        room -= len(line)
        if room < 0 and index:
            return index
    return min(len(lines), _MOST_TOLD)


def _cut(line: str) -> str:
    half = _LONGEST_TOLD // 2
    return line if len(line) <= _LONGEST_TOLD else f"{line[:half]} ... {line[-half:]}"


def _end(text: str, most: int) -> list[str]:
    """Give the last lines of a text that fit, at least the end of its last one."""
    lines = text[-most:].splitlines()
    return lines[1:] if len(text) > most and len(lines) > 1 else lines


def told(finding: Finding) -> str:
    """Give a finding in one line: where, what, doubt, what to do."""
    place = "" if finding.path is None else finding.path
    if finding.line is None and finding.message.startswith(f"`{place}`"):
        place = ""  # it says itself where
    if finding.line is not None:
        place += f":{finding.line}" if place else f"line {finding.line}"
    doubt = f" ({finding.doubt})" if finding.doubt else ""
    return f"{place}{': ' if place else ''}{finding.message}{doubt}; {finding.remedy}"


def to_people(outcome: Outcome, base: str) -> Iterator[str]:
    """Give the lines of a summary that reads at a glance: what fails first, the verdict last."""
    for capability, finding in outcome.findings:
        yield f"FAIL  {capability}: {told(finding)}"
        yield from (f"{DETAIL}{line}" for line in _COLOURS.sub("", finding.detail).splitlines())
    yield from (f"ok    {capability}" for capability in outcome.passed)
    yield from (f"skip  {capability}: {why}" for capability, why in outcome.skipped)
    yield from (f"ran   {ended(run)}" for run in outcome.runs)
    yield from (f"note  {remark}" for remark in outcome.remarks)
    found = len(outcome.findings)
    counts = f"{found} finding{'' if found == 1 else 's'}, {len(outcome.passed)} hold"
    counts += f", {len(outcome.skipped)} skipped" if outcome.skipped else ""
    against = base[:_SHORT] if _ID.fullmatch(base) else base
    yield f"{'holds' if outcome.holds else 'does not hold'}: {counts} (against {against})"


def ended(run: Ran) -> str:
    """Say how a run ended, in one line."""
    how = _ENDS.get(run.ended, "").format(seconds=run.seconds) or f"exit {run.code}"
    where = "in the worktree" if run.at == "worktree" else "after a merge"
    return f"`{shown(run.command)}` {where}: {how}, {run.seconds:.1f} s"


def as_record(outcome: Outcome) -> dict[str, Any]:
    """Give an outcome as JSON."""
    return {
        "findings": [
            {
                "capability": capability,
                "path": finding.path,
                "line": finding.line,
                "message": finding.message,
                "remedy": finding.remedy,
                "doubt": finding.doubt,
                "detail": finding.detail,
            }
            for capability, finding in outcome.findings
        ],
        "passed": list(outcome.passed),
        "skipped": [capability for capability, _ in outcome.skipped],
        "reasons": dict(outcome.skipped),
        "runs": [as_run(run) for run in outcome.runs],
        "remarks": list(outcome.remarks),
    }


def as_run(run: Ran) -> dict[str, Any]:
    """Give a run as JSON, without its output."""
    return {
        "command": run.command,
        "pass": run.at,
        "ended": run.ended,
        "code": run.code,
        "seconds": round(run.seconds, 3),
    }


def as_junit(outcome: Outcome) -> bytes:
    """Give an outcome as JUnit XML: a case for each capability."""
    failing = dict.fromkeys(capability for capability, _ in outcome.findings)
    count = len(failing) + len(outcome.passed) + len(outcome.skipped)
    numbers = {
        "tests": str(count),
        "failures": str(len(failing)),
        "errors": "0",
        "skipped": str(len(outcome.skipped)),
        "time": f"{sum(run.seconds for run in outcome.runs):.3f}",
    }
    suites = Element("testsuites", {"name": "kei-gates", **numbers})
    suite = SubElement(suites, "testsuite", {"name": "kei-gates verify", **numbers})
    for capability in failing:
        case = _case(suite, capability)
        found = [finding for name, finding in outcome.findings if name == capability]
        about = {"type": "finding", "message": _xml(told(found[0]))}
        failure = SubElement(case, "failure", about)
        failure.text = _xml("\n".join(f"{told(one)}\n{one.detail}".rstrip() for one in found))
    for capability in outcome.passed:
        _case(suite, capability)
    for capability, why in outcome.skipped:
        SubElement(_case(suite, capability), "skipped", {"message": _xml(why)})
    indent(suites)
    return bytes(tostring(suites, encoding="utf-8", xml_declaration=True)) + b"\n"


def _case(suite: Element, capability: str) -> Element:
    category, _, slug = capability.rpartition("::")
    return SubElement(suite, "testcase", {"classname": category or "kei-gates", "name": slug})


def _xml(text: str) -> str:
    """Keep what XML 1.0 can hold; the rest is told by its number."""
    return "".join(
        char
        if char in "\t\n"
        or " " <= char <= "\ud7ff"
        or "\ue000" <= char <= "\ufffd"
        or char > "\uffff"
        else f"\\x{ord(char):02x}"
        for char in text
    )
