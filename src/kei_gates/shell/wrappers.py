"""How a program is given the command that it runs, and the table of all that are.

The rows stand in one module per family, with the manual pages that they were read from.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Final, Literal, TypeAlias

    How: TypeAlias = Literal["words", "text", "lone", "each", "first", "shell", "nothing"]


class Wrapper:
    """How a program is given the command that it runs.

    `how` tells what the words behind the options and `operands` other words are: the `words` of a
    command; words that, joined by blanks, are a `text` for a shell; a text if one stands `lone`,
    and else the words of a command; `each` a text, or only the `first`; the arguments of a `shell`;
    `nothing` that runs.
    With an option of `direct` they are the words of a command and no operand is left out; with one
    of `joins` they are a text. `keyed` holds options with `name=value` in theirs, a colon, and the
    names of which the value is a text: `o:proxycommand`; `prefixed` those that hold what stands
    behind a word: `x exec:cargo`; `binds` those that bind keys to actions, as fzf does.

    Each of these names options: `texts` hold a shell text that runs in place of a command, `also`
    one beside it; `pipes` may hold one behind a `|`. With `without`, no command runs; with `hides`,
    something that is not seen. `folder` holds where the command runs, `output` a file that is
    written, `entry` the program of which the words are the arguments, `shells` a shell, `names` the
    name by which the program is told who it is. Without `entry`, `image` makes a program's name of
    the last operand, empty for an image that has none of its own.

    With `assignments`, `name=value` words stand before the command; with `splits`, an option's
    value is split into words. `appends` says that words that are not known are added; `behind`
    that the command stands behind `--`; `resumes` that options go on behind the operands;
    `elsewhere` that it runs on another machine. With `scripts`, a word that ends in `.py` is run
    by Python, as is a module with `-m`. Without a first word, it is `default`. `rename` makes the
    program's name of the first word, empty for what runs nothing more, or none when that cannot be
    told. First words that begin as one of `skips` are left out. Without a command, `interactive`
    starts a shell for its user, always for `*` or with one of its options; with `<`, what it reads
    is run.
    """

    __slots__ = (
        "also", "appends", "assignments", "behind", "binds", "default", "direct", "elsewhere",
        "entry", "folder", "grammar", "hides", "how", "image", "interactive", "joins", "keyed",
        "names", "operands", "output", "pipes", "prefixed", "rename", "resumes", "scripts",
        "shells", "skips", "splits", "texts", "without",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        grammar: Grammar,
        how: How = "words",
        *,
        operands: int = 0,
        texts: str = "",
        also: str = "",
        keyed: str = "",
        prefixed: str = "",
        binds: str = "",
        pipes: str = "",
        without: str = "help version",
        hides: str = "",
        folder: str = "",
        output: str = "",
        entry: str = "",
        shells: str = "",
        names: str = "",
        direct: str = "",
        joins: str = "",
        splits: str = "",
        skips: str = "",
        interactive: str = "",
        default: str = "",
        assignments: bool = False,
        appends: bool = False,
        behind: bool = False,
        resumes: bool = False,
        elsewhere: bool = False,
        scripts: bool = False,
        rename: Callable[[str], str | None] | None = None,
        image: Callable[[str], str] | None = None,
    ) -> None:
        """Take the fields; sets of options are strings, split when they are looked at."""
        self.grammar: Final = grammar
        self.how: Final = how
        self.operands: Final = operands
        self.texts: Final = texts
        self.also: Final = also
        self.keyed: Final = keyed
        self.prefixed: Final = prefixed
        self.binds: Final = binds
        self.pipes: Final = pipes
        self.without: Final = without
        self.hides: Final = hides
        self.folder: Final = folder
        self.output: Final = output
        self.entry: Final = entry
        self.shells: Final = shells
        self.names: Final = names
        self.direct: Final = direct
        self.joins: Final = joins
        self.splits: Final = splits
        self.skips: Final = tuple(skips.split())
        self.interactive: Final = interactive
        self.default: Final = default
        self.assignments: Final = assignments
        self.appends: Final = appends
        self.behind: Final = behind
        self.resumes: Final = resumes
        self.elsewhere: Final = elsewhere
        self.scripts: Final = scripts
        self.rename: Final = rename
        self.image: Final = image


class Tool:
    """A program of which only some subcommands run another program.

    `grammar` is that of the options before the subcommand, `ways` tells each subcommand's way (its
    other names, blank-separated, with it), `folder` names options that say where it all happens;
    `other` is the way of every other first word. Words that begin as one of `skips` come before.
    """

    __slots__ = ("folder", "grammar", "other", "skips", "ways")

    def __init__(
        self,
        grammar: Grammar,
        ways: Mapping[str, Wrapper | Tool],
        *,
        folder: str = "",
        skips: str = "",
        other: Wrapper | None = None,
    ) -> None:
        self.grammar: Final = grammar
        self.ways: Final = {name: way for names, way in ways.items() for name in names.split()}
        self.folder: Final = folder
        self.skips: Final = tuple(skips.split())
        self.other: Final = other


BARE = Wrapper(Grammar(flags="", long_flags="help version"))
"""A program that is given the command alone."""
