"""Whose change is it, where several agents and people work in one tree.

What differs from the start of an agent was changed by it, by others, or by people. An agent is
judged for what is its own; what may be its own is judged with that doubt said. The evidence is what
the calls of all agents name (`Act.names`), and when a path was last changed: its ctime, which a
program can only set to now (`touch -d` and `utime` set another time and leave this one).

Each call of the agent says of a change: *its*, *doubt*, or nothing. The strongest word counts.

| the agent's call ...                | ... and others                              | word    |
|-------------------------------------|---------------------------------------------|---------|
| names the very path                 |                                             | its     |
| names a pattern or folder of it     |                                             | its     |
|   ... and did not run at that time  | name the very path                          | doubt   |
|   ... and ran at that time          | surely changed it last                      | doubt   |
| may change any file, ran then       |                                             | its     |
|                                     | may have changed it then                    | doubt   |
|                                     | surely changed it last                      | nothing |
| may have left something running     |                                             | doubt   |
|                                     | surely changed it last, or name it          | nothing |
| moved, while it ran, a folder of it | (and no call ran at the time of the file)   | doubt   |

*Surely changed it last*: a call that may change only what it names (an edit, `sed -i`) names the
very path and ran at that time. A call that began after the change speaks only of the very path that
it names. What changed while no call ran that may have changed it is a person's.

Of what is deleted only an upper bound of the time is known, the ctime of the folder. So a call that
began later says nothing; one that may change any file says *its* if it ran then and no other could
have deleted it before, *nothing* if another call names the path as what it deletes, else *doubt*.
A change whose time is unknown, or before the agent's start (a file that was moved here keeps its
time on some file systems), is in doubt for each call that may change any file, but for what another
surely changed last.

Hence: more calls of the agent never take a change away from it, more calls of others never give it
one, and nothing that the agent's own calls name is lost.

What remains untold: a file that the agent's code wrote and another's call wrote over later (that
agent is judged for it, if it began before), a program that leaves the terminal by itself without a
sign in the source, a file that was moved in by code while another's code ran, a clock that was set
by a superuser, and transcripts that code has written over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from kei_gates.checks.work import Change, ChangeSet
from kei_gates.model import folded
from kei_gates.verify.acts import BEFORE, Index, Names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from typing import Final

    from kei_gates.verify.acts import Act

_NOT, _DOUBT, _ITS = 0, 1, 2
_MOST_NAMED = 3


class Dated(ChangeSet, Protocol):
    """A change set that knows when."""

    def changed_at(self, path: str) -> int | None:
        """Say when a file or folder was last changed, in ns since the epoch, by its ctime.

        Of what is gone, when the folder that it lay in was; none where nobody knows.
        """


class Attributed:
    """Those of a set's changes that are an agent's, or may be."""

    __slots__ = ("_all", "changes")

    def __init__(self, everything: Dated, changes: Iterable[Change]) -> None:
        self._all: Final = everything
        self.changes: Final = tuple(changes)

    @property
    def root(self) -> str:
        """The folder that paths are relative to."""
        return self._all.root

    @property
    def base(self) -> str:
        """What it was compared with."""
        return self._all.base

    def before(self, path: str) -> bytes | None:
        """Give what a path held. Raises `OSError`."""
        return self._all.before(path)

    def after(self, path: str) -> bytes | None:
        """Give what a path holds now. Raises `OSError`."""
        return self._all.after(path)

    def changed_at(self, path: str) -> int | None:
        """Say when a path was last changed."""
        return self._all.changed_at(path)


def attribute(  # noqa: PLR0913 -- the evidence
    everything: Dated,
    acts: Iterable[Act],
    *,
    own: Collection[str | None],
    since: int,
    own_tree: bool = False,
    folds_case: bool = False,
) -> Attributed:
    """Leave of all changes those that are an agent's, and those that may be, with the doubt.

    `acts` are the calls of all principals, `own` the ids whose calls are the agent's: its own, and
    of agents that it started those whose work nobody looked at. `since` is from when on changes are
    counted, in ns since the epoch: taken before what lay there then was noted. In a tree of its own
    (`own_tree`) all is its.
    """
    if own_tree:
        return Attributed(everything, everything.changes)
    names = [Names(act, folds_case=folds_case) for act in acts]
    mine = Index(one for one in names if one.act.agent_id in own)
    theirs = Index(one for one in names if one.act.agent_id not in own)
    return Attributed(everything, _judged(everything, mine, theirs, since, folds_case=folds_case))


def _judged(
    everything: Dated,
    mine: Index,
    theirs: Index,
    since: int,
    *,
    folds_case: bool,
) -> Iterator[Change]:
    for change in everything.changes:
        path = f"{everything.root.rstrip('/')}/{change.path}"
        path = folded(path) if folds_case else path
        case = _Case(everything, change, path, theirs.reaching(path), since)
        word = max((case.word(one) for one in mine.reaching(path)), default=_NOT)
        if word == _ITS:
            yield change
        elif word == _DOUBT:
            yield change.doubted(case.why())


class _Case:
    """One change, and what others have to do with it."""

    __slots__ = (
        "_dated",
        "_folders",
        "_others",
        "_path",
        "_when",
        "change",
        "named",
        "sure",
        "then",
    )

    def __init__(
        self, dated: Dated, change: Change, path: str, others: Sequence[Names], since: int
    ) -> None:
        """Take the change, its absolute path, and the others' calls that reach it."""
        stamp = dated.changed_at(change.path)
        when = None if stamp is None or stamp < since - BEFORE else stamp
        self.change: Final = change
        self._path: Final = path
        self._when: Final = when
        self._others: Final = others
        self._dated: Final = dated
        self._folders: tuple[int, ...] | None = None
        self.named: Final = any(one.exactly(path) for one in others)
        self.then: Final = [one for one in others if when is None or _ran(one.act, when)]
        self.sure: Final = stamp is not None and any(
            one.exactly(path) and not one.act.opaque and one.act.spans(stamp) for one in others
        )

    def word(self, own: Names) -> int:
        """Give the word of one call of the agent."""
        if own.exactly(self._path):
            return _ITS
        if self._when is not None and not own.act.had_begun(self._when):
            return _DOUBT if self._was_moved(own.act) else _NOT
        return max(self._word_of_names(own), self._word_of_time(own))

    def _word_of_names(self, own: Names) -> int:
        if not own.widely(self._path):
            return _NOT
        if self._when is not None and own.act.spans(self._when):
            return _DOUBT if self.sure else _ITS
        return _DOUBT if self.named else _ITS

    def _word_of_time(self, own: Names) -> int:
        if not own.act.opaque:
            return _NOT
        if self._when is None:
            return _NOT if self.sure else _DOUBT
        if self.change.kind == "deleted":
            return self._word_of_absence(own.act, self._when)
        if own.act.spans(self._when):
            return _NOT if self.sure else _DOUBT if self.then else _ITS
        if own.act.trails(self._when):
            return _NOT if self.sure or self.named else _DOUBT
        return _DOUBT if self._was_moved(own.act) else _NOT

    def _word_of_absence(self, own: Act, when: int) -> int:
        if any(one.away(self._path) for one in self._others):
            return _NOT
        earlier = any(one.act.had_begun(when) for one in self._others)
        return _ITS if own.spans(when) and not earlier else _DOUBT

    def _was_moved(self, own: Act) -> bool:
        """Whether a folder that the new file lies in was made or moved here by the call."""
        if not own.opaque or self.change.kind != "added" or self.then or self.named:
            return False
        if self._folders is None:
            self._folders = tuple(_folder_times(self._dated, self.change.path))
        return any(own.spans(when) for when in self._folders)

    def why(self) -> str:
        """Say for people why it is not certain."""
        involved = self.then or [one for one in self._others if one.act.agent_id is not None]
        involved = involved or list(self._others)
        if not involved:
            return "perhaps made by a person: when is not certain"
        who = sorted({one.act.who for one in involved})
        shown = who[:_MOST_NAMED]
        if len(who) > _MOST_NAMED:
            shown.append(f"{len(who) - _MOST_NAMED} more")
        return f"perhaps made by {' or '.join(shown)}"


def _ran(act: Act, when: int) -> bool:
    return act.spans(when) or act.trails(when)


def _folder_times(dated: Dated, path: str) -> Iterator[int]:
    """Give when the folders above a path were last changed, but for the root."""
    folder = path.rpartition("/")[0]
    while folder:
        when = dated.changed_at(folder)
        if when is not None:
            yield when
        folder = folder.rpartition("/")[0]
