"""Where installed programs lie; what lies elsewhere may be a script that somebody just wrote."""

from __future__ import annotations

_SYSTEM = (
    "/bin/", "/sbin/", "/usr/", "/lib/", "/lib64/", "/opt/", "/nix/", "/snap/", "/Library/",
    "/System/", "/Applications/",
)  # fmt: skip
_OF_TOOLS = (
    "/.venv/bin/", "/venv/bin/", "/node_modules/.bin/", "/.cargo/bin/", "/.local/bin/", "/go/bin/",
    "/.pyenv/", "/.nvm/", "/.rustup/", "/.bun/bin/", "/.deno/bin/", "/.rbenv/", "/.volta/",
)  # fmt: skip


def is_installed(path: str) -> bool:
    """Say whether a program's path, as it is spelled, lies where programs are installed."""
    if ".." in path.split("/"):
        return False
    return path.startswith(_SYSTEM) or any(folder in f"/{path}" for folder in _OF_TOOLS)


def is_found_by_name(path: str) -> bool:
    """Say whether a program at an absolute path may run by its name alone."""
    return is_installed(path) and path.split("/")[-2] in ("bin", "sbin", ".bin", "shims")
