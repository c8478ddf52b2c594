"""The part of the walk that follows redirections: what is touched, read and written."""

from __future__ import annotations

from kei_gates.particulars import Origin
from kei_gates.shell.ast import HereDocument, Parameter
from kei_gates.shell.expand import PIPE
from kei_gates.shell.expanding import Expanding
from kei_gates.shell.files import LATER
from kei_gates.shell.origins import both
from kei_gates.shell.state import collapse
from kei_gates.shell.streams import Input, Output
from kei_gates.shell.tracing import of_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kei_gates.shell.ast import Redirection, Word
    from kei_gates.shell.expand import Field
    from kei_gates.shell.origins import Trace
    from kei_gates.shell.state import State

STANDARD_INPUT = frozenset(("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"))
DESCRIPTORS = ("/dev/fd/", "/proc/self/fd/")
"""Where the files lie that a shell has open."""


class Redirecting(Expanding):
    """Runs things with their redirections in place."""

    def within(
        self, redirections: Iterable[Redirection], state: State, run: Callable[[], None]
    ) -> None:
        """Run something with redirections; what it prints into files is then what they hold."""
        if not redirections:
            run()
            return
        out, stdin = self.out, self.stdin
        targets: list[tuple[Field, bool]] = []
        try:
            for redirection in redirections:
                self._redirect(redirection, state, targets)
            run()
        finally:
            written = self.out
            self.out, self.stdin = out, stdin
        for path, appends in targets:
            self._fill(path, written.text, state, appends=appends, trace=written.trace)

    def _redirect(
        self, redirection: Redirection, state: State, targets: list[tuple[Field, bool]]
    ) -> None:
        """Put one redirection in place; note in `targets` where the standard output goes."""
        target, operator = redirection.target, redirection.operator
        descriptor = redirection.descriptor
        if operator in ("<<", "<<<"):
            word = target.body if isinstance(target, HereDocument) else target
            text = self.value(word, state)
            given = text if operator == "<<" or text is None else f"{text}\n"
            if descriptor.lstrip("0") == "":
                self.stdin = Input(given, trace=of_word(word, state))
            self.descriptors[descriptor] = given
            return
        assert not isinstance(target, HereDocument)  # noqa: S101 -- only `<<` has one
        found = self.expand(target, state)
        path = found[0] if len(found) == 1 else None
        if operator in ("<&", ">&") and _is_descriptor(path):
            self._duplicate(operator, descriptor)
        elif operator in ("<", "<&"):
            self.touch("read", path, operator, state)
            if descriptor.lstrip("0") == "":
                self.stdin = Input(self.text_at(path, state), trace=self.trace_at(path, state))
        elif not (operator == ">&" and path is None and _is_one_parameter(target)):
            self._write_to(operator, descriptor, path, state, targets)
        else:
            self.out.write(None)

    def _duplicate(self, operator: str, descriptor: str) -> None:
        """Follow `2>&1` and its kin: what then goes where is not followed further."""
        if operator == ">&":
            self.out.write(None)
        elif descriptor.lstrip("0") == "":
            self.stdin = Input(None)

    def _write_to(
        self,
        operator: str,
        descriptor: str,
        path: Field,
        state: State,
        targets: list[tuple[Field, bool]],
    ) -> None:
        is_output = descriptor in ("", "1") and operator in (">", ">>", ">|", ">!")
        self.touch("write", path, operator, state, content=LATER if is_output else None)
        if is_output:
            self.out = Output()
            targets.append((path, operator == ">>"))
        elif operator[0] == "&" or operator == ">&":
            self.out = Output()
        elif operator == "<>":
            self.stdin = Input(None)

    def _fill(
        self,
        path: Field,
        text: str | None,
        state: State,
        *,
        appends: bool,
        trace: Trace = None,
    ) -> None:
        """Note what was written into a file, and where that comes from."""
        paths = state.paths(path)
        if len(paths) == 1 and paths[0] is not None:
            name = collapse(paths[0])
            before = self.trace_at(name, state) if appends or self.unsure else trace
            self.written_traces[name] = both(before, trace)
        for absolute in paths:
            if absolute is None:
                continue
            if absolute.startswith(("/dev/", "/proc/")):
                if absolute != "/dev/null":
                    self.out.write(None)  # it may be the outer output again
            elif appends:
                self.files.append(collapse(absolute), text)
            else:
                self.files.write(collapse(absolute), text, certain=not self.unsure)

    def wrote_into(self, redirections: Iterable[Redirection], state: State) -> None:
        """Note files into which all goes that is printed from here on."""
        for one in redirections:
            if not isinstance(one.target, HereDocument) and ">" in one.operator:
                for path in self.expand(one.target, state):
                    self._fill(path, None, state, appends=False)

    def text_at(self, path: Field, state: State) -> str | None:
        """Give the text that a path surely holds; none when it is not known."""
        if path is None or path in STANDARD_INPUT:
            return self.stdin.text if path is not None else None
        for folder in DESCRIPTORS:
            if path.startswith(folder):
                return self.descriptors.get(path[len(folder) :])
        if path.startswith(PIPE):
            return self.pipes.get(path)
        found: list[str | None] = []
        for absolute in state.paths(path):
            if absolute is None:
                return None
            contents = self.files.contents(collapse(absolute))
            found += [one if isinstance(one, str) else None for one in contents]
        return found[0] if len(found) == 1 else None

    def trace_at(self, path: Field, state: State) -> Trace:
        """Tell where the text of a file comes from."""
        if path is None or path in STANDARD_INPUT:
            return self.stdin.trace if path is not None else None
        if path.startswith(PIPE):
            return self.piped.get(path)
        paths = state.paths(path)
        if len(paths) != 1 or paths[0] is None or path.startswith(DESCRIPTORS):
            return None
        name = collapse(paths[0])
        if name in self.written_traces:
            return self.written_traces[name]
        return None if "\0" in name or self.files.is_own(name) else (Origin("file", (name,)),)


def _is_descriptor(path: Field) -> bool:
    return path is not None and (path == "-" or path.rstrip("-").isdecimal())


def _is_one_parameter(word: Word) -> bool:
    """Whether a word is a single expansion, as in `>&$fd`."""
    return sum(isinstance(part, Parameter) for part in word.parts) == 1 and all(
        isinstance(part, Parameter) or not getattr(part, "text", "") for part in word.parts
    )
