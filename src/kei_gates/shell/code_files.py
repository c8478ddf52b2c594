"""The ways in which functions of a language open, run, change and delete files."""

from __future__ import annotations

from kei_gates.shell.code_call import is_options
from kei_gates.shell.code_tokens import NAME, NUMBER, TEXT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from kei_gates.shell.code_call import Call
    from kei_gates.shell.code_language import Use
    from kei_gates.shell.expand import Field

    Way: TypeAlias = "Callable[[Call, Use], None]"


def _file(call: Call, use: Use) -> None:
    """Run a file as code of the language."""
    call.started.scripts.append(_with_suffix(call.text(use.at), use.detail))


def _with_suffix(path: Field, suffix: str) -> Field:
    if path is None or "." in path.rpartition("/")[2].lstrip("."):
        return path
    return path + suffix


def _load(call: Call, use: Use) -> None:
    """Load a module, which is a file where its name is a path."""
    head = call.values.head(call.block, call.spans[0]) if call.spans else ""
    path = call.text(0)
    if path is None and not head.startswith((".", "/")):
        if not _is_data(call):
            call.unknown("loads what is not known")
    elif head.startswith((".", "/")) and not head.endswith((".json", ".node")):
        call.started.scripts.append(_with_suffix(path, use.detail))


def _is_data(call: Call) -> bool:
    """Whether what is loaded surely is data, by the end of its name."""
    last = call.block.tokens[call.spans[0][1] - 1] if call.spans else None
    end = last.parts[-1] if last is not None and last.kind == TEXT and last.parts else ""
    return isinstance(end, str) and end.endswith(".json")


def _perl_open(call: Call, use: Use) -> None:  # noqa: ARG001 -- all ways are called alike
    """Open a file or a pipe. Source: perlfunc(1), `open`."""
    if len(call.spans) == 2:  # noqa: PLR2004 -- the handle, and the rest in one
        _perl_open_text(call)
        return
    mode = call.text(1)
    if not call.has(1):
        return
    if mode is None:
        call.unknown("may start a program")
    elif "|" in mode:
        words = call.words(2)
        if len(words) == 1:
            call.runs(words[0])
        else:
            call.starts(words)
    elif (
        (">" in mode or "+" in mode)
        and "&" not in mode
        and call.block.text(call.spans[2][0]) not in ("\\", "undef")
    ):
        call.effect("write", call.text(2))


def _perl_open_text(call: Call) -> None:
    text = call.text(1)
    head = call.values.head(call.block, call.spans[1]).lstrip()
    if text is None:
        if head.startswith((">", "+")):
            call.effect("write", None if head[1:2] != "&" else "-")
        elif not head.startswith("<"):
            call.unknown("may start a program")
        return
    text = text.strip()
    if text in ("-|", "|-"):
        return
    if text.startswith("|") or text.endswith("|"):
        call.runs(text.strip("|").strip())
    elif text.startswith((">", "+")) and "&" not in text:
        call.effect("write", text.lstrip("+<>").strip())


def _pipe_text(call: Call, use: Use) -> None:
    """Open what may be a pipe by its name."""
    text = call.text(use.at)
    head = call.values.head(call.block, call.spans[use.at]) if call.has(use.at) else ""
    if head.lstrip().startswith("|"):
        call.runs(text.strip().lstrip("|").strip() if text else None)
    elif text is None and not head and not _is_path(call, use.at):
        call.unknown("may start a program")
    else:
        _open(call, use)


def _is_path(call: Call, at: int) -> bool:
    """Whether an argument is what only gives paths, such as `__FILE__` or `File.join(..)`."""
    return not call.has(at) or call.block.text(call.spans[at][0]) in ("__FILE__", "File", "Dir")


def _open(call: Call, use: Use) -> None:
    """Open a file in the mode that stands behind it."""
    mode = call.text(use.at + 1) or ""
    if any(letter in mode for letter in "wa+x"):
        call.effect("write", call.text(use.at))


def _write(call: Call, use: Use) -> None:
    path = call.text(use.at)
    if call.has(use.at) and (path is not None or use.detail != "known"):
        call.effect("write", path)


def _delete(call: Call, use: Use) -> None:
    """Delete the arguments, or all below them with the option that `detail` names."""
    tree = use.detail == "*"
    option = call.named(use.detail) if use.detail not in ("", "*") else None
    if option is not None:
        tree = call.block.text(option[0]) not in ("false", "FALSE")
    spans = [span for span in call.spans[use.at :] if not is_options(call, span)]
    for word in call.values.words(call.block, spans[:1] if option else spans) or [None]:
        call.effect("delete", word, tree=tree)


def _perl_require(call: Call, use: Use) -> None:  # noqa: ARG001 -- all ways are called alike
    """Run a file, unless a module or a version is asked for."""
    kind = call.block.kind(call.spans[0][0]) if call.spans else NAME
    if kind not in (NAME, NUMBER):
        call.started.scripts.append(call.text(0))


FILE_WAYS: dict[str, Way] = {
    "delete": _delete,
    "file": _file,
    "load": _load,
    "open": _open,
    "perl open": _perl_open,
    "perl require": _perl_require,
    "pipe text": _pipe_text,
    "write": _write,
}
