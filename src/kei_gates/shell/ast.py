"""The syntax tree. Every node but the parts of words carries its span in the source."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final, TypeAlias

    Span: TypeAlias = tuple[int, int]


# --- words ------------------------------------------------------------------------------------


class Literal:
    """Text that stands for itself; unquoted text may still hold globs, braces and a tilde."""

    __slots__ = ("quoted", "text")

    def __init__(self, text: str, *, quoted: bool) -> None:
        self.text: Final = text
        self.quoted: Final = quoted


class Parameter:
    """`$name` or `${...}`.

    `operator` is what follows the name inside braces, up to its operand: empty for a plain
    expansion, `:-`, `#`, `/`, `@`, `[` (a subscript) and so on; `!` and `length` stand for the
    prefixes `!` and `#`. `operand` holds every part inside the braces.

    In zsh, `name` is empty where another expansion, a text or nothing stands in its place; that
    expansion is then the first operand. `flags` are the letters of `${(...)name}` with their
    arguments, and the prefixes `^`, `=`, `~`. A modifier is an operator of a colon and its letter,
    `::=` assigns always, and `${+name}` counts as a length, as it is a number too.
    """

    __slots__ = ("flags", "name", "operand", "operator", "quoted")

    def __init__(
        self,
        name: str,
        operator: str,
        operand: tuple[Part, ...],
        *,
        quoted: bool,
        flags: str = "",
    ) -> None:
        self.name: Final = name
        self.operator: Final = operator
        self.operand: Final = operand
        self.quoted: Final = quoted
        self.flags: Final = flags


class Qualifier(Parameter):
    """A parenthesis in a word of zsh: alternatives of a pattern, or the qualifiers of a glob.

    The word that holds it is a pattern, so what it becomes is as unknown as an expansion. `text`
    is the source between the parentheses, `operand` every part of it. `code` are sources that zsh
    runs for each file that it lists, as in `*(e:"rm x":)` or `*(+name)`.
    """

    __slots__ = ("code", "text")

    def __init__(self, text: str, code: tuple[str, ...], operand: tuple[Part, ...]) -> None:
        super().__init__("", "(", operand, quoted=False)
        self.text: Final = text
        self.code: Final = code


class Substitution:
    """A list whose output, or a pipe to or from it, stands in the word.

    `kind` is `$` for `$(...)` and backticks, else what stands before the parenthesis: `<` or `>`.
    """

    __slots__ = ("body", "kind", "quoted")

    def __init__(self, body: CommandList, *, quoted: bool, kind: str = "$") -> None:
        self.body: Final = body
        self.kind: Final = kind
        self.quoted: Final = quoted


class Arithmetic:
    """`$((...))`, `((...))`, `$[...]` or a subscript: evaluated text, and its expansions."""

    __slots__ = ("parts", "text")

    def __init__(self, text: str, parts: tuple[Part, ...]) -> None:
        self.text: Final = text
        self.parts: Final = parts


class Subscript(Arithmetic):
    """The subscript of an expansion: the first part of its operand."""

    __slots__ = ()


class Word:
    """One word: its parts, joined."""

    __slots__ = ("array", "continued", "parts", "span")

    def __init__(
        self,
        parts: tuple[Part, ...],
        span: Span,
        *,
        continued: bool = False,
        array: tuple[Word, ...] | None = None,
    ) -> None:
        """Take the fields; `continued` says that a line continuation stands inside.

        `array` are the words of `declare name=(...)`, whose first part is the name and `=`.
        """
        self.array: Final = array
        self.parts: Final = parts
        self.span: Final = span
        self.continued: Final = continued

    @property
    def plain(self) -> str | None:
        """The text of a word without any quoting or expansion; none for any other."""
        text = ""
        for part in self.parts:
            if not isinstance(part, Literal) or part.quoted:
                return None
            text += part.text
        return text


# --- commands ---------------------------------------------------------------------------------


class Assignment:
    """`name=value`, `name+=value`, `name[subscript]=value` or `name=(values)`.

    In zsh, `name` may be the number of a positional parameter.
    """

    __slots__ = ("append", "array", "name", "subscript", "value")

    def __init__(
        self,
        name: str,
        value: Word,
        *,
        append: bool,
        subscript: Arithmetic | None = None,
        array: tuple[Word, ...] | None = None,
    ) -> None:
        self.name: Final = name
        self.value: Final = value
        self.append: Final = append
        self.subscript: Final = subscript
        self.array: Final = array


class HereDocument:
    """A here-document: its delimiter without quotes, and its body once that has been read."""

    __slots__ = ("body", "delimiter", "quoted", "strip_tabs")

    def __init__(self, delimiter: str, *, quoted: bool, strip_tabs: bool) -> None:
        self.delimiter: Final = delimiter
        self.quoted: Final = quoted
        self.strip_tabs: Final = strip_tabs
        self.body = Word((), (0, 0))


class Redirection:
    """One redirection. `target` is a here-document where `operator` is `<<`.

    `descriptor` is what stands before the operator: digits, `{name}`, or nothing.
    """

    __slots__ = ("descriptor", "operator", "span", "target")

    def __init__(
        self, descriptor: str, operator: str, target: Word | HereDocument, span: Span
    ) -> None:
        self.descriptor: Final = descriptor
        self.operator: Final = operator
        self.target: Final = target
        self.span: Final = span


class Simple:
    """A simple command."""

    __slots__ = ("assignments", "redirections", "span", "words")

    def __init__(
        self,
        assignments: tuple[Assignment, ...],
        words: tuple[Word, ...],
        redirections: tuple[Redirection, ...],
        span: Span,
    ) -> None:
        self.assignments: Final = assignments
        self.words: Final = words
        self.redirections: Final = redirections
        self.span: Final = span


class CommandList:
    """Commands one after another; each with whether it runs in the background."""

    __slots__ = ("items", "span")

    def __init__(self, items: tuple[tuple[Command, bool], ...], span: Span) -> None:
        self.items: Final = items
        self.span: Final = span


class AndOr:
    """`first && ... || ...`."""

    __slots__ = ("first", "rest", "span")

    def __init__(self, first: Command, rest: tuple[tuple[str, Command], ...], span: Span) -> None:
        self.first: Final = first
        self.rest: Final = rest
        self.span: Final = span


class Pipeline:
    """`a | b | c`, each side in a shell of its own; or `! a`, one command that is negated."""

    __slots__ = ("commands", "negated", "span")

    def __init__(self, commands: tuple[Command, ...], span: Span, *, negated: bool) -> None:
        self.commands: Final = commands
        self.span: Final = span
        self.negated: Final = negated


class Group:
    """`{ ...; }`, or `( ... )` in a shell of its own; with the redirections after it."""

    __slots__ = ("body", "redirections", "span", "subshell")

    def __init__(
        self,
        body: CommandList,
        redirections: tuple[Redirection, ...],
        span: Span,
        *,
        subshell: bool,
    ) -> None:
        self.body: Final = body
        self.redirections: Final = redirections
        self.span: Final = span
        self.subshell: Final = subshell


class Coprocess(Group):
    """`coproc [NAME] command`: in the background, its id in the variable `NAME_PID`."""

    __slots__ = ("name",)

    def __init__(self, body: CommandList, span: Span, name: str) -> None:
        super().__init__(body, (), span, subshell=True)
        self.name: Final = name


class Branches:
    """`if` and `case`: words that are expanded, then bodies of which some may run."""

    __slots__ = ("alternatives", "conditions", "falls", "redirections", "span", "total", "words")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        words: tuple[Word, ...],
        conditions: tuple[CommandList, ...],
        alternatives: tuple[CommandList, ...],
        redirections: tuple[Redirection, ...],
        span: Span,
        *,
        falls: bool = False,
        total: bool = False,
    ) -> None:
        """Take the fields.

        `conditions` are tried in order, each before its alternative; one alternative more is an
        `else`. `falls` says that an alternative may go on into the next, `total` that one of them
        surely runs.
        """
        self.total: Final = total
        self.falls: Final = falls
        self.words: Final = words
        self.conditions: Final = conditions
        self.alternatives: Final = alternatives
        self.redirections: Final = redirections
        self.span: Final = span


class Loop:
    """`while`, `until`, `for`, `select`: a header, and a body that runs any number of times.

    `name` is the loop's variable and `words` its values (none: the positional parameters);
    `header` is the condition; `arithmetic` the header of a C-style `for`. With `asks`, as `select`
    does, the variable may also be left empty. `more` are further variables, as zsh's `for a b in`
    takes several values at a time. `count` is the number of zsh's `repeat`, which has no variable.
    """

    __slots__ = (
        "arithmetic", "asks", "body", "count", "header", "more", "name", "redirections", "span",
        "words",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        body: CommandList,
        redirections: tuple[Redirection, ...],
        span: Span,
        *,
        name: str | None = None,
        words: tuple[Word, ...] | None = None,
        header: CommandList | None = None,
        arithmetic: Arithmetic | None = None,
        asks: bool = False,
        more: tuple[str, ...] = (),
        count: Word | None = None,
    ) -> None:
        self.body: Final = body
        self.redirections: Final = redirections
        self.span: Final = span
        self.name: Final = name
        self.words: Final = words
        self.header: Final = header
        self.arithmetic: Final = arithmetic
        self.asks: Final = asks
        self.more: Final = more
        self.count: Final = count


class Function:
    """A function definition."""

    __slots__ = ("body", "name", "span")

    def __init__(self, name: str, body: Command, span: Span) -> None:
        self.name: Final = name
        self.body: Final = body
        self.span: Final = span


class Anonymous:
    """`() { ... } words` of zsh: a function without a name, called at once with the words."""

    __slots__ = ("body", "redirections", "span", "words")

    def __init__(
        self,
        body: Command,
        words: tuple[Word, ...],
        redirections: tuple[Redirection, ...],
        span: Span,
    ) -> None:
        self.body: Final = body
        self.words: Final = words
        self.redirections: Final = redirections
        self.span: Final = span


class Test:
    """`[[ ... ]]` or `((...))`: words that are expanded, operators by their text among them."""

    __slots__ = ("arithmetic", "redirections", "span", "words")

    def __init__(
        self,
        words: tuple[Word, ...],
        arithmetic: Arithmetic | None,
        redirections: tuple[Redirection, ...],
        span: Span,
    ) -> None:
        self.words: Final = words
        self.arithmetic: Final = arithmetic
        self.redirections: Final = redirections
        self.span: Final = span


if TYPE_CHECKING:
    Part: TypeAlias = "Literal | Parameter | Substitution | Arithmetic"
    Command: TypeAlias = (
        "Simple | CommandList | AndOr | Pipeline | Group | Branches | Loop | Function | Anonymous"
        " | Test"
    )
