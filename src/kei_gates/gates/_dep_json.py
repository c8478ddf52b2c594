"""What files of JSON say of dependencies.

Sources: the documentation of npm, pnpm, Yarn, Bun, Volta, Deno, Composer, vcpkg and .NET.
"""

# ruff: noqa: PLC0415 -- what only some files or commands need is imported for them

from __future__ import annotations

from kei_gates.gates._dep_values import picked, without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._dep_values import Region

_PATHS: dict[str, tuple[str, ...]] = {
    "package": (
        "dependencies", "devDependencies", "peerDependencies", "optionalDependencies",
        "bundleDependencies", "bundledDependencies", "peerDependenciesMeta", "dependenciesMeta",
        "overrides", "resolutions", "workspaces", "packageManager", "engines", "devEngines", "pnpm",
        "catalog", "catalogs", "patchedDependencies", "trustedDependencies", "volta",
        "jspm.dependencies",
    ),
    "composer": (
        "require", "require-dev", "conflict", "replace", "provide", "repositories",
        "minimum-stability", "prefer-stable", "config.platform",
    ),
    "deno": (
        "imports", "scopes", "importMap", "workspace", "links", "patch", "dependencies",
        "devDependencies",
    ),
    "vcpkg": (
        "dependencies", "overrides", "builtin-baseline", "features.*.dependencies",
        "vcpkg-configuration",
    ),
}  # fmt: skip
# Files in which their tools allow no comments.
_STRICT = frozenset(("package", "composer"))


def region(text: str, form: str) -> Region:
    """Give what a text says of dependencies. Raises `ValueError`."""
    import json

    text = text.removeprefix("\ufeff")
    if form not in _STRICT:
        from kei_gates.shell.recipes_documents import without_comments

        text = without_comments(text)
    document = json.loads(text, object_pairs_hook=_once)
    if form == "whole":
        return without(document, ())
    return picked(document, _PATHS[form])


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make a table of pairs. Tools do not agree which of two of the same name counts."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"`{twice}` stands there twice")
    return found
