"""What a table says about a language: its forms, and how its functions use their arguments."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from kei_gates.shell.code_lexer import Lexer
    from kei_gates.shell.code_tokens import Syntax


class Use:
    """How a function uses its arguments.

    `how` names a way (`code_uses.py`), `at` is the argument that it is about, `detail` what else
    the way goes by. A `quiet` one is no use of anything when it is only named.
    """

    __slots__ = ("at", "detail", "how", "quiet")

    def __init__(self, how: str, at: int = 0, detail: str = "", *, quiet: bool = False) -> None:
        """Take the fields."""
        self.how: Final = how
        self.at: Final = at
        self.detail: Final = detail
        self.quiet: Final = quiet


class Language:
    """The forms of a language, and what is known of its functions.

    `calls` are functions by their path, `methods` those that are known by their own name whatever
    they are called on. `modules` start something of themselves once they are loaded. `access` are
    the operators between an object and its member; `joins` those that join strings; `lists` are the
    brackets of a list, `list_makers` functions that give one. With `bare`, arguments need no
    parentheses. `ends_arguments` are words that end those. With `passed`, naming a function is
    passing it on. With `caseless`, case does not tell functions apart. With `adjacent`, strings
    side by side are one. `globals` are objects whose members are the functions themselves.
    `mutates` are functions that change the variables they are given. With `name_ends`, a name may
    start the next statement. `loaders` are functions that give a module, `guarded` modules that may
    not be passed on. With `computed`, a string in brackets names a member; with `texts_call`, one
    in front of arguments names a function.
    """

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        lexer: type[Lexer],
        syntax: Syntax,
        calls: dict[str, Use],
        *,
        methods: dict[str, Use] | None = None,
        modules: dict[str, str] | None = None,
        access: str = ".",
        joins: str = "+",
        lists: str = "[",
        list_makers: str = "",
        assigns: str = "=",
        bare: bool = False,
        ends_arguments: str = "",
        passed: bool = False,
        caseless: bool = False,
        adjacent: bool = False,
        name_ends: bool = False,
        globals_: str = "",
        mutates: str = "",
        loaders: str = "",
        guarded: str = "",
        computed: bool = False,
        texts_call: bool = False,
    ) -> None:
        """Take the fields, words separated by blanks."""
        self.lexer: Final = lexer
        self.syntax: Final = syntax
        self.calls: Final = calls
        self.methods: Final = methods or {}
        self.modules: Final = modules or {}
        self.access: Final = frozenset(access.split())
        self.joins: Final = frozenset(joins.split())
        self.lists: Final = frozenset(lists)
        self.list_makers: Final = frozenset(list_makers.split())
        self.assigns: Final = frozenset(assigns.split())
        self.bare: Final = bare
        self.ends_arguments: Final = frozenset(ends_arguments.split())
        self.passed: Final = passed
        self.caseless: Final = caseless
        self.adjacent: Final = adjacent
        self.name_ends: Final = name_ends
        self.globals: Final = frozenset(globals_.split())
        self.mutates: Final = frozenset(mutates.split())
        self.loaders: Final = frozenset(loaders.split())
        self.guarded: Final = frozenset(guarded.split())
        self.computed: Final = computed
        self.texts_call: Final = texts_call
        self.heads: Final = {path.rpartition(".")[0] for path in calls if "." in path}
