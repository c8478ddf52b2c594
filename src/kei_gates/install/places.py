"""Where the files are that an installation refers to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kei_gates.install.errors import InstallError
from kei_gates.observe import installation


@dataclass(frozen=True)
class Places:
    """The running environment (a virtual environment's folder) and our data in it."""

    environment: Path
    hooks: Path
    starter: Path

    @property
    def interpreter(self) -> Path:
        """The environment's own Python: its link, which is what finds the environment again."""
        return self.environment / "bin" / "python"

    @property
    def program(self) -> Path:
        """The `kei-gates` command of the environment."""
        return self.environment / "bin" / "kei-gates"


def data(*names: str) -> Path:
    """Find one of our data files: in the installed package, else in the source tree.

    Returns an absolute path. Raises InstallError when neither has it.
    """
    path = Path(installation.data("/".join(names)))
    if path.is_file():
        return path
    raise InstallError(f"`{path}` is missing from the installation; run install.sh again")


def places() -> Places:
    """Look the running installation up. Raises InstallError when it is incomplete."""
    found = Places(
        environment=Path(installation.environment()),
        hooks=data("hooks", "hooks.json").parent,
        starter=data("policies", "starter.toml"),
    )
    data("hooks", "kei_gates_hook.py")
    if not found.interpreter.is_file():
        raise InstallError(f"there is no Python at `{found.interpreter}`; run install.sh again")
    return found
