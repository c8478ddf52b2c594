"""A first, cheap reading: sources of plain words alone, which mean to every shell what they say.

Most calls are such: a few words, `&&` and `|` between, perhaps a here-document that becomes a file.
For these the analysis is known without a parser, an evaluator or their tables, whose loading costs
more than the whole decision (docs/adr/0023). It is never another analysis: for every source that is
read here, the full one finds the same, which the tests hold against all corpora and against every
word of the tables. What is not certainly plain is left to it.
"""

from __future__ import annotations

from kei_gates.model import Analysis, Effect, Invocation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Final

    from kei_gates.shell.own_names import OwnNames

# Programs, and builtins that change nothing else, that no table of the analysis knows: what they
# are given, they read, show or compute. Where a text follows, they are so with these first words
# alone.
_ANY = (
    "basename cat cksum cmp column comm cut df diff dirname du echo egrep expand false fgrep "
    "fold free grep groups head hostname id join jq locale ls lscpu lsof md5sum mypy nl nproc "
    "od paste pathchk pgrep pwd pytest readlink realpath rev seq sha1sum sha256sum sleep stat "
    "strings sum tac tail tr true tsc tty uname uptime wc whereis which whoami yes "
)
PROGRAMS: dict[str, str] = dict.fromkeys(_ANY.split(), "") | {
    "cargo": "bench build check clippy doc metadata test tree",
    "cd": "",
    "git": "blame diff log rev-parse shortlog show status",
    "go": "env version",
    "ruff": "check",
}

# Options that make some of them more than they seem, however they are shortened or go on.
_TELLING = ("config", "output", "ext-diff", "fix", "unsafe-fixes", "textconv")

_UNQUOTED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,@+%=")
_SPOILING = frozenset("$`\\!")  # in double quotes
_NOWHERE = "/dev/null"
_MOST_COMMANDS = 40
_LONGEST = 1 << 16


def plain_analysis(
    source: str, cwd: str, own: OwnNames, whole: Callable[[], Analysis]
) -> Analysis | None:
    """Give the analysis of a plain source that starts in `cwd`; none for one that is not.

    `own` are the user's own names; `whole` gives the full analysis, for the texts of written files.
    """
    if len(source) > _LONGEST or own.unread or own.global_aliases or own.suffix_aliases:
        return None
    reader = _Reader(source)
    try:
        invocations = reader.commands()
    except ValueError:
        return None
    names = {invocation.argv[0] or "" for invocation in invocations}
    if not names.isdisjoint(own.functions):
        return None
    if not names.isdisjoint(own.aliases):
        found = [
            replaced
            for one in invocations
            for replaced in (one, *_replaced(one, own.aliases.get(one.argv[0] or "", ())))
        ]
        if reader.written or not all(is_plain(one.argv) for one in found):
            return None
        invocations = [*dict.fromkeys(found)]
    if reader.written and not (names <= _TEXT and names.isdisjoint(map(_name, reader.written))):
        return None  # what comes behind may run the file
    effects = [
        Effect("write", path if path[0] == "/" else f"{cwd}/{path}", ">") for path in reader.written
    ]
    return Analysis(invocations, effects, left=lambda path: whole().left(path), is_plain=True)


def _replaced(command: Invocation, texts: Iterable[str]) -> Iterator[Invocation]:
    """Give a command with each text that its name is an alias for; one without words for others.

    Most aliases of plain programs only give them options: `ls='ls --color=auto'`.
    """
    for text in texts:
        words = text.split(" ")
        is_own = words[0] == command.argv[0] and all(words) and _UNQUOTED.issuperset("".join(words))
        argv = (*words, *command.argv[1:]) if is_own else ("",)
        yield Invocation(argv, (), command.span)


def _name(path: str) -> str:
    return path.rpartition("/")[2]


# What does nothing with a file that stands before it but show or search it.
_TEXT = frozenset(("cat", "echo", "grep", "head", "ls", "pwd", "tail", "true", "wc"))


class _Reader:
    """Reads a plain source. Every method raises `ValueError` where it is not one."""

    __slots__ = ("_at", "_delimiter", "_source", "written")

    def __init__(self, source: str) -> None:
        self._source: Final = source
        self._at = 0
        self.written: list[str] = []
        """The files that the output of commands becomes, as they are spelled."""
        self._delimiter: tuple[str, bool] | None = None
        """The end of the here-document whose text begins with the next line; whether quoted."""

    def commands(self) -> list[Invocation]:
        """Read all commands."""
        found: list[Invocation] = []
        waits = False  # for the command behind `&&`, `||` or `|`
        while True:
            self._skip_blanks(newlines=waits or not found)
            if self._at == len(self._source):
                break
            found.append(self._command())
            waits = self._operator()
        if waits or not found or len(found) > _MOST_COMMANDS or self._delimiter is not None:
            raise ValueError
        return found

    def _operator(self) -> bool:
        """Skip what ends a command; say whether another one must follow."""
        for operator in ("&&", "||"):
            if self._eat(operator):
                return True
        if self._eat("|"):
            if self._source.startswith("&", self._at):
                raise ValueError
            return True
        if self._eat(";"):
            if self._source.startswith(";", self._at):
                raise ValueError
            self._skip_blanks(newlines=True)
        elif self._eat("\n"):
            self._skip_document()
            self._skip_blanks(newlines=True)
        elif self._at < len(self._source):
            raise ValueError
        return False

    def _command(self) -> Invocation:
        """Read the words and redirections of one command."""
        source, start = self._source, self._at
        words: list[str] = []
        many = len(self.written)
        while self._at < len(source) and source[self._at] not in "\n;|":
            if source.startswith("&&", self._at):
                break
            if not self._redirection(words):
                words.append(self._word())
            self._skip_blanks()
        if not is_plain(words) or len(self.written) > many + 1:
            raise ValueError
        return Invocation(tuple(words), (), (start, self._at))

    def _word(self) -> str:
        """Read one word, of which parts may be quoted."""
        source, start = self._source, self._at
        parts = []
        quoted = False
        while self._at < len(source):
            char = source[self._at]
            if char in _UNQUOTED:
                first = self._at
                while self._at < len(source) and source[self._at] in _UNQUOTED:
                    self._at += 1
                parts.append(source[first : self._at])
                quoted = False
            elif char in "'\"" and not quoted:
                parts.append(self._quoted(char))
                quoted = True
            else:
                break
        if self._at == start or source[start] in _UNFIT_IN_ZSH:
            raise ValueError
        after = source[self._at : self._at + 1]
        if after in _REDIRECTING:
            if source[start : self._at].isdecimal():
                raise ValueError  # a descriptor
        elif after not in _ENDS:
            raise ValueError
        return "".join(parts)

    def _quoted(self, quote: str) -> str:
        """Read what stands in quotes."""
        end = self._source.find(quote, self._at + 1)
        text = self._source[self._at + 1 : end]
        if end < 0 or "\0" in text or (quote == '"' and not _SPOILING.isdisjoint(text)):
            raise ValueError
        self._at = end + 1
        return text

    def _redirection(self, words: list[str]) -> bool:
        """Read a redirection into nowhere or a file, or of a here-document; false where is none."""
        source = self._source
        if source[self._at] not in "<>&12":
            return False
        for form in _DUPLICATES:
            if self._eat(form):
                self._end_of_word()
                return True
        for operator in ("2>", "&>", ">", "<"):
            if not source.startswith(operator, self._at):
                continue
            self._at += len(operator)
            if operator == "<" and self._eat("<"):
                self._begin_document(words)
                return True
            self._skip_blanks()
            path = self._word()
            if path != _NOWHERE:
                self._write(operator, path)
            self._end_of_word()
            return True
        return False

    def _write(self, operator: str, path: str) -> None:
        """Note the file that a command's output becomes."""
        parts = path.split("/")
        if (
            operator != ">"
            or not _UNQUOTED.issuperset(path)
            or not _ODD_PARTS.isdisjoint(parts[1:] if path[:1] == "/" else parts)
            or path.startswith(_ODD_PLACES)
        ):
            raise ValueError
        self.written.append(path)

    def _begin_document(self, words: list[str]) -> None:
        """Read the delimiter of a here-document, which only `cat` is given."""
        if words != ["cat"] or self._delimiter is not None:
            raise ValueError
        quoted = self._source[self._at : self._at + 1] in ("'", '"')
        delimiter = self._word()
        if not delimiter.isidentifier():
            raise ValueError
        self._end_of_word()
        self._delimiter = (delimiter, quoted)

    def _skip_document(self) -> None:
        """Skip the here-document that begins here, if one does."""
        if self._delimiter is None:
            return
        delimiter, quoted = self._delimiter
        self._delimiter = None
        rest = f"\n{self._source[self._at :]}\n"
        end = rest.find(f"\n{delimiter}\n")
        if end < 0 or "\0" in rest or not (quoted or _SPOILING.isdisjoint(rest[:end])):
            raise ValueError
        self._at = min(self._at + end + len(delimiter) + 1, len(self._source))

    def _skip_blanks(self, *, newlines: bool = False) -> None:
        blanks = " \t\n" if newlines else " \t"
        while self._at < len(self._source) and self._source[self._at] in blanks:
            self._at += 1

    def _eat(self, text: str) -> bool:
        if not self._source.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _end_of_word(self) -> None:
        if self._source[self._at : self._at + 1] not in _ENDS:
            raise ValueError


_UNFIT_IN_ZSH = "=%"
_DUPLICATES = ("2>&1", "1>&2", ">&2")
_REDIRECTING = ("<", ">")
_ENDS = ("", " ", "\t", "\n", ";", "|", "&")
# What makes a path another than it is spelled, or no file.
_ODD_PARTS = frozenset(("", ".", ".."))
_ODD_PLACES = ("/dev/", "/proc/", "-", "+")


def _tells(option: str) -> bool:
    """Whether an option says more than how to read or show, or names what the program reads."""
    name = option.lstrip("-").partition("=")[0]
    is_long = option.startswith("--")
    return option == "-" or any(
        one.startswith(name) or name.startswith(one) for one in _TELLING if is_long and name
    )


def is_plain(words: Sequence[str | None]) -> bool:
    """Whether a command's program is a plain one, and is told nothing else."""
    verbs = PROGRAMS.get(words[0] or "") if words else None
    if verbs is None or any(word is None or (word[:1] == "-" and _tells(word)) for word in words):
        return False
    if words[0] == "cd":
        return len(words) == 2 and (words[1] or "")[:1] not in ("", "-", "+")  # noqa: PLR2004 -- a folder
    return not verbs or (len(words) > 1 and words[1] in verbs.split())
