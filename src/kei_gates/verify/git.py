"""Run git so that nobody's configuration can run a program through it, or make it answer wrong.

An agent may have written to a repository's configuration, index and hooks, and to the user's own
settings. So each run is a plumbing command in an environment without any `GIT_*` of the caller's,
without system and user configuration, hooks, pagers, prompts, replacements and transports
(`GIT_ALLOW_PROTOCOL` is what keeps a partial clone from fetching also before git 2.45, which knows
`GIT_NO_LAZY_FETCH`). What reads or writes objects, an index or a working tree runs in a git folder
of our own (`verify/private.py`), which no other configuration belongs to; in the user's own only
names of references and settings are looked up. Sources: git-config(1), git(1).
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from kei_gates.model import Fault, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Final

SECONDS = 120.0
"""How long a run may take, where nothing else is said."""
LOOKUP_SECONDS = 30.0
"""How long one may take that only looks up a name or a setting."""

_SET_DEATH_SIGNAL = 1  # linux/prctl.h

_OLDEST = (2, 30)
# PATH is not asked: settings can set it, and a project's own `git` would tell anything.
_PLACES = (
    "/usr/bin",
    "/usr/local/bin",
    "/bin",
    "/opt/homebrew/bin",
    "/opt/local/bin",
    "/home/linuxbrew/.linuxbrew/bin",
    "/run/current-system/sw/bin",
    "/nix/var/nix/profiles/default/bin",
)
_PROTECTED = {
    "GIT_ALLOW_PROTOCOL": "none",  # no transport has this name
    "GIT_ASKPASS": "false",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_EDITOR": "false",
    "GIT_GRAFT_FILE": "/dev/null/none",  # of one that is there, git says that it is out of use
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    # of these the user's settings may name files and sockets to write to
    "GIT_TRACE2": "0",
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
    "LC_ALL": "C",
}
# Each is the last word on its key: words of the command line count more than any file.
_SETTINGS = (
    "core.attributesFile=/dev/null",
    "core.commitGraph=false",  # a forged one would lie about parents
    "core.excludesFile=/dev/null",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.untrackedCache=false",
    "credential.helper=",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
    "safe.directory=*",
    "submodule.recurse=false",
)


class Done(Value):
    """How a run ended: its exit code, and what it printed."""

    __slots__ = ("code", "errors", "output")

    def __init__(self, code: int, output: bytes, errors: bytes) -> None:
        self.code: Final = code
        self.output: Final = output
        self.errors: Final = errors

    @property
    def said(self) -> str:
        """Give the first line of its complaints, for people."""
        lines = self.errors.decode("utf-8", "replace").strip().splitlines()
        return lines[0] if lines else f"it exited with {self.code}"


class Git:
    """Git for one git folder, which is never looked for: it is the given one.

    `work_tree` and `index` are what commands take for them, `objects` the folder of objects,
    `settings` are further words `KEY=VALUE`, which count more than those that protect.
    """

    __slots__ = ("_environment", "_settings", "folder")

    def __init__(
        self,
        folder: str,
        *,
        work_tree: str | None = None,
        index: str | None = None,
        objects: str | None = None,
        settings: Sequence[str] = (),
    ) -> None:
        self.folder: Final = folder
        self._settings: Final = settings
        places = {
            "GIT_DIR": folder,
            "GIT_WORK_TREE": work_tree,
            "GIT_INDEX_FILE": index,
            "GIT_OBJECT_DIRECTORY": objects,
        }
        self._environment: Final = {key: value for key, value in places.items() if value}

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        cwd: str | None = None,
        seconds: float = SECONDS,
        environment: Mapping[str, str] | None = None,
    ) -> Done:
        """Run a command and wait for it, however it ends.

        `environment` holds further variables. Without a `cwd` it runs in the git folder. Raises
        `Fault` where git is missing or too old, cannot be started, or takes longer than `seconds`.
        """
        require()
        variables = protected() | {"GIT_CONFIG_GLOBAL": "/dev/null"} | self._environment
        return _run(
            [*_words(self._settings), *arguments],
            stdin,
            cwd or self.folder,
            seconds,
            variables | dict(environment or {}),
        )

    def output(
        self,
        *arguments: str,
        stdin: bytes = b"",
        cwd: str | None = None,
        seconds: float = SECONDS,
    ) -> bytes:
        """Run a command that must not fail and give what it prints. Raises `Fault`."""
        done = self.run(*arguments, stdin=stdin, cwd=cwd, seconds=seconds)
        if done.code != 0:
            raise Fault(
                f"`git {arguments[0]}` failed: {done.said}",
                "see with `git fsck` whether the repository is whole",
            )
        return done.output


def effective_config(folder: str, seconds: float = LOOKUP_SECONDS) -> bytes:
    """Give all settings that count for a repository, the user's own included.

    `folder` is the git folder. The form is that of `git config --list --show-scope --show-origin
    -z`. Reading them runs nothing. Raises `Fault`, also for settings that git cannot read.
    """
    require()
    words = ["config", "--list", "--includes", "--show-scope", "--show-origin", "-z"]
    variables = protected() | {"GIT_DIR": folder}
    del variables["GIT_CONFIG_NOSYSTEM"]
    done = _run(words, b"", folder, seconds, variables)
    if done.code != 0:
        raise Fault(
            f"git cannot read its configuration: {done.said}",
            "mend the file: `git config --list --show-origin` names it",
        )
    return done.output


def protected() -> dict[str, str]:
    """Give the environment of every run: the process's own without `GIT_*`, and what protects."""
    own = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("GIT_") and key not in ("SSH_ASKPASS", "PAGER", "EDITOR", "VISUAL")
    }
    return own | _PROTECTED


@cache
def require() -> str:
    """Give the path of git. Raises `Fault` where there is none, or one that is too old."""
    path = shutil.which("git", path=os.pathsep.join(_PLACES))
    needed = ".".join(map(str, _OLDEST))
    if path is None:
        raise Fault(
            f"there is no `git` in {', '.join(_PLACES)}", f"install git {needed} or later there"
        )
    done = _start([path, "--version"], b"", "/", LOOKUP_SECONDS, protected())
    found = re.search(rb"(\d+)\.(\d+)", done.output)
    if done.code != 0 or found is None:
        raise Fault(f"`{path} --version` failed: {done.said}", "mend the installation of git")
    if tuple(map(int, found.groups())) < _OLDEST:
        version = found[0].decode()
        raise Fault(f"`{path}` is git {version}", f"install git {needed} or later")
    return path


def _words(settings: Sequence[str]) -> list[str]:
    words = ["--no-pager", "--literal-pathspecs"]
    for one in (*_SETTINGS, *settings):
        words += ["-c", one]
    return words


def _run(
    words: Sequence[str], stdin: bytes, cwd: str, seconds: float, environment: Mapping[str, str]
) -> Done:
    return _start([require(), *words], stdin, cwd, seconds, environment)


def _start(
    argv: Sequence[str], stdin: bytes, cwd: str, seconds: float, environment: Mapping[str, str]
) -> Done:
    """Run to the end, or end it with all that it has started. Raises `Fault`.

    It ends also when this process is killed meanwhile, be it that it waits for a file that is a
    pipe; what git itself has started ends then by the ends of its pipes.
    """
    die = _dying_with(os.getpid())
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env=environment,
            start_new_session=True,
            preexec_fn=die,  # noqa: PLW1509 -- there are no threads
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        text = getattr(error, "strerror", None) or error
        raise Fault(f"git cannot be started in `{cwd}`: {text}", "see that the folder is there and "
                    "git can be run") from None  # fmt: skip
    try:
        output, errors = process.communicate(stdin, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Fault(
            f"git took longer than {seconds:g} s in `{cwd}`", "try again when the machine is idle"
        ) from None
    finally:
        if process.returncode is None:
            _end(process)
    return Done(process.returncode, output, errors)


def _dying_with(parent: int) -> Callable[[], None] | None:
    """Give what a child of `parent` does so that it is killed with it; none but on Linux.

    Source: prctl(2), `PR_SET_PDEATHSIG`.
    """
    if not sys.platform.startswith("linux"):
        return None
    import ctypes  # noqa: PLC0415 -- only there

    prctl = ctypes.CDLL(None).prctl

    def die() -> None:
        prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it has died before
            os._exit(1)

    return die


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.close()
