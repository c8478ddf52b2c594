"""Where the client keeps a project's transcripts, as client 2.1.330 was seen to name it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kei_gates.replay.files import of_project

_DEEP = "Ordner-é\U0001f600" * 4
_AS_NAMED = "Ordner----" * 4


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("/home/u/project", "-home-u-project"),
        ("/t/a_b.c é\U0001f600 x/project", "-t-a-b-c-----x-project"),
        (
            f"/tmp/kei-names/long/{'/'.join([_DEEP] * 5)}/project",
            f"-tmp-kei-names-long-{'-'.join([_AS_NAMED] * 5)}"[:200] + "-9awr4l",
        ),
    ],
)
def test_names(project: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    assert of_project(project, "/home/u") == f"/home/u/.claude/projects/{name}"


def test_links_are_followed_and_the_folder_may_be_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/config")
    found = of_project(str(tmp_path / "link"), "/home/u")
    assert found.startswith("/config/projects/-")
    assert found.endswith("-real")
