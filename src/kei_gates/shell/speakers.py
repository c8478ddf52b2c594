"""What starts when a program runs commands of its own: an editor's, a database's, a debugger's."""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.languages import SPEAKERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.shell.languages import Language, Speaker
    from kei_gates.shell.options import Options
    from kei_gates.shell.use import Use

_HARMLESS_FILES = frozenset(("NONE", "NORC", "DEFAULTS", "/dev/null"))
_STARTING = ("r", "run", "start", "starti", "process launch", "launch")


def follow_speaker(use: Use) -> bool:
    """Follow what a program's own commands start; say whether there was more to it than that."""
    speaker = SPEAKERS.get(use.name)
    if speaker is None or use.asks():
        return False
    found = options.read(use.words, speaker.grammar, permute=not speaker.grammar.ends)
    if found.has_exactly("help", "version"):
        return False
    hides = [name for name in speaker.hides.split() if name != "s" or not found.has("e", "E")]
    if any(value not in _HARMLESS_FILES for value in found.values(*hides)):
        use.miss(f"`{use.name}` runs commands that were not read")
    for value in found.values(*speaker.pipes.split()):
        if value is not None and value.startswith("|"):
            use.source(value[1:])
    texts = list(_texts(speaker, found))
    for text in texts:
        _commands(use, speaker.language, text)
    if (not texts or speaker.operand == 0) and not found.has_exactly(*speaker.files.split()):
        _input(use, speaker, found)
    _debugged(use, found, texts)
    return False


def _texts(speaker: Speaker, found: Options) -> Iterator[str | None]:
    """Give the texts of commands in a program's words."""
    yield from found.values(*speaker.texts.split())
    if speaker.operand >= 0:
        yield from found.operands[speaker.operand :]
    for word in found.operands if speaker.plus else ():
        if word is not None and word.startswith("+"):
            yield word[1:]


def _input(use: Use, speaker: Speaker, found: Options) -> None:
    """Follow commands on the input."""
    if speaker.reads != "*" and not found.has(*speaker.reads.split()):
        return
    if use.stdin is not None:
        _commands(use, speaker.language, use.stdin)
    elif speaker.unread == "unseen":
        use.miss(f"`{use.name}` runs the commands that it reads")
    elif speaker.unread == "data":
        use.note(f"`{use.name}` runs the commands that it reads")


def _commands(use: Use, language: Language, text: str | None) -> None:
    """Follow commands of a language."""
    if text is None:
        use.miss(f"the commands of `{use.name}` are not known")
        return
    for end in language.ends:
        text = text.replace(end, "\n")
    for line in text.split("\n"):
        _command(use, language, line.lstrip(language.leading))


def _command(use: Use, language: Language, line: str) -> None:
    """Follow one command."""
    low = line.lower()
    start = next((start for start in language.shells if line.startswith(start)), None)
    if start is not None:
        use.source(line[len(start) :].rstrip('"'))
        return
    for mark in language.marks:
        _, found, text = line.partition(mark)
        if found and text[:1] not in ("<", ">", "="):
            use.source(text)
            return
    if line.startswith(language.hides) or any(word in low for word in language.anywhere):
        use.miss(f"a command of `{use.name}` runs something that is not followed")


def _debugged(use: Use, found: Options, texts: list[str | None]) -> None:
    """Follow the program that a debugger is given with its arguments, or is told to start."""
    if use.name not in ("gdb", "lldb"):
        return
    rest = found.rest(use.words)
    starts = any(text is not None and text.split(" ")[0] in _STARTING for text in texts)
    program = found.operands if use.name == "lldb" else rest
    if program and (found.ended or starts or "--" in use.words):
        use.run(program if found.ended or use.name == "lldb" else program[:1], use.state.copy())
