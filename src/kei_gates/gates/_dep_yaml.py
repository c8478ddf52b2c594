"""What files of YAML say of dependencies.

Sources: the documentation of Dart's pub, conda, pnpm, Yarn, Helm, Stack and Shards.
"""

from __future__ import annotations

from kei_gates.gates._dep_values import picked, without
from kei_gates.shell.recipes_yaml import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._dep_values import Region

_PATHS: dict[str, tuple[str, ...]] = {
    "pubspec": (
        "dependencies", "dev_dependencies", "dependency_overrides", "environment", "workspace",
        "resolution",
    ),
    "conda": ("dependencies", "channels"),
    "pnpm": (
        "packages", "catalog", "catalogs", "overrides", "patchedDependencies", "packageExtensions",
        "onlyBuiltDependencies", "allowBuilds", "peerDependencyRules",
    ),
    "yarnrc": ("catalog", "catalogs", "packageExtensions", "yarnPath"),
    "helm": ("dependencies",),
    "stack": (
        "resolver", "snapshot", "extra-deps", "packages", "drop-packages", "flags", "allow-newer",
        "compiler",
    ),
    "shard": ("dependencies", "development_dependencies", "crystal"),
}  # fmt: skip


def region(text: str, form: str) -> Region:
    """Give what a text says of dependencies.

    Of what is not understood (anchors, several documents) each line counts that is no comment.
    """
    document = load(text)
    if document is None:
        lines = (line.rstrip() for line in text.splitlines())
        left = tuple(line for line in lines if line.strip() and not line.lstrip().startswith("#"))
        return {"its text": left} if left else {}
    if form == "whole":
        return without(document, ())
    return picked(document, _PATHS[form])
