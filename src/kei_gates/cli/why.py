"""`kei-gates why`: what was called, who objected and why, and what can be done about it."""

from __future__ import annotations

import json
import sys
from argparse import RawDescriptionHelpFormatter
from textwrap import wrap
from time import time
from typing import TYPE_CHECKING

from kei_gates.cli import audit_options
from kei_gates.cli.allow import ALLOWABLE
from kei_gates.cli.terminal import Terminal
from kei_gates.model import Fault
from kei_gates.protocol.answer import one_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from kei_gates.audit.entries import Entry, Objection
    from kei_gates.audit.reading import Unread
    from kei_gates.cli.role_sources import RoleSources

_DECIDED = {"abstain": "passed", "ask": "asked of a person", "deny": "denied"}
_SHELLS = frozenset(("Bash", "Monitor"))
_REDACTED, _SHORTENED = "[redacted]", " ..."
"""Seconds for which `kei-gates allow` knows a denied call."""
_INDENT = "          "
_EXAMPLES = """examples:
  kei-gates why             the latest call that was denied in this project
  kei-gates why 3f9c1e2a    the decision of this id, as `kei-gates log` shows it
  kei-gates why 3f9         the beginning of an id is enough where it is the only one

exit codes: 0 shown, 1 there is no such decision, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "why",
        help="explain a decision",
        description="Explain a decision: what was called, which gates objected, what can be done.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="which (default: the latest denied)")
    audit_options.add_project(parser)
    parser.add_argument("--json", action="store_true", help="print the record as it is")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what is known of the decision."""
    from kei_gates.audit import reading

    unread = reading.Unread()
    entry = _latest(args, unread) if args.id is None else _named(args.id, unread)
    if args.json:
        print(json.dumps(entry.record))
    else:
        terminal = Terminal.of(sys.stdout)
        for line in told(entry):
            print(_wrapped(line, terminal.columns))
    audit_options.say_unread(unread)
    return 0


def _latest(args: argparse.Namespace, unread: Unread) -> Entry:
    """Give the latest denied decision. Raises `Fault` where there is none."""
    from kei_gates.audit.choosing import Choice, is_chosen
    from kei_gates.audit.entries import Entry
    from kei_gates.audit.reading import latest

    project = None if args.all else audit_options.project(args.dir)
    choice, folder = Choice(project=project, decision="deny"), audit_options.state_folder()
    for record in latest(folder, 1, lambda one: is_chosen(Entry(one), choice), unread):
        return Entry(record)
    where = f"in `{project}`" if project else "in any project"
    raise Fault(f"nothing was denied {where}", "see `kei-gates log --all`")


def _named(given: str, unread: Unread) -> Entry:
    """Find a decision by the beginning of its id. Raises `Fault`."""
    from kei_gates.audit.entries import DECISION, Entry
    from kei_gates.audit.reading import records

    found: dict[str, Entry] = {}
    for record in records(audit_options.state_folder(), unread):
        if record["event"] == DECISION and str(record.get("id")).startswith(given.casefold()):
            found[str(record["id"])] = Entry(record)
    if given.casefold() in found:
        return found[given.casefold()]
    if len(found) == 1:
        return next(iter(found.values()))
    if not found:
        raise Fault(
            f"no decision has the id `{one_line(given)}`",
            "see the ids in `kei-gates log`; the oldest records make room for new ones",
        )
    near = ", ".join(f"`{one_line(one)}`" for one in list(found)[-5:])
    raise Fault(f"`{one_line(given)}` begins {len(found)} ids: {near}", "give more of it")


def told(entry: Entry) -> Iterator[str]:
    """Explain a decision, in lines that are safe to show."""
    from kei_gates.cli.role_sources import RoleSources

    at = audit_options.local(entry.at)
    decided = _DECIDED.get(entry.decision, one_line(entry.decision))
    yield f"{one_line(entry.id)}  {decided}  {at:%Y-%m-%d %H:%M:%S %z}"
    yield f"call      {one_line(entry.tool)}: {one_line(entry.call) or '(nothing told of it)'}"
    yield f"by        {_who(entry)}, session {one_line(entry.session) or 'not known'}"
    yield f"project   {one_line(entry.project) or 'not known'}"
    sources = RoleSources(entry.project)
    yield from _role(entry, sources)
    if entry.ms is not None:
        yield f"took      {entry.ms:g} ms"
    for objection in entry.objections:
        yield ""
        yield from _objection(objection, entry, sources)
    yield ""
    if entry.by:
        yield f"passed by a person's word: {one_line(', '.join(entry.by))}"
    if entry.passed:
        yield f"no objection from {one_line(', '.join(entry.passed))}"
    if entry.is_fault:
        yield from _fault()
    yield from _tried(entry)
    if is_allowable(entry):
        yield (
            f"let pass  `kei-gates allow {one_line(entry.id)} --once`, run by a person outside the "
            "session, lets this very call pass once"
        )


def is_allowable(entry: Entry) -> bool:
    """Whether a person may let the call pass once: denied lately, by gates, and known whole."""
    is_late = time() - entry.at > ALLOWABLE
    return (
        entry.decision == "deny" and "input" in entry.record and not entry.is_fault and not is_late
    )


def _who(entry: Entry) -> str:
    if not entry.agent:
        return "the main thread" + (
            f" (as {one_line(entry.agent_type)})" if entry.agent_type else ""
        )
    return f"agent {one_line(entry.agent_type) or 'unnamed'} ({one_line(entry.agent)})"


def _role(entry: Entry, sources: RoleSources) -> Iterator[str]:
    """Say by which role, and where the role and its agent stand in the policies as they are now."""
    if not entry.role:
        yield "role      none was reached"
        return
    name, *tasks = entry.role.split("/")
    held = f"role      {one_line(name)}"
    held += f", narrowed by the task {one_line(', '.join(tasks))}" if tasks else ""
    yield f"{held}, from {one_line(sources.role(name))}"
    given = sources.given(entry.kind, name)
    if given:
        yield f"          given to {one_line(entry.kind)} by {one_line(given)}"


def _objection(objection: Objection, entry: Entry, sources: RoleSources) -> Iterator[str]:
    from kei_gates.audit.entries import OWN

    gate = one_line(objection.gate)
    verb = {"deny": "denies", "ask": "asks a person"}.get(objection.outcome, "objects")
    yield f"{gate} {verb}"
    yield f"  why     {one_line(objection.reason)}"
    yield f"  instead {one_line(objection.remedy)}"
    if objection.gate == OWN:
        return
    role = entry.role.partition("/")[0]
    settings, lines = sources.settings(role, objection.gate), sources.lines(role, objection.gate)
    if settings:
        yield f"  set     {one_line(settings)}"
    if lines:
        yield f"  said by {one_line(lines)}"
    yield f"  more    `kei-gates explain {gate}`"


def _fault() -> Iterator[str]:
    yield (
        "fault     kei-gates itself objected: it could not judge the call, or nobody may do this; "
        "what cannot be judged is denied until the cause is mended, and no word of a person's lets "
        "it pass. `kei-gates doctor` says whether the gate is whole"
    )


def _tried(entry: Entry) -> Iterator[str]:
    """Say how the decision can be had again without a session."""
    if entry.tool not in _SHELLS or not entry.call:
        return
    who = f"--agent {quoted(entry.agent_type)} " if entry.agent and entry.agent_type else ""
    if not entry.agent:
        who = "--main "
    place = f"--cwd {quoted(entry.project)} " if entry.project else ""
    note = ""
    if _REDACTED in entry.call or entry.call.endswith(_SHORTENED):
        note = " (the call is not kept whole: fill in what is missing)"
    yield f"try it    kei-gates test-command {who}{place}--explain {quoted(entry.call)}{note}"


def quoted(word: str) -> str:
    """Quote a word for bash and zsh, in printable ASCII."""
    from shlex import quote

    if word.isascii() and word.isprintable():
        return quote(word)
    return "$'" + "".join(map(_escaped, word)) + "'"


def _escaped(char: str) -> str:
    if " " <= char <= "~":
        return f"\\{char}" if char in "\\'" else char
    if char in "\n\t\r":
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}[char]
    return f"\\U{ord(char):08x}"


def _wrapped(line: str, columns: int) -> str:
    """Break a line between words; commands to copy stay whole."""
    if len(line) <= columns or line.startswith("try it"):
        return line
    return "\n".join(
        wrap(line, columns, subsequent_indent=_INDENT, break_on_hyphens=False,
             break_long_words=False)
    )  # fmt: skip
