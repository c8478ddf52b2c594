"""What parallel runs. Sources: parallel(1), GNU 20230122, and moreutils."""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.options import Grammar
from kei_gates.shell.unwrap import joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.use import Use

_GRAMMAR = Grammar(
    "jPnNLISaCdEsMJ",
    "jobs max-procs max-args max-replace-args max-lines sshlogin sshloginfile slf arg-file "
    "colsep delimiter max-chars tmpdir tempdir joblog results delay timeout retries halt "
    "halt-on-error nice tagstring load memfree memsuspend workdir wd env arg-sep arg-file-sep "
    "rpl block block-size recstart recend shellquote-arg profile limit sqlmaster sqlworker "
    "sql sqlandworker template tmpl process-slot-var trc return basefile bf filter seqreplace "
    "slotreplace basenamereplace dirnamereplace extensionreplace jobid total-jobs compress-program "
    "decompress-program color-sep ctrlc hostgroup transferfile tf ssh id group-by files-sep "
    "term-seq",
    optional="ieltU",
    flags="0kmpqrtuvxXDBhV",
    long_flags="null keep-order xargs interactive quote no-run-if-empty verbose ungroup exit "
    "group line-buffer lb tag bar eta progress dry-run dryrun shuf no-notice will-cite citation "
    "bibtex plain pipe pipepart pipe-part round-robin round fifo cat tmux tmuxpane semaphore "
    "fg bg wait link xapply header resume resume-failed controlmaster cleanup transfer onall "
    "nonall colour color gnu help version number-of-cpus number-of-cores number-of-threads "
    "number-of-sockets max-line-length-allowed minversion unquote uq tty open-tty trim regexp "
    "regex remove-rec-sep rrs shard bin compress files linebuffer shellquote skip-first-line "
    "show-limits embed session eof replace keep-file csv tollef no-keep-order "
    "use-cpus-instead-of-cores silent latest-line ll ctag ctagstring hgrp record-env",
)
_NOTHING = (
    "dry-run", "dryrun", "help", "version", "citation", "bibtex", "number-of-cpus", "V", "h",
    "number-of-cores", "number-of-threads", "number-of-sockets", "minversion", "shellquote",
    "max-line-length-allowed", "show-limits", "record-env",
)  # fmt: skip
_ALTERING = (
    "n", "N", "L", "l", "m", "X", "xargs", "C", "colsep", "max-args", "max-replace-args",
    "max-lines", "link", "xapply", "header", "rpl", "trim", "d", "delimiter", "csv", "E", "eof",
    "0", "null", "a", "arg-file",
)  # fmt: skip
_SOURCES = (":::", ":::+", "::::", "::::+", "--")
_MOST_RUNS = 20
_UNKNOWN = "KEI_GATES_ARGUMENT"
"""A variable that holds what is not known, in the text that stands for a command."""


def follow_parallel(use: Use) -> bool:
    """Follow the command that parallel runs with each argument, or those that are commands."""
    found = options.read(use.words, _GRAMMAR, permute=False)
    if found.strange:
        use.miss(f"it is not known whether `{found.strange}` of `{use.name}` takes a value")
        return True
    if use.asks() or found.has_exactly(*_NOTHING):
        return True
    words = use.words[found.at :]
    if use.words[found.at - 1 : found.at] == ["--"] and found.at > 1:
        words = ["--", *words]
    at = next((at for at, word in enumerate(words) if word in _SOURCES), len(words))
    command, given = words[:at], words[at:]
    if use.name == "sem" or found.has_exactly("semaphore"):
        use.source(joined(words))
        return True
    _also(use, found)
    arguments = _arguments(use, given, found)
    if found.has("pipe", "pipepart", "pipe-part"):
        use.source(joined(command))
    elif not command:
        _each(use, arguments)
    else:
        _with_arguments(use, command, arguments, found)
    if given[:1] == ["--"]:
        use.source(joined(given[1:]))  # to GNU, a command and no arguments
    return True


def _also(use: Use, found: Options) -> None:
    """Follow what options hold."""
    for value in found.values("ssh", "compress-program", "decompress-program", "filter"):
        use.source(value)
    if found.has_exactly("J", "profile", "embed", "limit"):
        use.miss(f"`{use.name}` is used in a way that is not followed")


def _arguments(use: Use, given: list[Field], found: Options) -> list[str] | None:
    """Give the arguments, each for a run of its own; none when they are not known."""
    known = [word for word in given[1:] if word is not None]
    if found.has(*_ALTERING):
        return None
    if given in ([], ["--"]):
        return None if use.stdin is None else [line for line in use.stdin.split("\n") if line]
    plain = given[0] in (":::", "--") and not any(word in _SOURCES for word in known)
    return known if plain and len(known) == len(given) - 1 else None


def _each(use: Use, arguments: list[str] | None) -> None:
    """Run arguments that are texts."""
    if arguments is None or len(arguments) > _MOST_RUNS:
        use.miss(f"it is not known what `{use.name}` runs")
    else:
        for text in arguments:
            use.source(text)


def _with_arguments(
    use: Use, command: list[Field], arguments: list[str] | None, found: Options
) -> None:
    """Run a command with its arguments put into its text."""
    mark = found.value("I") or "{}"
    quote = found.has_exactly("q", "quote")
    text = joined([word and _quoted(word) for word in command] if quote else command)
    if text is None:
        if command[0] is None or any(mark in (word or "") for word in command):
            use.miss(f"`{use.name}` runs text that is not known")
        else:
            use.run([*command, None], use.state.copy())
        return
    if text == mark:
        _each(use, arguments)
        return
    known = arguments is not None and len(arguments) <= _MOST_RUNS
    state = use.state.copy()
    state.assign(_UNKNOWN, None)
    unknown = f'"${_UNKNOWN}"'
    for argument in arguments if known and arguments is not None else [None]:
        quoted = unknown if argument is None else _quoted(argument)
        use.source(_filled(text, mark, quoted, unknown), state)


def _filled(text: str, mark: str, argument: str, unknown: str) -> str:
    """Put an argument into a text: where its mark stands, or behind it where there is none."""
    pieces = text.split(mark)
    filled = argument.join(_without_marks(piece, unknown) for piece in pieces)
    return filled if filled != text else f"{text} {argument}"


def _without_marks(text: str, unknown: str) -> str:
    """Replace the marks that stand for a part of an argument: `{.}`, `{/}`, `{2}`, `{#}`."""
    first, *pieces = text.split("{")
    found = [first]
    for piece in pieces:
        inside, brace, rest = piece.partition("}")
        if brace and inside and set(inside) <= _MARKS:
            found.append(f"{unknown}{rest}")
        else:
            found.append(f"{{{piece}")
    return "".join(found)


_MARKS = frozenset("./#%+-0123456789")


def _quoted(text: str) -> str:
    """Quote a text for a shell."""
    quoted = text.replace("'", "'\\''")
    return f"'{quoted}'"
