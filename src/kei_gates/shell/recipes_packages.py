"""What `composer`, `deno task` and aliases of cargo run.

Sources: composer's documents on scripts (2.8), the manual of deno 2 ("task"), the cargo book
("Configuration", `[alias]`).
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_documents import inside, table, texts, toml, without_comments
from kei_gates.shell.recipes_tasks import find as find_task
from kei_gates.shell.recipes_text import Recipe, TooMuch, below, quoted, upwards
from kei_gates.shell.splitting import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Project, Read

_DEEPEST = 12


def find(program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give what the project's own scripts make a package manager run."""
    recipe = Recipe()
    try:
        return _FINDERS[program](words, recipe, project)
    except TooMuch:
        recipe.miss("there are more scripts than are read")
        return recipe


# --- composer -----------------------------------------------------------------------------------

_COMPOSER = Grammar("d", "working-dir timeout")
_COMMANDS = frozenset(
    ("about", "archive", "audit", "browse", "bump", "check-platform-reqs", "clear-cache",
      "clearcache", "cc", "completion", "config", "create-project", "depends", "why", "diagnose",
      "exec", "fund", "global", "help", "home", "info", "init", "licenses", "list", "outdated",
      "prohibits", "why-not", "run", "run-script", "search", "self-update", "selfupdate", "show",
      "status", "suggests", "validate")
)  # fmt: skip
_DUMP = ("pre-autoload-dump", "post-autoload-dump")
_INSTALLS = (
    "pre-install-cmd", "post-install-cmd", "pre-package-install", "post-package-install", *_DUMP,
    "pre-operations-exec", "post-root-package-install",
)  # fmt: skip
_UPDATES = (
    "pre-update-cmd", "post-update-cmd", "pre-package-update", "post-package-update",
    "pre-package-uninstall", "post-package-uninstall", *_DUMP, "pre-operations-exec",
)  # fmt: skip
_EVENTS: dict[str, tuple[str, ...]] = {
    "dump-autoload": _DUMP, "dumpautoload": _DUMP, "i": (*_INSTALLS, *_UPDATES),
    "install": (*_INSTALLS, *_UPDATES), "r": _UPDATES, "reinstall": _INSTALLS, "remove": _UPDATES,
    "require": _UPDATES, "rm": _UPDATES, "u": _UPDATES, "uninstall": _UPDATES, "update": _UPDATES,
    "upgrade": _UPDATES,
}  # fmt: skip


def _composer(  # noqa: C901, PLR0911 -- one step for each kind of command
    words: Sequence[Field], recipe: Recipe, read_file: Read
) -> Recipe | None:
    options = read(words, _COMPOSER, permute=False)
    rest = list(words[options.at :])
    if not rest:
        return None
    command = rest.pop(0)
    inner = read(["composer", *rest], _COMPOSER, permute=False)
    given = [*options.given, *inner.given]
    names = {name for name, _ in given}
    if names & {"help", "h", "version", "V", "list", "l"}:
        return None
    folder = next((value for name, value in given if name in ("d", "working-dir")), "")
    if folder is None:
        recipe.miss("the folder that `composer` runs in is not known")
        return recipe
    document = table(read_file(below(folder, "composer.json")), "json")
    scripts = inside(document, "scripts")
    if command in _EVENTS:
        everything = read(["composer", *rest], _COMPOSER, permute=True)
        if "no-scripts" in names or everything.has_exactly("no-scripts"):
            return None
        for name in _EVENTS[command]:
            _script(name, scripts, (), recipe, folder)
        return recipe
    if command in ("run", "run-script"):
        rest = rest[inner.at - 1 :]
        command = rest.pop(0) if rest else ""
    elif command is not None and (command in _COMMANDS or command not in scripts):
        return None
    if command == "":
        return None
    for name in scripts if command is None else (command,):
        _script(name, scripts, [word for word in rest if word != "--"], recipe, folder)
    return recipe


def _script(  # noqa: PLR0913, PLR0917 -- one script's context
    name: str,
    scripts: Any,
    args: Sequence[Field],
    recipe: Recipe,
    folder: str,
    depth: int = 0,
) -> None:
    """Add a script of composer: commands, other scripts (`@name`), or methods of PHP."""
    found = scripts.get(name)
    if depth > _DEEPEST:
        recipe.miss("scripts of `composer` call one another too deeply")
        return
    for text in found if isinstance(found, list) else [found]:
        if not isinstance(text, str) or not text:
            continue
        first, _, rest = text.partition(" ")
        more = "" if "@no_additional_args" in text else f" {quoted(args)}"
        plain = text.replace("@no_additional_args", "").replace("@additional_args", "")
        if first == "@putenv":
            continue
        if first in ("@php", "@composer"):
            recipe.add(f"{first[1:]} {rest}{more}", folder)
        elif first.startswith("@") and first[1:] in scripts:
            words: list[Field] = [*(split(rest) or []), *args]
            _script(first[1:], scripts, words, recipe, folder, depth + 1)
        elif "::" in first and "/" not in first:
            recipe.miss(f"the method `{first}` of a script of `composer` is not read")
        else:
            recipe.add(plain.removeprefix("@") + more, folder)


# --- deno ---------------------------------------------------------------------------------------

_DENO = Grammar("cf", "cwd config filter node-modules-dir")


def _deno(words: Sequence[Field], recipe: Recipe, project: Project) -> Recipe | None:
    """Follow `deno task NAME`."""
    if words[1:2] != ["task"]:
        return None
    rest = list(words[2:])
    options = read(["deno", *rest], _DENO, permute=False)
    rest = rest[options.at - 1 :]
    if not rest or options.has_exactly("help", "h"):
        return None
    if options.has_exactly("eval"):
        recipe.add(" ".join("$kei_unknown" if word is None else word for word in rest))
        return recipe
    folder = options.value("cwd") or ""
    config = options.value("config", "c")
    names = ("deno.json", "deno.jsonc", "package.json") if config is None else (config,)
    where = upwards(project, folder, names)
    if where is None:
        return recipe
    tasks: dict[str, Any] = {}
    for name in reversed(names):
        document = table(without_comments(project(below(where[0], name)) or ""), "json")
        tasks |= {**inside(document, "scripts"), **inside(document, "tasks")}
    _task(rest[0], tasks, rest[1:], recipe, where[0], 0)
    if options.has_exactly("recursive", "r", "filter", "f"):
        _members(rest, where[0], project, recipe)
    return recipe


def _members(words: Sequence[Field], folder: str, project: Project, recipe: Recipe) -> None:
    """Add the tasks of a name in every member of a workspace."""
    for name in ("deno.json", "deno.jsonc"):
        root = table(without_comments(project(below(folder, name)) or ""), "json")
        listed = inside(root, "workspace").get("members") or (root or {}).get("workspace")
        for pattern in texts(listed):
            for file in ("deno.json", "deno.jsonc"):
                path = pattern.removeprefix("./").rstrip("/")
                found = project.glob(below(folder, f"{path}/{file}"))
                if found is None:
                    recipe.miss("tasks of all workspaces run, and they were not found")
                for one in found or ():
                    document = table(without_comments(project(one) or ""), "json")
                    where = one.rpartition("/")[0]
                    _task(words[0], dict(inside(document, "tasks")), words[1:], recipe, where, 0)


def _task(  # noqa: PLR0913, PLR0917 -- one task's context
    name: Field,
    tasks: dict[str, Any],
    args: Sequence[Field],
    recipe: Recipe,
    folder: str,
    depth: int,
) -> None:
    """Add a task of deno and those that it depends on."""
    if depth > _DEEPEST:
        recipe.miss("tasks of `deno` depend on one another too deeply")
        return
    for known, task in tasks.items():
        if name is not None and name != known and not _is_like(known, name):
            continue
        command = task.get("command") if isinstance(task, dict) else task
        needed = task.get("dependencies") if isinstance(task, dict) else None
        for other in needed if isinstance(needed, list) else ():
            if isinstance(other, str):
                _task(other, tasks, (), recipe, folder, depth + 1)
        if isinstance(command, str):
            recipe.add(f"{command} {quoted(args)}", folder)


def _is_like(name: str, pattern: str) -> bool:
    head, star, tail = pattern.partition("*")
    return bool(star) and name.startswith(head) and name.endswith(tail)


# --- cargo --------------------------------------------------------------------------------------

_CARGO = Grammar("CZ", "config color manifest-path")
_BUILT_IN = frozenset(
    (
        "add", "bench", "build", "check", "clean", "clippy", "config", "doc", "fetch", "fix",
        "fmt", "generate-lockfile", "help", "info", "init", "install", "locate-project", "login",
        "logout", "metadata", "miri", "new", "owner", "package", "pkgid", "publish",
        "read-manifest", "remove", "report", "run", "rustc", "rustdoc", "search", "test", "tree",
        "uninstall", "update", "vendor", "verify-project", "version", "yank",
    )
)  # fmt: skip
_ALIASES = {"b": "build", "c": "check", "d": "doc", "r": "run", "t": "test", "rm": "remove"}


def _cargo(words: Sequence[Field], recipe: Recipe, project: Project) -> Recipe | None:
    """Follow an alias, which can only name another subcommand of cargo, or `cargo make`."""
    words = [w for at, w in enumerate(words) if at != 1 or not (w or "").startswith("+")]
    options = read(words, _CARGO, permute=False)
    rest = list(words[options.at :])
    if not rest or rest[0] is None or rest[0] in _BUILT_IN or rest[0] in _ALIASES:
        return None
    if rest[0] == "make":
        return find_task("cargo", rest, project)
    folder = options.value("C") or ""
    found = upwards(project, folder, (".cargo/config.toml", ".cargo/config"))
    settings = toml(found[2], found[1], recipe) if found is not None else {}
    alias = inside(settings, "alias").get(rest[0])
    parts = split(alias) if isinstance(alias, str) else alias
    if not isinstance(parts, list) or not parts or parts[0] == rest[0]:
        return recipe if recipe.unseen else None
    leading: list[Field] = [part if isinstance(part, str) else None for part in parts]
    recipe.run_words(["cargo", *leading, *rest[1:]], folder)
    return recipe


_FINDERS: dict[str, Callable[[Sequence[Field], Recipe, Project], Recipe | None]] = {
    "cargo": _cargo,
    "composer": _composer,
    "deno": _deno,
}
