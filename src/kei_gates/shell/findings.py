"""What an analysis collects on its way."""

from __future__ import annotations

from kei_gates.model import Effect, Invocation
from kei_gates.particulars import Unseen
from kei_gates.shell.errors import MOST_WORK, Unanalysable
from kei_gates.shell.expand import PIPE, Pattern
from kei_gates.shell.files import LATER, Copy, Files, folders_above
from kei_gates.shell.globs import escape
from kei_gates.shell.origins import all_of, both
from kei_gates.shell.state import collapse
from kei_gates.shell.values import with_names
from kei_gates.shell.written import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.model import EffectKind
    from kei_gates.shell.analysis import ShellFacts
    from kei_gates.shell.ast import Span, Word
    from kei_gates.shell.files import Content
    from kei_gates.shell.origins import Trace
    from kei_gates.shell.state import State

    Brings = tuple[tuple[str, str], ...]
    """Patterns of what is put somewhere, each with where it comes to be."""

_LONGEST_REASON = 300
_MOST_WORDS = 50
"""How many words a wrapper's command may have of which globs are still told apart."""

# Writing to these changes nothing that lasts.
_NO_FILES = frozenset(("/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty"))


class Findings:
    """Collects invocations, effects and what was not seen, each once."""

    def __init__(self, source: str, facts: ShellFacts) -> None:
        """Collect for a source, under what is known from outside."""
        self.text = source
        self.facts = facts
        self.files = Files(facts.look, facts.resolve)
        self._made: set[str] = set()
        self.own_paths = Written()
        # Links that the source itself makes: what lies behind them is not on the disk yet.
        self._links: set[str] = set()
        self.invocations: dict[Invocation, None] = {}
        self.effects: dict[Effect, None] = {}
        self.unseen: dict[Unseen, None] = {}
        # The code that interpreters were given: the program, the language, the text.
        self.codes: dict[tuple[str, str | None, str], None] = {}
        self.via: tuple[str, ...] = ()
        self.work = 0
        self.most_work = MOST_WORK
        # How many things are being walked that may not run, one inside another.
        self.unsure = 0
        # How many files that were there before are being walked, one inside another.
        self.inside_files = 0
        # The latest command's words, and the same with patterns for globs.
        self.spelled: tuple[list[str | None], list[str | None]] = ([], [])
        # Whether anything ends processes: only then it matters where words come from.
        self.tracing = False
        # The words of the latest command of which one is not known, and where each comes from.
        self.traced: tuple[Sequence[str | None], Sequence[Trace]] = ([], [])
        # Where the text comes from that the source has written into files.
        self.written_traces: dict[str, Trace] = {}
        # Its words as they are written.
        self.written: tuple[Word, ...] = ()
        # Variables that hold something now, whatever it is.
        self.filled: set[str] = set()
        # What would be deleted with all below if what is not known of it were empty; by what.
        self.if_empty: dict[tuple[str, str], None] = {}

    def count(self, span: Span) -> None:
        """Count a command evaluated. Raises `Unanalysable` past the limit."""
        self.work += 1
        if self.work > self.most_work:
            raise Unanalysable("it does too much to be followed", span[0])

    def invoke(self, argv: Sequence[str | None], span: Span) -> None:
        """Add a program that runs."""
        shown: list[str | None] = []
        first = argv[0] or ""
        traces = self.traces_of(argv)
        found: dict[int, Trace] = {}
        for word, trace in zip((with_names(first), *argv[1:]), traces, strict=True):
            known = None if word is not None and "\0" in word else word
            if known is not None or not shown or shown[-1] is not None:
                shown.append(known)  # one that is not known stands for any number
            if known is None:
                at = len(shown) - 1
                found[at] = both(found.get(at, trace), trace)
        origins = tuple((at, trace) for at, trace in found.items() if trace)
        self.invocations[Invocation(tuple(shown), self.via, span, origins)] = None

    def traces_of(self, words: Sequence[str | None]) -> Sequence[Trace]:
        """Tell where the words of a command come from, also where a wrapper is given them."""
        plain, traces = self.traced
        count = len(words)
        if plain is words or (0 < count <= len(plain) and list(plain[-count:]) == list(words)):
            return traces[-count:]
        return [None] * count

    def trace_of_unknown(self, words: Sequence[str | None]) -> Trace:
        """Tell where all comes from that is not known of a command's words."""
        pairs = zip(words, self.traces_of(words), strict=True)
        return all_of(trace for word, trace in pairs if word is None or "\0" in word)

    def miss(self, why: str, span: Span) -> None:
        """Add what could run and was not seen."""
        if len(why) > _LONGEST_REASON:
            why = f"{why[:_LONGEST_REASON]}..."
        self.unseen[Unseen(why, span, noted=self.inside_files > 0)] = None

    def note(self, why: str, span: Span) -> None:
        """Add what could run and was not seen, in a file that was there before the call."""
        self.inside_files += 1
        self.miss(why, span)
        self.inside_files -= 1

    def touch(  # noqa: C901, PLR0912, PLR0913 -- an effect with what it leaves
        self,
        kind: EffectKind,
        path: str | None,
        by: str,
        state: State,
        *,
        tree: bool = False,
        content: Content = None,
        certain: bool = True,
        brings: Brings = (),
    ) -> None:
        """Add an effect on a path as the source spells it.

        `content` is what a write leaves, where it is `certain` that it takes place; `brings` what
        comes to lie there, for a path that is surely one.
        """
        if path == "":
            return  # no file has that name
        if path is not None and path.startswith(PIPE):
            path = "/dev/fd/63"
        if isinstance(path, Pattern):
            for pattern in absolute_patterns(path, state):
                named = pattern and with_names(pattern)
                known = None if named is not None and "\0" in named else named
                if kind == "write" and known is not None:
                    self.files.write_all(known)
                if kind != "read":
                    self.written_traces.clear()
                self._effect(kind, known, by, tree=tree, glob=known is not None)
                if known is None and tree and kind == "delete" and by != "find":
                    self._note_empty(by, state)
            return
        for spelled in state.paths(path):
            named = None if spelled is None else with_names(spelled)
            absolute = None if named is not None and "\0" in named else named
            if kind in ("write", "delete") and content is not LATER:
                self._lose_traces(spelled, tree=tree)
            if absolute is not None and kind != "delete" and self._behind_link(absolute):
                absolute = self.files.behind_links(collapse(absolute))
            if absolute is None or not _is_no_file(absolute):
                self._effect(kind, absolute, by, tree=tree, brings=brings)
            if absolute is None and tree and kind == "delete":
                self._note_empty(by, state)
            if kind == "write" and spelled is None:
                self.files.anywhere = self.files.anywhere or not self.inside_files
            elif kind == "write" and spelled is not None and content is not LATER:
                certain = certain and not self.unsure
                self.files.write(collapse(spelled), content, tree=tree, certain=certain)

    def _lose_traces(self, path: str | None, *, tree: bool) -> None:
        """Note that files hold something else, or that nobody knows which do."""
        if path is None or tree:
            self.written_traces.clear()
        else:
            self.written_traces.pop(collapse(path), None)

    def _effect(  # noqa: PLR0913 -- the fields of an effect
        self,
        kind: EffectKind,
        path: str | None,
        by: str,
        *,
        tree: bool,
        glob: bool = False,
        brings: Brings = (),
    ) -> None:
        noted = path is None and self.inside_files > 0
        if path is not None and kind == "write" and not glob:
            self.own_paths.add(collapse(path))
        brings = () if path is None else brings
        self.effects[Effect(kind, path, by, tree=tree, glob=glob, noted=noted, brings=brings)] = (
            None
        )

    def _note_empty(self, by: str, state: State) -> None:
        """Note what would be deleted if what is not known of the command's words were empty."""
        if self.written and not self.inside_files:
            from kei_gates.shell.emptied import if_empty  # few delete so much

            self.if_empty.update(dict.fromkeys((one, by) for one in if_empty(self, by, state)))
            self.written = ()  # once for a command, however many words it has

    def links(self, path: str | None, state: State) -> None:
        """Note that the source makes a symbolic link."""
        self._links.update(collapse(one) for one in state.paths(path) if one is not None)

    def links_to(self, path: str | None, content: Content, state: State) -> None:
        """Note that the source makes a path another name of a file."""
        found = state.paths(path)
        if isinstance(content, Copy) and len(found) == 1 and found[0] is not None:
            self.files.link(collapse(found[0]), content.path)

    def _behind_link(self, path: str) -> bool:
        path = collapse(path)
        above = folders_above(path) if self._links else ()
        return path in self._links or any(one in self._links for one in above)

    def makes(self, path: str | None, state: State) -> None:
        """Note that the source makes a folder."""
        self._made.update(collapse(one) for one in state.paths(path) if one is not None)

    def is_folder(self, path: str) -> bool:
        """Say whether a path is a folder, or one that the source makes."""
        if "\0" in path:
            return "\0" in path.rstrip("/").rpartition("/")[2]  # a folder that a program named
        return path.endswith("/") or collapse(path) in self._made or self.facts.is_folder(path)

    def spelled_as(self, words: list[str | None]) -> list[str | None]:
        """Give a command's words with patterns for globs, also where a wrapper is given them."""
        plain, spelled = self.spelled
        if plain is words:
            return spelled
        for count in range(min(len(words), len(plain), _MOST_WORDS), 1, -1):
            if plain[-count:] == words[:count]:
                return spelled[-count:] + words[count:]
        return words

    def is_own(self, path: str | None, state: State) -> bool:
        """Say whether the source itself writes a file."""
        return any(
            one is not None and self.files.is_own(collapse(one)) for one in state.paths(path)
        )


def absolute_patterns(pattern: Pattern, state: State) -> list[str | None]:
    """Give the absolute patterns that a spelled one may mean, none for one that is unknown."""
    if pattern.startswith("/"):
        return [pattern]
    return [None if folder is None else f"{escape(folder)}/{pattern}" for folder in state.folders]


def _is_no_file(path: str) -> bool:
    return path in _NO_FILES or (path.startswith("/dev/fd/") and path[8:].isdecimal())
