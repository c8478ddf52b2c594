"""The real client in a terminal, with a person at the keys.

The client is started by a process that ends at once: what runs the tests, be it an agent, does not
stand above it. A person's word counts only in a client that no agent has started.
"""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .client import Client, client_environment
from .project import Project
from .scripted_api import Script, ScriptedApi

LIMIT = 90
"""Seconds until something that should be on the screen, or asked for, has come."""
SIZE = struct.pack("HHHH", 50, 160, 0, 0)
_CODES = re.compile(rb"\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b\][^\x07]*\x07|\x1b[()=>78].?")

_START = """
import os, sys
terminal, folder, *command = sys.argv[1:]
child = os.fork()
if child:
    print(child, flush=True)
    os._exit(0)
os.setsid()
os.chdir(folder)
keys = os.open(terminal, os.O_RDWR)  # the first terminal of a session is its own
for descriptor in range(3):
    os.dup2(keys, descriptor)
os.execv(command[0], command)
"""


@dataclass
class Terminal:
    """A client that runs in a terminal, and the model that it talks to."""

    api: ScriptedApi
    pid: int
    keys: int
    output: bytearray = field(default_factory=bytearray)
    _shown: int = 0

    def press(self, keys: str) -> None:
        os.write(self.keys, keys.encode())

    def say(self, prompt: str) -> None:
        """Type a prompt and send it."""
        self._shown = len(self.output)
        self.press(prompt)
        time.sleep(0.5)  # keys that come all at once are taken for a paste
        self.press("\r")

    def decline(self, limit: float = LIMIT) -> None:
        """Wait for the question whether a call may run, and decline it."""
        self.wait(lambda: "proceed?" in self.text(), limit)
        self._shown = len(self.output)
        time.sleep(0.5)
        self.press("\x1b")
        self.wait(lambda: "Interrupted" in self.text())
        self._shown = len(self.output)

    def text(self) -> str:
        """What was written to the screen since the last key, without the colours."""
        plain = _CODES.sub(b"", bytes(self.output[self._shown :]))
        return plain.decode(errors="replace").replace(" ", "")

    def answered(self, label: str) -> None:
        """Wait until the model was shown the result of a call."""
        self.wait(lambda: label in self.api.answers())

    def wait(self, until: Callable[[], bool], limit: float = LIMIT) -> None:
        """Wait until something has come; fails when it does not."""
        end = time.monotonic() + limit
        while not until():
            assert time.monotonic() < end, self.text()[-4000:]
            time.sleep(0.1)

    def read(self) -> None:
        """Take what the client writes until it has gone."""
        while True:
            try:
                self.output += os.read(self.keys, 1 << 16)
            except OSError:
                return


@contextmanager
def terminal(client: Client, project: Project, script: Script, mode: str) -> Iterator[Terminal]:
    """Run a session in a terminal; the client is ended with the block."""
    _answer_first_questions(project)
    keys, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, SIZE)
    with ScriptedApi(script).listening() as api:
        command: list[str | Path] = [sys.executable, "-c", _START, os.ttyname(slave)]
        command += [project.folder, client.program.resolve(), "--permission-mode", mode]
        environment = {**client_environment(project.home, api.url), "TERM": "xterm-256color"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        shown = Terminal(api, int(done.stdout), keys)
        reader = threading.Thread(target=shown.read, daemon=True)
        reader.start()
        try:
            shown.wait(lambda: "permissionson" in shown.text() or "shortcuts" in shown.text())
            yield shown
        finally:
            os.killpg(shown.pid, signal.SIGTERM)
            time.sleep(1)
            os.close(slave)
            reader.join(10)
            os.close(keys)


def _answer_first_questions(project: Project) -> None:
    """Answer what the client asks who starts it for the first time."""
    path = project.home / ".claude.json"
    settings = json.loads(path.read_text())
    settings |= {
        "hasCompletedOnboarding": True,
        "theme": "dark",
        "bypassPermissionsModeAccepted": True,
        "customApiKeyResponses": {"approved": ["sk-ant-fake"], "rejected": []},
    }
    path.write_text(json.dumps(settings))
