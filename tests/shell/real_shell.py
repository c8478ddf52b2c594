"""What a real shell runs for a source: only stub programs, which log their words.

A jail is a folder with a PATH of its own: stubs that do nothing but log, and links to the few real
programs whose output and whose running of others the analysis follows. Sources are run in a folder
deep inside it, by nobody in particular where the tests are run by root, and with limits. No source
that is not `is_harmless` is run at all.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kei_gates.observe import patterns, programs
from kei_gates.observe.paths import is_folder, is_link, resolve
from kei_gates.shell.analysis import ShellFacts, analyse

if TYPE_CHECKING:
    from kei_gates.model import Analysis

STUBS = ("alpha", "beta", "gamma", "rm", "git", "sudo", "ssh", "dd", "kill", "which")
"""Programs that only log."""
REAL = (
    "bash", "sh", "zsh", "dash", "cat", "tr", "rev", "tac", "base64", "xxd", "head", "tail", "cut",
    "seq", "sort", "uniq", "fold", "paste", "wc", "expr", "basename", "dirname", "env", "xargs",
    "find", "timeout", "nohup", "nice", "stdbuf", "flock", "mkdir", "cp", "mv", "ln", "chmod",
    "touch", "tee", "awk", "sed", "perl", "python3", "make",
)  # fmt: skip
"""Programs that are what they are; what they run themselves are stubs."""
FILES = {
    "have.sh": "gamma from-have $1\n",
    "have-name": "alpha\n",
    "sub/tool": '#!/bin/sh\nbeta from-tool "$@"\n',
    "sub/zoo": "plain text\n",
}
"""What lies in the folder where a source starts."""

# The zero makes the shells take it for a program and no script, as what it stands for is.
_STUB = "#!{shell}\n#\0\nprintf '%s\\0' {name} \"$@\" '\1' >>\"$STUB_LOG\"\n"
_SYSTEM = "/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin"
_DEEP = "d/" * 9
LONGEST = 4.0
"""How many seconds a source may take."""
_STRAGGLERS = 1
_USER = 61_000 if os.geteuid() == 0 else None
_LIMITS = (
    (resource.RLIMIT_CPU, 4),
    (resource.RLIMIT_FSIZE, 1 << 20),
    (resource.RLIMIT_CORE, 0),
)
# Absolute paths, and what takes a PATH of its own.
_HARMFUL = re.compile(
    r"""
    (?: ^ | [\s'"=<>(|;&`$:{,!}\[@\\] ) (?<! IFS= ) /
        (?! dev/(?: null | stdin )\b | usr/bin/env\ bash\n | bin/sh\b )
    | \b(?: ba | z | da )? sh \s+ (?: [-+] \S+ \s+ (?: \w+ \s+ )? )* ["']* [-+] [a-z]* [ilp]
    | --(?: login | interactive | posix )
    | \bcommand \s+ (?: -\w+ \s+ )* -\w*p
    | \benv \b [^\n]* (?: \s -\w*i | \s - \s | --ignore | PATH )
    | \bexec \s+ -\w*[cl]
    | \bunset [^\n]* PATH | -delete | (?: \.\./ ){2} | \bset \s+ -\w*m
    """,
    re.VERBOSE,
)


def is_harmless(source: str) -> bool:
    """Whether a source holds nothing that could reach out of the jail."""
    return _HARMFUL.search(source) is None


class Jail:
    """A folder in which sources can be run, and what the analysis may know of it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="jail-")).resolve()
        self._folder.chmod(0o755)
        self.home = self._folder / "home"
        # Where programs are installed, as far as the analysis knows.
        self.stubs = self.home / ".local/bin"
        self.logs = self._folder / "logs"
        self._top = self._folder / "top"
        self.work = self._top / _DEEP / "work"
        self.stubs.mkdir(parents=True)
        self.logs.mkdir()
        self.environment = {
            "PATH": str(self.stubs),
            "HOME": str(self.home),
            "TOOL": "alpha",
        }
        self._used = True
        self._fill()
        self.renew()

    def close(self) -> None:
        """Take it away."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _fill(self) -> None:
        shell = shutil.which("dash") or shutil.which("sh")
        for name in STUBS:
            stub = self.stubs / name
            stub.write_text(_STUB.format(shell=shell, name=name))
            stub.chmod(0o755)
        for name in REAL:
            found = shutil.which(name, path=_SYSTEM)
            if found is not None:
                (self.stubs / name).symlink_to(found)

    def renew(self) -> None:
        """Make the folders as they are before any source."""
        if not self._used:
            return
        self._used = False
        shutil.rmtree(self._top, ignore_errors=True)
        (self.work / "sub").mkdir(parents=True)
        for name, text in FILES.items():
            (self.work / name).write_text(text)
        for name in ("have.sh", "sub/tool"):
            (self.work / name).chmod(0o755)
        if _USER is not None:
            folders = (self.logs, self.home, self.work, self.work / "sub", self.work.parent)
            for path in (*folders, *(self.work / name for name in FILES)):
                os.chown(path, _USER, _USER)

    def use(self) -> None:
        """Take it that a source changes the folders."""
        self._used = True

    def facts(self) -> ShellFacts:
        """Give what the hook would tell the analysis here."""
        folders = [str(self.stubs)]
        return ShellFacts(
            str(self.work),
            str(self.home),
            is_folder=lambda path: is_folder(resolve(path, "/")),
            is_link=is_link,
            look=lambda path: programs.look(path, folders),
            glob=patterns.expand,
            which=lambda name: programs.which(name, folders),
            environment=self.environment,
        )

    def analyses(self, source: str, dialect: str) -> list[Analysis]:
        """Analyse a source for a shell, and for one that is not known."""
        self.renew()
        facts = self.facts()
        return [analyse(source, facts, one) for one in (dialect, "auto")]


class RealShell:
    """Runs sources in one real shell and gives what they ran."""

    def __init__(self, name: str, jail: Jail) -> None:
        """Take which shell, `bash` or `zsh`, and where."""
        found = shutil.which(name)
        assert found is not None
        options = ["-f"] if name == "zsh" else ["--norc", "--noprofile"]
        self._command = [found, *options, "-c"]
        self._jail = jail
        self._runs = 0
        _adopt_orphans()

    def run(self, source: str, seconds: float = LONGEST) -> list[list[str]]:
        """Give the words of every stub that a source ran; what takes longer is ended."""
        assert is_harmless(source), source
        self._jail.renew()
        self._jail.use()
        # What an earlier source left running goes on writing to the log of its own.
        self._runs += 1
        log = self._jail.logs / str(self._runs)
        log.touch()
        log.chmod(0o666)
        with subprocess.Popen(
            [*self._command, source],
            env=self._jail.environment | {"STUB_LOG": str(log)},
            cwd=self._jail.work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_limit,  # noqa: PLW1509 -- no threads here
            user=_USER,
            group=_USER,
            extra_groups=None if _USER is None else (),
        ) as process:
            _end(process, seconds)
        logged = log.read_bytes().decode("utf-8", "surrogateescape")
        log.unlink()
        return [one.split("\0")[:-1] for one in logged.split("\1\0")[:-1]]


def _limit() -> None:
    for what, most in _LIMITS:
        resource.setrlimit(what, (most, most))


def _end(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for a shell and for what it left running, and end what takes too long."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
        until = time.monotonic() + _STRAGGLERS
        while time.monotonic() < until and _are_left(process.pid):
            time.sleep(0.002)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    while _are_left(process.pid):
        time.sleep(0.002)


def _are_left(group: int) -> bool:
    """Whether processes of a group are left, of which the orphans are this one's children."""
    try:
        os.waitpid(-group, os.WNOHANG)
    except ChildProcessError:
        return False
    return True


def _adopt_orphans() -> None:
    """Become the parent of what a shell leaves behind, so that its end is noticed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


_PR_SET_CHILD_SUBREAPER = 36
