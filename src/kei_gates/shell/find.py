"""What find runs, deletes and writes. Source: find(1), GNU findutils 4.9 and BSD."""

from __future__ import annotations

from kei_gates.shell.expand import Pattern
from kei_gates.shell.files import LATER
from kei_gates.shell.find_tests import named, read_tests
from kei_gates.shell.globs import escape, is_plain
from kei_gates.shell.lookup import files_of
from kei_gates.shell.values import FOLDER, OUTSIDE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.state import State
    from kei_gates.shell.use import Use

_EXECUTING = frozenset(("-exec", "-ok"))
_EXECUTING_IN_PLACE = frozenset(("-execdir", "-okdir"))
_RUNNING = _EXECUTING | _EXECUTING_IN_PLACE
_WRITING = frozenset(("-fprint", "-fprint0", "-fls", "-fprintf"))
# Options that may stand before the roots; those that begin with the last two hold a value.
_LEADING = frozenset(("-H", "-L", "-P", "-E", "-X", "-d", "-s", "-x"))
_VALUED = frozenset(("-D", "-f"))


def follow_find(use: Use) -> bool:
    """Follow what find runs, deletes and writes."""
    name = _only_name(use.words)  # once: it looks at every word
    files = _named_files(use, name)
    names = read_tests(use.words)[1]
    roots = _roots(use.words)
    for at, in_place, command in commands_of(use.words):
        if not in_place and _changes_named(use, command, roots, names.get(at, ())):
            continue
        inner = use.state.copy()
        if in_place:
            inner.enter((f"/{FOLDER}",))
        if files is not None and not in_place:
            for path in files:
                use.run([word and word.replace(OUTSIDE, path) for word in command], inner.copy())
        else:
            use.run([_program(use, command[0], name), *command[1:]], inner)
    touch_found(use.ev, use.words, use.state)
    return True


def _program(use: Use, first: Field, name: Field) -> Field:
    """Give the program that `-exec {}` runs: by its name, where find looks for only one."""
    known = first == OUTSIDE and name is not None and is_plain(name)
    if known:
        why = f"what `{use.name}` runs was not read"
        (use.miss if use.ev.files.has_own else use.note)(why)
    return f"/{FOLDER}/{name}" if known else first


def _named_files(use: Use, name: Field) -> list[str] | None:
    """Give the files of a known name that are there; none where that is not certain."""
    if name is None or any(word in _LIMITING for word in use.words):
        return None
    found: list[str] = []
    for root in _roots(use.words):
        if root is None or "\0" in root:
            return None
        below = root.removeprefix("./").rstrip("/")
        inside = f"{escape(below)}/" if below not in ("", ".") else ""
        files = files_of(use.ev, Pattern(f"{inside}**/{name}"), use.state)
        if files is None:
            return None
        found += [f"./{file}" if root.startswith(".") else file for file in files]
    return found if 0 < len(found) <= _MOST_NAMED else None


_MOST_NAMED = 10
# Tests that leave out some of what has the name; then only some of them are run.
_LIMITING = frozenset(("-prune", "-quit"))


def commands_of(words: Sequence[Field]) -> Iterator[tuple[int, bool, list[Field]]]:
    """Give each command that find runs: the place of its action, and whether it runs there."""
    at = 1
    while at < len(words):
        word = words[at]
        at += 1
        if word in _EXECUTING or word in _EXECUTING_IN_PLACE:
            start, action = at, at - 1
            while at < len(words) and not _ends(words, start, at):
                at += 1
            many = at < len(words) and words[at] == "+"
            command = [one for word in words[start:at] for one in _with_name(word, many=many)]
            if command:
                yield action, word in _EXECUTING_IN_PLACE, command


def _with_name(word: Field, *, many: bool) -> list[Field]:
    """Give a word with the name of a file that lies there already in the place of `{}`."""
    if word is None or "{}" not in word:
        return [word]
    return [OUTSIDE, None] if word == "{}" and many else [word.replace("{}", OUTSIDE)]


def _ends(words: Sequence[Field], start: int, at: int) -> bool:
    """Whether a command ends: at `;`, or at a `+` after `{}`."""
    return words[at] == ";" or (words[at] == "+" and at > start and words[at - 1] == "{}")


def _changes_named(
    use: Use, command: list[Field], roots: Sequence[Field], names: Sequence[str]
) -> bool:
    """Run a command that does nothing but change what find gives it, on patterns of the names.

    False where that cannot be said, and nothing was run.
    """
    if command[0] not in _CHANGING_FILES or OUTSIDE not in command or not names or None in roots:
        return False
    for root in roots:
        for name in names:
            found = Pattern(f"{escape(root or '')}/**/{name}")
            words: list[Field] = [
                found if word == OUTSIDE else word for word in command if word is not None
            ]
            use.run(words, use.state.copy())
    return True


_DELETING = frozenset(("rm", "unlink", "rmdir", "shred"))
_CHANGING = frozenset(("chgrp", "chmod", "chown"))
_CHANGING_FILES = _DELETING | _CHANGING | frozenset(("sed", "touch", "truncate"))


def touch_found(ev: Evaluator, words: Sequence[Field], state: State) -> None:
    """Add what find deletes and writes by itself."""
    words = ev.spelled_as(list(words))  # a pattern that nothing quotes is one where it matches none
    roots = _roots(words)
    wide, names = read_tests(words)
    deleted: dict[Field, None] = {}
    for at, word in enumerate(words):
        if word == "-delete":
            deleted.update(dict.fromkeys(names.get(at) or (None if at in wide else "*",)))
        elif word in _RUNNING and at in wide:
            _do_to_all(ev, words[at + 1 : at + 4], roots, state)
        elif word in _WRITING:
            ev.touch("write", words[at + 1] if at + 1 < len(words) else None, "find", state)
    if deleted:
        _delete_all(ev, words, roots, list(deleted), state)


def _delete_all(
    ev: Evaluator,
    words: Sequence[Field],
    roots: Sequence[Field],
    names: Sequence[Field],
    state: State,
) -> None:
    """Add what `-delete` deletes below the roots; a name matches all of it, none where all is."""
    if "-empty" in words and not _chooses(words):
        ev.touch("delete", None, "find", state)  # some files, and none that holds much
        return
    flat = _stays_in_root(words)
    for root in roots:
        for name in names:
            _delete(ev, root, name, state, flat=flat)


def _delete(ev: Evaluator, root: Field, name: Field, state: State, *, flat: bool) -> None:
    """Add what is deleted below a root, or `flat` right in it."""
    if root is not None and name in (None, "*") and flat:
        ev.touch("delete", Pattern(f"{escape(root)}/*"), "find", state)
    elif root is None or name is None:
        ev.touch("delete", root, "find", state, tree=True)
    else:
        ev.touch("delete", Pattern(f"{escape(root)}/**/{name}"), "find", state)


def _do_to_all(
    ev: Evaluator, command: Sequence[Field], roots: Sequence[Field], state: State
) -> None:
    """Add what a command, maybe behind `sudo` or `env`, does to all that find comes upon."""
    names = [(word or "").rpartition("/")[2] for word in command]
    changing = next((name for name in names if name in _CHANGING), None)
    for root in roots:
        if not _DELETING.isdisjoint(names):
            ev.touch("delete", root, "find", state, tree=True)
        elif changing is not None:
            ev.touch("write", root, changing, state, tree=True, content=LATER)


def _only_name(words: Sequence[Field]) -> Field:
    """Give the pattern that all names must match; none when other names may be found too."""
    if None in words or _chooses(words):
        return None
    for test in ("-name", "-iname"):
        if test in words[:-1]:
            names = named(test, words[words.index(test) + 1])
            return names[0] if names else None
    return None


def _chooses(words: Sequence[Field]) -> bool:
    """Whether a test of the name may not apply to all that is found."""
    negated = any(
        before in ("!", "-not") and word in ("-name", "-iname", "-empty", "(")
        for before, word in zip(words, words[1:], strict=False)  # noqa: RUF007 -- no `itertools` here
    )
    return negated or bool({"-o", "-or", ",", "(", ")"} & set(words))


def _stays_in_root(words: Sequence[Field]) -> bool:
    """Whether only files right in the roots are meant."""
    depth = words.index("-maxdepth") if "-maxdepth" in words[:-1] else -1
    kind = words.index("-type") if "-type" in words[:-1] else -1
    return depth > 0 < kind and words[depth + 1] in ("0", "1") and words[kind + 1] == "f"


def _roots(words: Sequence[Field]) -> list[Field]:
    """Give the folders that find goes through."""
    if "-files0-from" in words:
        return [None]
    at = 1
    while at < len(words):
        word = words[at] or ""
        if word in _VALUED:
            at += 2
        elif word in _LEADING or word.startswith("-O"):
            at += 1
        else:
            break
    roots: list[Field] = []
    while at < len(words) and not (words[at] or "").startswith(("-", "(", "!", ",")):
        roots.append(words[at])
        at += 1
    return roots or ["."]
