"""Cases of messages that no other test causes in a form that can be told again.

Each calls what makes the message; that the message is right is for the reader of the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from marshal import dumps
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kei_gates.checks import output_report_format
from kei_gates.checks.work import SkippedError
from kei_gates.engine import catalogue
from kei_gates.gates import compute_launch_preflight, safety_no_dep_bump
from kei_gates.gates._dep_files import LOCK
from kei_gates.gates._launch_costs import _machine
from kei_gates.gates._unknown_writes import deny_unknown
from kei_gates.hook import (
    bindings,
    confirmations,
    main,
    own_folders,
    pending,
    places,
    return_notes,
    returns,
    session,
    starts,
    trust,
    who,
)
from kei_gates.model import Analysis, Call, Deny, Fault, Places, Principal
from kei_gates.observe import agent_files, processes
from kei_gates.observe.files import TooLargeError
from kei_gates.particulars import Spawn, Unseen
from kei_gates.policy.build import Builder
from kei_gates.policy.compiled import Policy
from tests.policy.test_build import BUILTIN

Cause = Callable[[], object]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def looped(path: Path) -> Path:
    """Make a link to itself, which nobody can read, not even root."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(path)
    return path


def policy(text: str = "version = 1\n[roles.chief]\nspawnable = false\n") -> Policy:
    path = "/p/.claude/kei-gates.toml"
    builder = Builder(
        catalogue.whole(), lambda name: text.encode() if name == path else BUILTIN.get(name)
    )
    return builder.build(BUILTIN, path)


def where(root: Path) -> Places:
    return Places(project=str(root / "project"), home=str(root / "home"), installation=())


def state(root: Path) -> Path:
    return Path(own_folders.state(str(root / "home")))


def bound(root: Path) -> bindings.Session:
    fields = {"session_id": "s1", "transcript_path": str(root / "s1.jsonl")}
    return bindings.Session(fields, where(root))


def meta(root: Path, agent: str) -> Path:
    path = root / f"s1/subagents/agent-{agent}.meta.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def of_kept(root: Path) -> dict[str, Cause]:
    """Faults of what is kept, by what is wrong."""

    def claimed() -> object:
        (root / "file").touch()
        return confirmations._claim(str(root / "file/spent"))  # noqa: SLF001 -- a broken disk

    def waiting() -> object:
        looped(state(root) / "sessions")
        return pending.all_notes(str(root / "home"))

    def accepted() -> object:
        looped(state(root) / f"trusted{root}/project/policy")
        return trust.read(where(root), "policy")

    def noted() -> object:
        looped(root / "return-a1")
        return return_notes.read(str(root), "a1")

    return {
        "a word cannot be marked as used": claimed,
        "what waits cannot be read": waiting,
        "what was accepted cannot be read": accepted,
        "the note on a return cannot be read": noted,
    }


def of_hook(root: Path) -> dict[str, Cause]:
    """Faults of the hook, by what is wrong."""

    def ancestors() -> object:
        for number in range(70):
            meta(root, f"a{number}").write_text(f'{{"parentAgentId": "a{number + 1}"}}')
        return bound(root).tasks_of("a0")

    def updated() -> object:
        noted = state(root) / "sessions/s1/agent-a1"
        noted.parent.mkdir(parents=True)
        noted.write_bytes(dumps(((0, "0", 0), [])))
        return bound(root).tasks_of("a1")

    def unreadable_note() -> object:
        looped(meta(root, "a1"))
        return bound(root).tasks_of("a1")

    def unreadable_tasks() -> object:
        looped(state(root) / "sessions/s1/agent-a1")
        return bound(root).tasks_of("a1")

    def unreadable_session() -> object:
        looped(state(root) / "sessions/s1")
        return bound(root)._gave_tasks()  # noqa: SLF001 -- reached before is what reads a file there

    def start() -> None:
        (root / "file").touch()
        starts._take(f"{root}/.claude/worktrees/agent-a", "a", str(root / "file/start"))  # noqa: SLF001 -- the snapshot aside

    return of_kept(root) | {
        "too many agents above": ancestors,
        "updated meanwhile": updated,
        "the client's note is unreadable": unreadable_note,
        "the tasks of an agent are unreadable": unreadable_tasks,
        "the session's folder is unreadable": unreadable_session,
        "the start cannot be noted": start,
        "a project without an absolute path": lambda: places.find("/", "relative"),
        "the role of a task is gone": lambda: session.narrowed(
            policy(), ["builtin:read-only"], [("parser-7", "gone", [], [])]
        ),
        "a shorthand of a policy": lambda: policy(
            'version = 1\n[roles.x.verification]\ncargo-test-crates = ["-x"]\n'
        ),
    }


@pytest.mark.parametrize("what", of_hook(Path("/")))
def test_a_fault(what: str, tmp_path: Path) -> None:
    with pytest.raises(Fault):
        of_hook(tmp_path)[what]()


def spawn(root: Path) -> Deny | None:
    file = root / "project/.claude/agents/boss.md"
    file.parent.mkdir(parents=True)
    named = policy('version = 1\n[agents]\nboss = "chief"\n[roles.chief]\nspawnable = false\n')
    call = Call(tool="Agent", principal=Principal(None, None), cwd="/", spawn=Spawn("boss", ()))
    return who.refuse_spawn(named, call, where(root))


def test_roles_that_are_not_for_subagents(tmp_path: Path) -> None:
    call = Call(tool="Bash", principal=Principal("a1", "boss"), cwd="/", command="ls")
    assert isinstance(who.refuse_role(policy(), call, ["project:chief"]), Deny)
    assert isinstance(spawn(tmp_path), Deny)


@pytest.mark.parametrize("error", [TooLargeError("it has more than 8388608 bytes"), KeyError("x")])
def test_what_the_hook_makes_of_an_exception(error: Exception) -> None:
    assert main.denial(error).outcome == "deny"


def test_what_cannot_be_looked_at_on_return(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: object) -> object:
        raise KeyError("x")

    monkeypatch.setattr(returns, "_checks", defect)
    role, outcome = returns._looked_at({}, "a1", where(tmp_path), "", lambda *_: None)  # noqa: SLF001 -- a defect of ours
    assert role is None
    assert not outcome.holds


def test_agent_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "many/.claude/agents"
    folder.mkdir(parents=True)
    (folder / "a.md").touch()
    monkeypatch.setattr(agent_files, "_MOST_FILES", 0)
    with pytest.raises(Fault, match="more than 0"):
        agent_files.read_all(str(tmp_path / "many"))
    looped(tmp_path / "loop/.claude/agents")
    with pytest.raises(Fault, match="cannot be listed"):
        agent_files.read_all(str(tmp_path / "loop"))


def test_a_port_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_sockets", lambda _: {0})
    with pytest.raises(Fault):
        processes.holders(8080)


def of_gates() -> dict[str, Cause]:
    """Denials of gates that their tables do not reach, each by what makes it."""
    unseen = Unseen("a script holds text that is not known", (0, 4), noted=True)
    event: Any = SimpleNamespace(
        analysis=Analysis(unseen=(unseen,)), source=lambda _: "true", places=None
    )
    folder: Any = SimpleNamespace(
        effect=SimpleNamespace(kind="delete"),
        relative=("vendored",),
        real="/p/vendored",
        below=None,
    )
    return {
        "what a noted part writes": lambda: deny_unknown(event),
        "a lock file": lambda: safety_no_dep_bump.compared(
            "Cargo.lock", ">", (LOCK, ""), None, None
        ),
        "a folder that holds too much": lambda: safety_no_dep_bump._folder(  # noqa: SLF001 -- of a million files
            event, folder, safety_no_dep_bump.Params({})
        ),
    }


@pytest.mark.parametrize("what", of_gates())
def test_a_denial(what: str) -> None:
    assert isinstance(of_gates()[what](), Deny)


def test_faults_of_gates() -> None:
    launch: Any = SimpleNamespace(text="def (", name="train.py", find=None, words=())
    with pytest.raises(Fault):
        compute_launch_preflight._script(launch)  # noqa: SLF001 -- the lint has refused it before
    script: Any = SimpleNamespace(functions=())
    bounds: Any = SimpleNamespace(gpus=())
    with pytest.raises(Fault):
        _machine(script, "f", bounds, [], {}, 0.0)


def test_a_report_that_there_is_not() -> None:
    work: Any = SimpleNamespace(report=None)
    with pytest.raises(SkippedError):
        output_report_format.check(work, output_report_format.Params({"fields": ("Goal",)}))
