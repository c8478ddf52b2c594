"""Options and forms of git's verbs that run another program, or write a file anywhere.

Sources: the manual pages of git 2.39 for each verb, tried where they leave it open.
"""

from __future__ import annotations

from kei_gates.gates._git_line import is_harmless, unknown_before_dashes
from kei_gates.gates._git_reads import verb_objection
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.gates._git_line import GitLine


class Risk:
    """Options of a verb that do more than the verb, and the grammar to find them with."""

    __slots__ = ("grammar", "options")

    def __init__(self, options: str, grammar: Grammar | None = None) -> None:
        """Take the options without dashes, separated by blanks."""
        self.options: Final = tuple(options.split())
        self.grammar: Final = grammar or Grammar(long=options)


_FETCHES = Risk("upload-pack exec", Grammar("oj", "upload-pack exec depth refmap filter"))
_PUSHES = Risk("receive-pack exec", Grammar("o", "receive-pack exec repo push-option"))

RUNNING: dict[str, Risk] = {
    "archive": Risk("exec", Grammar("o", "exec remote format output prefix add-file")),
    "clone": Risk(
        "u upload-pack c config template",
        Grammar("ubocj", "upload-pack config template branch origin depth reference filter"),
    ),
    "difftool": Risk("x extcmd", Grammar("xt", "extcmd tool")),
    "fetch": _FETCHES,
    "fetch-pack": _FETCHES,
    "grep": Risk(
        "O open-files-in-pager",
        Grammar("efABCm", "max-depth max-count threads context", optional="O"),
    ),
    "help": Risk("m man w web i info"),
    "init": Risk("template"),
    "ls-remote": _FETCHES,
    "pull": _FETCHES,
    "push": _PUSHES,
    "rebase": Risk("x exec", Grammar("xsXC", "exec strategy strategy-option onto", optional="S")),
    "send-email": Risk("sendmail-cmd smtp-server to-cmd cc-cmd header-cmd"),
    "send-pack": _PUSHES,
}
"""Options whose value is a program, or says what one is."""

_DIFFING = Risk(
    "output ext-diff textconv", Grammar(long="output", long_flags="ext-diff textconv text")
)
_WIDE: dict[str, Risk] = dict.fromkeys(
    (
        "blame", "diff", "diff-files", "diff-index", "diff-tree", "format-patch", "log",
        "range-diff", "reflog", "shortlog", "show", "stash list", "stash show", "whatchanged",
    ),
    _DIFFING,
) | {"cat-file": Risk("textconv filters", Grammar(long_flags="textconv filters"))}  # fmt: skip
# Real options that are also the beginning of a risky one.
_OTHERS = frozenset(("text", "output-directory"))

# Verbs of which one subcommand runs what stands behind it, and verbs that always do.
_RUNNING_FORMS = {"bisect": "run", "submodule": "foreach"}
_RUNNING_VERBS = frozenset(("filter-branch", "for-each-repo"))
_RUNNING_HELPER = "ext::"


def runs_program(line: GitLine) -> str | None:
    """Say what in a git command runs a program of its choice; none when nothing does."""
    form = line.verb if line.verb in _RUNNING_VERBS else running_form(line)
    return _risk(line, RUNNING) or (f"`git {form}` runs a command" if form else None)


def running_form(line: GitLine) -> str | None:
    """Give the form of a command that runs what stands behind it, or may be that form."""
    running = _RUNNING_FORMS.get(line.verb or "")
    given = next((word for word in line.words if word is None or word[:1] != "-"), "")
    return f"{line.verb} {running}" if running and given in (running, None) else None


def more_than_its_verb(line: GitLine) -> str | None:
    """Say what in a git command does more than its verb promises; none when nothing does."""
    wrong = _risk(line, RUNNING) or _risk(line, _WIDE)
    if wrong is not None:
        return wrong
    if any(word is not None and word.startswith(_RUNNING_HELPER) for word in line.words):
        return f"an address in `{_RUNNING_HELPER}` runs a command"
    if line.verb == "config":
        return _config_objection(line)
    return None


def _risk(line: GitLine, risks: dict[str, Risk]) -> str | None:
    form = f"{line.verb} {line.words[0]}" if line.words else ""
    risk = risks.get(form) or risks.get(line.verb or "")
    if risk is None:
        return None
    if unknown_before_dashes(line.words):
        return "a word that is not known could be an option; write it out, or put it behind `--`"
    found = read(["", *line.words], risk.grammar, permute=True)
    for name, _ in found.given:
        if name not in _OTHERS and any(
            name == option or (len(name) > 1 and option.startswith(name)) for option in risk.options
        ):
            dashes = "-" if len(name) == 1 else "--"
            return f"`{dashes}{name}` runs a program, or writes a file anywhere"
    return None


def _config_objection(line: GitLine) -> str | None:
    """Say why `git config ...` may change what git runs."""
    if verb_objection(line) is None:
        return None
    keys = [word for word in line.words if word is None or "." in word]
    if keys and keys[0] is not None and is_harmless(_setting(keys[0], line)):
        return None
    return "it may change what git runs, or where it sends commits"


def _setting(key: str, line: GitLine) -> str:
    """Give `key=value` for the key among the words of `git config`."""
    value = [*line.words, None][line.words.index(key) + 1]
    return key if value is None else f"{key}={value}"
