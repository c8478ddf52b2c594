"""What scripts of Python projects run: those of pdm, hatch, poe, pipenv, rye and pixi.

Sources: the documents of pdm 2 ("PDM Scripts"), hatch 1 ("Environments", scripts), poethepoet 0.30,
pipenv 2024 ("Custom scripts"), rye ("Scripts") and pixi ("Advanced tasks"). What runs with a name
that is no script is an ordinary program.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_documents import inside, toml
from kei_gates.shell.recipes_text import Recipe, TooMuch, below, quoted, upwards
from kei_gates.shell.splitting import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Final

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Read

_DEEPEST = 12
_ASKS = ("help", "h", "version", "list", "l")
_PDM = Grammar("pcs", "project config site-packages")
_HATCH = Grammar("ep", "env project data-dir cache-dir config")
_POE = Grammar("CP", "directory root executor")
_PIPENV = Grammar("", "python pypi-mirror")
_RYE = Grammar("", "pyproject")
_PIXI = Grammar("em", "environment manifest-path color tls-root-certs")
# What lists other scripts that a script runs.
_OTHERS = ("composite", "sequence", "deps", "parallel", "chain", "depends-on", "depends_on")
# Commands of pdm, which win over scripts of the same name that are called without `run`.
_PDM_COMMANDS = frozenset(
    ("add", "build", "cache", "completion", "config", "export", "fix", "import", "info", "init",
      "install", "list", "lock", "new", "outdated", "plugin", "publish", "python", "py", "remove",
      "search", "self", "show", "sync", "update", "use", "venv", "--pep582")
)  # fmt: skip


class Scripts:
    """Scripts by their names, and how each calls others."""

    __slots__ = ("folder", "names", "recipe", "table")

    def __init__(
        self, found: Mapping[str, Any], folder: str, recipe: Recipe, *, names: bool
    ) -> None:
        """Take the table; `names` says that the first word of any command may name a script."""
        self.table: Final = found
        self.folder: Final = folder
        self.recipe: Final = recipe
        self.names: Final = names

    def run(self, name: str, args: Sequence[Field], depth: int = 0) -> None:
        """Add a script."""
        if depth > _DEEPEST:
            self.recipe.miss("scripts call one another too deeply")
            return
        value = self.table.get(name)
        if isinstance(value, dict):
            self._table(value, args, depth)
        elif isinstance(value, list):
            for one in value:
                self._named(one, args, depth + 1)
        elif isinstance(value, str) and self.names and value.split()[:1] != [name]:
            self._named(value, args, depth)
        elif isinstance(value, str):
            self.recipe.add(_with(value, args), self.folder)

    def _named(self, value: Any, args: Sequence[Field], depth: int) -> None:
        """Add a command whose first word may name another script, or a table."""
        if isinstance(value, dict):
            self._table(value, args, depth)
        if not isinstance(value, str):
            return
        text = _with(value, args)
        words = split(text) or [text]
        if words[0] in self.table:
            inner = [None if word == quoted([None]) else word for word in words[1:]]
            self.run(words[0], inner, depth + 1)
        else:
            self.recipe.add(text, self.folder)

    def _table(self, value: Mapping[str, Any], args: Sequence[Field], depth: int) -> None:
        """Add a script that says what kind it is."""
        folder = value.get("working_dir", value.get("cwd"))
        where = below(self.folder, folder) if isinstance(folder, str) else self.folder
        for key in ("cmd", "shell"):
            self._command(value.get(key), args, where)
        for key in _OTHERS:
            listed = value.get(key)
            for one in listed if isinstance(listed, list) else [listed]:
                if depth <= _DEEPEST:
                    self._named(one, (), depth + 1)
        for key in ("ref", "task"):
            if isinstance(value.get(key), str):
                self._named(value[key], args, depth + 1)
        for key in ("call", "script", "expr"):
            if isinstance(value.get(key), str):
                self.recipe.miss(f"the Python code of the script `{value[key]}` is not read")

    def _command(self, command: object, args: Sequence[Field], folder: str) -> None:
        """Add a command, which is a text or a list of words."""
        if isinstance(command, list):
            self.recipe.run_words([w for w in command if isinstance(w, str)], folder)
        elif isinstance(command, str):
            self.recipe.add(_with(command, args), folder)


def _with(text: str, args: Sequence[Field]) -> str:
    """Give a command with its arguments, which may have a place of their own."""
    for place in ("{args", "{posargs"):
        start = text.find(place)
        end = text.find("}", start)
        if start >= 0 and end >= 0:
            _, colon, default = text[start:end].partition(":")
            return text[:start] + (quoted(args) or (default if colon else "")) + text[end + 1 :]
    return f"{text} {quoted(args)}"


def find(program: str, words: Sequence[Field], read_file: Read) -> Recipe | None:
    """Give what a script runs; none where no script is called."""
    recipe = Recipe()
    try:
        return _FINDERS[program](words, recipe, read_file)
    except TooMuch:
        recipe.miss("there are more scripts than are read")
        return recipe


def _named(
    words: Sequence[Field], grammar: Grammar, subcommand: str, others: frozenset[str] | None = None
) -> tuple[Field, list[Field]] | None:
    """Give the name of a script and its arguments; `others` are words that name none."""
    options = read(words, grammar, permute=False)
    rest = list(words[options.at :])
    if options.has_exactly(*_ASKS) or not rest:
        return None
    if rest[0] == subcommand:
        inner = read(rest, grammar, permute=False)
        rest = rest[inner.at :]
        if inner.has_exactly(*_ASKS) or not rest:
            return None
    elif others is None or (rest[0] or "") in others:
        return None
    return rest[0], rest[1:]


def _among(  # noqa: PLR0913 -- one call's context
    scripts: Mapping[str, Any],
    call: tuple[Field, list[Field]] | None,
    folder: str,
    recipe: Recipe,
    *,
    around: Sequence[str] = ("", ""),
    names: bool = False,
) -> Recipe | None:
    """Run one of some scripts, all of them where the name is not known."""
    if call is None or (call[0] is not None and call[0] not in scripts):
        return recipe if recipe.unseen else None
    name, args = call
    found = Scripts(scripts, folder, recipe, names=names)
    for one in scripts if name is None else (name,):
        if around[0]:
            found.run(around[0] + one, ())
        found.run(one, args)
        if around[1]:
            found.run(around[1] + one, ())
    return recipe


def _project(
    read_file: Read, recipe: Recipe, name: str = "pyproject.toml"
) -> tuple[str, Mapping[str, Any]]:
    found = upwards(read_file, "", (name,))
    return ("", {}) if found is None else (found[0], toml(found[2], found[1], recipe))


def _pdm(words: Sequence[Field], recipe: Recipe, read_file: Read) -> Recipe | None:
    folder, document = _project(read_file, recipe)
    scripts = inside(document, "tool", "pdm", "scripts")
    call = _named(words, _PDM, "run", _PDM_COMMANDS)
    return _among(scripts, call, folder, recipe, around=("pre_", "post_"))


def _poe(words: Sequence[Field], recipe: Recipe, read_file: Read) -> Recipe | None:
    folder, document = _project(read_file, recipe)
    scripts = inside(document, "tool", "poe", "tasks")
    return _among(scripts, _named(words, _POE, "", frozenset()), folder, recipe)


def _pipenv(words: Sequence[Field], recipe: Recipe, read_file: Read) -> Recipe | None:
    folder, document = _project(read_file, recipe, "Pipfile")
    return _among(inside(document, "scripts"), _named(words, _PIPENV, "run"), folder, recipe)


def _hatch(words: Sequence[Field], recipe: Recipe, read_file: Read) -> Recipe | None:
    """Follow `hatch run ENV:SCRIPT`; the environment `default` is below every other."""
    call = _named(words, _HATCH, "run")
    if call is None:
        return None
    folder, document = _project(read_file, recipe)
    own = toml(read_file(below(folder, "hatch.toml")), "hatch.toml", recipe)
    environments = inside(own, "envs") or inside(document, "tool", "hatch", "envs")
    name, args = call
    chosen = read(words, _HATCH, permute=False).value("e", "env") or "default"
    if name is not None and ":" in name:
        chosen, _, name = name.partition(":")
    chosen = chosen.lstrip("+-").split(".")[0]
    scripts = {
        **inside(environments, "default", "scripts"),
        **inside(environments, chosen, "scripts"),
    }
    if not name and name is not None:
        return None
    return _among(scripts, (name, args), folder, recipe, names=True)


def _rye(words: Sequence[Field], recipe: Recipe, read_file: Read) -> Recipe | None:
    folder, document = _project(read_file, recipe)
    scripts = inside(document, "tool", "rye", "scripts")
    return _among(scripts, _named(words, _RYE, "run"), folder, recipe)


def _pixi(words: Sequence[Field], recipe: Recipe, read_file: Read) -> Recipe | None:
    """Follow `pixi run NAME`; every environment and system may have tasks of its own."""
    call = _named(words, _PIXI, "run")
    given = read(words, _PIXI, permute=True).value("m", "manifest-path")
    folder, document = _project(read_file, recipe, given or "pixi.toml")
    if not document:
        folder, document = _project(read_file, recipe)
        document = inside(document, "tool", "pixi")
    parts = [document, *inside(document, "target").values(), *inside(document, "feature").values()]
    scripts: dict[str, Any] = {}
    for part in parts:
        scripts = {**inside(part, "tasks"), **scripts}
    return _among(scripts, call, folder, recipe, names=True)


_FINDERS: dict[str, Callable[[Sequence[Field], Recipe, Read], Recipe | None]] = {
    "hatch": _hatch,
    "pdm": _pdm,
    "pipenv": _pipenv,
    "pixi": _pixi,
    "poe": _poe,
    "rye": _rye,
}
