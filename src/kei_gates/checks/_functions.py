"""Find the functions of a source file, in whatever language it is.

Python is read with `ast`, which tells exactly where a function ends; Rust, Go, Kotlin, JavaScript
and TypeScript by their keywords and brackets; all else by lizard, which gets C and C++ with the
comments, strings and later branches of `#if` blanked out, in which it loses its way.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from kei_gates.checks._code_mask import masked
from kei_gates.checks._functions_keyword import LANGUAGES, Function, functions_by_keyword
from kei_gates.checks._functions_script import ENDINGS as SCRIPTS
from kei_gates.checks._functions_script import functions_of_script
from kei_gates.checks._reading import Clock, UnreadableError

_C = ("c", "cpp", "cc", "cxx", "h", "hh", "hpp")
_OTHER_BRANCH = re.compile(
    r"^[ \t]*#[ \t]*(if|ifdef|ifndef|else|elif|endif)\b(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE
)
_NO_NEWLINE = re.compile(r"[^\n]")


def ending_of(path: str) -> str:
    """Give a path's ending in lower case, without the dot."""
    return path.rpartition("/")[2].rpartition(".")[2].lower() if "." in path else ""


def has_functions(path: str) -> bool:
    """Whether the language of a file is one whose functions can be told."""
    ending = ending_of(path)
    return ending in ("pyi", *LANGUAGES, *SCRIPTS) or _reader(ending) is not None


def functions(path: str, text: str) -> list[Function]:
    """Give the functions of a file, also those within others. Raises `UnreadableError`."""
    ending = ending_of(path)
    clock = Clock()
    try:
        if ending in LANGUAGES:
            return functions_by_keyword(text, LANGUAGES[ending], clock)
        if ending in ("py", "pyi"):
            return _of_python(text, clock)
        if ending in SCRIPTS:
            return functions_of_script(text, clock)
        source = _plain_c(text, clock) if ending in _C else text
        return _by_lizard(source, ending, clock)
    except UnreadableError:
        raise
    except RecursionError:
        raise UnreadableError("it is nested too deeply") from None
    except Exception as error:  # noqa: BLE001 -- a parser of others may raise anything
        raise UnreadableError(f"{type(error).__name__}: {error}") from None


def _of_python(text: str, clock: Clock) -> list[Function]:
    """Give the functions of Python; of another version's, what lizard makes of it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return _by_lizard(text, "py", clock)
    return [
        Function(node.name, node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def _plain_c(text: str, clock: Clock) -> str:
    """Blank out what is no code, and the later branches of `#if` that have the same brackets again.

    The latter is done only where brackets come in pairs no other way; else a whole function in an
    `#else` would not be seen.
    """
    text = masked(text, "c", clock)
    if text.count("{") == text.count("}"):
        return text
    parts: list[str] = []
    at, skips = 0, [False]
    for mark in _OTHER_BRANCH.finditer(text):
        piece = text[at : mark.start()]
        parts.append(_NO_NEWLINE.sub(" ", piece) if any(skips) else piece)
        parts.append(mark[0])
        at = mark.end()
        if mark[1].startswith("if"):
            skips.append(False)
        elif len(skips) > 1:
            skips[-1] = True
            if mark[1] == "endif":
                skips.pop()
    return "".join((*parts, text[at:]))


def _reader(ending: str) -> Any:
    from lizard_languages import (  # type: ignore[import-untyped]  # noqa: PLC0415 -- slow
        get_reader_for,
    )

    return get_reader_for(f"file.{ending}")


def _by_lizard(text: str, ending: str, clock: Clock) -> list[Function]:
    """Let lizard find the functions, for so long and no longer.

    Its own entry prints a `RecursionError` and goes on as if there were no functions.
    """
    import lizard  # type: ignore[import-untyped]  # noqa: PLC0415 -- slow to import

    context = lizard.FileInfoBuilder(f"file.{ending}")
    reader = _reader(ending)(context)
    tokens = clock.watch(reader.generate_tokens(text))
    for processor in lizard.get_extensions([]):
        tokens = processor(tokens, reader)
    for _ in reader(tokens, reader):
        pass
    return [
        Function(found.name, found.start_line, found.end_line)
        for found in context.fileinfo.function_list
    ]
