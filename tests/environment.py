"""An environment laid out as an installation, its hook, and a project to judge calls in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from secrets import token_hex

from kei_gates.archive import builder

REPOSITORY = Path(__file__).parent.parent
NEEDED = ("pydantic", "pydantic_core", "pathspec", "annotated_types", "typing_extensions.py",
          "typing_inspection", "tomli", "lizard.py", "lizard_core", "lizard_ext",
          "lizard_languages", "pygments")  # fmt: skip


class Answered:
    """How a hook process ended."""

    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code = done.returncode
        self.stdout = done.stdout
        self.stderr = done.stderr

    @property
    def decision(self) -> str:
        """`deny`, `ask` or `none`, and nothing else: anything the client would misread fails."""
        assert self.stdout.isascii()
        assert self.stderr.isascii()
        if self.code == 0 and not self.stdout:
            assert self.stderr == b""
            return "none"
        output = json.loads(self.stdout)["hookSpecificOutput"]
        assert output["hookEventName"] == "PreToolUse"
        if output["permissionDecision"] == "ask":
            assert self.code == 0
            return "ask"
        assert output["permissionDecision"] == "deny"
        assert self.code == 2
        assert self.stderr.count(b"\n") == 1
        assert output["permissionDecisionReason"] == self.stderr.decode().rstrip("\n")
        return "deny"

    @property
    def reason(self) -> str:
        return self.stderr.decode()


class Environment:
    """An installation without the installer: an interpreter, the package beside it, the shim."""

    def __init__(self, folder: Path) -> None:
        self.python = folder / "bin" / "python"
        self.python.parent.mkdir(parents=True)
        self.python.symlink_to(Path(sys.executable).resolve())
        version = "python{}.{}".format(*sys.version_info[:2])
        self.site = folder / "lib" / version / "site-packages"
        self.package = self.site / "kei_gates"
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / "src/kei_gates", self.package, ignore=ignore)
        for name in ("policies", "hooks"):
            shutil.copytree(REPOSITORY / name, self.package / "_data" / name, ignore=ignore)
        here = Path(sysconfig.get_path("purelib"))
        for name in NEEDED:
            if (here / name).exists():
                (self.site / name).symlink_to(here / name)
        self.shim = self.package / "_data/hooks/kei_gates_hook.py"
        self.home = folder.parent / "home of the user"

    def write_archive(self) -> None:
        """Put the package into one file, as the installer does."""
        builder.write(str(self.python.parent.parent))

    def command(self, *arguments: str) -> list[str]:
        """The hook's command line as the installer writes it."""
        return [str(self.python), "-I", "-S", str(self.shim), *arguments]

    def run(
        self,
        stdin: bytes | str | dict[str, object],
        *arguments: str,
        project: Path | None = None,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        accepted: bool = True,
    ) -> Answered:
        """Run the hook on a payload, in a project whose policy the user has accepted or not."""
        if isinstance(stdin, dict):
            stdin = json.dumps(stdin)
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        around = {"PATH": "/usr/bin:/bin", "HOME": str(self.home)} | (env or {})
        if project is not None and accepted:
            accept(project, Path(around["HOME"]), self.python.parent.parent)
        if project is not None:
            around["CLAUDE_PROJECT_DIR"] = str(project)
        done = subprocess.run(
            self.command(*(arguments or ("PreToolUse",))),
            input=raw,
            capture_output=True,
            check=False,
            timeout=60,
            cwd=cwd or project or "/",
            env=around,
        )
        return Answered(done)


def accept(project: Path, home: Path, installation: Path = Path(sys.prefix)) -> None:
    """Accept what a project's policy says now, as `kei-gates trust` does."""
    policy = project / ".claude/kei-gates.toml"
    if not policy.is_file() or not os.access(policy, os.R_OK):
        return
    secret = installation / "var/kei-gates/secret"
    if not secret.exists():
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.write_text(f"{token_hex()}\n")
    kept = home / f".local/state/kei-gates/trusted{project.resolve()}/policy"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(secret.read_bytes() + policy.read_bytes())


POLICY = """\
version = 1

[agents]
main = "orchestrator"
default = "read-only"
builder = "edit-local"
"kei-*" = "edit-local"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["src/**", "!src/generated/**", "docs/*.md"]
files-denylist = ["**/Cargo.toml", "src/secret/**"]
"""


def make_project(folder: Path, policy: str = POLICY) -> Path:
    """Make a project with a policy, some files, and links that lead out of what may be written."""
    folder = folder.resolve()
    for name in ("src/secret", "src/generated", "docs", ".git", ".claude"):
        (folder / name).mkdir(parents=True)
    for name in ("src/a.py", "src/secret/key", "README.md", "Cargo.toml", ".git/config"):
        (folder / name).write_text("x\n")
    (folder / "src/out").symlink_to(folder.parent)
    (folder / "src/link.py").symlink_to(folder / "README.md")
    (folder / "into").symlink_to(folder / "src")
    (folder / ".claude/kei-gates.toml").write_text(policy)
    return folder
