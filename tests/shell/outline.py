"""A syntax tree in one line, and what of it a test compares."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kei_gates.shell import ast
from kei_gates.shell.errors import Unanalysable
from kei_gates.shell.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

REFUSED = "refused"
_PATTERN = frozenset("*?[]{}~=<>")


def tree(source: str, dialect: str) -> ast.CommandList | None:
    """The tree of a source, none where it is refused."""
    try:
        return Parser(source, 0, None, dialect).whole()
    except Unanalysable:
        return None


def differs(source: str) -> bool:
    """Whether the dialects are said to disagree; so they are where bash's refuses."""
    parser = Parser(source)
    try:
        parser.whole()
    except Unanalysable:
        return True
    return parser.differs


def outline(source: str, dialect: str) -> str:
    found = tree(source, dialect)
    return REFUSED if found is None else _list(found)


# --- words ------------------------------------------------------------------------------------


def _literal(text: str, *, quoted: bool) -> str:
    if quoted:
        return "'" + text.encode("unicode_escape").decode() + "'"
    return f"|{text}|" if set(text) & set(" \n()'+\"") else text


def _parts(parts: Iterable[ast.Part]) -> str:
    shown: list[str] = []
    text: tuple[str, bool] | None = None
    for part in parts:
        if isinstance(part, ast.Literal):
            if part.text and text is not None and text[1] == part.quoted:
                text = (text[0] + part.text, part.quoted)
            elif part.text:
                shown += [] if text is None else [_literal(text[0], quoted=text[1])]
                text = (part.text, part.quoted)
            continue
        shown += [] if text is None else [_literal(text[0], quoted=text[1])]
        text = None
        shown.append(_part(part))
    shown += [] if text is None else [_literal(text[0], quoted=text[1])]
    return "+".join(shown) or "''"


def _operand(parts: Iterable[ast.Part]) -> str:
    """An operand, of which only the text matters, not what of it is quoted."""
    shown = ""
    for part in parts:
        shown += part.text if isinstance(part, ast.Literal) else f"+{_part(part)}+"
    return shown.strip("+")


def _part(part: ast.Part) -> str:
    if isinstance(part, ast.Qualifier):
        code = " !" + ",".join(map(repr, part.code)) if part.code else ""
        return f"(paren {part.text!r}{code})"
    if isinstance(part, ast.Parameter):
        flags = f"({part.flags})" if part.flags else ""
        rest = " ".join(filter(None, (part.operator, _operand(part.operand))))
        return f"{'q' if part.quoted else ''}${{{flags}{part.name}{' ' if rest else ''}{rest}}}"
    if isinstance(part, ast.Substitution):
        return f"{'q' if part.quoted else ''}$({_list(part.body)})"
    if isinstance(part, ast.Arithmetic):
        inner = [_part(one) for one in part.parts if not isinstance(one, ast.Literal)]
        return f"(math {part.text!r}{''.join(' ' + one for one in inner)})"
    raise TypeError(part)


def _word(word: ast.Word) -> str:
    return _parts(word.parts)


def _words(words: Iterable[ast.Word]) -> str:
    return " ".join(map(_word, words))


# --- commands ---------------------------------------------------------------------------------


def _redirections(redirections: Iterable[ast.Redirection]) -> str:
    shown = ""
    for one in redirections:
        target = one.target
        if isinstance(target, ast.HereDocument):
            text = f"{target.delimiter}:{_word(target.body)}"
        else:
            text = _word(target)
        shown += f" [{one.descriptor}{one.operator} {text}]"
    return shown


def _assignment(node: ast.Assignment) -> str:
    subscript = f"[{_part(node.subscript)}]" if node.subscript else ""
    value = _word(node.value) if node.array is None else f"({_words(node.array)})"
    return f"{node.name}{subscript}{'+=' if node.append else '='}{value}"


def _list(node: ast.CommandList) -> str:
    items = (f"{_command(one)}{' &' if background else ''}" for one, background in node.items)
    return "; ".join(items)


def _simple(node: ast.Simple) -> str:
    words = " ".join([*map(_assignment, node.assignments), *map(_word, node.words)])
    return f"<{words}{_redirections(node.redirections)}>"


def _and_or(node: ast.AndOr) -> str:
    return _command(node.first) + "".join(f" {o} {_command(one)}" for o, one in node.rest)


def _pipeline(node: ast.Pipeline) -> str:
    return ("! " if node.negated else "") + " | ".join(map(_command, node.commands))


def _group(node: ast.Group) -> str:
    kind = "subshell" if node.subshell else "group"
    return f"({kind} {_list(node.body)}{_redirections(node.redirections)})"


def _branches(node: ast.Branches) -> str:
    if node.words or not node.conditions:
        bodies = " / ".join(map(_list, node.alternatives))
        kind = "case, falling" if node.falls else "case"
        return f"({kind} {_words(node.words)}: {bodies}{_redirections(node.redirections)})"
    shown = []
    for at, body in enumerate(node.alternatives):
        condition = f"if {_list(node.conditions[at])}" if at < len(node.conditions) else "else"
        shown.append(f"{condition}: {_list(body)}")
    return f"({' / '.join(shown)}{_redirections(node.redirections)})"


def _loop(node: ast.Loop) -> str:
    header = ""
    if node.name is not None:
        values = "@" if node.words is None else _words(node.words)
        kind = "select" if node.asks else "for"
        header = f"{kind} {','.join((node.name, *node.more))} in {values}"
    elif node.count is not None:
        header = f"repeat {_word(node.count)}"
    elif node.header is not None:
        header = f"while {_list(node.header)}"
    elif node.arithmetic is not None:
        header = f"for {_part(node.arithmetic)}"
    return f"({header}: {_list(node.body)}{_redirections(node.redirections)})"


def _function(node: ast.Function) -> str:
    return f"(function {node.name}: {_command(node.body)})"


def _anonymous(node: ast.Anonymous) -> str:
    redirections = _redirections(node.redirections)
    return f"(call {_command(node.body)} with {_words(node.words)}{redirections})"


def _test(node: ast.Test) -> str:
    inner = _part(node.arithmetic) if node.arithmetic else _words(node.words)
    return f"(test {inner}{_redirections(node.redirections)})"


_SHOWN: dict[type, Callable[..., str]] = {
    ast.AndOr: _and_or,
    ast.Anonymous: _anonymous,
    ast.Branches: _branches,
    ast.CommandList: _list,
    ast.Function: _function,
    ast.Coprocess: _group,
    ast.Group: _group,
    ast.Loop: _loop,
    ast.Pipeline: _pipeline,
    ast.Simple: _simple,
    ast.Test: _test,
}


def _command(node: ast.Command) -> str:
    return _SHOWN[type(node)](node)


# --- what could run -----------------------------------------------------------------------------


def _nodes(value: object) -> Iterator[object]:
    if isinstance(value, (tuple, list)):
        for item in value:
            yield from _nodes(item)
    elif type(value).__module__ == ast.__name__:
        yield value
        for kind in type(value).__mro__:
            for slot in getattr(kind, "__slots__", ()):
                yield from _nodes(getattr(value, slot))


def simple_commands(found: ast.CommandList) -> list[list[str | None]]:
    """The words of every simple command of a tree of zsh, each as a pattern; none for any words.

    Words that zsh takes from before a command are left out, and what qualifiers run is read too.
    """
    commands: list[list[str | None]] = []
    for node in _nodes(found):
        if isinstance(node, ast.Simple):
            words = [_pattern(word) for word in node.words]
            while words and words[0] in _PRECOMMANDS:
                words = words[1:]
            commands.append(words)
            commands += [["cat"], ["more"]] if not words and node.redirections else []
        elif isinstance(node, ast.Qualifier):
            for code in node.code:
                inner = tree(code, "zsh")
                commands += [[None]] if inner is None else simple_commands(inner)
    return commands


_PRECOMMANDS = ("nocorrect", "noglob", r"\-", "command", "exec", "builtin")


def _pattern(word: ast.Word) -> str | None:
    text = ""
    for part in word.parts:
        if not isinstance(part, ast.Literal):
            return None
        if not part.quoted and _PATTERN & set(part.text):
            return None
        text += re.escape(part.text)
    return text


def could_run(commands: list[list[str | None]], words: list[str]) -> bool:
    """Whether words that ran are those of one of the commands."""
    return any(_matches(command, words) for command in commands)


def _matches(command: list[str | None], words: list[str]) -> bool:
    reached = {0}
    for pattern in command:
        if pattern is None:
            reached = set(range(min(reached), len(words) + 1))
        else:
            regex = re.compile(pattern, re.DOTALL)
            reached = {at + 1 for at in reached if at < len(words) and regex.fullmatch(words[at])}
        if not reached:
            return False
    return len(words) in reached
