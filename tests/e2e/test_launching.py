"""An agent launches paid jobs on the real client: what it is told, what runs, what is counted."""

import json
import re
import subprocess

import pytest

from .calls import bash, start, then
from .client import Client, Session
from .conftest import NewProject
from .installation import Installation
from .probes import assert_stopped
from .project import Project, plain_environment
from .scripted_api import MAIN, Call, Script

POLICY = """\
version = 1

[agents]
main = "orchestrator"
runner = "edit-local"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["jobs/**"]

[rates]
as-of = "{today}"
[rates.gpu]
T4 = 1.00
H100 = 4.50
"""
AGENT = "---\nname: runner\ndescription: Launches jobs\n---\nYou launch jobs.\n"
JOB = """\
import modal
app = modal.App("{app}")
@app.function(gpu="{gpu}", timeout={seconds}, retries=1)
def train(lr=0.1):
    print(lr, flush=True)
@app.local_entrypoint()
def one():
    train.remote()
@app.local_entrypoint()
def many():
    for lr in (0.1, 0.2, 0.3):
        train.spawn(lr)
"""
# What the client of Modal prints, as far as it matters here; it keeps what it was called with.
MODAL = """\
#!/bin/sh
echo "$@" >> '{calls}'
case "$1 $2" in
    'app list') echo '[]' ;;
    'run '*) echo 'step 1'; echo '✓ App completed.' ;;
esac
"""
# Long enough to be there when somebody tries to end it: the client waits for it.
TRAIN = "import time\nprint('training', flush=True)\ntime.sleep(30)\n"
FIRST = r"compute::launch-preflight"
COST = r"compute::cost-tiers"
NO_KILL = r"safety::no-kill"


def run(label: str, words: str) -> Call:
    return bash(label, f"modal run {words}")


def written(label: str, gpu: str) -> Call:
    job = JOB.format(app="made", gpu=gpu, seconds=600)
    return bash(label, f"cat > jobs/made.py <<'EOF'\n{job}EOF\nmodal run -d jobs/made.py::one")


def launched(program: str) -> list[Call]:
    """What the agent does, in order."""
    return [
        run("unlisted", "-d jobs/cheap.py::one"),
        bash("listing", "modal app list --json"),
        run("attached", "jobs/cheap.py::one"),
        run("many_first", "-d jobs/cheap.py::many"),
        written("no_such_gpu", "H1000"),
        run("one", "-d jobs/cheap.py::one"),
        run("many_then", "-d jobs/cheap.py::many"),
        run("dear", "-d jobs/dear.py::one"),
        bash("declaring", f'{program} cost declare "2 x 1.5h H100"'),
        bash("shown", f"{program} cost"),
        bash("releasing", f"{program} cost release toolu_one"),
        bash("stopping", "modal app stop ap-1"),
        bash("killing", "pkill -f 'modal run'; kill -9 -1"),
        bash("own", "python3 -c 'import time; time.sleep(60)' & kill $!"),
        bash("forging", "echo > ~/.local/state/kei-gates/ledger/2026-01-01.jsonl"),
    ]


@pytest.fixture(scope="module")
def project(new_project: NewProject, installation: Installation) -> Project:
    found = new_project()
    today = subprocess.run(["date", "+%F"], capture_output=True, text=True, check=True).stdout
    found.policy.write_text(POLICY.format(today=today.strip()))
    (found.folder / "jobs").mkdir()
    for name, gpu, seconds in (("cheap", "T4", 600), ("dear", "H100:2", 5400)):
        job = JOB.format(app=name, gpu=gpu, seconds=seconds)
        (found.folder / f"jobs/{name}.py").write_text(job)
    (found.folder / "train.py").write_text(TRAIN)
    (found.folder / ".claude/agents/runner.md").write_text(AGENT)
    installation.gate(found)
    found.put_on_path("modal", MODAL.format(calls=found.root / "modal.calls"))
    return found


@pytest.fixture(scope="module")
def program(installation: Installation) -> str:
    return str(installation.environment / "bin/kei-gates")


@pytest.fixture(scope="module")
def session(client: Client, project: Project, program: str) -> Session:
    stop = Call("stop_training", "TaskStop", {"task_id": "none"})

    def find_task() -> None:
        """Put the id that the client gave the background task into the call."""
        folder = project.home / ".claude/projects"
        text = "".join(path.read_text() for path in folder.rglob("*.jsonl"))
        found = re.search(r"running in background with ID: (\w+)", text)
        assert found is not None, "no background task"
        stop.input["task_id"] = found.group(1)

    training = {"command": "python3 train.py", "description": "t", "run_in_background": True}
    script: Script = {
        MAIN: [
            start("runner", "runner"),
            Call("training", "Bash", training),
            then(find_task, stop),
            bash("by_name", "pkill -f train.py"),
        ],
        "runner": launched(program),
    }
    return client.run(project, script, "bypassPermissions")


@pytest.mark.parametrize(
    ("label", "by"),
    [
        ("unlisted", FIRST),
        ("attached", FIRST),
        ("many_first", FIRST),
        ("no_such_gpu", r"compute::launch-preflight|compute::script-lint"),
        ("dear", COST),
        ("releasing", r"safety::self-protect"),
        ("stopping", NO_KILL),
        ("killing", NO_KILL),
        ("forging", r"safety::self-protect"),
        ("stop_training", NO_KILL),
        ("by_name", NO_KILL),
    ],
)
def test_what_must_not_run_does_not(label: str, by: str, session: Session) -> None:
    assert_stopped(session.answers[label], by)


@pytest.mark.parametrize(
    "label", ["listing", "one", "many_then", "declaring", "shown", "own", "training"]
)
def test_what_may_run_does(label: str, session: Session) -> None:
    assert not session.answers[label].is_error, session.answers[label]


def test_only_what_may_run_reaches_modal(session: Session, project: Project) -> None:
    assert session.answers
    assert (project.root / "modal.calls").read_text().splitlines() == [
        "app list --json",
        "run -d jobs/cheap.py::one",
        "run -d jobs/cheap.py::many",
    ]


def test_the_agent_sees_what_things_cost(session: Session) -> None:
    estimate = r"Estimate: \$13\.50 \(= 2 [x×] 1\.5 h [x×] \$4\.50/h H100\)"
    assert re.search(estimate, session.answers["declaring"].text)
    dear = r"STOP: Estimate: \$27\.00 \(= 2 x 2 attempts x 1\.5 h x \$4\.50/h H100\)"
    assert re.search(dear, session.answers["dear"].text), session.answers["dear"]


def test_what_was_launched_is_counted_once(
    session: Session, project: Project, program: str
) -> None:
    assert session.answers
    command = [program, "cost", "--json"]
    done = subprocess.run(
        command,
        capture_output=True,
        check=True,
        cwd=project.folder,
        env=plain_environment(project.home),
    )
    day = json.loads(done.stdout)
    # one: 2 attempts x 1/6 h x $1.00; many: three times that; each rounded up
    # what nobody could answer was declined
    counted = [launch["cents"] for launch in day["launches"] if launch["status"] != "declined"]
    assert counted == [34, 100]
    assert day["cents"] == 134
