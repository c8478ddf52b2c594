"""Programs that run several scripts or commands of their arguments.

Sources: the manuals of npm-run-all 4 (`run-s`, `run-p` too) and of concurrently 9.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_npm import Scripts
from kei_gates.shell.recipes_text import Recipe, TooMuch
from kei_gates.shell.recipes_workspaces import nearest
from kei_gates.shell.splitting import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Read

_RUN_ALL = Grammar("", "max-parallel npm-path")
_CONCURRENTLY = Grammar(
    "ncpltsmi",
    "names prefix-colors prefix prefix-length timestamp-format success max-processes "
    "restart-tries restart-after kill-signal hide default-input-target name-separator cwd teardown "
    "kill-timeout",
)
_MANAGERS = {"npm": "npm run", "yarn": "yarn run", "pnpm": "pnpm run", "bun": "bun run",
             "node": "node --run", "deno": "deno task"}  # fmt: skip


def find(program: str, words: Sequence[Field], read_file: Read) -> Recipe | None:
    """Give what runs; none for a question about the program itself."""
    recipe = Recipe()
    try:
        if program == "concurrently":
            return _concurrently(words, recipe)
        return _run_all(words, recipe, read_file)
    except TooMuch:
        recipe.miss("there are more scripts than are read")
        return recipe


def _concurrently(words: Sequence[Field], recipe: Recipe) -> Recipe | None:
    """Follow commands, each of them one word."""
    options = read(words, _CONCURRENTLY, permute=True)
    if options.has_exactly("help", "version", "h", "v"):
        return None
    folder = options.value("cwd") or ""
    for command in [*options.operands, *options.values("teardown")]:
        if command is None:
            recipe.miss("a command that `concurrently` runs is not known")
            continue
        manager, colon, rest = command.partition(":")
        if colon and manager in _MANAGERS:
            if "*" in rest:
                recipe.miss("which scripts `concurrently` runs is not followed")
                continue
            recipe.add(f"{_MANAGERS[manager]} {rest}", folder)
        else:
            recipe.add(command, folder)
    return recipe


def _run_all(words: Sequence[Field], recipe: Recipe, read_file: Read) -> Recipe | None:
    """Follow names of scripts, which may be patterns and may have arguments."""
    end = list(words).index("--") if "--" in words else len(words)
    options = read(words[:end], _RUN_ALL, permute=True)
    if options.has_exactly("help", "version", "h", "v"):
        return None
    package = nearest(read_file, "")
    if package is None:
        return recipe
    scripts = Scripts(recipe, package)
    for word in options.operands:
        if word is None:
            scripts.run(None)
            continue
        parts = split(word) or [word]
        args: list[Field] = [None if "{" in one else one for one in parts[1:] if one != "--"]
        for name in scripts.texts:
            if _fits(name, parts[0]):
                scripts.run(name, args)
    return recipe


def _fits(name: str, pattern: str) -> bool:
    """Whether a script has a name; `*` stands for one part between colons, `**` for any."""
    if "*" not in pattern:
        return name == pattern
    head = pattern[: pattern.index("*")]
    if not name.startswith(head):
        return False
    return "**" in pattern or name.count(":") == pattern.count(":")
