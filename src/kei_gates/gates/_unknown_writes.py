"""Which programs of a shell source may write what nobody knows.

Known are programs that only read, those whose writes the analysis lists among the effects, those
that only run others (which are judged alone), and code that loads nothing unknown.
"""

from __future__ import annotations

import sys

from kei_gates.gates._carriers import BUILTINS, TRANSPARENT
from kei_gates.gates._only_read import only_reads
from kei_gates.gates._wording import shorten
from kei_gates.model import Deny
from kei_gates.shell.effects import SPECIAL
from kei_gates.shell.installed import is_installed
from kei_gates.shell.interpreters import interpreter
from kei_gates.shell.touched import FILES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event, Invocation

REMEDY = (
    "use programs that only read, or that write the files they are told to; or report what you "
    "need to whoever started you"
)

# Beside those of the analysis' tables: they only run others, or what they touch is followed.
_FOLLOWED = TRANSPARENT | frozenset(
    (
        "busybox", "chronic", "doas", "find", "genv", "gfind", "gtime", "gtimeout", "gxargs",
        "nocache", "parallel", "prlimit", "setarch", "sudo", "toybox", "unbuffer", "watch", "xargs",
    )
)  # fmt: skip
# The tables know a part of what these write.
_PARTLY = frozenset(
    (
        "bun", "docker", "ed", "eslint", "ex", "git", "npm", "nvim", "pnpm", "podman", "red", "scp",
        "vi", "vim", "yarn",
    )
)  # fmt: skip
_QUESTIONS = frozenset(("--help", "--version", "-V", "-h", "help", "version"))
# To these `-v` is one too, as it stands alone.
_ASKED_BY_V = frozenset(
    ("bun", "docker", "node", "npm", "npx", "perl", "php", "pnpm", "ruby", "tsc", "yarn")
)
# Modules of Python's library that only read, run as programs.
_READING_MODULES = frozenset(
    ("ast", "calendar", "dis", "json.tool", "platform", "pydoc", "site", "sysconfig", "timeit",
     "tokenize")
)  # fmt: skip


def deny_unknown(event: Event) -> Deny | None:
    """Deny a source that may write what nobody knows."""
    for invocation in event.analysis.invocations:
        if not _is_known(invocation, event):
            shown = shorten(str(invocation))
            return Deny(f"what `{shown}` writes cannot be known", REMEDY)
    if event.analysis.codes:
        from kei_gates.gates._code_reads import unknown_part  # noqa: PLC0415 -- few run code

        for program, language, code in event.analysis.codes:
            part = unknown_part(language, code)
            if part is not None:
                why = f"what the code of `{program}` writes cannot be known (`{part}`)"
                return Deny(why, REMEDY)
    unseen = next((one for one in event.analysis.unseen if one.noted), None)
    if unseen is None:
        return None
    part = shorten(event.source(unseen.span).strip())
    return Deny(f"in `{part}` {unseen.why}, so what it writes cannot be known", REMEDY)


def _is_known(invocation: Invocation, event: Event) -> bool:
    path, program, argv = invocation.argv[0] or "", invocation.program, invocation.argv
    if "/" in path and not is_installed(path):
        return _is_text(path, event) or _asks(invocation)
    return (
        (program in BUILTINS and "/" not in path)
        or program in _FOLLOWED
        or ((program in FILES or program in SPECIAL) and program not in _PARTLY)
        or only_reads(program, argv)
        or _asks(invocation)
        or _is_known_code(invocation, event)
        or _verb_reads(invocation, event)
    )


def _asks(invocation: Invocation) -> bool:
    """Whether the words are a question about the program itself."""
    if len(invocation.argv) != 2:  # noqa: PLR2004 -- the question alone
        return False
    word = invocation.argv[1]
    return word in _QUESTIONS or (word == "-v" and invocation.program in _ASKED_BY_V)


def _is_text(path: str, event: Event) -> bool:
    """Whether a program that is no installed one is a script: what that runs is judged alone."""
    found = [
        effect.path
        for effect in event.analysis.effects
        if effect.kind == "exec"
        and effect.path is not None
        and (effect.path == path or effect.path.endswith(f"/{path}"))
    ]
    return bool(found) and all(event.look(one).kind in ("text", "missing") for one in found)


def _is_known_code(invocation: Invocation, event: Event) -> bool:
    """Whether an interpreter was given code, which is judged alone, or a module that only reads."""
    program = invocation.program
    known = interpreter(program)
    if known is None:
        return False
    if known.language == "python" and "-m" in invocation.argv[:-1]:
        module = invocation.argv[invocation.argv.index("-m") + 1] or ""
        if module in _READING_MODULES:
            return module != "json.tool" or len(invocation.argv) < 5  # noqa: PLR2004 -- no output
        return module.partition(".")[0] not in sys.stdlib_module_names
    return any(name == program for name, _, _ in event.analysis.codes)


def _verb_reads(invocation: Invocation, event: Event) -> bool:
    """Whether a program with many commands is given one that only reads."""
    from kei_gates.gates._forge_reads import other_reads  # noqa: PLC0415 -- only for these
    from kei_gates.gates._git_line import git_words, program_of, read_git  # noqa: PLC0415
    from kei_gates.gates._git_reads import read_objection  # noqa: PLC0415
    from kei_gates.gates._only_read_verbs import verb_only_reads  # noqa: PLC0415

    words = git_words(invocation.argv)
    if words is not None:
        return read_objection(read_git(words), event) is None
    return other_reads(program_of(invocation.argv), invocation.argv) or verb_only_reads(
        invocation.program, invocation.argv
    )
