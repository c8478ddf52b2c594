"""What task runners run: each program's reader of the recipes in the project's files.

A reader gets the program's words and the means to read files, and gives what would run. Only names
that are here are read; `find` gives none for every other program.
"""

from __future__ import annotations

from kei_gates.shell.recipes_text import Project, Recipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Glob, Lookup, Read

    Reader: TypeAlias = "Callable[[str, Sequence[Field], Project], Recipe | None]"

__all__ = ["READERS", "Recipe", "find"]

READERS: dict[str, str] = {
    "bmake": "make", "bun": "npm", "cargo": "packages", "cargo-make": "tasks",
    "composer": "packages", "concurrently": "lists", "deno": "packages", "doit": "doit",
    "fab": "python", "foreman": "folders", "gmake": "make", "gnumake": "make",
    "go-task": "taskfile", "goreman": "folders", "hatch": "projects", "hivemind": "folders",
    "honcho": "folders", "inv": "python", "invoke": "python", "just": "just",
    "lefthook": "folders", "lerna": "monorepos", "make": "make", "makers": "tasks",
    "mingw32-make": "make", "mise": "tasks", "nmake": "make", "node": "npm", "nox": "python",
    "npm": "npm", "npm-run-all": "lists", "nx": "monorepos", "overmind": "folders",
    "pdm": "projects", "pipenv": "projects", "pixi": "projects", "pmake": "make", "pnpm": "npm",
    "poe": "projects", "pre-commit": "folders", "remake": "make", "rtx": "tasks",
    "run-p": "lists", "run-parts": "folders", "run-s": "lists", "rush": "monorepos",
    "rushx": "monorepos", "rye": "projects", "task": "taskfile", "tox": "tox",
    "turbo": "monorepos", "yarn": "npm",
}  # fmt: skip
"""Programs, each with the module that reads what it runs: `recipes_` and the name."""


def find(
    program: str,
    words: Sequence[Field],
    read: Read,
    lookup: Lookup | None = None,
    glob: Glob | None = None,
) -> Recipe | None:
    """Give what a task runner would run in the project.

    `words` is its argument list, the program first, none standing for words that are not known;
    `read` gives the text of a file, relative to where the program is started or absolute, none
    when there is no such file; `lookup` the value of a variable of the environment and `glob` the
    paths that a pattern matches, none when they are not known. None when this use runs no recipe
    of the project; an empty recipe when it would run one that is not there.
    """
    name = READERS.get(program)
    if name is None:
        return None
    # Imported when they are needed: most calls start no task runner.
    reader: Reader = __import__(f"{__package__}.recipes_{name}", fromlist=("find",)).find
    return reader(program, words, Project(read, lookup, glob))
