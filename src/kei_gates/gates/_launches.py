"""The paid launches of a call: which script Modal is to run, how, and how often."""

from __future__ import annotations

from kei_gates.gates._wording import shorten
from kei_gates.model import Deny, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Final

    from kei_gates.gates._modal_cli import ModalCommand
    from kei_gates.gates._script_modules import Find
    from kei_gates.model import Analysis, Event, Invocation

_MODAL = "modal"
_RUN = "run"
_LAUNCH = "launch"
# The commands that are given a script; `shell` may do without.
_OF_SCRIPTS = frozenset(("run", "deploy", "serve", "shell"))
_PYTHON = "python"
# How code says that what it runs shall outlive it.
_DETACHES = "detach=True"
_CHANGES_FOLDER = frozenset(("cd", "chdir", "popd", "pushd"))
DECLARED = "KEI_COST"
"""The variable before a command that says what it is expected to cost."""


class Launch(Value):
    """One paid launch.

    `verb` is the subcommand (`run`, `server deploy`), or `python` for code that launches by itself,
    or the program of somebody else's client. `name` is the script as the command names it,
    `text` what it reads, none where that cannot be known; both are empty where there is no script.
    `find` gives the modules that it imports, as `lint.script.read` takes it, `words` are what the
    function is started with, none where that is not known.
    `function` is the one of it that the command names. `app` is the name that the command gives the
    app. `detached` says that the run outlives its client. `times` tells how often it is launched,
    none where nobody can say. `declared` is the cost that stands before the command.
    """

    __slots__ = (
        "app", "command", "declared", "detached", "find", "function", "invocation", "name",
        "text", "times", "verb", "words",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        invocation: Invocation,
        command: ModalCommand,
        *,
        name: str = "",
        text: str | None = "",
        find: Find | None = None,
        function: str | None = None,
        times: int | None = 1,
        declared: str | None = None,
    ) -> None:
        self.invocation: Final = invocation
        self.command: Final = command
        self.verb: Final = " ".join(command.path)
        self.name: Final = name
        self.text: Final = text
        self.find: Final = find
        self.words: Final = tuple(command.options.operands[1:]) if self.verb == _RUN else None
        self.function: Final = function
        self.app: Final = command.options.value("name", "n", "app-name")
        self.detached: Final = command.options.has("d", "detach") or (
            self.verb == _PYTHON and _DETACHES in (text or "")
        )
        self.times: Final = times
        self.declared: Final = declared

    def __str__(self) -> str:
        """Show the command that launches."""
        return str(self.invocation)


def may_launch(event: Event) -> bool:
    """Say whether a call has anything to do with Modal; what else it does costs no more time."""
    return any(_MODAL in one.program.casefold() for one in event.analysis.invocations) or any(
        _uses_modal(code, event)
        for _, language, code in event.analysis.codes
        if language == _PYTHON
    )


def _uses_modal(code: str, event: Event) -> bool:
    from kei_gates.gates._script_modules import (  # noqa: PLC0415 -- few calls run code
        home,
        imports_modal,
        uses_modal,
    )

    return imports_modal(code) or uses_modal(code, home(code, event), event)


_HIDDEN = "..."  # a word of a command that is not known


def hidden(event: Event) -> Deny | None:
    """Deny a command of Modal of which nobody knows which it is: it may launch anything."""
    from kei_gates.gates._modal_cli import read  # noqa: PLC0415 -- few calls are Modal's

    for invocation in event.analysis.invocations:
        command = read(invocation)
        if command is not None and _HIDDEN in command.path:
            return Deny(
                f"which command `{shorten(str(invocation))}` is cannot be known, and it may launch",
                "write the subcommand out",
            )
    return None


def launches(event: Event) -> tuple[Launch, ...]:
    """Give the launches of a call, in the order in which the analysis found them."""
    found = [_launch(*one, event) for one in _of_client(event.analysis)]
    return (*found, *_of_code(event))


def launched_by(analysis: Analysis, event: Event) -> tuple[Invocation, ...]:
    """Give the commands of an earlier call that launched paid work, whoever runs it.

    The modules of its code are read as they are now.
    """
    from kei_gates.gates import _paid_launches  # noqa: PLC0415 -- few calls launch
    from kei_gates.model import Event as Earlier  # noqa: PLC0415 -- the same

    past = Earlier(event.call, analysis, (), event.places, event.look, event.facts)
    return (
        *(invocation for invocation, _ in _of_client(analysis)),
        *(launch.invocation for launch in _of_code(past)),
        *_paid_launches.launched(analysis),
    )


def _of_client(analysis: Analysis) -> Iterator[tuple[Invocation, ModalCommand]]:
    """Give the commands of Modal's client that launch something."""
    from kei_gates.gates._modal_cli import read  # noqa: PLC0415 -- few calls are Modal's

    for invocation in analysis.invocations:
        command = read(invocation)
        if command is not None and _LAUNCH in command.classes:
            yield invocation, command


def elsewhere(event: Event) -> tuple[Launch, ...]:
    """Give the launches of a call at others than Modal."""
    from kei_gates.gates import _paid_launches  # noqa: PLC0415 -- only one gate asks

    found = []
    for invocation in _paid_launches.launched(event.analysis):
        from kei_gates.gates import _repeats  # noqa: PLC0415 -- few calls launch
        from kei_gates.gates._modal_cli import ModalCommand  # noqa: PLC0415 -- the same
        from kei_gates.shell.options import Options  # noqa: PLC0415 -- the same

        command = ModalCommand((invocation.program,), frozenset((_LAUNCH,)), Options())
        times = _repeats.times(invocation, event)
        declared = _declared(event.source(invocation.span))
        found.append(Launch(invocation, command, times=times, declared=declared))
    return tuple(found)


def _of_code(event: Event) -> Iterator[Launch]:
    """Give the launches of code that starts an app, a function or a sandbox by itself."""
    ignored: set[str] | None = None
    analysis = event.analysis
    for program, language, code in analysis.codes:
        if language != _PYTHON or program == _MODAL or not _uses_modal(code, event):
            continue
        from kei_gates.gates import _script_modules as modules  # noqa: PLC0415 -- the same
        from kei_gates.gates._modal_cli import ModalCommand  # noqa: PLC0415 -- little code does
        from kei_gates.lint.bodies import MAIN  # noqa: PLC0415 -- the same
        from kei_gates.lint.bound import bounds, deploys  # noqa: PLC0415 -- the same
        from kei_gates.lint.script import read as read_script  # noqa: PLC0415 -- the same
        from kei_gates.lint.tree import LimitError, ScriptError  # noqa: PLC0415 -- the same
        from kei_gates.shell.options import Options  # noqa: PLC0415 -- the same

        if ignored is None:
            ignored = modules.only_imported(event)
        if code in ignored:
            continue  # what imports it tells what it does
        home = modules.home(code, event)
        find = modules.finder(home, event)
        try:
            script = read_script(code, find)
            starts = bool(bounds(script, MAIN) or deploys(script, MAIN))
        except LimitError:
            starts = True  # nobody knows what it launches, and every gate says so
        except ScriptError:
            continue  # what does not parse does not run
        by = [one for one in analysis.invocations if one.program == program]
        if starts and by:
            # Which of several commands runs the code is not told; any of them may.
            operand = next((word for word in by[-1].argv[1:] if word and word[0] != "-"), "code")
            command = ModalCommand((_PYTHON,), frozenset((_LAUNCH,)), Options())
            yield Launch(
                by[-1],
                command,
                name=operand,
                text=code,
                find=find,
                function=MAIN,
                times=_times_of_code(by, home.rpartition("/")[2], event),
                declared=_declared(event.source(by[-1].span)),
            )


def _times_of_code(by: Sequence[Invocation], name: str, event: Event) -> int | None:
    """Give how often code of a file runs: by each command that names it, else by the last."""
    from kei_gates.gates import _repeats  # noqa: PLC0415 -- few calls launch

    named = [one for one in by if any((word or "").rpartition("/")[2] == name for word in one.argv)]
    total = 0
    for span in dict.fromkeys(one.span for one in named or by[-1:]):
        one = next(one for one in by if one.span == span)
        number = _repeats.times(one, event)
        if number is None:
            return None
        total += number
    return total


def _launch(invocation: Invocation, command: ModalCommand, event: Event) -> Launch:
    from kei_gates.gates import _repeats  # noqa: PLC0415 -- few calls launch

    times = _repeats.times(invocation, event)
    declared = _declared(event.source(invocation.span))
    if command.path[0] not in _OF_SCRIPTS:
        return Launch(invocation, command, times=times, declared=declared)
    reference = command.options.operands[0] if command.options.operands else ""
    if reference == "" and command.path[0] == "shell":
        return Launch(invocation, command, times=times, declared=declared)
    name, _, function = (reference or "").partition("::")
    text, find = _text(name, event, is_module=command.options.has("m")) if name else (None, None)
    return Launch(
        invocation,
        command,
        name=name or "...",
        text=text,
        find=find,
        function=function or None,
        times=times,
        declared=declared,
    )


def _text(name: str, event: Event, *, is_module: bool) -> tuple[str | None, Find | None]:
    """Give the text of a script and what finds its modules; none where it is not known.

    It is not where it may be one of several.
    """
    from kei_gates.gates._script_modules import finder, texts_at  # noqa: PLC0415 -- the same

    if name == "-":
        return _from_stdin(event), finder("", event)
    if is_module:
        base = name.replace(".", "/")
        paths = _named((f"{base}.py", f"{base}/__init__.py", f"{base}/__main__.py"), event)
    else:
        paths = _named((name,), event)
    texts = {text for path in paths for text in texts_at(path, event)}
    return (texts.pop(), finder(paths[0], event)) if len(texts) == 1 else (None, None)


def _named(names: tuple[str, ...], event: Event) -> list[str]:
    """Give the absolute paths that the names of a script stand for."""
    run = [one.path for one in event.analysis.effects if one.kind == "exec" and one.path]
    found = {
        path
        for path in run
        for name in names
        if path == name or path.endswith(f"/{name.removeprefix('./')}")
    }
    if found:
        return sorted(found)
    moves = any(one.program in _CHANGES_FOLDER for one in event.analysis.invocations)
    places = [name for name in names if name.startswith("/")]
    if not moves:
        places += [f"{event.call.cwd}/{name}" for name in names if not name.startswith("/")]
    return [path for path in places if event.look(path).kind != "missing"]


def _from_stdin(event: Event) -> str | None:
    """Give the text that is piped into `modal run -`: the only code that no file holds."""
    codes = {text for program, _, text in event.analysis.codes if program == _MODAL}
    return codes.pop() if len(codes) == 1 else None


def _declared(part: str) -> str | None:
    """Give the value of the variable that declares a cost, before a command."""
    _, found, rest = part.partition(f"{DECLARED}=")
    if not found:
        return None
    quote = rest[:1]
    if quote in ("'", '"'):
        return rest[1:].partition(quote)[0]
    return rest.split(maxsplit=1)[0] if rest.split() else ""
