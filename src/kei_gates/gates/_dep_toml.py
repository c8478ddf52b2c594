"""What files of TOML say of dependencies.

Sources: the Cargo book, Manifest Format; PEP 517, 621, 735; the documentation of uv, Poetry, PDM,
Hatch, setuptools, Pipenv, pixi, Julia's Pkg, mise.
"""

# ruff: noqa: PLC0415 -- what only some files or commands need is imported for them

from __future__ import annotations

import sys

from kei_gates.gates._dep_values import picked, without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._dep_values import Region

_CARGO_TABLES = (
    "dependencies", "dev-dependencies", "dev_dependencies", "build-dependencies",
    "build_dependencies",
)  # fmt: skip
_UV = (
    "sources", "constraint-dependencies", "override-dependencies", "exclude-dependencies",
    "build-constraint-dependencies", "dev-dependencies", "index", "index-url", "extra-index-url",
    "find-links", "workspace", "environments", "required-environments", "resolution", "prerelease",
    "exclude-newer", "exclude-newer-package", "dependency-metadata",
)  # fmt: skip
_PIXI_TABLES = (
    "dependencies", "pypi-dependencies", "host-dependencies", "build-dependencies",
    "run-dependencies", "dev", "pypi-options", "system-requirements", "channels", "platforms",
)  # fmt: skip
_PIXI = (
    *_PIXI_TABLES,
    *(f"target.*.{table}" for table in _PIXI_TABLES),
    *(f"feature.*.{table}" for table in _PIXI_TABLES),
    *(f"feature.*.target.*.{table}" for table in _PIXI_TABLES),
    "environments", "package.build", "package.host-dependencies", "package.build-dependencies",
    "package.run-dependencies", "project.channels", "project.platforms", "workspace.channels",
    "workspace.platforms",
)  # fmt: skip
_PYPROJECT = (
    "project.dependencies", "project.optional-dependencies", "project.requires-python",
    "dependency-groups", "build-system.requires",
    *(f"tool.uv.{key}" for key in _UV),
    "tool.poetry.dependencies", "tool.poetry.dev-dependencies", "tool.poetry.group.*.dependencies",
    "tool.poetry.extras", "tool.poetry.source", "tool.poetry.requires-plugins",
    "tool.pdm.dev-dependencies", "tool.pdm.source", "tool.pdm.overrides", "tool.pdm.resolution",
    "tool.hatch.envs.*.dependencies", "tool.hatch.envs.*.extra-dependencies",
    "tool.hatch.envs.*.overrides", "tool.hatch.build.hooks.*.dependencies",
    "tool.hatch.build.targets.*.dependencies",
    "tool.rye.dev-dependencies", "tool.rye.sources",
    "tool.flit.metadata.requires", "tool.flit.metadata.requires-extra",
    "tool.setuptools.dynamic.dependencies", "tool.setuptools.dynamic.optional-dependencies",
    *(f"tool.pixi.{key}" for key in _PIXI),
)  # fmt: skip

_PATHS: dict[str, tuple[str, ...]] = {
    "cargo": (
        *_CARGO_TABLES,
        *(f"target.*.{table}" for table in _CARGO_TABLES),
        "workspace.dependencies",
        "workspace.members",
        "workspace.exclude",
        "patch",
        "replace",
    ),
    "cargo-config": ("patch", "source", "paths", "registries"),
    "pyproject": _PYPROJECT,
    "uv": _UV,
    "pixi": _PIXI,
    "julia": ("deps", "weakdeps", "extras", "targets", "compat", "sources"),
    "mise": ("tools",),
    "script": ("dependencies", "requires-python", *(f"tool.uv.{key}" for key in _UV)),
}
# Pipenv takes a table of any other name for a category of packages.
_ALL_BUT = {"pipfile": ("scripts", "pipenv"), "whole": ()}


def region(text: str, form: str) -> Region:
    """Give what a text says of dependencies. Raises `ValueError`."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    document = tomllib.loads(text.removeprefix("\ufeff"))
    if form in _ALL_BUT:
        return without(document, _ALL_BUT[form])
    return picked(document, _PATHS[form])
