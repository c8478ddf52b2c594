"""The import table of the architecture, held against every import in the package."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src/kei_gates"

# What each layer may import of the package, beside itself and the package's own version.
WORDS = ("model", "particulars")
ALLOWED: dict[str, set[str]] = {
    "model": {"facts", "particulars"},  # one layer in three modules
    "facts": {*WORDS},
    "particulars": {"model"},
    "archive": set(),
    "protocol": {*WORDS},
    "observe": {*WORDS, "facts"},
    "shell": {*WORDS},
    "lint": {*WORDS},
    "policy": {*WORDS},
    "gates": {*WORDS, "facts", "protocol", "observe", "shell", "lint", "policy"},
    "checks": {*WORDS, "facts", "protocol", "observe", "shell", "lint", "policy", "gates"},
    "engine": {
        *WORDS, "facts", "protocol", "observe", "shell", "lint", "policy", "gates", "checks",
    },
    "verify": {
        *WORDS, "facts", "protocol", "observe", "shell", "lint", "policy", "gates", "checks",
        "engine",
    },
    "agents": {*WORDS, "protocol", "policy", "gates"},
    "install": {*WORDS, "protocol", "observe", "policy"},
    "audit": {*WORDS, "protocol", "observe"},
    "hook": {
        *WORDS, "facts", "protocol", "observe", "shell", "policy", "gates", "checks", "engine",
        "verify", "audit",
    },
    "replay": {*WORDS, "facts", "protocol", "observe", "policy", "engine", "hook"},
    "cli": {
        *WORDS, "facts", "protocol", "observe", "shell", "lint", "policy", "gates", "checks",
        "engine", "verify", "agents", "install", "archive", "audit", "hook", "replay",
    },
}  # fmt: skip
# Layers that may not look at the machine: no module that does.
PURE = (
    "model", "facts", "particulars", "protocol", "shell", "lint", "policy", "gates", "checks",
    "engine", "agents",
)  # fmt: skip
IO_MODULES = {"os", "posix", "pathlib", "subprocess", "socket", "shutil", "tempfile", "io", "glob"}
IO_CALLS = {"open", "print", "input"}


def layer_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(source: str) -> list[str]:
    """Every module that a source imports, by its full name, wherever the import stands."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide what they import"
            base = node.module or ""
            if base == "kei_gates":
                found += [f"kei_gates.{alias.name}" for alias in node.names]
            else:
                found.append(base)
    return found


def violations(layer: str, source: str) -> list[str]:
    """What a source in a layer imports or calls and must not."""
    found = []
    for name in imports(source):
        parts = name.split(".")
        if parts[0] == "kei_gates" and len(parts) > 1:
            other = parts[1]
            if other not in ("__version__", layer) and other not in ALLOWED[layer]:
                found.append(f"imports {name}")
        elif layer in PURE and parts[0] in IO_MODULES:
            found.append(f"imports {name}")
    if layer in PURE:
        found += [
            f"calls {node.func.id}"
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in IO_CALLS
        ]
    return found


MODULES = sorted(set(PACKAGE.rglob("*.py")) - {PACKAGE / "__init__.py"})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_only_to_the_left(path: Path) -> None:
    assert violations(layer_of(path), path.read_text()) == []


def test_every_layer_is_in_the_table() -> None:
    assert {layer_of(path) for path in MODULES} == set(ALLOWED)


@pytest.mark.parametrize(
    ("layer", "source", "found"),
    [
        ("model", "from kei_gates.protocol import payload", "imports kei_gates.protocol"),
        ("observe", "from kei_gates.policy.globs import Globs", "imports kei_gates.policy.globs"),
        (
            "gates",
            "def f():\n    import kei_gates.engine.decide",
            "imports kei_gates.engine.decide",
        ),
        ("engine", "from kei_gates import hook", "imports kei_gates.hook"),
        ("checks", "from kei_gates.verify import git", "imports kei_gates.verify"),
        ("checks", "import subprocess", "imports subprocess"),
        ("hook", "from kei_gates.cli import main", "imports kei_gates.cli"),
        ("shell", "import os.path", "imports os.path"),
        ("policy", "def read(p):\n    return open(p)", "calls open"),
    ],
)
def test_a_seeded_violation_is_found(layer: str, source: str, found: str) -> None:
    assert violations(layer, source) == [found]
