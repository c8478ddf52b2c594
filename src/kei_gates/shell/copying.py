"""Programs that put files somewhere else: `cp`, `mv`, `install`, `rsync`, `ln`.

Source: the manual pages of coreutils 9 and rsync 3.2.
"""

from __future__ import annotations

from kei_gates.shell.expand import Pattern
from kei_gates.shell.files import LATER, Copy
from kei_gates.shell.findings import absolute_patterns
from kei_gates.shell.globs import escape, is_plain
from kei_gates.shell.options import Grammar, read
from kei_gates.shell.state import collapse
from kei_gates.shell.touched import COPYING
from kei_gates.shell.values import with_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.findings import Brings
    from kei_gates.shell.options import Options
    from kei_gates.shell.state import State
    from kei_gates.shell.touched import Files


def put(  # noqa: PLR0913 -- one command's context
    ev: Evaluator, program: str, files: Files, options: Options, state: State, *, tree: bool
) -> list[Field]:
    """Add the write of where things go; give the operands that go there."""
    sources = list(options.operands)
    given = options.has(*files.target)
    target = options.value(*files.target) if given else (sources.pop() if sources else None)
    if program == "rsync" and options.has(*_CLEARING):
        ev.touch("delete", target, program, state, tree=True)
    if options.has("d") and program == "install":
        return _make_folders(ev, program, [*sources, target], state)
    if isinstance(target, Pattern):
        target = None
    unnamed = any(source is None or isinstance(source, Pattern) for source in sources)
    if None in sources and target is None and not given:
        ev.touch("write", None, program, state)
        return [None]
    paths = state.paths(target)
    named = program in _NAMING and options.has("T", "no-target-directory")
    folder = not named and (given or all(path is not None and ev.is_folder(path) for path in paths))
    certain = not options.has(*_KEEPING)
    told = [] if options.has(*_CLEARING) else sources
    if target is None or not folder or unnamed:
        lone = sources[0] if len(sources) == 1 and not folder and not unnamed else None
        content = _copied(lone, state)
        at = tree or folder
        brings = _brings(ev, told, target, state, folder=folder or unnamed)
        ev.touch(
            "write", target, program, state, tree=at, content=content, certain=certain,
            brings=brings,
        )  # fmt: skip
        _keep_links(ev, program, options, sources, target, state)
    else:
        for source in sources:
            # To rsync, and to cp on macOS, `a/` is what lies in `a`.
            name = (source or "").rpartition("/")[2]
            inside = target if name in ("", ".", "..") else f"{target.rstrip('/')}/{name}"
            content = _copied(source, state)
            brings = _brings(ev, [source] if told else [], inside, state, folder=False)
            if brings and inside == target and program in _NESTING:
                brings += _brings(ev, [source], target, state, folder=True)
            ev.touch(
                "write", inside, program, state, tree=tree, content=content, certain=certain,
                brings=brings,
            )  # fmt: skip
            _keep_links(ev, program, options, [source], inside, state)
    _share(ev, program, options, sources, state, tree=tree)
    return sources


def _share(  # noqa: PLR0913 -- one command's context
    ev: Evaluator, program: str, options: Options, sources: list[Field], state: State, *, tree: bool
) -> None:
    """Take what gets another name for a write: who writes there later, writes here."""
    shared = sources if program == "cp" and options.has("l", "link") else []
    if program == "rsync":
        shared = options.values("link-dest")
    for source in shared:
        ev.touch("write", source, program, state, tree=tree, content=LATER)


# With `-T` a folder that is there is what is written over, not where things go into.
_NAMING = frozenset(("cp", "install", "ln", "mv"))
# Options with which more than what is put there is changed.
_CLEARING = (
    "del", "delete", "delete-after", "delete-before", "delete-delay", "delete-during",
    "delete-excluded",
)  # fmt: skip
# Of these, it depends on the system whether `a/` is the folder or what lies in it.
_NESTING = frozenset(("cp", "mv", "install"))


def _brings(
    ev: Evaluator, sources: list[Field], target: Field, state: State, *, folder: bool
) -> Brings:
    """Tell what comes to lie at a target, or in it as a `folder`.

    Nothing is told where not all is known.
    """
    places = state.paths(target)
    if len(places) != 1 or places[0] is None:
        return ()
    place = with_names(collapse(places[0])) + ("/" if folder else "")
    found: dict[tuple[str, str], None] = {}
    for source in sources:
        for path in _absolute(source, state):
            if path is None or not _bring(ev, path, place, found):
                return ()
    return tuple(found)


def _absolute(source: Field, state: State) -> list[str | None]:
    """Give the absolute paths of what is copied, as patterns where they are."""
    if isinstance(source, Pattern):
        return [one and Pattern(one) for one in absolute_patterns(source, state)]
    return [path and collapse(path) for path in state.paths(source)]


def _bring(ev: Evaluator, path: str, place: str, found: dict[tuple[str, str], None]) -> bool:
    """Add what one source brings; say whether that is known.

    That is what lies on the disk, there or where it was copied from, and what the call has made.
    """
    plain = not isinstance(path, Pattern)
    if plain and place.endswith("/"):
        place += with_names(path).rpartition("/")[2]
    folder, rest = (path, "") if plain else _split_pattern(path)
    for origin in ev.files.origins(folder):
        pattern = escape(with_names(origin)) + rest
        own = ev.own_paths.at(pattern)
        if "\0" in pattern or own is None:
            return False
        found[pattern, place] = None
        for root, below in own:
            at = f"{place}{root.rpartition('/')[2]}" if place.endswith("/") else place
            found["", at + below] = None
    return True


def _split_pattern(pattern: str) -> tuple[str, str]:
    """Split a pattern behind the folders that it names plainly."""
    parts = pattern.split("/")
    known = next((at for at, part in enumerate(parts) if not is_plain(part)), len(parts))
    return "/".join(parts[:known]), "".join(f"/{part}" for part in parts[known:])


def _copied(source: Field, state: State) -> Copy | None:
    """Give the content of what was copied from a file; none when that is not certain."""
    found = state.paths(source)
    if len(found) != 1 or found[0] is None or source is None or "\0" in source:
        return None
    return Copy(collapse(found[0]))


def _keep_links(  # noqa: PLR0913, PLR0917 -- one command's context
    ev: Evaluator,
    program: str,
    options: Options,
    sources: list[Field],
    target: Field,
    state: State,
) -> None:
    """Note that a link that is moved, or copied as what it is, is one where it comes to."""
    if program == "cp" and not options.has(*_AS_LINKS):
        return
    for source in sources:
        found = (None,) if isinstance(source, Pattern) else state.paths(source)
        if any(path is not None and ev.facts.is_link(path.rstrip("/")) for path in found):
            ev.links(target, state)


# Options with which a file that is there may be left alone.
_KEEPING = ("n", "u", "i", "no-clobber", "update", "interactive", "ignore-existing")
_AS_LINKS = ("P", "d", "a", "r", "R", "no-dereference", "archive", "recursive")


def _make_folders(ev: Evaluator, program: str, folders: list[Field], state: State) -> list[Field]:
    for folder in folders:
        ev.touch("write", folder, program, state)
        ev.makes(folder, state)
    return []


def link(ev: Evaluator, program: str, words: list[Field], state: State) -> None:
    """Follow `ln` and `link`: a hard link makes the file writable under another name."""
    options = read(words, COPYING if program == "ln" else Grammar(), permute=True)
    sources = list(options.operands)
    folder = options.has("t", "target-directory") or len(sources) == 1
    target: Field = "."
    if options.has("t", "target-directory"):
        target = options.value("t", "target-directory")
    elif len(sources) > 1:
        target = sources.pop()
        inside = [path is not None and ev.is_folder(path) for path in state.paths(target)]
        folder = all(inside) and not options.has("n", "T", "no-dereference")
    for source in sources if folder else sources[:1]:
        name = (source or "").rstrip("/").rpartition("/")[2]
        known = source is not None and target is not None
        path = target if not folder else f"{target}/{name}" if known else None
        path = path.removeprefix("./") if path else None
        content = _linked(source, path, options, state)
        forced = options.has("f", "force")
        ev.touch("write", path, program, state, content=content, certain=forced)
        ev.links_to(path, content, state)
        if options.has("s", "symbolic"):
            ev.links(path, state)
    if not options.has("s", "symbolic"):
        for source in sources:
            ev.touch("write", source, program, state, content=LATER)


def _linked(source: Field, path: Field, options: Options, state: State) -> Copy | None:
    """Give the content of what a link leads to; a symbolic one starts from its own folder."""
    if source is None or path is None or "\0" in source:
        return None
    if options.has("s", "symbolic") and not source.startswith("/"):
        source = f"{path.rpartition('/')[0] or '.'}/{source}"
    return _copied(source, state)
