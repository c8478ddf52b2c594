"""Programs with commands of their own, some of which start a shell: editors, databases, debuggers.

Sources: sqlite3(1), psql(1), mysql(1), vim(1) and its help (`:!`, `:r !`, `system()`), ed(1),
emacs(1), gdb(1) and its manual, lldb(1), ftp(1), sftp(1), lftp(1), dc(1),
less(1).
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, Literal, TypeAlias

    Unread: TypeAlias = Literal["typed", "data", "unseen"]


class Language:
    """How a program's own commands start a shell.

    `shells` are what a command begins with if the rest of it is a text for a shell, `hides` if it
    runs what is not seen; `anywhere` stands for that wherever it stands. `marks` stand anywhere
    before a text. `ends` end a command beside the end of a line, `leading` characters may stand
    before it.
    """

    __slots__ = ("anywhere", "ends", "hides", "leading", "marks", "shells")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        shells: tuple[str, ...] = (),
        hides: tuple[str, ...] = (),
        anywhere: tuple[str, ...] = (),
        marks: tuple[str, ...] = (),
        ends: str = "",
        leading: str = " \t",
    ) -> None:
        self.shells: Final = shells
        self.hides: Final = hides
        self.anywhere: Final = anywhere
        self.marks: Final = marks
        self.ends: Final = ends
        self.leading: Final = leading


class Speaker:
    """How a program is given commands of a language.

    `texts` are options that hold them, and so do the operands from `operand` on (none with -1) and,
    with `plus`, `+command`. Files are named by options of `files`, whose content is data of the
    project, or `hides`, which run what is not seen. They are read from the input with options of
    `reads`, for `*` always, unless they stand in the words; where it is not known, it is taken for
    what `unread` says: `typed` by a user, `data`, or commands that are `unseen`. `pipes`
    hold a shell's text behind a `|`.
    """

    __slots__ = (
        "files", "grammar", "hides", "language", "operand", "pipes", "plus", "reads",
        "texts", "unread",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        grammar: Grammar,
        language: Language,
        *,
        texts: str = "",
        operand: int = -1,
        files: str = "help version",
        hides: str = "",
        reads: str = "",
        pipes: str = "",
        plus: bool = False,
        unread: Unread = "typed",
    ) -> None:
        """Take the fields; sets of options are strings, split when they are looked at."""
        self.grammar: Final = grammar
        self.language: Final = language
        self.texts: Final = texts
        self.operand: Final = operand
        self.files: Final = files
        self.hides: Final = hides
        self.reads: Final = reads
        self.pipes: Final = pipes
        self.plus: Final = plus
        self.unread: Final = unread


_SQLITE = Language(
    shells=(
        ".shell ", ".shel ", ".she ", ".sh ", ".system ", ".syste ", ".syst ", ".sys ", ".sy ",
        ".read |", ".output |", ".once |", ".import |", '.import "|', '.output "|', '.once "|',
    ),
    hides=(".load", ".lo"),
    anywhere=("load_extension(", "edit("),
)  # fmt: skip
_PSQL = Language(
    marks=("\\!", "\\g |", "\\g|", "\\gx |", "\\o |", "\\o|", "\\w |", "\\out |", "\\write |"),
    hides=("\\e", "\\setenv"),
    anywhere=(" to program ", " from program ", "\\`", "\\set `"),
)
_MYSQL = Language(shells=("system ", "pager "), marks=("\\!", "\\P "), hides=("edit",), ends=";")
_VIM = Language(
    shells=(
        "!", "r!", "r !", "re !", "read!", "read !", "w !", "write !", "silent !", "sil !",
        "silent! !", "sil! !", "ter ", "term ", "termi ", "terminal ", "silent r !",
    ),
    hides=(
        "lua", "py", "perl", "ruby", "rub ", "tcl ", "mz", "so ", "source ", "ru ", "runtime ",
        "exe", "mak", "gr", "lgr", "lmak", "@",
    ),
    anywhere=(
        " !", "/!", ":!", "system(", "systemlist(", "job_start(", "jobstart(", "libcall",
        "term_start(", "termopen(", "feedkeys(", "prg=", "shell=", "sh=",
    ),
    ends="|",
    leading=" \t:%0123456789,.$'<>*&",
)  # fmt: skip
_ED = Language(shells=("!", "r !", "w !", "e !", "r!", "w!", "e!"), leading=" \t0123456789,.$%;+-")
_EX = Language(shells=_VIM.shells, hides=_VIM.hides, anywhere=_VIM.anywhere, ends="|",
               leading=_VIM.leading)  # fmt: skip
_GDB = Language(
    shells=("!", "shell ", "shel ", "she "),
    hides=("py", "pi ", "guile", "gu ", "gr ", "source ", "pipe ", "|", "make", "mak", "define "),
    anywhere=("remote |", "-remote |"),
)
_LLDB = Language(
    shells=("platform shell ", "shell ", "pl sh ", "plat shell "),
    hides=("script", "sc ", "command script", "command source", "com ", "command regex"),
)
_FTP = Language(shells=("!", "shell "), hides=("|",), anywhere=(" |",), ends="")
_LFTP = Language(shells=("!", "shell "), hides=("source ", "."), marks=(";!", "; !"), ends=";")
_DC = Language(marks=("!",))
_LESS = Language(shells=("!", "#"), hides=("|", "v"), leading=" \t0123456789gGF")
_NOTHING = Language()

_EDITOR = Speaker(
    Grammar(
        "cSuiTwWtdU", "cmd servername remote remote-send remote-expr startuptime", optional="oOpqV"
    ),
    _VIM,
    texts="c cmd remote-send remote-expr",
    hides="S s u",
    reads="e E",
    plus=True,
)
_EMACS = Speaker(
    Grammar("lftdgTu", "eval execute load funcall script chdir"),
    _NOTHING,
    hides="l load f funcall eval execute script x batch e",
)
_SQL_CLIENT = Speaker(
    Grammar(
        "eDhPpSuIiTN",
        "execute database host port socket user pager tee init-command "
        "delimiter default-character-set",
    ),
    _MYSQL,
    texts="e execute",
    pipes="pager",
    reads="*",
    unread="data",
    files="help version V",
)

SPEAKERS: dict[str, Speaker] = {
    "sqlite3": Speaker(
        Grammar(
            long="cmd init separator newline nullvalue mmap maxsize vfs lookaside pagecache "
            "escape",
            single_dash=True,
        ),
        _SQLITE,
        texts="cmd",
        operand=1,
        reads="*",
        hides="init",
        unread="unseen",
    ),
    "psql": Speaker(
        Grammar(
            "cdfFhLopPRTUv",
            "command dbname file field-separator host log-file output port pset record-separator "
            "table-attr username set variable",
        ),
        _PSQL,
        texts="c command",
        files="f file l list help version V",
        pipes="o output",
        reads="*",
        unread="data",
    ),
    "mysql": _SQL_CLIENT,
    "mariadb": _SQL_CLIENT,
    "vim": _EDITOR,
    "vi": _EDITOR,
    "nvim": _EDITOR,
    "view": _EDITOR,
    "gvim": _EDITOR,
    "vimdiff": _EDITOR,
    "rvim": _EDITOR,
    "ex": Speaker(_EDITOR.grammar, _EX, texts="c cmd", hides="S u", reads="*", plus=True),
    "less": Speaker(
        Grammar("bhjkoOpPtTxyzD", "pattern tag log-file prompt buffers jump-target shift tabs"),
        _LESS,
        plus=True,
    ),
    "ed": Speaker(Grammar("p", "prompt"), _ED, operand=0, reads="*"),
    "emacs": _EMACS,
    "emacsclient": _EMACS,
    "gdb": Speaker(
        Grammar(
            long="ex iex eval-command init-eval-command x command ix init-command p pid c core s "
            "symbols e exec se d directory cd tty l b data-directory D interpreter i write",
            single_dash=True,
            ends="args",
        ),
        _GDB,
        texts="ex iex eval-command init-eval-command",
        hides="x command ix init-command",
        reads="*",
    ),
    "lldb": Speaker(
        Grammar("oOsSkKanpcf", "one-line one-line-before-file source source-before-file arch "
                "attach-name attach-pid core file"),
        _LLDB,
        texts="o O one-line one-line-before-file k K",
        hides="s S source source-before-file",
        reads="*",
    ),
    "ftp": Speaker(Grammar("P"), _FTP, reads="*"),
    "sftp": Speaker(Grammar("BbcDFiJloPRSs"), _FTP, reads="*"),
    "lftp": Speaker(Grammar("cefpuO"), _LFTP, texts="c e", hides="f", reads="*"),
    "dc": Speaker(Grammar("ef", "expression file"), _DC, texts="e expression", reads="*"),
}  # fmt: skip
