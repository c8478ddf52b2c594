"""The project of the tables, with worktrees beside it and temporary files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.environment import make_project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that no test changes.

    `agent-a1` and `other` are worktrees, `linked` is a link to another folder. `templates` and
    `kit` hold what may be copied, `jobs` scripts for Modal; `scratch` lies beside the project, with
    a repository in it.
    """
    folder = make_project(tmp_path_factory.mktemp("projects") / "project")
    scratch = folder.parent / "scratch"
    for tree in (folder / ".claude/worktrees/agent-a1", folder / ".claude/worktrees/other"):
        for name in ("src/secret", "docs"):
            (tree / name).mkdir(parents=True)
        for name in ("src/w.py", "README.md", "Cargo.toml", ".git"):
            (tree / name).write_text("x\n")
        (tree / "src/main.py").symlink_to(folder / "src/a.py")
    elsewhere = folder.parent / "elsewhere"
    (elsewhere / "src").mkdir(parents=True)
    (folder / ".claude/worktrees/linked").symlink_to(elsewhere)
    for name in ("templates/crate/src", "kit/secret", "kit/plain", "src/empty"):
        (folder / name).mkdir(parents=True)
    for name in ("templates/crate/Cargo.toml", "templates/crate/src/x.py", "kit/secret/k",
                 "kit/plain/p.py"):  # fmt: skip
        (folder / name).write_text("x\n")
    (folder / "docs/look.sh").write_text('grep -rn "$2" "$1" | sort\n')
    (folder / "docs/make.sh").write_text("date > made.txt\n")
    (folder / "docs/told.sh").write_text('grep x README.md > "$LOG_FILE"\n')
    (folder / "docs/program").write_bytes(b"\x7fELF\2\1\1" + bytes(64))
    for name in ("clone/.git", "settings/.claude", "work"):
        (scratch / name).mkdir(parents=True)
    (scratch / "log.txt").write_text("x\n")
    (scratch / "out").symlink_to(folder / "README.md")
    (scratch / "in").symlink_to(scratch / "work")
    (folder / "src/temporary").symlink_to(scratch)
    (folder / "jobs").mkdir()
    for script in (Path(__file__).parent / "data/jobs").iterdir():
        (folder / "jobs" / script.stem).write_text(script.read_text())
    return folder
