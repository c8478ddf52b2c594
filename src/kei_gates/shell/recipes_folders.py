"""What files of lists and folders of scripts run: Procfiles, `run-parts`, hooks of commits.

Sources: the documents of foreman, honcho, overmind and hivemind ("Procfile"), run-parts(8),
pre-commit ("Creating new hooks", "Repository local hooks") and lefthook 1 ("Configuration").
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read
from kei_gates.shell.recipes_documents import inside, texts
from kei_gates.shell.recipes_text import COMPUTED, Recipe, TooMuch, below, quoted, without_marks
from kei_gates.shell.recipes_yaml import load
from kei_gates.shell.scanner import NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Project

_ASKS = ("help", "version", "h")


def find(program: str, words: Sequence[Field], project: Project) -> Recipe | None:
    """Give what runs; none where nothing does."""
    recipe = Recipe()
    try:
        return _FINDERS[program](words, project, recipe)
    except TooMuch:
        recipe.miss("there are more commands than are read")
        return recipe


# --- run-parts ----------------------------------------------------------------------------------

_PARTS = Grammar("au", "arg umask regex")


def _run_parts(words: Sequence[Field], project: Project, recipe: Recipe) -> Recipe | None:
    """Run the files of a folder."""
    options = read(words, _PARTS, permute=True)
    if not options.operands or options.has_exactly(*_ASKS, "test", "list"):
        return None
    folder = options.operands[0]
    paths = None if folder is None else project.glob(f"{folder.rstrip('/')}/*")
    if paths is None:
        recipe.refuse("the files that `run-parts` runs are not known")
    usual = not options.has_exactly("regex", "lsbsysinit")
    for path in paths or ():
        name = path.rpartition("/")[2]
        if not usual or all(char in NAME or char == "-" for char in name):
            recipe.run_words([path, *options.values("a", "arg")])
    return recipe


# --- Procfiles ----------------------------------------------------------------------------------

_PROCFILE = Grammar(
    "fdepcmltPNTTr",
    "procfile root env port concurrency formation timeout socket title network processes can-die",
)


def _procfile(words: Sequence[Field], project: Project, recipe: Recipe) -> Recipe | None:
    """Follow `foreman start [NAME]` and what is like it, and `foreman run COMMAND`."""
    options = read(words, _PROCFILE, permute=False)
    rest = list(words[options.at :])
    command = rest[0] if rest else "start"
    if options.has_exactly(*_ASKS) or command not in (*_STARTS, "run", None):
        return None
    inner = read(rest, _PROCFILE, permute=command != "run") if rest else options
    if command == "run":
        recipe.run_words(rest[inner.at :])
        return recipe
    named = inner.value("f", "procfile") or options.value("f", "procfile")
    folder = inner.value("d", "root") or options.value("d", "root") or ""
    path = below(folder, named or "Procfile")
    chosen = inner.operands if rest and command in ("start", "s") else []
    for line in without_marks(project(path) or "").split("\n"):
        name, colon, text = line.partition(":")
        if colon and not name.startswith("#") and (not chosen or {name, None, "all"} & {*chosen}):
            recipe.add(text, folder or path.rpartition("/")[0])
    return recipe


_STARTS = ("start", "s", "up")

# --- hooks of commits ---------------------------------------------------------------------------

_PRE_COMMIT = Grammar(
    "co",
    "config hook-stage color from-ref source s to-ref origin remote-branch local-branch "
    "commit-msg-filename remote-name remote-url checkout-type",
)


def _pre_commit(words: Sequence[Field], project: Project, recipe: Recipe) -> Recipe | None:
    """Follow the hooks that the project itself has; those of others are ordinary programs."""
    options = read(words, _PRE_COMMIT, permute=True)
    if options.operands[:1] != ["run"] or options.has_exactly(*_ASKS):
        return None
    name = options.value("c", "config") or ".pre-commit-config.yaml"
    document = _yaml(project, name, recipe)
    for repository in _tables(document.get("repos")):
        if repository.get("repo") != "local":
            continue
        for hook in _tables(repository.get("hooks")):
            if options.operands[1:2] in ([], [None], [hook.get("id")], [hook.get("alias")]):
                _hook(hook, recipe)
    return recipe


def _hook(hook: Any, recipe: Recipe) -> None:
    """Add one hook: its command, its words, and files."""
    entry = hook.get("entry")
    if isinstance(entry, str) and hook.get("language") not in ("pygrep", "fail"):
        files = "" if hook.get("pass_filenames") == "false" else COMPUTED
        args = "".join(f" {quoted([one])}" for one in texts(hook.get("args")))
        recipe.add(f"{without_marks(entry + args)} {files}")


_LEFTHOOK = Grammar("", "commands jobs file tag exclude")
_LEFTHOOK_FILES = tuple(
    f"{dot}lefthook{part}.{end}"
    for part in ("", "-local")
    for dot in ("", ".")
    for end in ("yml", "yaml")
)


def _lefthook(words: Sequence[Field], project: Project, recipe: Recipe) -> Recipe | None:
    """Follow `lefthook run HOOK`."""
    options = read(words, _LEFTHOOK, permute=True)
    if options.operands[:1] != ["run"] or options.has_exactly(*_ASKS):
        return None
    for file in _LEFTHOOK_FILES:
        document = _yaml(project, file, recipe)
        hook = options.operands[1] if len(options.operands) > 1 else ""
        for name in document if hook is None else (hook,):
            _jobs(inside(document, name), recipe, 0)
    return recipe


def _jobs(hook: Any, recipe: Recipe, depth: int) -> None:
    """Add the commands of a hook or of a group."""
    listed = [*inside(hook, "commands").values(), *_tables(hook.get("jobs"))]
    for job in listed:
        for text in texts(inside({"": job}, "").get("run")):
            found = without_marks(text)
            for place in ("{staged_files}", "{push_files}", "{all_files}", "{files}", "{0}"):
                found = found.replace(place, COMPUTED)
            recipe.add(found, str(inside({"": job}, "").get("root") or ""))
        if depth <= 5 and inside(job, "group"):  # noqa: PLR2004 -- no group lies deeper
            _jobs(inside(job, "group"), recipe, depth + 1)
    for name in inside(hook, "scripts"):
        recipe.miss(f"the script `{name}` of `lefthook` is not read")


def _yaml(project: Project, name: str, recipe: Recipe) -> dict[str, Any]:
    """Read a file of YAML; one that is not understood is unseen."""
    text = project(name)
    if text is None:
        return {}
    found = load(text)
    if found is None:
        recipe.miss(f"`{name}` is not understood")
    return dict(found or {})


def _tables(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


_FINDERS: dict[str, Callable[[Sequence[Field], Project, Recipe], Recipe | None]] = {
    "foreman": _procfile,
    "goreman": _procfile,
    "hivemind": _procfile,
    "honcho": _procfile,
    "lefthook": _lefthook,
    "overmind": _procfile,
    "pre-commit": _pre_commit,
    "run-parts": _run_parts,
}
