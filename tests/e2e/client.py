"""The real Claude Code client: one pinned version, installed once, run with a scripted model."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .project import Project, plain_environment
from .scripted_api import Answer, Json, Script, ScriptedApi

VERSION = "2.1.330"
PACKAGE = f"@anthropic-ai/claude-code@{VERSION}"

SESSION_LIMIT = 120
INSTALL_LIMIT = 600

_REPOSITORY = Path(__file__).resolve().parents[2]


class ClientUnavailableError(Exception):
    """The pinned client cannot be had on this machine."""


@dataclass(frozen=True)
class Session:
    """What one run of the client left behind."""

    answers: Mapping[str, Answer]
    records: list[Json]
    requests: list[Json]

    @property
    def result(self) -> Json:
        """The record with which the client ends a run."""
        return self.records[-1]


def installed_client() -> Path:
    """Return the path of the pinned client, after installing it if need be."""
    default = _REPOSITORY / ".venv-dev" / "claude-code"
    folder = Path(os.environ.get("KEI_GATES_CLIENT_DIR") or default)
    program = folder / "node_modules" / ".bin" / "claude"
    if _version(program) != VERSION:
        _install(folder)
    found = _version(program)
    if found != VERSION:
        raise ClientUnavailableError(f"{program} is version {found or 'unknown'}, not {VERSION}")
    return program


def _version(program: Path) -> str:
    """Return the version that a client states, or nothing when it does not run."""
    try:
        run = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout.partition(" ")[0].strip()


def _install(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise ClientUnavailableError("npm is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    command: list[str | Path] = [npm, "install", "--loglevel=error", "--no-audit", "--no-fund"]
    command += ["--prefix", folder, PACKAGE]
    try:
        subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALL_LIMIT, check=True, cwd=folder
        )
    except subprocess.CalledProcessError as error:
        reason = " ".join(error.stderr.split()[:30])
        raise ClientUnavailableError(f"npm cannot install {PACKAGE}: {reason}") from error
    except subprocess.TimeoutExpired as error:
        raise ClientUnavailableError(f"npm took over {INSTALL_LIMIT} s for {PACKAGE}") from error


@dataclass(frozen=True)
class Client:
    """The installed client."""

    program: Path

    def run(
        self,
        project: Project,
        script: Script,
        mode: str,
        *options: str | Path,
        prompt: str = "go",
        folder: Path | None = None,
    ) -> Session:
        """Run one session in a project, or in a `folder` of it; fails when it ends improperly."""
        command: list[str | Path] = [
            self.program,
            "-p",
            prompt,
            "--permission-mode",
            mode,
            "--verbose",
        ]
        command += ["--output-format", "stream-json", *options]
        with ScriptedApi(script).listening() as api:
            environment = client_environment(project.home, api.url)
            output = _run_to_end(command, folder or project.folder, environment)
            records = [json.loads(line) for line in output.splitlines()]
            assert records, "the client said nothing"
            assert records[-1].get("subtype") == "success", records[-1]
            return Session(api.answers(), records, api.requests)


def client_environment(home: Path, url: str) -> dict[str, str]:
    return {
        **plain_environment(home),
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "sk-ant-fake",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        # Without it the client refuses bypassPermissions to root.
        "IS_SANDBOX": "1",
    }


def _run_to_end(command: list[str | Path], folder: Path, environment: dict[str, str]) -> str:
    """Run a command and return what it printed; past the limit its whole group is ended."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=SESSION_LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        raise AssertionError(f"no end after {SESSION_LIMIT} s\n{output}\n{errors}") from None
    assert process.returncode == 0, f"the client failed\n{output}\n{errors}"
    return output
