"""The project's own modules that a script imports: what stands in them, and whether it is Modal's.

Source: the Python language reference on imports. Modules are looked for beside the script, in the
folder of the call and in its `src`; what is installed is nobody's business here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from kei_gates.model import Effect, Event

    Find: TypeAlias = Callable[[str, int, str], "tuple[str, str] | None"]

_IMPORTS = ("import modal", "from modal")
_MOST_MODULES = 40
# What edits files that are there by rules of its own, and what only lays them out anew.
_EDITORS = frozenset(("find", "gsed", "patch", "perl", "ruby", "sed"))
_FORMATTERS = frozenset(
    ("autoflake", "autopep8", "black", "docformatter", "isort", "pyupgrade", "ruff", "yapf")
)


def imports_modal(code: str) -> bool:
    """Say whether code names Modal's SDK itself."""
    return any(words in code for words in _IMPORTS)


def texts_at(path: str, event: Event) -> list[str | None]:
    """Give what may be read at a path: what the source leaves there, else what lies there."""
    absolute = path if path.startswith("/") else f"{event.call.cwd}/{path}"
    left = event.analysis.left(absolute)
    if left and any(_may_change(effect, absolute) for effect in event.analysis.effects):
        return [None]
    if left and None not in left:
        return [*left]
    if left and any(
        one.kind == "write" and one.path in (path, absolute) for one in event.analysis.effects
    ):
        return [None]
    fact = event.look(absolute)
    return [fact.text if fact.kind == "text" else None]


def _may_change(effect: Effect, path: str) -> bool:
    """Whether an effect puts who knows what at a path, among others that it does not name."""
    if effect.kind != "write" or effect.brings:
        return False
    if effect.path is None:
        return effect.by in _EDITORS
    above = effect.path.removesuffix(".").rstrip("/")
    if effect.tree:
        return effect.by not in _FORMATTERS and path.startswith(f"{above}/")
    if not effect.glob or effect.by not in _EDITORS:
        return False
    from fnmatch import fnmatchcase  # noqa: PLC0415 -- few commands edit by a pattern

    return fnmatchcase(path, effect.path)


def finder(path: str, event: Event) -> Find:
    """Give what finds the modules that the script at a path imports.

    It takes a module's name, the number of dots before it and the path of the module that imports
    it, and gives the path and the text of the one that is meant; none where that is not known.
    """
    cwd = event.call.cwd
    folder = path.rpartition("/")[0] or cwd

    def find(module: str, level: int, origin: str) -> tuple[str, str] | None:
        roots = [folder, cwd, f"{cwd}/src"]
        if level:
            base = (origin or path).rpartition("/")[0] or cwd
            for _ in range(level - 1):
                base = base.rpartition("/")[0]
            roots = [base]
        name = module.replace(".", "/")
        ends = (f"{name}.py", f"{name}/__init__.py") if name else ("__init__.py",)
        for place in (f"{root}/{end}" for root in dict.fromkeys(roots) for end in ends):
            texts = set(texts_at(place, event))
            if texts != {None}:
                text = texts.pop() if len(texts) == 1 else None
                return None if text is None else (place, text)
        return None

    return find


def uses_modal(code: str, path: str, event: Event) -> bool:
    """Say whether code imports Modal's SDK, or modules of the project that do."""
    if imports_modal(code):
        return True
    return any(imports_modal(text) for text, _ in _modules(code, path, event))


def _modules(code: str, path: str, event: Event) -> Iterator[tuple[str, str]]:
    """Give the texts and the paths of the project's modules that code imports, and they in turn."""
    find = finder(path, event)
    pending, seen = [(code, path)], {path}
    while pending and len(seen) < _MOST_MODULES:
        text, origin = pending.pop()
        for module, level in _imported(text):
            found = find(module, level, origin)
            if found is not None and found[0] not in seen:
                seen.add(found[0])
                pending.append((found[1], found[0]))
                yield found[1], found[0]


def only_imported(event: Event) -> set[str]:
    """Give the codes of a call that run because others import them, and not by themselves."""
    codes = [code for _, language, code in event.analysis.codes if language == "python"]
    if len(codes) < 2:  # noqa: PLR2004 -- one that imports, and one that is imported
        return set()
    words = {word for one in event.analysis.invocations for word in one.argv[1:] if word}
    named = {word.rpartition("/")[2] for word in words}
    return {
        text
        for code in codes
        for text, path in _modules(code, home(code, event), event)
        if text != code and path.rpartition("/")[2] not in named
    }


def _imported(text: str) -> Iterator[tuple[str, int]]:
    """Give the modules that a text may import, by its lines, each with the dots before it."""
    for line in text.replace(";", "\n").replace(":", "\n").split("\n"):
        words = line.replace(",", " ").replace("(", " ").replace(")", " ").split()
        if words[:1] == ["import"]:
            yield from ((word, 0) for word in words[1:])
        elif words[:1] == ["from"] and len(words) > 1:
            module = words[1].lstrip(".")
            level = len(words[1]) - len(module)
            yield module, level
            prefix = f"{module}." if module else ""
            yield from ((f"{prefix}{word}", level) for word in words[3:] if word.isidentifier())


def home(code: str, event: Event) -> str:
    """Give the path of the file that holds code; that of none in the call's folder for others."""
    for effect in event.analysis.effects:
        if effect.kind == "exec" and effect.path and code in texts_at(effect.path, event):
            path = effect.path
            return path if path.startswith("/") else f"{event.call.cwd}/{path}"
    return f"{event.call.cwd}/-"
