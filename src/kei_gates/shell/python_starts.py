"""What Python's library starts: how the arguments of its functions say what.

Source: the Python 3 library reference (`subprocess`, `os`, `pty`, `asyncio`, `runpy`, `pickle`).
"""

from __future__ import annotations

from kei_gates.shell.python_items import as_paths
from kei_gates.shell.python_names import LIBRARIES, OPENERS
from kei_gates.shell.python_scopes import Class
from kei_gates.shell.python_splice import code_texts, splice
from kei_gates.shell.python_values import (
    ANY,
    CONSTANTS,
    Arguments,
    Func,
    Partial,
    Ref,
    Seq,
    texts,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from kei_gates.shell.expand import Field
    from kei_gates.shell.python_sinks import Sinks

_SHELL_PLACE = 8


def _shell(sinks: Sinks, path: str, args: Arguments) -> None:  # noqa: ARG001 -- the common signature
    for text in sinks.given_texts(args, 0, "command", "cmd", "args"):
        sinks.source(text)


def _run(sinks: Sinks, path: str, args: Arguments) -> None:  # noqa: ARG001 -- the common signature
    command = sinks.follower.at(args, 0, "args")
    place = _SHELL_PLACE if len(args.positional) > _SHELL_PLACE else -1
    shell = sinks.follower.at(args, place, "shell")
    shell = (False,) if shell is None else shell
    with_shell = any(not isinstance(value, CONSTANTS) or value for value in shell)
    without = any(not isinstance(value, CONSTANTS) or not value for value in shell)
    named = args.keywords.get("executable")
    executables = texts(as_paths(sinks.follower.force(named))) if named is not None else []
    for value in ANY if command is None else command:
        if without:
            for words in sinks.lists((value,)):
                sinks.program(words)
                for executable in executables:
                    sinks.program([executable, *words[1:]])
        if with_shell:
            _run_shell(sinks, value, executables)


def _run_shell(sinks: Sinks, value: object, executables: list[Field]) -> None:
    """Follow a command that a shell is given: of a list, the first word is the source."""
    if isinstance(value, Seq):
        sources = texts(as_paths(value.items[0])) if value.items else [None]
    else:
        sources = texts(as_paths((value,)))
    for text in sources:
        sinks.source(text)
        for executable in executables:
            sinks.program([executable, "-c", text])


def _exec(sinks: Sinks, path: str, args: Arguments) -> None:  # noqa: ARG001 -- the common signature
    for program in sinks.given_texts(args, 0, "path", "file"):
        for words in sinks.lists(sinks.follower.at(args, 1, "args")):
            sinks.program([program, *words[1:]])


def _execl(sinks: Sinks, path: str, args: Arguments) -> None:
    words = sinks.rest(args, 2)
    if path.endswith("e") and words:
        words.pop()
    for program in sinks.given_texts(args, 0, "path", "file"):
        sinks.program([program, *words])


def _behind_mode(start: Callable[[Sinks, str, Arguments], None]) -> Callable[..., None]:
    return lambda sinks, path, args: start(sinks, path, args.behind(1))


def _words(sinks: Sinks, path: str, args: Arguments) -> None:
    for program in sinks.given_texts(args, 0, "program", "filepath"):
        rest = [None] if path.startswith(("sh.", "plumbum.")) else sinks.rest(args, 1)
        sinks.program([program, *rest])


def _list(sinks: Sinks, path: str, args: Arguments) -> None:  # noqa: ARG001 -- the common signature
    for words in sinks.lists(sinks.follower.at(args, 0, "argv")):
        sinks.program(words)


def _line(sinks: Sinks, path: str, args: Arguments) -> None:  # noqa: ARG001 -- the common signature
    more = sinks.follower.at(args, 1, "args")
    for words in sinks.lists(sinks.follower.at(args, 0, "command")):
        for rest in sinks.lists(more) if more is not None and "args" in args.keywords else [[]]:
            sinks.program([*words, *rest])


def _named(sinks: Sinks, path: str, args: Arguments) -> None:
    """Follow `sh.git("push")` and `sh.git.push()`."""
    parts = path.split(".")[path.startswith("plumbum.") + 1 :]
    parts = [part for part in parts if part not in ("contrib", "bake")]
    if parts and not parts[0][:1].isupper():
        program = parts[0].strip("_").replace("_", "-").replace("?", "")
        sinks.program([program or None, *parts[1:], *sinks.rest(args, 0), None])


def _library(sinks: Sinks, path: str, args: Arguments) -> None:  # noqa: ARG001 -- the common signature
    sinks.program([LIBRARIES[path.partition(".")[0]], None])


def _code(sinks: Sinks, path: str, args: Arguments) -> None:
    """Report text that is evaluated and not known; what is known was walked already."""
    thunk = args.positional[0] if args.positional else args.keywords.get("source")
    values = sinks.follower.force(thunk) if thunk is not None else ANY
    for text in code_texts(sinks.follower, values):
        if isinstance(text, Ref):
            _file_text(sinks, text, path)
        elif text is None:
            sinks.miss(f"`{path.rpartition('.')[2]}` runs code that is not known")


def _file_text(sinks: Sinks, text: Ref, path: str) -> None:
    """Follow what a file holds that is run as code."""
    base = text
    while base.base is not None and not base.path.endswith(_READERS):
        base = base.base
    given = base.given
    if base.path in ("builtins.open()", "codecs.open()", "tokenize.open()") and given is not None:
        for name in sinks.given_texts(given, 0, "file"):
            sinks.script(name)
    elif base.path == "pathlib.Path()" and given is not None and text.path.endswith("()"):
        for name in texts((base,)):
            sinks.script(name)
    else:
        sinks.miss(f"`{path.rpartition('.')[2]}` runs code that is not known")


_READERS = ("builtins.open()", "codecs.open()", "tokenize.open()", "pathlib.Path()")


def _text(sinks: Sinks, path: str, args: Arguments) -> None:
    """Follow functions that are given code as text, or something to call."""
    places = [0, 1] if path.startswith("timeit.") else [0]
    thunks = [args.positional[at] for at in places if at < len(args.positional)]
    thunks += [args.keywords[name] for name in ("stmt", "setup", "source") if name in args.keywords]
    for thunk in thunks:
        given = Arguments([thunk], scope=args.scope)
        splice(sinks.follower, given, "exec")
        for value in sinks.follower.force(thunk):
            if isinstance(value, (Func, Class, Partial)):
                sinks.calls.call(value, Arguments([]), "")
        if sinks.calls.reports and any(
            not isinstance(value, (str, bytes, Func, Class, Partial))
            for value in sinks.follower.force(thunk)
        ):
            _code(sinks, path, given)


def _file(sinks: Sinks, path: str, args: Arguments) -> None:
    place = 1 if path.startswith("imp.") else 0
    for name in sinks.given_texts(args, place, "path_name", "filename", "pathname"):
        sinks.script(name)


def _module(sinks: Sinks, path: str, args: Arguments) -> None:  # noqa: ARG001 -- the common signature
    for name in sinks.given_texts(args, 0, "mod_name"):
        sinks.program(["python3", "-m", name, None])  # with whatever `sys.argv` holds


def _loader(sinks: Sinks, path: str, args: Arguments) -> None:  # noqa: ARG001 -- the common signature
    for name in sinks.given_texts(args, 1, "location", "path"):
        sinks.script(name)


def _pickle(sinks: Sinks, path: str, args: Arguments) -> None:
    """Let objects be loaded that come from files or from the same code, and nothing else."""
    values = sinks.follower.at(args, 0, "data") or ANY
    own = (
        isinstance(value, Ref) and value.path.startswith((*OPENERS, "pickle.dumps()", "pathlib."))
        for value in values
    )
    if not all(own):
        sinks.miss(f"`{path}` runs what the data says")


def _hidden(sinks: Sinks, path: str, args: Arguments) -> None:  # noqa: ARG001 -- the common signature
    sinks.miss(f"`{path}` runs something that is not followed")


def _anything(sinks: Sinks, path: str, args: Arguments) -> None:  # noqa: ARG001 -- the common signature
    sinks.miss("the code calls something whose name is computed")


HANDLERS: dict[str, Callable[[Sinks, str, Arguments], None]] = {
    "anything": _anything,
    "code": _code,
    "exec": _exec,
    "execl": _execl,
    "file": _file,
    "hidden": _hidden,
    "library": _library,
    "line": _line,
    "list": _list,
    "loader": _loader,
    "module": _module,
    "named": _named,
    "pickle": _pickle,
    "run": _run,
    "shell": _shell,
    "spawn": _behind_mode(_exec),
    "spawnl": _behind_mode(_execl),
    "text": _text,
    "words": _words,
}
