"""Which files say what a project depends on, and in which form.

Sources: the documentation of the tools; names are compared in lower case, as some file systems do.
"""

from __future__ import annotations

LOCK = "lock"
"""The form of a file that only its tool writes."""

SCRIPT = "script"
"""The form of a Python file, which may begin with what it needs (PEP 723)."""

_LOCKS = frozenset(
    (
        "buildscript-gradle.lockfile", "bun.lock", "bun.lockb", "cabal.project.freeze",
        "cargo.lock", "cartfile.resolved", "chart.lock", "composer.lock", "conan.lock",
        "conda-lock.yaml", "conda-lock.yml", "deno.lock", "flake.lock", "gemfile.lock",
        "gems.locked", "go.sum", "go.work.sum", "gopkg.lock", "gradle.lockfile", "manifest.toml",
        "mise.lock", "mix.lock", "module.bazel.lock", "npm-shrinkwrap.json", "package-lock.json",
        "package.resolved", "packages.lock.json", "paket.lock", "pdm.lock", "pipfile.lock",
        "pixi.lock", "pnpm-lock.yaml", "podfile.lock", "poetry.lock", "pubspec.lock", "pylock.toml",
        "rebar.lock", "renv.lock", "requirements.lock", "requirements-dev.lock", "shard.lock",
        "stack.yaml.lock", "uv.lock", "verification-metadata.xml", ".terraform.lock.hcl",
        "yarn.lock",
    )
)  # fmt: skip

# name -> the module `_dep_MODULE` that reads it, and the form in which it does
_NAMES: dict[str, tuple[str, str]] = {
    # TOML
    "cargo.toml": ("toml", "cargo"),
    "pyproject.toml": ("toml", "pyproject"),
    "pipfile": ("toml", "pipfile"),
    "uv.toml": ("toml", "uv"),
    "pixi.toml": ("toml", "pixi"),
    "libs.versions.toml": ("toml", "whole"),
    "gopkg.toml": ("toml", "whole"),
    "project.toml": ("toml", "julia"),
    "juliaproject.toml": ("toml", "julia"),
    "mise.toml": ("toml", "mise"),
    ".mise.toml": ("toml", "mise"),
    "rust-toolchain.toml": ("toml", "whole"),
    # JSON
    "package.json": ("json", "package"),
    "composer.json": ("json", "composer"),
    "deno.json": ("json", "deno"),
    "deno.jsonc": ("json", "deno"),
    "jsr.json": ("json", "deno"),
    "import_map.json": ("json", "deno"),
    "vcpkg.json": ("json", "vcpkg"),
    "vcpkg-configuration.json": ("json", "whole"),
    "global.json": ("json", "whole"),
    "dotnet-tools.json": ("json", "whole"),
    "bower.json": ("json", "package"),
    # YAML
    "pubspec.yaml": ("yaml", "pubspec"),
    "pubspec_overrides.yaml": ("yaml", "pubspec"),
    "environment.yml": ("yaml", "conda"),
    "environment.yaml": ("yaml", "conda"),
    "pnpm-workspace.yaml": ("yaml", "pnpm"),
    ".yarnrc.yml": ("yaml", "yarnrc"),
    "chart.yaml": ("yaml", "helm"),
    "requirements.yaml": ("yaml", "whole"),
    "requirements.yml": ("yaml", "whole"),
    "stack.yaml": ("yaml", "stack"),
    "shard.yml": ("yaml", "shard"),
    # XML
    "pom.xml": ("xml", "maven"),
    "directory.packages.props": ("xml", "msbuild"),
    "directory.build.props": ("xml", "msbuild"),
    "directory.build.targets": ("xml", "msbuild"),
    "packages.config": ("xml", "whole"),
    "nuget.config": ("xml", "whole"),
    # Python
    "setup.py": ("python", "setup.py"),
    "setup.cfg": ("python", "setup.cfg"),
    # lines, each of which counts
    "go.mod": ("lines", "go"),
    "go.work": ("lines", "go"),
    "gemfile": ("lines", "ruby"),
    "gems.rb": ("lines", "ruby"),
    "podfile": ("lines", "ruby"),
    "cartfile": ("lines", "list"),
    "brewfile": ("lines", "ruby"),
    "gradle-wrapper.properties": ("lines", "list"),
    "conanfile.txt": ("lines", "ordered"),
    "cabal.project": ("lines", "cabal"),
    "paket.dependencies": ("lines", "ordered"),
    "cpanfile": ("lines", "ruby"),
    ".tool-versions": ("lines", "list"),
    ".python-version": ("lines", "list"),
    ".python-versions": ("lines", "list"),
    ".ruby-version": ("lines", "list"),
    ".node-version": ("lines", "list"),
    ".nvmrc": ("lines", "list"),
    ".bazelversion": ("lines", "list"),
    "rust-toolchain": ("lines", "list"),
    # parts of programs
    "gradle.properties": ("blocks", "properties"),
    "build.gradle": ("blocks", "gradle"),
    "build.gradle.kts": ("blocks", "gradle"),
    "settings.gradle": ("blocks", "gradle"),
    "settings.gradle.kts": ("blocks", "gradle"),
    "package.swift": ("blocks", "swift"),
    "mix.exs": ("blocks", "mix"),
    "flake.nix": ("blocks", "nix"),
    "module.bazel": ("blocks", "bazel"),
    "workspace.bazel": ("blocks", "bazel"),
    "conanfile.py": ("python", "conan"),
}

_ENDINGS: tuple[tuple[str, tuple[str, str]], ...] = (
    (".csproj", ("xml", "msbuild")),
    (".fsproj", ("xml", "msbuild")),
    (".vbproj", ("xml", "msbuild")),
    (".gemspec", ("blocks", "gemspec")),
    (".gradle", ("blocks", "gradle")),
    (".gradle.kts", ("blocks", "gradle")),
    (".versions.toml", ("toml", "whole")),
    (".rockspec", ("blocks", "rockspec")),
    (".cabal", ("lines", "cabal")),
    (".tf", ("blocks", "terraform")),
    (".sbt", ("blocks", "sbt")),
    (".podspec", ("blocks", "podspec")),
    (".py", ("python", SCRIPT)),
)

_PIP_WORDS = ("requirements", "constraints")
_PIP_ENDINGS = (".txt", ".in", ".pip")
_IN_CARGO_FOLDER = ("config.toml", "config")

# Folders that tools fill: what lies there is no word of the project's.
_INSTALLED = frozenset(
    (
        "node_modules", ".venv", "venv", "site-packages", "__pypackages__", ".tox", ".nox", ".git",
        ".terraform", ".gradle", ".yarn", ".pnpm-store", "target", ".dart_tool", "__pycache__",
        ".mypy_cache", ".pytest_cache", ".ruff_cache",
    )
)  # fmt: skip
# Folders that may be deleted: what lies there is built, or fetched again.
_MADE = _INSTALLED | frozenset(
    (
        ".build", ".cache", ".next", ".nuxt", "_build", "build", "coverage", "dist", "obj", "out",
        "pods", "vendor",
    )
)  # fmt: skip


def form_of(  # noqa: PLR0911 -- one kind of name after another
    path: str,
) -> tuple[str, str] | None:
    """Give the module and the form in which a file says what is depended on; none for no such."""
    folder, _, name = path.casefold().rpartition("/")
    found = _NAMES.get(name)
    if found is not None:
        return found
    if name in _LOCKS or (name.startswith("pylock.") and name.endswith(".toml")):
        return LOCK, LOCK
    if name.endswith(".py.lock"):
        return LOCK, LOCK
    for ending, form in _ENDINGS:
        if name.endswith(ending):
            return form
    parent = folder.rpartition("/")[2]
    if name.endswith(_PIP_ENDINGS) and (
        any(word in name for word in _PIP_WORDS) or parent in _PIP_WORDS
    ):
        return "lines", "pip"
    if parent == ".cargo" and name in _IN_CARGO_FOLDER:
        return "toml", "cargo-config"
    return None


def is_installed(path: str) -> bool:
    """Say whether a path from the project's root lies where tools install."""
    return not _INSTALLED.isdisjoint(path.casefold().split("/")[:-1])


def is_made(path: str) -> bool:
    """Say whether a path from the project's root is, or lies in, a folder that is made again."""
    return not _MADE.isdisjoint(path.casefold().split("/"))
