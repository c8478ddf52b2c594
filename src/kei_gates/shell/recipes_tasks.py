"""What `mise run` and `cargo make` run.

Sources: the documents of mise 2025 ("Task configuration", "File tasks") and of cargo-make 0.37.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_documents import filled, inside, texts, toml
from kei_gates.shell.recipes_text import (
    COMPUTED,
    Recipe,
    TooMuch,
    Work,
    below,
    quoted,
    upwards,
    without_marks,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Final

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Project

_DEEPEST = 12


def find(program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give what a task would run; none where none is run."""
    recipe = Recipe()
    try:
        return (_mise if program in ("mise", "rtx") else _cargo_make)(words, project, recipe)
    except TooMuch:
        recipe.miss("there are more tasks than are read")
        return recipe


# --- mise ---------------------------------------------------------------------------------------

_MISE = Grammar("CEPjstSo", "cd env profile jobs shell tool output timeout")
_MISE_FILES = (
    "mise.local.toml", ".mise.local.toml", "mise.toml", ".mise.toml", "mise/config.toml",
    ".mise/config.toml", ".config/mise.toml", ".config/mise/config.toml",
)  # fmt: skip
_MISE_FOLDERS = ("mise-tasks", ".mise-tasks", "mise/tasks", ".mise/tasks", ".config/mise/tasks")
_MISE_ASKS = ("help", "h", "version", "V", "dry-run", "n")


def _mise(words: Sequence[Field], project: Project, recipe: Recipe) -> Recipe | None:
    """Follow `mise run NAME [WORD...] [::: NAME...]`."""
    options = read(words, _MISE, permute=False)
    rest = list(words[options.at :])
    runs = rest[:1] in (["run"], ["r"], ["watch"], ["w"]) or rest[:2] in (
        ["tasks", "run"], ["task", "run"], ["tasks", "r"],
    )  # fmt: skip
    if runs:
        rest = rest[rest.index("run") if "run" in rest[:2] else 0 :]
        inner = read(rest, _MISE, permute=False)
        if inner.has_exactly(*_MISE_ASKS):
            return None
        options.given += inner.given
        rest = rest[inner.at :] or ["default"]
    folder = options.value("C", "cd") or ""
    found = upwards(project, folder, _MISE_FILES)
    where = folder if found is None else found[0]
    tasks: dict[str, Any] = {}
    for name in _MISE_FILES if found is not None else ():
        document = toml(project(below(where, name)), name, recipe)
        tasks = {**inside(document, "tasks"), **tasks}
    run = _Mise(tasks, where, project, recipe)
    if not runs:
        is_task = bool(rest) and rest[0] in tasks and rest[0] not in _MISE_OWN
        return run.all(rest) if is_task else None
    return run.all(rest)


# Commands of mise, which win over tasks that are called without `run`.
_MISE_OWN = frozenset(
    ("activate", "alias", "backends", "bin-paths", "cache", "completion", "config", "cfg",
     "current", "deactivate", "doctor", "en", "env", "e", "exec", "x", "fmt", "generate", "g",
     "install", "i", "latest", "link", "ln", "ls", "list", "ls-remote", "outdated", "plugins", "p",
     "prune", "registry", "reshim", "search", "self-update", "set", "settings", "shell", "sh",
     "sync", "tasks", "t", "tool", "trust", "uninstall", "unset", "unuse", "upgrade", "up", "use",
     "u", "version", "watch", "w", "where", "which")
)  # fmt: skip


class _Mise:
    """Tasks of mise."""

    def __init__(
        self, tasks: Mapping[str, Any], folder: str, project: Project, recipe: Recipe
    ) -> None:
        self._tasks: Final = tasks
        self._folder: Final = folder
        self._project: Final = project
        self._recipe: Final = recipe
        self._work: Final = Work()

    def all(self, words: Sequence[Field]) -> Recipe:
        """Run the tasks that words name, `:::` between them."""
        words = list(words)
        while words:
            end = words.index(":::") if ":::" in words else len(words)
            args = [word for word in words[1:end] if word != "--"]
            for name in self._tasks if words[0] is None else (words[0],):
                self.run(name, args, 0)
            words = words[end + 1 :]
        return self._recipe

    def run(self, name: str, args: Sequence[Field], depth: int) -> None:
        """Add a task and those that it needs."""
        self._work.count()
        if depth > _DEEPEST:
            return
        for known, task in self._tasks.items():
            aliases = texts(task.get("alias")) if isinstance(task, dict) else []
            head, star, _ = name.partition("*")
            if name in (known, *aliases) or (star and known.startswith(head)):
                self._task(task if isinstance(task, dict) else {"run": task}, args, depth)
        for folder in _MISE_FOLDERS:
            path = below(self._folder, f"{folder}/{name.replace(':', '/')}")
            if self._project(path) is not None:
                self._recipe.run_words([path, *args])

    def _task(self, task: Mapping[str, Any], args: Sequence[Field], depth: int) -> None:
        for key in ("depends", "wait_for", "depends_post"):
            value = task.get(key)
            for one in value if isinstance(value, list) else [value]:
                first, *rest = (one.split() if isinstance(one, str) else texts(one)) or [""]
                self.run(first, rest, depth + 1)
        folder = task.get("dir")
        where = below(self._folder, self._text(folder)) if isinstance(folder, str) else self._folder
        shell = task.get("shell")
        program, *flags = (shell.split() if isinstance(shell, str) else []) or ["sh", "-c"]
        steps = task.get("run")
        for step in steps if isinstance(steps, list) else [steps]:
            if isinstance(step, str):
                self._script(f"{self._text(step)} {quoted(args)}", program, flags, where)
            for name in (*texts(inside(step).get("task")), *texts(inside(step).get("tasks"))):
                self.run(name, (), depth + 1)
        if isinstance(task.get("file"), str):
            self._recipe.run_words([below(self._folder, task["file"]), *args])

    def _script(self, text: str, shell: str, flags: Sequence[str], folder: str) -> None:
        """Add a text, which may name its own interpreter."""
        if text.startswith("#!"):
            first, _, text = text.partition("\n")
            self._recipe.add_script(first[2:], text, folder)
        else:
            self._recipe.add_script(shell, text.strip(), folder, flags)

    def _text(self, text: str) -> str:
        return self._work.text(filled(without_marks(text), lambda _: COMPUTED))


# --- cargo make ---------------------------------------------------------------------------------

_CARGO_MAKE = Grammar(
    "teplm",
    "makefile task profile cwd env env-file loglevel output-format output-file "
    "skip-tasks skip-init-end-tasks arg",
    ends="",
)
_ASKS = ("help", "h", "version", "V", "list-all-steps", "list-category-steps", "print-steps",
         "diff-steps", "print-only")  # fmt: skip


def _cargo_make(words: Sequence[Field], project: Project, recipe: Recipe) -> Recipe | None:
    """Follow `cargo make [NAME [WORD...]]`."""
    words = words[1:] if words[:2] == ["cargo-make", "make"] else words
    options = read(words, _CARGO_MAKE, permute=False)
    if options.has_exactly(*_ASKS):
        return None
    rest = list(words[options.at :])
    named = options.value("t", "task")
    names: list[Field] = [named] if named is not None else rest[:1] or ["default"]
    folder = options.value("cwd") or ""
    path = below(folder, options.value("makefile") or "Makefile.toml")
    tasks: dict[str, Any] = {}
    run = _Make(tasks, path.rpartition("/")[0], recipe, rest[1:])
    run.load(path, project, tasks, 0)
    for name in tasks if names[0] is None else names:
        run.run(name or "", 0)
    return recipe


class _Make:
    """Tasks of cargo-make."""

    def __init__(
        self, tasks: Mapping[str, Any], folder: str, recipe: Recipe, args: Sequence[Field]
    ) -> None:
        self._tasks: Final = tasks
        self._folder: Final = folder
        self._recipe: Final = recipe
        self._args: Final = args
        self._work: Final = Work()

    def load(self, path: str, project: Project, tasks: dict[str, Any], depth: int) -> None:
        """Read a file of tasks and those that it extends."""
        document = toml(project(path), path, self._recipe)
        if depth > _DEEPEST:
            return
        for name, task in inside(document, "tasks").items():
            if isinstance(task, dict):
                tasks.setdefault(name, task)
        extended = document.get("extend")
        for one in extended if isinstance(extended, list) else [extended]:
            for other in texts(inside({"": one}, "").get("path")) or texts(one):
                self.load(below(path.rpartition("/")[0], other), project, tasks, depth + 1)

    def run(self, name: str, depth: int) -> None:
        """Add a task and those that it needs."""
        self._work.count()
        if depth > _DEEPEST:
            return
        task = self._tasks.get(name)
        if task is None:
            if name.startswith("git-"):  # a task that cargo-make has itself
                self._recipe.run_words(["git", name.removeprefix("git-")])
            return
        for key in ("dependencies", "run_task", "alias", "linux_alias", "mac_alias", "extend"):
            value = task.get(key)
            for one in value if isinstance(value, list) else [value]:
                for other in texts(one) or texts(inside({"": one}, "").get("name")):
                    if other != name:
                        self.run(other, depth + 1)
        cwd = task.get("cwd")
        folder = below(self._folder, cwd) if isinstance(cwd, str) else self._folder
        self._command(task, folder)

    def _command(self, task: Mapping[str, Any], folder: str) -> None:
        command = task.get("command")
        if isinstance(command, str):
            self._recipe.run_words([_word(command), *self._words(task.get("args"))], folder)
        script = task.get("script")
        if isinstance(script, dict) and isinstance(script.get("file"), str):
            self._recipe.run_words(["sh", below(self._folder, script["file"])], folder)
        text = "\n".join(texts(script)) or "\n".join(texts(inside(script).get("content")))
        runner = task.get("script_runner", "@shell")
        if text.startswith("#!"):
            first, _, text = text.partition("\n")
            runner = first[2:]
        shell = "sh" if runner == "@shell" else str(runner)
        if text:
            whole = text.replace("${@}", quoted(self._args))
            self._recipe.add_script(shell, without_marks(whole), folder)

    def _words(self, args: Any) -> list[Field]:
        found: list[Field] = []
        for word in texts(args):
            found += self._args if "${@" in word else [_word(word)]
        return found


def _word(word: str) -> Field:
    """Give a word of a command; none where it holds a variable."""
    return None if "${" in word else word
