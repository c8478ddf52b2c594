"""Other guards of Claude Code's shell calls, to be timed beside the hook, in pinned versions.

They are installed from their registries into a folder that git ignores. Which were looked at, and
why others are not here, stands in `README.md`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from bench import payloads
from bench.timing import Command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ORDINARY = "cargo test --workspace"
FORBIDDEN = "git push --force origin main"
STRUCTURAL, SIMPLE = "structural", "simple"
PROOFS = (
    ("quoted", 'g""it push --force origin main', True),
    ("in a shell", f"bash -c '{FORBIDDEN}'", True),
    ("only text", f"echo '{FORBIDDEN}'", False),
)
"""What only a guard that reads the shell's grammar gets right: whether it has to object."""

PINNED = (
    "azet-guard==0.2.0", "agentbelay==0.1.0", "llm-agentspec==0.3.0", "PyYAML==6.0.4",
    "bashgate==0.2.0", "nah==0.11.0", "seatbelt-guard==0.1.5",
)  # fmt: skip
PINNED_NODE = "cc-safety-net@2.4.5"


class Peer(NamedTuple):
    """A guard: its name with the version, its kind, its hook.

    A `STRUCTURAL` one reads the shell's grammar, a `SIMPLE` one looks for words. `objects` is what
    it says to `FORBIDDEN`, `passes` what to `ORDINARY`; `prepare` is what its manual asks for.
    """

    name: str
    kind: str
    argv: Sequence[str]
    objects: str
    passes: str = "none"
    prepare: Sequence[Sequence[str]] = ()


class UnavailableError(Exception):
    """The peers cannot be installed here."""


def known(folder: Path) -> list[Peer]:
    """Give the peers that are installed in a folder, each with the hook that its installer writes.

    One that needs node is left out where there is none.
    """
    programs = folder / "python/bin"
    module = folder / "node/node_modules/cc-safety-net/dist/bin/cc-safety-net.js"
    python, belay, bashgate, nah, seatbelt = (
        str(programs / name) for name in ("python", "belay", "bashgate", "nah", "seatbelt")
    )
    peers = [
        Peer("seatbelt-guard 0.1.5", STRUCTURAL, [seatbelt, "hook"], "deny"),
        Peer("nah 0.11.0", STRUCTURAL, [nah, "_claude-hook"], "ask", "allow"),
        Peer(
            "agentbelay 0.1.0", STRUCTURAL, [belay, "hook", "claude-code"], "deny",
            prepare=[[belay, "init"]],
        ),
        Peer("azet-guard 0.2.0", SIMPLE, [python, "-m", "azet_guard", "hook"], "ask"),
        Peer(
            "bashgate 0.2.0", SIMPLE, [bashgate, "hook"], "ask", prepare=[[bashgate, "install"]]
        ),
    ]  # fmt: skip
    node = shutil.which("node")
    if node is not None and module.is_file():
        argv = [os.path.realpath(node), str(module), "hook", "--claude-code"]
        peers.insert(0, Peer("cc-safety-net 2.4.5", STRUCTURAL, argv, "deny"))
    return peers


def install(folder: Path, python: Path) -> None:
    """Install the peers below a folder, with the interpreter that kei-gates runs on.

    Does nothing where that was done before, and leaves out node's where there is no npm. Raises
    `UnavailableError` with the end of what pip or npm printed.
    """
    mark, wanted = (
        folder / "installed",
        "\n".join((*PINNED, PINNED_NODE, os.path.realpath(python))),
    )
    if mark.is_file() and mark.read_text() == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"bench: installing peers into {folder}", file=sys.stderr)
    _run([str(python), "-I", "-m", "venv", str(folder / "python")])
    _run([str(folder / "python/bin/python"), "-I", "-m", "pip", "install", "--no-deps", "--compile",
          "--only-binary", ":all:", *PINNED])  # fmt: skip
    npm = shutil.which("npm")
    if npm is None:
        print("bench: there is no npm, so the peer of node is left out", file=sys.stderr)
    else:
        _run([npm, "install", "--prefix", str(folder / "node"), "--no-audit", "--no-fund",
              "--ignore-scripts", PINNED_NODE])  # fmt: skip
    mark.write_text(wanted)


def _run(argv: list[str]) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnavailableError(f"`{' '.join(argv[:4])} ...` failed: {done.stderr[-600:].strip()}")


class Place:
    """A project and a home for the peers, prepared as their manuals ask for."""

    def __init__(self, peers: Sequence[Peer], folder: Path) -> None:
        """Make both below `folder`. Raises `UnavailableError` where a preparation fails."""
        self.peers = peers
        self._project, home = folder / "project", folder / "home"
        self._transcript = home / "session.jsonl"
        (home / ".claude").mkdir(parents=True)
        self._project.mkdir()
        self._transcript.touch()
        self._around = {"PATH": payloads.PATH, "HOME": str(home)}
        self._around["CLAUDE_PROJECT_DIR"] = str(self._project)
        for argv in (["git", "init", "--quiet"], *(one for peer in peers for one in peer.prepare)):
            self._prepare(argv)

    def commands(self) -> list[Command]:
        """Give what is timed: each peer on a call that it lets pass, and on another."""
        return [
            self._command(peer, f"{peer.name} {what}", source, expected)
            for peer in self.peers
            for what, source, expected in (
                ("passes", ORDINARY, peer.passes),
                ("objects", FORBIDDEN, peer.objects),
            )
        ]

    def proofs(self, peer: Peer) -> list[tuple[Command, bool]]:
        """Give what shows that a peer reads the shell, each with whether it has to object."""
        return [
            (self._command(peer, f"{peer.name} {what}", source, ""), objects)
            for what, source, objects in PROOFS
        ]

    def _command(self, peer: Peer, name: str, source: str, expected: str) -> Command:
        stdin = payloads.encoded(
            payloads.MAIN, "Bash", {"command": source}, self._project, self._transcript
        )
        return Command(name, peer.argv, stdin, self._around, self._project, expected)

    def _prepare(self, argv: Sequence[str]) -> None:
        done = subprocess.run(
            argv, cwd=self._project, env=self._around, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise UnavailableError(f"`{' '.join(argv)}` failed: {done.stderr[-600:].strip()}")
