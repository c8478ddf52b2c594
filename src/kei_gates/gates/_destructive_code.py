"""Code that deletes the home folder by what its language calls it.

Of `rmtree(Path.home())`, the analysis knows only that something is deleted.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event

# Without quotes and blanks.
_DELETING = (
    "remove_tree", "rimraf", "rimraf.sync", "rmtree", "rmSync", "rmdirSync", "rm_r", "rm_rf",
    "rm_r_f", "rm", "removeSync", "emptyDirSync",
)  # fmt: skip
_HOMES = (
    "Path.home()", "pathlib.Path.home()", "Path(~).expanduser()", "os.path.expanduser(~)",
    "expanduser(~)", "os.environ[HOME]", "os.environ.get(HOME)", "os.getenv(HOME)", "environ[HOME]",
    "os.homedir()", "homedir()", "require(os).homedir()", "process.env.HOME", "Dir.home",
    "ENV[HOME]", "$ENV{HOME}",
)  # fmt: skip
_QUOTES = str.maketrans("", "", " \t\"'`")


def deletes_home(event: Event) -> bool:
    """Say whether code that an interpreter was given deletes the home folder."""
    for _, _, code in event.analysis.codes:
        text = code.translate(_QUOTES)
        for home in _HOMES:
            if home in text and any(_calls(text, name, home) for name in _DELETING):
                return True
    return False


def _calls(text: str, name: str, home: str) -> bool:
    call = f"{name}({home}"
    return f"{call})" in text or f"{call}," in text
