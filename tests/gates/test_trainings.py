"""Which commands train, and which are attached to what is paid for elsewhere."""

from __future__ import annotations

import shlex

import pytest

from kei_gates.gates import _trainings
from kei_gates.gates._trainings import is_paid_client, looks_like_training

TRAININGS = (
    "python train.py",
    "python3.11 -u train.py --epochs 3",
    "/usr/bin/python3 -X importtime -Wignore src/train.py",
    "python finetune_lora.py",
    "python scripts/pretrain-gpt.py",
    "python run_fine_tuning.py",
    "python3 -m torch.distributed.run --nproc-per-node 8 x.py",
    "python -um torch.distributed.launch x.py",
    "python -m mypackage.train",
    "python -m spacy train config.cfg",
    "python -c 'import t; t.Trainer().fit(model)'",
    "/opt/venv/bin/python /opt/venv/bin/torchrun --nnodes 2 main.py",
    "torchrun main.py",
    "accelerate launch main.py",
    "accelerate --debug launch main.py",
    "deepspeed main.py",
    "llamafactory-cli train config.yaml",
    "axolotl train config.yml",
    "trl sft --model x",
    "tune run lora_finetune_single_device --config x",
    "yolo detect train data=x.yaml",
    "composer -n 8 main.py",
    "mpirun -np 4 python train.py",
    "nohup python train.py",
    "env CUDA_VISIBLE_DEVICES=0 python train.py",
    "uv run python train.py",
    "conda run -n ml python train.py",
    "docker run --gpus all image python train.py",
    "ssh gpu-host torchrun main.py",
    "ssh gpu-host 'cd x && python train.py'",
    "bash -c 'cd x; CUDA_VISIBLE_DEVICES=1 python train.py'",
    "bash train.sh",
    "sh -x scripts/finetune.sh",
    "./train.sh",
    "/home/u/llm.c/train_gpt2",
    "tmux new-session -d -s job 'python train.py'",
)
NO_TRAININGS = (
    "pytest tests/test_train.py",
    "python -m pytest tests/test_train.py",
    "python tests/test_training.py",
    "vim train.py",
    "grep -rn train src",
    "tail -f train.log",
    "python -m http.server",
    "python plot_training.py",
    "python train_test_split.py",
    "python manage.py runserver",
    "node trainer-ui",
    "uvicorn train_api:app",
    "tensorboard --logdir train",
    "accelerate config",
    "accelerate test",
    "llamafactory-cli webui",
    "composer install",
    "swift build",
    "torchrun --help",
    "ssh host ls /data/train",
    "docker build -t train .",
    "conda run -n train python serve.py",
    "bash -c 'echo train'",
    "bash",
    "python",
    "rain train.py",
)
CLIENTS = (
    "modal run x.py",
    "/usr/bin/python3 /home/u/.local/bin/modal run x.py",
    "python -m modal serve x.py",
    "uv run modal run x.py::main",
    "modal -e prod shell",
    "modal deploy x.py",
    "sky launch -c c task.yaml",
    "sky exec c task.yaml",
    "hf jobs run python:3.12 python x.py",
    "fal run app.py::App",
    "runpodctl exec python x.py",
    "srun --gres=gpu:1 python x.py",
    "sh -c 'modal run x.py'",
    "timeout 3600 modal run x.py",
)
NO_CLIENTS = (
    "modal run -d x.py",
    "modal run --detach x.py",
    "modal app list",
    "modal --help",
    "modal run --help",
    "sky status",
    "hf download x",
    "fal doctor",
    "runpodctl get pod",
    "python modal.py",
    "vim modal",
    "echo modal run",
    "pytest",
)


@pytest.mark.parametrize("command", TRAININGS)
def test_training(command: str) -> None:
    assert looks_like_training(shlex.split(command))


@pytest.mark.parametrize("command", NO_TRAININGS)
def test_no_training(command: str) -> None:
    assert not looks_like_training(shlex.split(command))


@pytest.mark.parametrize("command", CLIENTS)
def test_paid_client(command: str) -> None:
    assert is_paid_client(shlex.split(command))


@pytest.mark.parametrize("command", NO_CLIENTS)
def test_no_paid_client(command: str) -> None:
    assert not is_paid_client(shlex.split(command))


def test_words_that_are_not_known_may_be_the_verb() -> None:
    assert is_paid_client(("modal", None, "x.py"))
    assert looks_like_training(("accelerate", None))
    assert not looks_like_training((None, "train.py"))
    assert not looks_like_training(())


def test_each_word_behind_carriers_is_looked_at_once() -> None:
    seen: list[str] = []

    def look(program: str, words: object) -> bool:  # noqa: ARG001 -- as `_trains`
        seen.append(program)
        return False

    words = [*["timeout", "5"] * 40, "ls"]
    assert not _trainings._is(words, look, 0)  # noqa: SLF001 -- how often it looks
    assert len(seen) == len(words)
