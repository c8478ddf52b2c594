"""The functions that are larger than allowed, and those that were so elsewhere before.

One that was renamed, or moved to another file, has not grown: it is known by the lines of its body.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kei_gates.checks._functions import ending_of, functions
from kei_gates.checks._reading import UnreadableError

if TYPE_CHECKING:
    from typing import Final

    from kei_gates.checks._functions_keyword import Function
    from kei_gates.checks.work import Change, ChangeSet

LARGEST = 1 << 21
"""How many bytes a file may have whose functions are looked for; others have their lines."""

_SAME_BODY = 0.9


def large(path: str, content: bytes, limit: int) -> list[Function]:
    """Give the functions that are larger than allowed. Raises `UnreadableError`."""
    found = functions(path, decoded(content))
    return [function for function in found if function.length > limit]


def decoded(content: bytes) -> str:
    """Decode a source; one that is no UTF-8 has the same lines as Latin-1."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Gone:
    """The large functions that changes have taken from their files; each excuses one."""

    def __init__(self, change_set: ChangeSet, limit: int) -> None:
        self._change_set: Final = change_set
        self._limit: Final = limit
        self._known: Final[dict[str, list[Counter[str]]]] = {}

    def excuses(self, path: str, content: bytes, function: Function) -> bool:
        """Say whether a function is one that was as large, under another name or elsewhere."""
        body = _body(content, function)
        bodies = self._of(ending_of(path))
        for index, old in enumerate(bodies):
            same = (body & old).total()
            if body.total() <= old.total() and same >= _SAME_BODY * old.total():
                del bodies[index]
                return True
        return False

    def _of(self, ending: str) -> list[Counter[str]]:
        """Give the bodies of those in files with an ending."""
        if ending not in self._known:
            self._known[ending] = [
                body
                for change in self._change_set.changes
                if change.kind != "added" and change.entry == "file"
                if ending_of(change.path) == ending
                for body in self._gone_from(change)
            ]
        return self._known[ending]

    def _gone_from(self, change: Change) -> list[Counter[str]]:
        try:
            before = self._change_set.before(change.path) or b""
            after = self._change_set.after(change.path) or b""
            if max(len(before), len(after)) > LARGEST:
                return []
            kept = Counter(one.name for one in large(change.path, after, self._limit))
            old = large(change.path, before, self._limit)
        except (OSError, UnreadableError):
            return []
        gone = []
        for one in old:
            if kept[one.name]:
                kept[one.name] -= 1
            else:
                gone.append(_body(before, one))
        return gone


def _body(content: bytes, function: Function) -> Counter[str]:
    """Give the lines of a function but for the first, without their indentation."""
    lines = decoded(content).split("\n")[function.first : function.last]
    return Counter(line.strip() for line in lines)
