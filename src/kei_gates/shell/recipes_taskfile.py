"""What `task` runs: tasks of a Taskfile, or of taskipy.

Sources: the documents of Task 3 ("Taskfile schema", "Usage") and of taskipy 1.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_documents import filled, inside, toml
from kei_gates.shell.recipes_projects import Scripts
from kei_gates.shell.recipes_text import (
    COMPUTED,
    Recipe,
    TooMuch,
    Work,
    below,
    is_known,
    quoted,
    upwards,
    without_marks,
)
from kei_gates.shell.recipes_yaml import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Final, TypeAlias

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Project

    Values: TypeAlias = "dict[str, str]"

_GRAMMAR: Final = Grammar(
    "dtCIo",
    "dir taskfile concurrency interval output output-group-begin output-group-end sort "
    "timeout cert cert-key cacert completion temp-dir",
)
_ASKS = ("help", "h", "version", "list", "l", "list-all", "a", "init", "i", "summary", "json", "j",
         "completion", "status", "dry", "n")  # fmt: skip
_NAMES = tuple(
    f"{first}askfile.{end}" for end in ("yml", "yaml", "dist.yml", "dist.yaml") for first in "Tt"
)
_DEEPEST = 12


def find(_program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give what a task would run; none where there are no tasks, or none is run."""
    words = list(words)
    end = words.index("--") if "--" in words else len(words)
    options = read(words[:end], _GRAMMAR, permute=True)
    if options.has_exactly(*_ASKS):
        return None
    recipe = Recipe()
    file, folder = options.value("t", "taskfile"), options.value("d", "dir")
    if options.has("t", "taskfile", "d", "dir") and file is folder is None:
        recipe.refuse("the file of tasks is not known")
        return recipe
    if file is None:
        found = upwards(project, folder or "", _NAMES)
    else:
        text = project(file)
        found = None if text is None else (file.rpartition("/")[0], file, text)
    if found is None:
        return _taskipy(options.operands, project, recipe)
    try:
        tasks = Taskfile(project, recipe, Work(), found[0], folder)
        tasks.values["CLI_ARGS"] = quoted(words[end + 1 :]).replace("$kei_unknown", COMPUTED)
        if tasks.load(found[2], found[1]):
            tasks.goals(options.operands)
    except TooMuch:
        recipe.miss("there are more tasks than are read")
    return recipe


def _taskipy(names: Sequence[Field], project: Project, recipe: Recipe) -> Recipe | None:
    """Follow a task of taskipy with those around it."""
    found = upwards(project, "", ("pyproject.toml",))
    if found is None or not names:
        return None
    document = toml(found[2], found[1], recipe)
    tasks = inside(document, "tool", "taskipy", "tasks")
    if not tasks or (names[0] is not None and names[0] not in tasks):
        return recipe if recipe.unseen else None
    scripts = Scripts(tasks, found[0], recipe, names=False)
    for name in tasks if names[0] is None else (names[0],):
        for one, args in ((f"pre_{name}", []), (name, names[1:]), (f"post_{name}", [])):
            scripts.run(one, args)
    return recipe


class Taskfile:
    """The tasks of one file, and of those that it includes."""

    def __init__(
        self, project: Project, recipe: Recipe, work: Work, folder: str, where: Field = None
    ) -> None:
        """Take where the file lies; `where` is another folder that its tasks run in."""
        self.values: Values = {}
        self._project: Final = project
        self._recipe: Final = recipe
        self._work: Final = work
        self._folder: Final = folder
        self._where: Final = folder if where is None else where
        self._tasks: Mapping[str, Any] = {}
        self._included: dict[str, Taskfile] = {}
        self._done: set[tuple[str, str]] = set()

    def load(self, text: str, name: str, depth: int = 0) -> bool:
        """Read the text of a file; say whether it is understood."""
        document = load(without_marks(text))
        if document is None or depth > _DEEPEST:
            self._recipe.miss(f"`{name}` is not understood")
            return False
        self._tasks = inside(document, "tasks")
        for key in ("env", "vars"):
            self.values |= self._set(inside(document, key), {})
        for other, value in inside(document, "includes").items():
            path = value.get("taskfile") if isinstance(value, dict) else value
            if not isinstance(path, str):
                continue
            where = value.get("dir") if isinstance(value, dict) else None
            self._include(other, below(self._folder, self._text(path, self.values)), where, depth)
        return True

    def _include(self, name: str, path: str, where: Any, depth: int) -> None:
        """Read an included file, or the one of its usual name in a folder."""
        if not is_known(path):
            self._recipe.miss("the file that a Taskfile includes is not known")
            return
        for one in (path, *(below(path, usual) for usual in _NAMES)):
            text = self._project(one)
            if text is not None:
                folder = below(self._folder, where) if isinstance(where, str) else self._where
                inner = Taskfile(
                    self._project, self._recipe, self._work, one.rpartition("/")[0], folder
                )
                inner.values |= self.values
                if inner.load(text, one, depth + 1):
                    self._included[name] = inner
                return

    def goals(self, words: Sequence[Field]) -> None:
        """Run the tasks that words name; words of the form `NAME=value` set variables."""
        names: list[Field] = []
        for word in words:
            name, equals, value = (word or "").partition("=")
            if equals:
                self._give(name, value)
            else:
                names.append(word)
        for word in names or ["default"]:
            for name in self._tasks if word is None else (word,):
                self.run(name, {}, 0)

    def _give(self, name: str, value: str) -> None:
        self.values[name] = value
        for inner in self._included.values():
            inner._give(name, value)  # noqa: SLF001 -- another of this class

    def run(self, name: str, given: Values, depth: int) -> None:
        """Add a task and those that it needs."""
        self._work.count()
        space, colon, rest = name.partition(":")
        if colon and name not in self._tasks and space in self._included:
            self._included[space].run(rest, given, depth + 1)
            return
        if depth > _DEEPEST or (name, repr(given)) in self._done:
            return
        self._done.add((name, repr(given)))
        for known, task in self._tasks.items():
            if _is_named(known, task, name):
                self._task(task, given, depth)

    def _task(self, task: Any, given: Values, depth: int) -> None:
        if not isinstance(task, dict):
            task = {"cmds": task}
        values = {**self.values, **given, "TASK": COMPUTED}
        for key in ("env", "vars"):
            values |= {**self._set(inside(task, key), values), **given}
        folder = self._text(str(task.get("dir") or ""), values)
        if not is_known(folder):
            self._recipe.miss("the folder of a task is not known")
        where = below(self._where, folder) if is_known(folder) else self._where
        for key in ("deps", "status", "preconditions", "cmds", "cmd"):
            found = task.get(key)
            for one in found if isinstance(found, list) else [found]:
                self._step(one, values, where, depth, is_task=key == "deps")

    def _step(self, step: Any, values: Values, folder: str, depth: int, *, is_task: bool) -> None:
        """Add a command, or the task that one is."""
        self._work.count()
        if isinstance(step, str):
            text = self._text(step, values)
            if is_task:
                self.run(text, {}, depth + 1)
            else:
                self._recipe.add(text, folder)
        if not isinstance(step, dict):
            return
        if "for" in step:
            values = {**values, "ITEM": COMPUTED, "KEY": COMPUTED, str(step.get("as")): COMPUTED}
        if isinstance(step.get("task"), str):
            name = self._text(step["task"], values)
            given = self._set(inside(step, "vars"), values)
            if is_known(name):
                self.run(name.removeprefix(":"), given, depth + 1)
            else:
                self._recipe.miss("a task runs others that are not known")
        for key in ("cmd", "sh", "defer"):
            if depth <= _DEEPEST:
                self._step(step.get(key), values, folder, depth + 1, is_task=False)

    # --- text -------------------------------------------------------------------------------

    def _set(self, variables: Mapping[str, Any], outer: Values) -> Values:
        """Give the values of variables; those of a command that runs are not known."""
        found: Values = {}
        for name, value in variables.items():
            if isinstance(value, dict) and isinstance(value.get("sh"), str):
                self._recipe.add(self._text(value["sh"], {**outer, **found}), self._where)
            known = isinstance(value, str)
            found[name] = self._text(str(value), {**outer, **found}) if known else COMPUTED
        return found

    def _text(self, text: str, values: Values) -> str:
        """Give a text with what its templates stand for."""
        self._work.count(1 + len(text) // 1_000)

        def value_of(name: str) -> str:
            plain = name.removeprefix(".")
            found = values.get(plain) if name.startswith(".") else None
            return self._project.lookup(plain) or COMPUTED if found is None else found

        return self._work.text(filled(text, value_of))


def _is_named(known: str, task: Any, name: str) -> bool:
    """Whether a task has a name, `*` standing for any text, or an alias."""
    if known == name:
        return True
    if "*" in known:
        head, _, tail = known.partition("*")
        return name.startswith(head) and name.endswith(tail.rpartition("*")[2])
    aliases = task.get("aliases") if isinstance(task, dict) else None
    return isinstance(aliases, list) and name in aliases
