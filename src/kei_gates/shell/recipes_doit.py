"""What doit runs: the part of its file of tasks that it would run, as code.

Source: the documents of doit 0.36 ("Tasks", "Task Actions"). Actions are written as calls, so that
who reads Python knows what they do; tasks that were not asked for are left out.
"""

from __future__ import annotations

import ast

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_text import Recipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Project

_GRAMMAR: Final = Grammar(
    "fdonPvkpr", "file dir output-file process verbosity reporter backend db-file par-type"
)
_OWN = frozenset(
    ("auto", "clean", "dumpdb", "forget", "help", "ignore", "info", "list", "reset-dep",
     "strace", "tabcompletion")
)  # fmt: skip
_PREFIX = "task_"
_LONGEST = 200_000
_MOST_ROUNDS = 20


def find(_program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give the code that runs; none when doit only answers a question."""
    options = read(words, _GRAMMAR, permute=False)
    names = list(options.operands)
    if options.has_exactly("help", "version", "h") or (names and names[0] in _OWN):
        return None
    if names[:1] == ["run"]:
        inner = read(names, _GRAMMAR, permute=False)
        options.given += inner.given
        names = inner.operands
    recipe = Recipe()
    text = project(options.value("f", "file") or "dodo.py")
    if text is None:
        return recipe
    if len(text) > _LONGEST:
        recipe.miss("the file of tasks is too large to be read")
        return recipe
    try:
        recipe.add_code("python", _selected(text, names))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        recipe.miss("the file of tasks is not understood")
    return recipe


def _selected(text: str, names: Sequence[Field]) -> str:
    """Give the code with only those tasks that run, each called at the end."""
    tree = ast.parse(text)
    tasks = {
        node.name.removeprefix(_PREFIX): node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith(_PREFIX)
    }
    wanted = [name.partition(":")[0] for name in names if name is not None and "=" not in name]
    running = set(tasks) if not wanted or None in names else {n for n in wanted if n in tasks}
    for _ in range(_MOST_ROUNDS):
        strings = {text for name in running for text in _strings(tasks[name])}
        if not (strings & set(tasks)) - running:
            break
        running |= strings & set(tasks)
    left_out = [node for name, node in tasks.items() if name not in running]
    body: list[ast.stmt] = list(ast.parse("import subprocess").body)
    kept = (node for node in tree.body if not any(node is one for one in left_out))
    body += (_Rewriter().visit(one) if isinstance(one, ast.FunctionDef) else one for one in kept)
    for name in tasks:
        if name in running:
            body += ast.parse(f"{_PREFIX}{name}()").body
    return ast.unparse(ast.fix_missing_locations(ast.Module(body, [])))


def _strings(node: ast.AST) -> set[str]:
    """Give the first parts of all texts, among them the tasks that one depends on."""
    values = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return {value.partition(":")[0] for value in values if isinstance(value, str)}


class _Rewriter(ast.NodeTransformer):
    """Writes the actions of tasks as calls before the statement that gives them to doit."""

    def visit_Return(self, node: ast.Return) -> list[ast.stmt]:
        return [*_calls(node), node]

    def visit_Expr(self, node: ast.Expr) -> list[ast.stmt]:
        return [*_calls(node), node]

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        return [*_calls(node), node]


def _calls(node: ast.AST) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for one in ast.walk(node):
        if isinstance(one, ast.Dict):
            for key, value in zip(one.keys, one.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in ("actions", "uptodate"):
                    found += [ast.Expr(_call(action)) for action in _items(value)]
    return found


def _items(value: ast.expr) -> list[ast.expr]:
    return value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]


def _call(action: ast.expr) -> ast.expr:
    """Write an action: a text for a shell, a list of words, or a function with arguments."""
    if isinstance(action, ast.Tuple) and action.elts:
        return ast.Call(action.elts[0], [], [])
    if isinstance(action, (ast.Name, ast.Attribute)):
        return ast.Call(action, [], [])
    if isinstance(action, ast.Call):
        if getattr(action.func, "id", getattr(action.func, "attr", "")) != "CmdAction":
            return action
        action = action.args[0] if action.args else ast.Constant("")
    function = ast.Attribute(ast.Name("subprocess", ast.Load()), "run", ast.Load())
    in_shell: list[ast.keyword] = []
    if not isinstance(action, ast.List):
        in_shell.append(ast.keyword("shell", ast.Constant(value=True)))
    return ast.Call(function, [action], in_shell)
