"""What nox and invoke run: the part of a Python file that they would run, as code.

Sources: the documents of nox 2025 (`session.run`, `nox --help`) and of invoke 2.2. Methods that run
programs are written as calls of `subprocess`, so that who reads Python knows what they do; tasks
that were not asked for are left out.
"""

from __future__ import annotations

import ast

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_parameters import calls
from kei_gates.shell.recipes_text import SHELLS, Recipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final, TypeAlias

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Project

    Task: TypeAlias = "tuple[str, list[str], ast.FunctionDef]"
    """A task's name, other names of it with those of tasks that it needs, and its function."""

_LONGEST = 200_000
_MOST_ROUNDS = 20


def find(program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give the code that runs; none when the program only answers a question."""
    return (_nox if program == "nox" else _invoke)(program, words, project)


# --- nox ----------------------------------------------------------------------------------------

_NOX = Grammar("fktPdb", "noxfile keywords pythons tag tags extra-pythons force-python envdir "
               "report default-venv-backend force-venv-backend download-python")  # fmt: skip
_NOX_MANY = ("-s", "-e", "--session", "--sessions", "-p", "--pythons")
_NOX_MARKS = ("k", "keywords", "t", "tag", "tags")
_NOX_ASKS = ("list", "l", "list-sessions", "help", "h", "version", "usage")
_RUNS = frozenset(("run", "run_always", "run_install"))


def _nox(_program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    end = list(words).index("--") if "--" in words else len(words)
    words, given = words[:end], list(words[end + 1 :])
    rest, chosen = _many(words)
    options = read(rest, _NOX, permute=True)
    if options.has_exactly(*_NOX_ASKS):
        return None
    recipe = Recipe()
    file = options.value("f", "noxfile")
    if file is None and options.has("f", "noxfile"):
        recipe.miss("the file that `nox` runs is not known")
        return recipe
    text = project(file or project.lookup("NOXFILE") or "noxfile.py")
    named = project.lookup("NOXSESSION")
    if named is not None and not chosen:
        chosen = [*named.split(",")]
    marks = [value for name, value in options.given if name in _NOX_MARKS]
    if any(mark is None or not mark.replace("_", "").isalnum() for mark in marks):
        recipe.miss("which of the sessions run is not known")
    elif marks:
        chosen = [f"*{mark}" for mark in marks]
    _read(text, chosen, given, recipe, nox=True)
    return recipe


def _many(words: Sequence[Field]) -> tuple[list[Field], list[Field]]:
    """Take out options with any number of values; give the rest and the chosen sessions."""
    rest: list[Field] = []
    chosen: list[Field] = []
    taking: str | None = None
    for word in words:
        name, equals, value = (word or "").partition("=")
        if word is not None and word.startswith("-"):
            taking = name if name in _NOX_MANY and not equals else None
            if name in _NOX_MANY and equals and "s" in name[1:3]:
                chosen.append(value)
            elif name[:2] in ("-s", "-e") and len(name) > 2:  # noqa: PLR2004 -- a dash and a letter
                chosen.append(word[2:])
            elif taking is None and name[-1:] in ("s", "e") and name[:2] != "--":
                taking = "-s"
                rest.append(word[:-1])
            elif taking is None:
                rest.append(word)
        elif taking is None:
            rest.append(word)
        elif taking in ("-s", "-e", "--session", "--sessions"):
            chosen.append(word)
    return rest, chosen


# --- invoke -------------------------------------------------------------------------------------

_INVOKE = Grammar(
    "cfrTHiS",
    "collection config search-root command-timeout prompt-for-sudo-password hosts identity "
    "ssh-config",
)
_INVOKE_ASKS = ("list", "l", "help", "h", "version", "V", "dry", "R", "print-completion-script")


def _invoke(program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    options = read(words, _INVOKE, permute=False)
    shell = project.lookup("INVOKE_RUN_SHELL")
    rest = list(words[options.at :])
    if options.has_exactly(*_INVOKE_ASKS) or "--help" in rest:
        return None
    recipe = Recipe()
    if shell is not None and shell.rpartition("/")[2] not in SHELLS:
        recipe.refuse(f"what `{shell}` runs is not read")
    named = options.value("c", "collection")
    base = named or ("fabfile" if program == "fab" else "tasks")
    folder = options.value("r", "search-root")
    prefix = f"{folder}/" if folder else ""
    text = project(f"{prefix}{base}.py")
    if text is None:
        text = project(f"{prefix}{base}/__init__.py")
    chosen = [word for word in rest if word is None or not word.startswith("-")]
    _read(text, chosen, [], recipe, nox=False)
    return recipe


# --- files --------------------------------------------------------------------------------------


def _read(
    text: str | None,
    chosen: Sequence[Field],
    given: Sequence[Field],
    recipe: Recipe,
    *,
    nox: bool,
) -> None:
    """Add what a file runs for the chosen tasks; for the listed ones where none is chosen."""
    if text is None:
        return
    if len(text) > _LONGEST:
        recipe.miss("the file of tasks is too large to be read")
        return
    try:
        recipe.add_code("python", _selected(text, chosen, given, recipe, nox=nox))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        recipe.miss("the file of tasks is not understood")


def _selected(
    text: str,
    chosen: Sequence[Field],
    given: Sequence[Field],
    recipe: Recipe,
    *,
    nox: bool,
) -> str:
    """Give the code with only those tasks that run, each called at the end."""
    tree = ast.parse(text)
    tasks: list[Task] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            name = _task_name(node, "session" if nox else "task")
            if name is not None:
                tasks.append((name, _related(node), node))
    running = _running(tasks, chosen, _listed(tree), nox=nox)
    first = chosen[0] if chosen else None
    if not nox and first is not None and not any(_is_named(task, first) for task in tasks):
        recipe.miss(f"the task `{first}` was not found")
    functions = [task[2] for task in running]
    called = [call for function in functions for call in calls(function)]
    body: list[ast.stmt] = list(ast.parse("import subprocess").body)
    for node in tree.body:
        if not any(node is task[2] for task in tasks):
            body.append(_rewritten(node, given, nox=nox))
        elif any(node is one for one in functions) and isinstance(node, ast.FunctionDef):
            node.decorator_list = []
            body.append(_rewritten(node, given, nox=nox))
    body += called
    return ast.unparse(ast.fix_missing_locations(ast.Module(body, [])))


def _task_name(node: ast.FunctionDef, decorator: str) -> str | None:
    """Give the name of a function that is a task."""
    for one in node.decorator_list:
        called = one.func if isinstance(one, ast.Call) else one
        last = getattr(called, "attr", getattr(called, "id", ""))
        if last != decorator:
            continue
        for keyword in one.keywords if isinstance(one, ast.Call) else ():
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
        return node.name
    return None


def _related(node: ast.FunctionDef) -> list[str]:
    """Give the names in a task's decorators and the sessions that it notifies."""
    found: list[str] = []
    for one in node.decorator_list:
        for part in ast.walk(one):
            if isinstance(part, ast.Name):
                found.append(part.id)
            elif isinstance(part, ast.keyword) and part.arg == "tags":
                values = (getattr(tag, "value", None) for tag in ast.walk(part.value))
                found += [f"tag={value}" for value in values if isinstance(value, str)]
            elif isinstance(part, ast.keyword) and part.arg == "default":
                is_false = isinstance(part.value, ast.Constant) and part.value.value is False
                found.append("default=no" if is_false else "default=yes")
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and getattr(part.func, "attr", "") == "notify" and part.args:
            first = part.args[0]
            found.append(str(first.value) if isinstance(first, ast.Constant) else "")
    return found


def _listed(tree: ast.Module) -> list[str] | None:
    """Give `nox.options.sessions`; none when it is not set to a list of strings."""
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, (ast.List, ast.Tuple)):
            continue
        if ast.unparse(node.targets[0]) == "nox.options.sessions":
            values = [getattr(one, "value", None) for one in node.value.elts]
            return [value for value in values if isinstance(value, str)]
    return None


def _is_named(task: Task, word: Field) -> bool:
    """Whether a word of the command line means a task."""
    name = task[0]
    if word is None:
        return True
    if word.startswith("*"):  # a keyword or a tag
        return word[1:] in name or f"tag={word[1:]}" in task[1]
    last = word.rpartition(".")[2].replace("-", "_")
    return name in (word, last) or word.startswith((f"{name}-", f"{name}("))


def _running(
    tasks: Sequence[Task], chosen: Sequence[Field], listed: list[str] | None, *, nox: bool
) -> list[Task]:
    """Give the tasks that run, with those that they need."""
    if chosen:
        running = [task for task in tasks if any(_is_named(task, word) for word in chosen)]
    elif nox and listed is not None:
        running = [task for task in tasks if any(_is_named(task, name) for name in listed)]
    elif nox:
        running = [task for task in tasks if "default=no" not in task[1]]
    else:
        running = [task for task in tasks if "default=yes" in task[1]]
    for _ in range(_MOST_ROUNDS):
        named = {name for task in running for name in task[1]}
        more = [t for t in tasks if t not in running and (t[0] in named or t[2].name in named)]
        if not more:
            break
        running += more
    return running


def _rewritten(node: ast.stmt, given: Sequence[Field], *, nox: bool) -> ast.stmt:
    """Write what a task's methods run as calls of `subprocess`."""
    names = {"session", "ctx", "c", "context"}
    if isinstance(node, ast.FunctionDef) and node.args.args:
        names.add(node.args.args[0].arg)
    change: Callable[[ast.Call], ast.expr] = _of_session if nox else _of_context

    class Rewriter(ast.NodeTransformer):
        def visit_Attribute(self, found: ast.Attribute) -> ast.AST:
            self.generic_visit(found)
            is_own = isinstance(found.value, ast.Name) and found.value.id in names
            if is_own and found.attr == "posargs" and None not in given:
                return ast.List([ast.Constant(word) for word in given], ast.Load())
            return found

        def visit_Call(self, found: ast.Call) -> ast.AST:
            self.generic_visit(found)
            target = found.func
            is_own = (
                isinstance(target, ast.Attribute)
                and isinstance(target.value, ast.Name)
                and target.value.id in names
            )
            return change(found) if is_own else found

    changed: ast.stmt = Rewriter().visit(node)
    return changed


def _of_session(call: ast.Call) -> ast.expr:
    """Write a method of a session of nox."""
    if getattr(call.func, "attr", "") not in _RUNS:
        return call
    return _subprocess(ast.List(call.args, ast.Load()), in_shell=False)


def _of_context(call: ast.Call) -> ast.expr:
    """Write a method of a context of invoke, which runs text in a shell."""
    if getattr(call.func, "attr", "") not in ("run", "sudo", "local") or not call.args:
        return call
    return _subprocess(call.args[0], in_shell=True)


def _subprocess(command: ast.expr, *, in_shell: bool) -> ast.expr:
    function = ast.Attribute(ast.Name("subprocess", ast.Load()), "run", ast.Load())
    keywords: Final = [ast.keyword("shell", ast.Constant(value=True))] if in_shell else []
    return ast.Call(function, [command], keywords)
