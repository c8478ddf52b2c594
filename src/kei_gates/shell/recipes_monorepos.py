"""What turbo, nx, lerna and rush run of the scripts of a workspace.

Sources: the documents of turborepo 2 ("run", "turbo.json"), nx 20 ("run-many", "Project
Configuration", `nx:run-commands`), lerna 8 (`lerna run`) and rush 5 ("Custom commands").
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_documents import inside, table, texts, without_comments
from kei_gates.shell.recipes_npm import Scripts
from kei_gates.shell.recipes_text import COMPUTED, Recipe, TooMuch, below, quoted, upwards
from kei_gates.shell.recipes_workspaces import chosen, members, nearest, root_of, scripts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Final

    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.recipes_text import Project
    from kei_gates.shell.recipes_workspaces import Package

_DEEPEST = 12
_ASKS = ("help", "h", "version")
_ALL = "the packages of a workspace run, and not all of them were found"


def find(program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give what runs in the packages; none where no script is run."""
    words = list(words)
    end = words.index("--") if "--" in words else len(words)
    recipe = Recipe()
    try:
        return _FINDERS[program](words[:end], words[end + 1 :], project, recipe)
    except TooMuch:
        recipe.miss("there are more scripts than are read")
        return recipe


def _packages(project: Project, root: Package, recipe: Recipe) -> list[Package]:
    found = members(project, root)
    if found is None:
        recipe.miss(_ALL)
    return found or []


def _run(
    recipe: Recipe, packages: Sequence[Package], names: Sequence[Field], args: Sequence[Field]
) -> None:
    """Add scripts of packages."""
    for package in packages:
        scripts = Scripts(recipe, package)
        for name in names:
            scripts.run(name, args, around=False)


# --- turbo --------------------------------------------------------------------------------------

_TURBO = Grammar(
    "FO",
    "filter scope cache-dir concurrency output-logs log-order log-prefix cwd api token team "
    "cache env-mode cache-workers graph profile root-turbo-json ui verbosity remote-cache-timeout",
    attached=False,
)
_TURBO_OWN = frozenset(
    ("bin", "boundaries", "completion", "daemon", "docs", "generate", "gen", "get-mfe-port", "info",
     "link", "login", "logout", "ls", "prune", "query", "scan", "telemetry", "unlink", "config",
     "devtools")
)  # fmt: skip


def _turbo(
    words: list[Field], args: list[Field], project: Project, recipe: Recipe
) -> Recipe | None:
    options = read(words, _TURBO, permute=True)
    names = options.operands
    if names[:1] in (["run"], ["watch"]):
        names = names[1:]
    elif names[:1] and names[0] in _TURBO_OWN:
        return None
    if not names or options.has_exactly(*_ASKS, "dry", "dry-run"):
        return None
    root = root_of(project, options.value("cwd") or "")
    if root is None:
        return recipe
    settings = _json(project, below(root[0], "turbo.json"))
    tasks = {**inside(settings, "pipeline"), **inside(settings, "tasks")}
    wanted = _with_needed([(one or "").rpartition("#")[2] if one else None for one in names], tasks)
    packages = _packages(project, root, recipe)
    known = [name for name in wanted if not packages or name is None or f"//#{name}" in tasks]
    _run(recipe, [root], known, args)
    filters = [value or "..." for value in options.values("filter", "F", "scope")]
    for one in filters if filters and len(wanted) == len(names) else ["..."]:
        _run(recipe, chosen(packages, one), wanted, args)
    return recipe


def _with_needed(names: list[Field], tasks: Mapping[str, Any]) -> list[Field]:
    """Add the tasks that others depend on."""
    needed: dict[str, list[str]] = {}
    for key in tasks:
        others = texts(inside(tasks, key).get("dependsOn"))
        plain = [one.lstrip("^").rpartition("#")[2] for one in others if not one.startswith("$")]
        needed.setdefault(key.rpartition("#")[2], []).extend(plain)
    found = dict.fromkeys(names)
    waiting = list(found)
    while waiting:
        for one in needed.get(waiting.pop() or "", ()):
            if one not in found:
                found[one] = None
                waiting.append(one)
    return list(found)


def _json(project: Project, path: str) -> Mapping[str, Any]:
    return table(without_comments(project(path) or ""), "json") or {}


# --- nx -----------------------------------------------------------------------------------------

_NX = Grammar(
    "tpc",
    "target targets projects project configuration exclude parallel base head runner files "
    "output-style outputStyle",
)
_NX_OWN = frozenset(
    ("add", "configure-ai-agents", "connect", "daemon", "dep-graph", "format", "format:check",
     "format:write", "generate", "g", "graph", "import", "init", "list", "login", "migrate", "new",
     "register", "release", "repair", "report", "reset", "show", "sync", "sync:check", "view-logs",
     "watch", "_migrate", "exec")
)  # fmt: skip


def _nx(words: list[Field], args: list[Field], project: Project, recipe: Recipe) -> Recipe | None:
    """Follow `nx run PROJECT:TARGET`, `nx TARGET PROJECT` and `nx run-many -t TARGET`."""
    options = read(words, _NX, permute=True)
    operands = options.operands
    if not operands or options.has_exactly(*_ASKS, "graph") or operands[0] in _NX_OWN:
        return None
    targets, names = _asked(options)
    found = upwards(project, "", ("nx.json", "package.json"))
    run = _Nx(found[0] if found is not None else "", project, recipe)
    for target in targets:
        run.target(target, names, [*args], 0)
    return recipe


def _asked(options: Options) -> tuple[list[Field], list[Field] | None]:
    """Give the targets, and the projects that they are run in: none for all of them."""
    first, *rest = options.operands
    if first in ("run-many", "affected"):
        given = options.values("t", "target", "targets")
        words = [None] if None in given else [w for one in given for w in (one or "").split(",")]
        return [*words, *rest], None
    word = rest[0] if first in ("run", "run-one") and rest else first
    if word is None:
        return [None], None
    parts = word.split(":")
    if first in ("run", "run-one") and len(parts) > 1:
        return [parts[1]], [parts[0]]
    return [word], rest or None


class _Nx:
    """The projects of an nx workspace."""

    def __init__(self, root: str, project: Project, recipe: Recipe) -> None:
        self._root: Final = root
        self._recipe: Final = recipe
        self._projects: list[tuple[str, Mapping[str, Any]]] = []
        self._done: set[tuple[Field, str]] = set()
        for pattern in ("project.json", "*/project.json", "*/*/project.json", "*/*/*/project.json"):
            paths = project.glob(below(root, pattern))
            if paths is None:
                recipe.miss(_ALL)
            for path in paths or ():
                if "node_modules/" not in path:
                    folder = path.rpartition("/")[0]
                    self._projects.append((folder, _json(project, path)))
        package = nearest(project, root)
        if package is not None:
            for one in [package, *_packages(project, package, recipe)]:
                own = {"name": one[1].get("name"), "targets": _scripts(one)}
                self._projects.append((one[0], own))
        self._defaults: Final = inside(_json(project, below(root, "nx.json")), "targetDefaults")

    def target(
        self, name: Field, projects: Sequence[Field] | None, args: Sequence[Field], depth: int
    ) -> None:
        """Add a target of some projects, of all where they are not said."""
        for folder, document in self._projects:
            own = document.get("name") or folder.rpartition("/")[2]
            if projects is not None and None not in projects and own not in projects:
                continue
            targets = inside(document, "targets")
            for one in targets if name is None else (name,):
                if one in targets and (one, folder) not in self._done:
                    self._done.add((one, folder))
                    self._add(inside(targets, one), one, folder, args, depth)

    def _add(
        self, target: Mapping[str, Any], name: str, folder: str, args: Sequence[Field], depth: int
    ) -> None:
        target = {**inside(self._defaults, name), **target}
        needed = target.get("dependsOn")
        for one in needed if isinstance(needed, list) else ():
            for other in texts(inside({"": one}, "").get("target")) or texts(one):
                if depth <= _DEEPEST:
                    self.target(other.lstrip("^").rpartition(":")[2], None, (), depth + 1)
        options = inside(target, "options")
        cwd = options.get("cwd")
        where = below(self._root, cwd) if isinstance(cwd, str) else self._root
        commands = options.get("commands")
        for one in (
            target.get("command"),
            options.get("command"),
            *(commands if isinstance(commands, list) else ()),
        ):
            for text in texts(inside({"": one}, "").get("command")) or texts(one):
                whole = text.replace("{projectRoot}", folder or ".")
                filled = whole.replace("{projectName}", COMPUTED).replace("{args", COMPUTED)
                self._recipe.add(f"{filled} {quoted(args)}", where)
        if isinstance(target.get("script"), str):
            self._recipe.add(f"{target['script']} {quoted(args)}", folder)


def _scripts(package: Package) -> dict[str, Mapping[str, Any]]:
    """Give the scripts of a package as targets."""
    own = inside(package[1], "nx", "targets")
    found: dict[str, Mapping[str, Any]] = {
        name: {"script": text}
        for name, text in scripts_of(package).items()
        if not text.startswith("nx ")
    }
    return {**found, **{name: inside(own, name) for name in own}}


# --- lerna --------------------------------------------------------------------------------------

_LERNA = Grammar(
    "",
    "scope ignore since exclude-dependents concurrency loglevel npm-client max-buffer",
)


def _lerna(
    words: list[Field], args: list[Field], project: Project, recipe: Recipe
) -> Recipe | None:
    options = read(words, _LERNA, permute=True)
    if options.operands[:1] != ["run"] or options.has_exactly(*_ASKS):
        return None
    root = root_of(project, "")
    if root is not None:
        names = options.operands[1:2]
        scripts = [one for word in names for one in ([None] if word is None else word.split(","))]
        packages = _packages(project, root, recipe)
        scopes = options.values("scope")
        for scope in scopes or ["..."]:
            _run(recipe, chosen(packages, scope or "..."), scripts, args)
    return recipe


# --- rush ---------------------------------------------------------------------------------------

_RUSH = Grammar("totTfFcip", "to to-except from only impacted-by parallelism")
_RUSH_OWN = frozenset(
    ("add", "change", "check", "deploy", "init", "init-autoinstaller", "init-deploy",
     "init-subspace", "install", "install-autoinstaller", "link", "list", "publish", "purge",
     "remove", "scan", "setup", "unlink", "update", "update-autoinstaller", "upgrade-interactive",
     "version", "install-run")
)  # fmt: skip
_RUSH_COMMANDS = "common/config/rush/command-line.json"


def _rush(words: list[Field], args: list[Field], project: Project, recipe: Recipe) -> Recipe | None:
    options = read(words, _RUSH, permute=True)
    if not options.operands or options.has_exactly(*_ASKS):
        return None
    name = options.operands[0]
    found = upwards(project, "", ("rush.json",))
    if found is None or name in _RUSH_OWN:
        return None
    commands = _json(project, below(found[0], _RUSH_COMMANDS)).get("commands")
    for one in commands if isinstance(commands, list) else ():
        shell = inside({"": one}, "").get("shellCommand")
        if isinstance(shell, str) and name in (None, one.get("name")):
            recipe.add(f"{shell} {quoted(args)}", found[0])
    listed = (table(without_comments(found[2]), "json") or {}).get("projects")
    for one in listed if isinstance(listed, list) else ():
        for folder in texts(inside({"": one}, "").get("projectFolder")):
            where = below(found[0], folder)
            document = table(project(below(where, "package.json")), "json")
            script = "build" if name == "rebuild" else name
            _run(recipe, [(where, document or {})], [script], args)
    return recipe


def _rushx(
    words: list[Field], args: list[Field], project: Project, recipe: Recipe
) -> Recipe | None:
    package = nearest(project, "")
    if len(words) < 2 or package is None or (words[1] or "").startswith("-"):  # noqa: PLR2004 -- a script
        return None
    Scripts(recipe, package).run(words[1], [*words[2:], *args], around=False)
    return recipe


_FINDERS: dict[str, Callable[[list[Field], list[Field], Project, Recipe], Recipe | None]] = {
    "lerna": _lerna,
    "nx": _nx,
    "rush": _rush,
    "rushx": _rushx,
    "turbo": _turbo,
}
