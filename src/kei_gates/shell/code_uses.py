"""The ways in which functions of a language run something."""

from __future__ import annotations

from kei_gates.shell.code_call import Call, is_options
from kei_gates.shell.code_files import FILE_WAYS
from kei_gates.shell.code_tokens import TEXT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from kei_gates.shell.code_language import Language, Use
    from kei_gates.shell.code_values import Span
    from kei_gates.shell.expand import Field

    Way: TypeAlias = "Callable[[Call, Use], None]"


def _shell(call: Call, use: Use) -> None:
    named = call.named("command", "cmd") if use.at == 0 else None
    value = call.values.value(call.block, named) if named else call.value(use.at)
    if isinstance(value, list):
        call.starts(value)
    else:
        call.runs(value)


def _words(call: Call, use: Use) -> None:
    """Run several arguments as words, a single one as a shell text."""
    spans = [span for span in call.spans[use.at :] if not is_options(call, span)]
    if not spans:
        call.runs(None)
        return
    first = call.values.value(call.block, spans[0])
    words = call.values.words(call.block, spans)
    if len(spans) == 1 and isinstance(first, list) and not _splat(call, spans[0]):
        call.starts(words)
    elif len(words) == 1:
        call.runs(words[0])
    elif isinstance(first, list) and call.block.text(spans[0][0]) == "[":
        call.starts([first[0] if first else None, *words[len(first) :]])
    else:
        call.starts(words)


def _splat(call: Call, span: Span) -> bool:
    """Whether an argument is a list whose elements are the arguments."""
    text = call.block.text(span[0])
    return text in ("*", "(") or text.startswith("@")


def _program(call: Call, use: Use) -> None:
    """Run a program whose arguments are the list behind it."""
    program = call.text(use.at)
    rest: list[Field] = []
    if call.has(use.at + 1) and call.block.text(call.spans[use.at + 1][0]) != "{":
        value = call.value(use.at + 1)
        rest = value if isinstance(value, list) else [value]
        if _is_callback(call, use.at + 1):
            rest = []
    shell = call.named("shell")
    if shell is None or call.block.text(shell[0]) in ("false", "FALSE"):
        call.starts([program, *rest])
    elif program is None or None in rest:
        call.runs(None)
    else:
        call.runs(" ".join([program, *map(str, rest)]))


def _is_callback(call: Call, at: int) -> bool:
    """Whether an argument is a function that is written there."""
    start, stop = call.spans[at]
    texts = [call.block.text(index) for index in range(start, min(start + 12, stop))]
    return "=>" in texts or "function" in texts


def _options(call: Call, use: Use) -> None:
    """Run the program, or add the arguments, that an object names."""
    named = call.named(use.detail)
    value = call.values.value(call.block, named) if named else None
    words = value if isinstance(value, list) else [value]
    if use.at < 0:
        call.starts(words)
    else:
        call.starts([call.text(use.at), *(words if named else [])])


def _list(call: Call, use: Use) -> None:
    """Run a list of words."""
    value = call.value(use.at)
    if isinstance(value, list):
        call.starts(value)
    else:
        call.starts([None])


def _code(call: Call, use: Use) -> None:
    """Run a text as code of the language."""
    if call.spans and call.block.text(call.spans[0][0]) == "&":
        return  # a block that the caller is given
    named = call.named(use.detail) if use.detail else None
    if use.detail.endswith("=") and not named:
        named = call.named(use.detail[:-1])
        if named is None:
            return
    at = len(call.spans) - 1 if use.at < 0 else use.at
    value = call.values.value(call.block, named) if named else call.value(at)
    if isinstance(value, str):
        call.started.code.append(value)
    else:
        call.unknown("runs code that is not known")


def _code_if_text(call: Call, use: Use) -> None:
    """Run an argument as code where it is a text."""
    value = call.value(use.at)
    if isinstance(value, str) and call.block.kind(call.spans[use.at][0]) == TEXT:
        call.started.code.append(value)
    elif call.has(use.at) and call.block.kind(call.spans[use.at][0]) == TEXT:
        call.unknown("runs code that is not known")


def _git(call: Call, use: Use) -> None:  # noqa: ARG001 -- all ways are called alike
    call.starts(["git", None])


def _unseen(call: Call, use: Use) -> None:
    call.unknown(use.detail)


def _unseen_with(call: Call, use: Use) -> None:
    """Be unseen where there are so many arguments."""
    if call.has(use.at):
        call.unknown(use.detail)


def _callback(call: Call, use: Use) -> None:
    """Call a function by its name, which an argument gives."""
    language = call.values.language
    name = call.value(use.at)
    if isinstance(name, list):
        name = name[-1] if name else None
    if name is None:
        start = call.spans[use.at][0] if call.has(use.at) else -1
        if use.detail == "strict" and not _is_callback_value(call, start):
            call.unknown("calls what is not known")
        return
    found = named_use(language, name)
    if found is None:
        return
    spans = call.spans[use.at + 1 :] if use.detail != "each" else []
    run(Call(name, call.block, spans, call.values, call.started), found)


def _is_callback_value(call: Call, start: int) -> bool:
    """Whether an argument is no name of a function but a function."""
    return call.block.text(start) in ("function", "fn", "static", "[", "->", "lambda", "proc")


def _constant(call: Call, use: Use) -> None:
    """Give a module by its name."""
    if call.text(use.at) in call.values.language.heads:
        call.unknown("gives what may start programs")


def named_use(language: Language, name: str) -> Use | None:
    """Give how a function is used that a text names."""
    name = name.strip("\\").rpartition("::")[2]
    return language.calls.get(name.lower() if language.caseless else name)


def _php_replace(call: Call, use: Use) -> None:  # noqa: ARG001 -- all ways are called alike
    """Replace by a pattern, whose flag `e` makes the replacement code."""
    pattern = call.text(0) or ""
    flags = len(pattern) - len(pattern.rstrip("abcdefghijklmnopqrstuvwxyzADSUXJ"))
    if flags and "e" in pattern[-flags:] and len(pattern) > flags and not pattern[0].isalnum():
        call.unknown("runs what it replaces by as code")


_WAYS: dict[str, Way] = {
    **FILE_WAYS,
    "callback": _callback,
    "code": _code,
    "code if text": _code_if_text,
    "constant": _constant,
    "git": _git,
    "list": _list,
    "options": _options,
    "php replace": _php_replace,
    "program": _program,
    "shell": _shell,
    "unseen": _unseen,
    "unseen with": _unseen_with,
    "words": _words,
}


def run(call: Call, use: Use) -> None:
    """Report what a call starts and touches."""
    _WAYS[use.how](call, use)
