"""Which commands change what a project depends on."""

# ruff: noqa: PLC0415 -- what only some files or commands need is imported for them

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.gates._dep_line import Finding, Manager
    from kei_gates.shell.expand import Field

_PYTHON = frozenset(
    (
        "conda", "conda-lock", "mamba", "micromamba", "pdm", "pip", "pip-compile", "pip-sync",
        "pip-upgrade", "pipenv", "pixi", "poetry", "poetryup", "pur", "rye", "uv",
    )
)  # fmt: skip
_JS = frozenset(
    (
        "bower", "bun", "corepack", "deno", "expo", "jsr", "lerna", "ncu", "ng", "npm",
        "npm-check", "npm-check-updates", "npm-upgrade", "nx", "pnpm", "rush", "syncpack", "taze",
        "volta", "yarn", "yarn-deduplicate", "yarnpkg",
    )
)  # fmt: skip
_NATIVE = frozenset(
    (
        "asdf", "bazel", "bazelisk", "brew", "bundle", "bundler", "cabal", "cargo", "carthage",
        "composer", "conan", "dart", "dotnet", "dotnet-outdated", "flutter", "go", "go-mod-upgrade",
        "goenv", "gradle", "gradlew", "helm", "luarocks", "mise", "mix", "mvn", "mvnd", "mvnw",
        "niv", "nix", "nodenv", "npins", "nuget", "paket", "pod", "pyenv", "rbenv", "rebar3",
        "renovate", "rtx", "shards", "stack", "swift", "terraform", "terragrunt", "tofu", "vcpkg",
    )
)  # fmt: skip
_IMAGES = frozenset(
    ("docker", "docker-compose", "git", "pinact", "podman", "pre-commit", "prek", "ratchet")
)
_ALIASES = {
    "composer.phar": "composer", "gradlew.bat": "gradle", "mvnw.cmd": "mvn",
}  # fmt: skip
_PHAR = ("composer", "composer.phar")
# Code that is given on the command line, and the calls in it that change dependencies.
_CODE = {
    "julia": ("Pkg.add", "Pkg.rm", "Pkg.update", "Pkg.up(", "Pkg.develop", "Pkg.pin", "Pkg.free",
              "Pkg.upgrade_manifest", "Pkg.resolve", "Pkg.compat", 'pkg"'),
    "rscript": ("renv::install", "renv::update", "renv::snapshot", "renv::remove", "renv::upgrade",
                "renv::init", "renv::record"),
}  # fmt: skip
_CODE["r"] = _CODE["rscript"]


def is_manager(program: str) -> bool:
    """Say whether a program is one whose commands are judged here."""
    return _family(_plain(program)) is not None


def _plain(name: str) -> str:
    """Give the name under which a program is listed: `pip3.11` is pip, `npm.cmd` npm."""
    name = _ALIASES.get(name, name).removesuffix(".cmd").removesuffix(".exe")
    stem = name.rstrip("0123456789.")
    if stem.startswith("pip-") or stem == "pip":
        return stem.rstrip("-")
    return name


def _family(name: str) -> str | None:
    if name in _PYTHON:
        return "python"
    if name in _JS:
        return "js"
    return "native" if name in _NATIVE else None


def _manager(name: str, *, images: bool) -> Manager | None:
    family = _family(name)
    if family == "python":
        from kei_gates.gates._dep_cli_python import PYTHON

        return PYTHON[name]
    if family == "js":
        from kei_gates.gates._dep_cli_js import JS

        return JS[name]
    if family is None and not (images and name in _IMAGES):
        return None
    from kei_gates.gates._dep_cli_native import IMAGES, NATIVE

    return NATIVE[name] if family else IMAGES[name]


def _as_line(argv: Sequence[Field]) -> tuple[str, Sequence[Field]]:
    """Give a manager's name and its words, the program first.

    `cargo-add` is `cargo add`, `cargo +nightly add` too, and `python -m pip` is `pip`.
    """
    called = (argv[0] or "").rpartition("/")[2].casefold()
    name = _plain(called)
    words = list(argv)
    if called.startswith(("python", "pypy")):
        at = next((at for at, word in enumerate(argv[1:-1], 1) if word == "-m"), 0)
        name = _plain((argv[at + 1] or "").partition(".")[0].replace("_", "-")) if at else name
        words = [name, *argv[at + 2 :]] if at else words
        if name == "piptools":
            name, words = f"pip-{words[1] if len(words) > 1 else ''}", words[1:]
    elif called == "php":
        at = next((at for at, word in enumerate(argv) if (word or "").endswith(_PHAR)), 0)
        name, words = ("composer", words[at:]) if at else (name, words)
    elif called == "pub":
        name, words = "dart", ["dart", *words]
    elif name.startswith("cargo-"):
        verb, rest = name.removeprefix("cargo-"), words[1:]
        name, words = "cargo", ["cargo", verb, *(rest[1:] if rest[:1] == [verb] else rest)]
    if name == "cargo" and len(words) > 1 and (words[1] or "").startswith("+"):
        words = [words[0], *words[2:]]
    return name, words


def found_in(argv: Sequence[Field], *, images: bool) -> tuple[Manager | None, Finding] | None:
    """Say what a command does to dependencies; none for a program that is no manager."""
    name, words = _as_line(argv)
    calls = _CODE.get(name)
    if calls is not None:
        return _in_code(words, calls)
    manager = _manager(name, images=images)
    if manager is None:
        return None
    from kei_gates.gates._dep_line import judged

    return manager, judged(manager, words)


def _in_code(words: Sequence[Field], calls: Sequence[str]) -> tuple[None, Finding]:
    from kei_gates.gates._dep_line import CHANGE, PASS, Finding

    changes = any(call in (word or "") for word in words for call in calls)
    return None, Finding(CHANGE if changes else PASS)
