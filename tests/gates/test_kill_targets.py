"""What a person's word is for: all that a call stops, and nothing that the call does not tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from kei_gates.gates import safety_no_kill
from tests.gates.test_gates import event_of


@pytest.mark.parametrize(
    ("command", "target"),
    [
        ("scancel 12", "slurm job `12`"),
        ("scancel 12; scancel 12", "slurm job `12`"),
        ("scancel 12; scancel 13", "slurm job `12` and slurm job `13`"),
        ("for j in 12 13; do scancel $j; done", "slurm job `12` and slurm job `13`"),
        ("scancel 12; docker stop web", "slurm job `12` and container `web`"),
        ("scancel 12; $(cat todo)", ""),  # nobody sees what else
        ('scancel "$(cat job)"', "slurm job `...`"),
        (
            "python3 -c 'import os; os.kill(1, 9); os.kill(2, 9)'",
            "what `os.kill(1, 9)` names ...",
        ),
        # the same name elsewhere is something else
        ("docker stop web", "container `web`"),
        ("ssh host docker stop web", "container `web` ..."),
        ("DOCKER_HOST=tcp://host docker stop web", "container `web` ..."),
        ("docker exec web kill 1", "what `kill 1` stops ..."),
        ("modal app stop web", "modal app `web`"),
        ("modal app stop web --env prod", "modal app `web` of environment `prod`"),
        ("MODAL_PROFILE=prod modal app stop web", "modal app `web` ..."),
        ("tmux -L other kill-session -t web", "tmux session `web` of `other`"),
        # what has no name is that of a folder
        ("terraform destroy", "deletion of infrastructure in `{project}` ..."),
        ("docker compose down", "compose project in `{project}` ..."),
        # a stop is no deletion, a window no session, and a request is what it sends
        ("docker rm -f web", "deletion of container `web`"),
        ("tmux kill-window -t web", "tmux window `web`"),
        (
            "curl -X POST https://api.runpod.io/graphql -d @x",
            "what `POST https://api.runpod.io/graphql` names ...",
        ),
    ],
)
def test_the_target_holds_all_that_is_stopped(command: str, target: str, project: Path) -> None:
    event = event_of({"command": command}, project)
    verdict = safety_no_kill.check(event, safety_no_kill.Params({}))
    assert verdict.outcome == "deny"
    assert verdict.target == target.replace("{project}", str(project))
