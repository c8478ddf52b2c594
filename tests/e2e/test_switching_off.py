"""No call switches the gate off: each way is tried, and after each the gate is still there."""

import json
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .calls import bash, edit, read, spawn, then, write
from .client import Client, Session
from .conftest import NewProject
from .installation import REPOSITORY, Installation
from .probes import assert_stopped, printed
from .project import POLICY, Project, plain_environment
from .scripted_api import MAIN, Call
from .switching import TABLE, Attempt, Places, attempts, filled

MODE = "bypassPermissions"

# The main thread's role holds the least. All that is added is what tells that the gate is there.
MAIN_ROLE = """
[roles.orchestrator]
extends = "builtin:orchestrator"

[roles.orchestrator.scope]
files-denylist = ["canary/**"]
"""
CANARY = "scope::files-denylist"
SELF_PROTECT = "safety::self-protect"

THREATS = (REPOSITORY / "docs/threat-model.md").read_text()

# The client takes up changed settings within about 1.2 s (measured).
RELOADS = 3

# A session may not take longer than the harness waits for it.
PARTS = 3


@dataclass(frozen=True)
class Tried:
    """A session in which one part of the table was tried."""

    project: Project
    session: Session
    attempts: Sequence[Attempt]


def canary(name: str) -> Call:
    """Write a file of its own, which tells whether just this call ran."""
    return write(f"canary_{name}", f"canary/{name}", "sings")


def sings(folder: Path, name: str) -> bool:
    return (folder / "canary" / name).exists()


def copied(installation: Installation, root: Path) -> Installation:
    """Copy an installation, so that what is done to it is done to nobody else's."""
    clone = root / "clone"
    shutil.copytree(installation.clone, clone, symlinks=True)
    for program in (clone / ".venv/bin").iterdir():
        if not program.is_symlink() and b"\0" not in (raw := program.read_bytes()):
            old, new = str(installation.clone).encode(), str(clone).encode()
            program.write_bytes(raw.replace(old, new))
    return Installation(clone, installation.first)


def places_of(project: Project, installation: Installation, client: Client) -> Places:
    site = sysconfig.get_path("purelib", vars={"base": str(installation.environment)})
    return {
        "project": str(project.folder),
        "home": str(project.home),
        "environment": str(installation.environment),
        "site": site,
        "base": sysconfig.get_path("stdlib"),
        "client": str(client.program),
    }


def part_of(rows: Sequence[Attempt], part: int) -> list[Attempt]:
    size = -(-len(rows) // PARTS)
    return list(rows[part * size : (part + 1) * size])


FIRST = [
    read("read_settings", ".claude/settings.json"),
    read("read_policy", ".claude/kei-gates.toml"),
]
BUILDER = [
    bash("builder_push", "git push origin HEAD:by_builder"),
    read("builder_read", "README.md"),
    edit("builder_edit", "README.md", "before", "after"),
]
NESTED = [bash("nested_push", "git push origin HEAD:nested")]


@pytest.fixture(scope="module", params=range(PARTS))
def gated(
    client: Client,
    new_project: NewProject,
    installation: Installation,
    request: pytest.FixtureRequest,
) -> Tried:
    """A session with the gate: a canary after each attempt; at the end, an agent's."""
    project = new_project()
    own = copied(installation, project.root)
    project.policy.write_text(POLICY + MAIN_ROLE)
    own.gate(project)
    places = places_of(project, own, client)
    tried = part_of(attempts("attempt", places), request.param)
    calls: list[Call] = []
    for one in tried:
        calls.append(then(one.look_before, one.call))
        calls.append(then(one.look_after, canary(one.label)))
    harmless = part_of(attempts("harmless", places), request.param)
    calls += [one.call for one in harmless]
    script = {MAIN: [*FIRST, *calls, spawn("builder", "builder")], "builder": BUILDER}
    session = client.run(project, {**script, "nested": NESTED}, MODE)
    return Tried(project, session, [*tried, *harmless])


def test_with_the_gate_no_attempt_works(gated: Tried) -> None:
    for one in gated.attempts:
        if one.row in TABLE["harmless"]:
            continue
        answer = gated.session.answers[one.label]
        assert_stopped(answer, one.row.get("stopped_by", SELF_PROTECT))
        assert not one.has_worked(gated.project, answer), one.label
        assert_stopped(gated.session.answers[f"canary_{one.label}"], CANARY)
        assert not sings(gated.project.folder, one.label)


def test_with_the_gate_what_only_looks_alike_runs(gated: Tried) -> None:
    for one in gated.attempts:
        if one.row in TABLE["harmless"]:
            answer = gated.session.answers[one.label]
            assert printed(one.row["prints"])(gated.project, answer), answer


def test_after_all_of_them_an_agent_is_still_held(gated: Tried) -> None:
    assert_stopped(gated.session.answers["builder_push"], "policy::no-git-ops")
    assert_stopped(gated.session.answers["builder_edit"], "scope::files-whitelist")
    assert gated.project.branches() == {"main"}


@pytest.fixture(scope="module", params=range(PARTS))
def ungated(
    client: Client,
    new_project: NewProject,
    installation: Installation,
    request: pytest.FixtureRequest,
) -> Tried:
    """The same without the gate. What an attempt has changed is put back before the next."""
    project = new_project()
    own = copied(installation, project.root)
    tried = [
        one
        for one in part_of(attempts("attempt", places_of(project, own, client)), request.param)
        if "not_tried" not in one.row
    ]
    keep = Kept(project.root)
    calls: list[Call] = []
    for one in tried:
        calls.append(then(keep.before(one), one.call))
        calls.append(then(keep.after(one), canary(one.label)))
    session = client.run(project, {MAIN: [*FIRST, *calls], "nested": NESTED}, MODE)
    return Tried(project, session, tried)


class Kept:
    """What attempts would change, to be put back."""

    def __init__(self, root: Path) -> None:
        self._copies = root / "copies"

    def before(self, attempt: Attempt) -> Callable[[], None]:
        def keep() -> None:
            attempt.look_before()
            if attempt.changes is not None:
                _copy(attempt.changes, self._copies / attempt.label)

        return keep

    def after(self, attempt: Attempt) -> Callable[[], None]:
        def put_back() -> None:
            attempt.look_after()
            if attempt.changes is not None:
                _remove(attempt.changes)
                _copy(self._copies / attempt.label, attempt.changes)

        return put_back


def _copy(source: Path, target: Path) -> None:
    if source.is_symlink() or source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target, follow_symlinks=False)
    elif source.is_dir():
        shutil.copytree(source, target, symlinks=True)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        path.chmod(0o700)
        shutil.rmtree(path)


def test_without_the_gate_every_attempt_works(ungated: Tried) -> None:
    answers = ungated.session.answers
    failed = [
        one for one in ungated.attempts if not one.has_worked(ungated.project, answers[one.label])
    ]
    assert not failed, "\n".join(f"{one.label}: {answers[one.label]}" for one in failed)


def test_without_the_gate_every_canary_runs(ungated: Tried) -> None:
    for one in ungated.attempts:
        assert sings(ungated.project.folder, one.label), one.label


PROGRAM = "open(open('src/where').read(), 'w').write(open('src/what').read())\n"


@pytest.mark.parametrize("row", TABLE["known"], ids=[row["name"] for row in TABLE["known"]])
def test_what_a_hook_cannot_stop_is_known_and_the_doctor_says_it(
    client: Client, new_project: NewProject, installation: Installation, row: Mapping[str, Any]
) -> None:
    project = new_project()
    own = copied(installation, project.root)
    project.policy.write_text(POLICY + MAIN_ROLE)
    own.gate(project)
    places = places_of(project, own, client)
    folder = Path(filled(row.get("folder", "{project}"), places))
    calls = [bash("ls", "ls")]
    file = Path(filled(row["file"], places)) if "file" in row else None
    content = "" if file is None else changed(file, row)
    if row["when"] == "program":
        (project.folder / "src/run.py").write_text(PROGRAM)
        (project.folder / "src/where").write_text(str(file))
        (project.folder / "src/what").write_text(content)
        calls += [canary("first"), bash("program", "python3 src/run.py")]
    elif file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    calls += [then(lambda: time.sleep(RELOADS), bash("waited", "true")), canary("last")]
    session = client.run(project, {MAIN: calls}, MODE, folder=folder)
    assert file is None or file.read_text() == content
    if row["when"] == "program":
        assert_stopped(session.answers["canary_first"], CANARY)
    assert row["holds"] == (not sings(folder, "last")), session.answers
    assert row["threat"] in THREATS
    assert row["doctor"] in found_by_doctor(own, project, folder, client)


def changed(file: Path, row: Mapping[str, Any]) -> str:
    """Give what a row makes of a file."""
    if "replaces" in row:
        return file.read_text().replace(*row["replaces"])
    return file.read_text() + row["adds"] if "adds" in row else str(row["content"])


def found_by_doctor(
    installation: Installation, project: Project, folder: Path, client: Client
) -> set[str]:
    """Give the names of the conditions with which `kei-gates doctor` is not content."""
    plain = plain_environment(project.home)
    done = subprocess.run(
        [installation.environment / "bin/kei-gates", "doctor", "--json", folder],
        env={
            **plain,
            "PATH": f"{client.program.parent}:{plain['PATH']}",
            "DISABLE_AUTOUPDATER": "1",
        },
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.stdout, done.stderr
    rows = json.loads(done.stdout)
    return {row["name"] for row in rows if row["state"] != "ok"}
