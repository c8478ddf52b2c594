"""Which forms of git's verbs only read, and which options make them do more.

Sources: the manual pages of git 2.39 for each verb, tried where they leave it open: which options
may be abbreviated, which operands turn a listing into a change.
"""

from __future__ import annotations

from kei_gates.gates._git_line import globals_objection, unknown_before_dashes
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.gates._git_line import GitLine
    from kei_gates.model import Event
    from kei_gates.shell.expand import Field

# Options that write a file, run a program, or read outside the repository, without dashes.
_TRAPS = (
    "contents", "exec", "ext-diff", "filters", "no-index", "open-files-in-pager", "output",
    "textconv", "upload-pack",
)  # fmt: skip
# Options that look like the beginning of one of those, and are others.
_NO_TRAPS = frozenset(("text",))
_GREP = Grammar("efABCm", "max-depth max-count threads context", optional="O")
_LONG = 2


class Form:
    """How a verb reads.

    `options` are those it may have; none for all but the traps. `values` take the next word.
    `most` operands may stand there, or any number with one of `lists`. With `remote`, operands name
    other repositories. `barred` are words that may be none of the operands.
    """

    __slots__ = ("barred", "lists", "most", "options", "remote", "values")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        options: str | None = None,
        *,
        values: str = "",
        lists: str = "",
        most: int | None = None,
        remote: bool = False,
        barred: str = "",
    ) -> None:
        """Take the sets as strings, separated by blanks, options with their dashes."""
        self.values: Final = frozenset(values.split())
        self.lists: Final = frozenset(lists.split())
        self.options: Final = (
            None if options is None else frozenset(options.split()) | self.values | self.lists
        )
        self.most: Final = most
        self.remote: Final = remote
        self.barred: Final = frozenset(barred.split())


_ANY = Form()
_FILTERS = "--contains --no-contains --merged --no-merged --points-at"
_SHOWN = "--color --no-color --column --no-column -i --ignore-case --omit-empty"
_CONFIG = (
    "--show-origin --show-scope --show-names --no-show-names --name-only -z --null --type "
    "--no-type --bool --int --bool-or-int --bool-or-str --path --expiry-date --includes "
    "--no-includes --global --system --local --worktree --all --regexp --fixed-value"
)
_CONFIG_VALUES = "--type --default -f --file --blob --value --url"

READS: dict[str, Form] = dict.fromkeys(
    (
        "annotate",
        "blame",
        "check-attr",
        "check-ignore",
        "cherry",
        "count-objects",
        "describe",
        "diff",
        "diff-files",
        "diff-index",
        "diff-tree",
        "for-each-ref",
        "grep",
        "log",
        "ls-files",
        "ls-tree",
        "merge-base",
        "name-rev",
        "range-diff",
        "rev-list",
        "rev-parse",
        "shortlog",
        "show",
        "show-ref",
        "stash list",
        "stash show",
        "status",
        "submodule status",
        "submodule summary",
        "var",
        "version",
        "whatchanged",
        "reflog show",
        "reflog exists",
        "reflog list",
        "notes list",
        "notes show",
    ),
    _ANY,
) | {
    "bisect log": Form("", most=0),
    "bisect view": Form(most=0),  # an operand is a verb of git there
    "branch": Form(
        f"-a --all -r --remotes -v --verbose --show-current --abbrev --no-abbrev {_SHOWN}",
        values=f"--sort --format {_FILTERS}",
        lists=f"-l --list {_FILTERS}",
        most=0,
    ),
    "bundle list-heads": Form("-q --quiet"),
    "bundle verify": Form("-q --quiet"),
    "cat-file": Form("-p -t -s -e"),
    "config": Form(
        _CONFIG,
        values=_CONFIG_VALUES,
        lists="-l --list --get --get-all --get-regexp --get-urlmatch --get-color --get-colorbool",
        most=1,
    ),
    "config get": Form(_CONFIG, values=_CONFIG_VALUES),
    "config list": Form(_CONFIG, values=_CONFIG_VALUES, most=0),
    "help": Form("-a --all -g --guides -c --config --no-verbose -v --verbose", most=1),
    "ls-remote": Form(
        "-h --heads -b --branches -t --tags --refs -q --quiet --exit-code --get-url --symref",
        values="--sort -o --server-option",
        remote=True,
    ),
    "notes": Form("", most=0),
    "reflog": Form(barred="expire delete drop write"),
    "remote": Form("-v --verbose", most=0),
    "remote get-url": Form("--push --all"),
    "remote show": Form("-n", remote=True),
    "sparse-checkout list": Form("", most=0),
    "submodule": Form("-q --quiet", most=0),
    "symbolic-ref": Form("-q --quiet --short --recurse --no-recurse", most=1),
    "tag": Form(
        f"{_SHOWN} -0 -1 -2 -3 -4 -5 -6 -7 -8 -9",
        values=f"--sort --format {_FILTERS}",
        lists=f"-l --list -n {_FILTERS}",
        most=0,
    ),
    "worktree list": Form("-v --verbose --porcelain -z --expire", values="--expire", most=0),
}


def read_objection(line: GitLine, event: Event) -> str | None:
    """Say why a git command may do more than read; none when it surely only reads."""
    wrong = globals_objection(line, event, keys=False)
    if wrong is not None:
        return wrong
    if line.verb is None:
        return None if line.certain else "the verb is not known"
    return verb_objection(line)


def verb_objection(line: GitLine) -> str | None:
    """Say the same of the verb and what stands behind it alone."""
    form, words = _form(line)
    if form is None:
        return f"`{line.verb}` is not one of the reading verbs, or not in this form"
    if unknown_before_dashes(words):
        return "a word that is not known could be an option; write it out, or put it behind `--`"
    if line.verb == "grep" and read(["", *words], _GREP, permute=True).has("O"):
        return "`-O` runs a program"
    return _words_objection(form, words)


def _form(line: GitLine) -> tuple[Form | None, Sequence[Field]]:
    """Give the form of a verb, or of the verb and its subcommand, and the words behind."""
    if line.words and f"{line.verb} {line.words[0]}" in READS:
        return READS[f"{line.verb} {line.words[0]}"], line.words[1:]
    return READS.get(line.verb or ""), line.words


def _words_objection(form: Form, words: Sequence[Field]) -> str | None:
    operands: list[Field] = []
    lists = False
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word is None or word in ("--", "--end-of-options"):
            operands += words[at - (word is None) :]
            break
        if not word.startswith("-") or word == "-":
            operands.append(word)
            continue
        for option in _spelled(form, word):
            if _is_trap(option) or not (form.options is None or option in form.options):
                return f"`{word}` does more than read, or is not known to read"
            lists = lists or option in form.lists
        if word in form.values:
            if at < len(words) and (words[at] or "").startswith("-"):
                return f"`{word}` has no value"
            at += 1
    return _operands_objection(form, operands, lists=lists)


def _spelled(form: Form, word: str) -> list[str]:
    """Give the options that a word spells: letters cluster where a verb's options are listed."""
    if word.startswith("--") or form.options is None:
        return [word.partition("=")[0]]
    return [f"-{letter}" for letter in word[1:]]


def _is_trap(option: str) -> bool:
    """Whether an option is one of the traps, or may be short for one."""
    if not option.startswith("--"):
        return option.startswith("-O")
    name = option[_LONG:]
    return name not in _NO_TRAPS and any(trap.startswith(name) for trap in _TRAPS)


def _operands_objection(form: Form, operands: Sequence[Field], *, lists: bool) -> str | None:
    if form.most is not None and not lists and (len(operands) > form.most or None in operands):
        return "with these operands it may change something"
    for word in operands:
        if form.remote and (word is None or "::" in word):
            return "the address may name a program to run"
        if word in form.barred:
            return f"`{word}` changes what it names"
    return None
