"""What a real shell runs for a source: only stub programs, which log their words.

The shell is started with a PATH of the stubs alone, in an empty folder of its own, and none of the
stubs does anything but log. A generated source may hold no path but plain names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

PROGRAMS = (
    "alpha", "beta", "gamma", "rm", "git", "cat", "cp", "find", "env", "sudo", "xargs", "nice",
    "timeout", "nohup",
)  # fmt: skip
# One write for each program, as those of a pipeline run side by side.
_STUB = '#!{shell}\nprintf \'%s\\0\' "${{0##*/}}" "$@" \'\1\' >>"$STUB_LOG"\n'
_SECONDS = 5


class RealShell:
    """Runs sources in one real shell and gives what they ran."""

    def __init__(self, name: str, folder: Path) -> None:
        """Write the stubs below a folder; `name` is `bash` or `zsh`."""
        found = shutil.which(name)
        dash = shutil.which("sh")
        assert found is not None
        assert dash is not None
        self._path = found
        self._options = ["-f"] if name == "zsh" else ["--norc", "--noprofile"]
        self._stubs = folder / "stubs"
        self._stubs.mkdir(parents=True)
        self._logs = folder / "logs"
        self._logs.mkdir()
        self._runs = 0
        self._home = folder / "home"
        self._home.mkdir()
        self._work = folder / "work"
        for program in PROGRAMS:
            stub = self._stubs / program
            stub.write_text(_STUB.format(shell=dash))
            stub.chmod(0o755)

    def run(self, source: str) -> list[list[str]]:
        """Give the words of every stub that a source ran."""
        shutil.rmtree(self._work, ignore_errors=True)
        (self._work / "sub").mkdir(parents=True)
        # What an earlier source left running goes on writing to the log of its own.
        self._runs += 1
        log = self._logs / str(self._runs)
        log.touch()
        environment = {
            "PATH": str(self._stubs), "HOME": str(self._home), "STUB_LOG": str(log),
        }  # fmt: skip
        with subprocess.Popen(
            [self._path, *self._options, "-c", source],
            env=environment,
            cwd=self._work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                process.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
        logged = log.read_bytes().decode("utf-8", "surrogateescape")
        return [one.split("\0")[:-1] for one in logged.split("\1\0")[:-1]]
