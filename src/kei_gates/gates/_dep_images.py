"""What files name that is fetched when the project is built or checked: images, actions, hooks.

Sources: the Dockerfile and Compose references; the workflow syntax of GitHub Actions; pre-commit.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._dep_values import Region

_KEYS = {
    "from": ("from ", "arg ", "copy --from", "add --from", "# syntax"),
    "compose": ("image:", "- image:", "from:"),
    "workflow": ("uses:", "- uses:", "image:", "container:"),
    "hooks": ("rev:", "- repo:", "repo:", "additional_dependencies:"),
    "modules": ("",),
}
_HOOKS = (".pre-commit-config.yaml", ".pre-commit-config.yml", "prek.toml")


def form_of(path: str) -> tuple[str, str] | None:
    """Give the form in which a file names what is fetched; none for no such."""
    folder, _, name = path.casefold().rpartition("/")
    yaml = name.endswith((".yml", ".yaml"))
    if name in ("dockerfile", "containerfile") or name.startswith("dockerfile."):
        return "images", "from"
    if name.endswith((".dockerfile", ".containerfile")):
        return "images", "from"
    if yaml and ("compose" in name):
        return "images", "compose"
    if yaml and (folder.endswith(".github/workflows") or name in ("action.yml", "action.yaml")):
        return "images", "workflow"
    if name in _HOOKS:
        return "images", "hooks"
    return ("images", "modules") if name == ".gitmodules" else None


def region(text: str, form: str) -> Region:
    """Give the lines that name something."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    kept = tuple(
        line.partition(" #")[0] if form != "from" else line
        for line in lines
        if line and line.casefold().startswith(_KEYS[form]) and line[:2] != "# "
    )
    return {"what it fetches": kept} if kept else {}
