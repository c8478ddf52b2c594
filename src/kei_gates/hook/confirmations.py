"""The word of a person for one thing: it counts once, for ten minutes, and the audit has it.

What a gate objects to with a `target` is for a person to say. It is noted, and the next call that
only meets such objections passes if the word for each of them was given since:

- by `kei-gates confirm CODE`, run outside the session, for anything;
- by typing `yes, stop it` in the session, for what `safety::no-kill` alone objects to. It counts in
  the turn that it begins, which the client itself tells of every call (`prompt_id`): what another
  client writes into the same transcript is of another turn. A client that an agent has started
  hears nobody (docs/adr/0014).
"""

from __future__ import annotations

from posix import O_CLOEXEC, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY, close
from posix import open as open_fd

from kei_gates.engine.decide import combine
from kei_gates.hook import pending
from kei_gates.hook.pending import Note
from kei_gates.model import Fault, Value
from kei_gates.observe.files import make_folders
from kei_gates.protocol import payload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from kei_gates.facts import Facts
    from kei_gates.model import Call, Decision, Places, Verdict

LASTS = 600.0
"""Seconds for which a word counts."""

_CUT = "..."
"""What stands in a target for words that are not known, or were too many."""
_BY_CHAT = frozenset(("safety::no-kill",))


class Word(Value):
    """A word that was found, for the target of `note`; `uuid` is that of the prompt it was in."""

    __slots__ = ("note", "uuid")

    def __init__(self, note: Note, uuid: str = "") -> None:
        self.note: Final = note
        self.uuid: Final = uuid

    @property
    def how(self) -> str:
        """How it was given, for the audit."""
        return (
            f"typed in prompt {self.uuid}" if self.uuid else f"kei-gates confirm {self.note.code}"
        )

    def spend(self, home: str) -> bool:
        """Use it up. Of all who try at the same time one succeeds. Raises `Fault`."""
        if not self.uuid:
            return pending.spend_word(home, self.note)
        return _claim(_spent_path(home, self.note.session, self.uuid))


def apply(
    decision: Decision, fields: Mapping[str, object], call: Call, places: Places, facts: Facts
) -> Decision:
    """Let a call pass whose every objection a person has answered, or note it for them.

    Raises `Fault` where that cannot be kept.
    """
    targets = _targets(decision, call)
    if not targets or not facts.session:
        return decision
    session = _Session(fields, call, places, facts)
    found = {target: session.word(target, by_chat=chat) for target, chat in targets.items()}
    words = [word for word in found.values() if isinstance(word, Word)]
    whys = {target: why for target, why in found.items() if isinstance(why, str)}
    if not whys:
        if all(word.spend(places.home) for word in words):
            for word in words:
                pending.drop(places.home, word.note)
            return decision.passed_by(f"{word.how}: {word.note.target}" for word in words)
        whys = dict.fromkeys(targets, "the word for it was spent on another call")
    for target, chat in targets.items():
        session.note(target, by_chat=chat)
    told = [(name, session.told(one, whys)) for name, one in decision.verdicts]
    return combine(told, decision.role)


def _targets(decision: Decision, call: Call) -> dict[str, bool]:
    """Give what a person may let pass, and whether in the session; nothing if that is not all."""
    targets: dict[str, bool] = {}
    for name, verdict in decision.verdicts:
        if verdict.outcome == "abstain":
            continue
        if not verdict.target:
            return {}
        target = _whole(verdict.target, call)
        targets[target] = targets.get(target, True) and name in _BY_CHAT
    return targets


def _whole(target: str, call: Call) -> str:
    """Give a target that says all: one with unknown words is only known by its very command."""
    return f"{target} by exactly `{pending.shown(call)}`" if _CUT in target else target


class _Session:
    """What is noted in the session of a call, and what was said there."""

    def __init__(
        self, fields: Mapping[str, object], call: Call, places: Places, facts: Facts
    ) -> None:
        self._fields: Final = fields
        self._call: Final = call
        self._places: Final = places
        self._facts: Final = facts
        self._notes: Final = pending.notes(places.home, facts.session)

    def word(self, target: str, *, by_chat: bool) -> Word | str:
        """Give the word for a target, or why there is none; empty where none was given."""
        note = self._notes.get(target)
        if note is None:
            return ""
        at = pending.word_time(self._places.home, note)
        if at is not None and 0 <= self._facts.now - at <= LASTS:
            return Word(note)
        why = "" if at is None else "its confirmation is more than ten minutes old"
        if by_chat and note.by_chat and self._facts.attended:
            return self._typed(note) or why
        return why

    def _typed(self, note: Note) -> Word | str:
        """Give what was typed for a note since it was made, or why that does not count."""
        from kei_gates.hook import typed_word  # only where something waits for a word

        prompt = typed_word.since(note, self._fields)
        if prompt is None:
            return ""
        if self._facts.now - prompt.at > LASTS:
            return f"`{typed_word.PHRASE}` was said more than ten minutes ago"
        if _exists(_spent_path(self._places.home, note.session, prompt.uuid)):
            return f"`{typed_word.PHRASE}` was spent on another call"
        others = [other for other in self._notes.values() if other.target != note.target]
        flaw = typed_word.flaw(prompt, note, others, self._fields)
        return flaw or Word(note, prompt.uuid)

    def note(self, target: str, *, by_chat: bool) -> None:
        """Note that a target was stopped; a word for it that is too old goes. Raises `Fault`."""
        note = Note(
            target=target,
            session=self._facts.session,
            agent=str(self._call.principal),
            at=self._facts.now,
            command=pending.shown(self._call),
            use=payload.optional_text(self._fields, "tool_use_id") or "",
            project=self._places.project,
            by_chat=by_chat,
        )
        at = pending.word_time(self._places.home, note)
        if at is not None and not 0 <= self._facts.now - at <= LASTS:
            pending.spend_word(self._places.home, note)
        pending.write(self._places.home, note)

    def told(self, verdict: Verdict, whys: Mapping[str, str]) -> Verdict:
        """Tell in a denial how a person lets it pass, and in any objection why a word was none."""
        if verdict.outcome == "abstain":
            return verdict
        target = _whole(verdict.target, self._call)
        why = whys.get(target, "")
        remedy = verdict.remedy
        if verdict.outcome == "deny":
            code = pending.code_of(self._facts.session, target)
            remedy += f", or let a person run `kei-gates confirm {code}` outside the session"
        return type(verdict)(
            f"{verdict.reason}; {why}" if why else verdict.reason,
            remedy,
            target=verdict.target,
            charges=verdict.charges,
        )


# --- what is kept -----------------------------------------------------------------------------


def _spent_path(home: str, session: str, uuid: str) -> str:
    from kei_gates.hook.bindings import checked

    return f"{pending.folder_of(home, session)}/spent-{checked(uuid, 'uuid')}"


def _claim(path: str) -> bool:
    """Make a file that must not be there yet. Raises `Fault`."""
    try:
        make_folders(path.rpartition("/")[0])
        close(open_fd(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600))
    except FileExistsError:
        return False
    except OSError as error:
        reason = error.strerror or error
        raise Fault(f"`{path}` cannot be written: {reason}", "mend the folder") from None
    return True


def _exists(path: str) -> bool:
    from kei_gates.observe.paths import exists

    return exists(path)
