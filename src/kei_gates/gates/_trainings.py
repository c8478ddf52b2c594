"""Which commands train a model, and which are clients whose end stops work that is paid for.

Sources: the documentation of each program, as of 2025; Modal 1.2, SkyPilot 0.14, Hugging Face Hub
2.4 and fal 1.83 by their own `--help`. The words are those of a command as well as those of a
process, where an interpreter stands before the script.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kei_gates.shell.expand import Field

    Verbs = tuple[str, ...]

# Programs that train, with the words of which one must be among their first operands; without
# words, whatever they are given.
_TRAINERS: Mapping[str, Verbs] = {
    "accelerate": ("launch",),
    "allennlp": ("train",),
    "autotrain": (),
    "axolotl": ("train",),
    "colossalai": ("run",),
    "deepspeed": (),
    "fairseq-hydra-train": (),
    "fairseq-train": (),
    "horovodrun": (),
    "lightning": ("fit", "run"),
    "litgpt": (
        "finetune", "finetune_adapter", "finetune_adapter_v2", "finetune_full", "finetune_lora",
        "pretrain",
    ),
    "llamafactory-cli": ("train",),
    "lmf": ("train",),
    "mlx_lm.lora": (),
    "onmt_train": (),
    "oumi": ("train", "tune"),
    "rasa": ("train",),
    "sockeye-train": (),
    "spacy": ("pretrain", "train"),
    "swift": ("pt", "rlhf", "sft"),
    "torchrun": (),
    "torchx": ("run",),
    "trl": ("dpo", "grpo", "kto", "reward", "rloo", "sft"),
    "tune": ("run",),
    "wandb": ("agent",),
    "xtuner": ("train",),
    "yolo": ("train",),
}  # fmt: skip
# The same for what `python -m` runs.
_MODULES: Mapping[str, Verbs] = {
    "accelerate.commands.launch": (),
    "axolotl.cli.main": ("train",),
    "deepspeed.launcher.launch": (),
    "deepspeed.launcher.runner": (),
    "fairseq_cli.hydra_train": (),
    "horovod.runner": (),
    "mlx_lm": ("lora",),
    "torch.distributed.launch": (),
    "torch.distributed.run": (),
    "torch.distributed.launcher": (),
    "torchtune._cli.tune": ("run",),
} | {name: _TRAINERS[name] for name in ("deepspeed", "mlx_lm.lora", "spacy")}
# Programs that train by their first operand, a script; others of that name do something else.
_SCRIPTED = frozenset(("composer",))

# Clients whose end stops what they have started, or leaves it running unwatched and paid for.
_PAID: Mapping[str, Verbs] = {
    "beam": ("run", "serve", "shell"),
    "cerebrium": ("run",),
    "dstack": ("apply", "attach", "run"),
    "fal": ("run", "deploy"),
    "hf": ("jobs",),
    "huggingface-cli": ("jobs",),
    "modal": ("deploy", "run", "serve", "shell"),
    "runpod": ("exec", "project"),
    "runpodctl": ("create", "exec", "project"),
    "salloc": (),
    "sky": ("exec", "launch"),
    "srun": (),
}
_DETACHED = frozenset(("-d", "--detach", "--detach-run", "--help", "--version", "-h"))
_MOST_BEFORE_VERB = 4
"""How many words may stand before a program's verb: options, their values, a group of verbs."""

# Programs that run the command in their words, here or elsewhere; shells also in one word.
_CARRIERS = frozenset(
    (
        "caffeinate", "chrt", "conda", "docker", "doas", "env", "flock", "ionice", "kubectl",
        "micromamba", "mpiexec", "mpirun", "nerdctl", "nice", "nohup", "numactl", "orterun", "pdm",
        "pipenv", "pixi", "podman", "poetry", "prterun", "rye", "salloc", "screen", "script",
        "setsid", "srun", "ssh", "stdbuf", "strace", "sudo", "systemd-run", "taskset", "time",
        "timeout", "tmux", "unbuffer", "uv", "uvx", "xvfb-run",
    )
)  # fmt: skip
_SHELLS = frozenset(("ash", "bash", "dash", "fish", "ksh", "sh", "su", "zsh"))
_INTERPRETERS = frozenset(
    ("ipython", "julia", "pypy", "pypy3", "python", "pythonw", "py", "Rscript", "runghc", "luajit")
)
_MOST_WORDS = 100
_DEEPEST = 6

# Parts of a script's name that say what it does, and those that say it only tells of it.
_TRAINING = frozenset(
    (
        "distill", "dpo", "finetune", "finetuning", "finetuner", "grpo", "kto", "lora", "ppo",
        "pretrain", "pretrainer", "pretraining", "qlora", "rlhf", "sft", "train", "trainer",
        "training", "traindist",
    )
)  # fmt: skip
_TELLING = frozenset(
    (
        "analyse", "analyze", "api", "bench", "check", "collect", "compare", "convert", "count",
        "dashboard", "download", "eval", "evaluate", "export", "fetch", "format", "infer",
        "inspect", "lint", "log", "logs", "merge", "monitor", "parse", "plot", "postprocess",
        "predict", "preprocess", "print", "report", "serve", "show", "split", "stats", "stop",
        "summarize", "tail", "test", "tests", "tokenize", "ui", "upload", "validate", "view",
        "visualize", "web",
    )
)  # fmt: skip
# Options of interpreters: those with a value, those without, and those behind which is what runs.
_VALUED = frozenset(("-W", "-X", "--check-hash-based-pycs"))
_FLAGS = frozenset("bBdEiIOPqRsSuvx")
_RUNNING = {"m": "module", "c": "code", "e": "code"}


def looks_like_training(words: Sequence[Field]) -> bool:
    """Say whether a command, or a process's words, would train a model."""
    return _is(words, _trains, 0) or _is_own_program(words)


def is_paid_client(words: Sequence[Field]) -> bool:
    """Say whether a command is a client whose end stops what is paid for elsewhere."""
    return _is(words, _pays, 0)


def _is(
    words: Sequence[Field],
    test: Callable[[str, Sequence[Field]], bool],
    depth: int,
    *,
    carried: bool = False,
) -> bool:
    """Look at a command, and at those that it runs in turn.

    Behind a carrier that is itself `carried`, the first one looks: each word is looked at once.
    """
    words = [*words[:_MOST_WORDS]]
    if not words or words[0] is None or depth > _DEEPEST:
        return False
    program = _name(words[0])
    if test(program, words):
        return True
    if program in _CARRIERS and not carried:
        # Which of its words starts the command is not asked: none of the others looks like one.
        rest = range(1, len(words))
        texts = [word for word in words[1:] if word is not None and " " in word]
        return any(
            _is_head(words[at]) and _is(words[at:], test, depth + 1, carried=True) for at in rest
        ) or any(_in_text(text, test, depth) for text in texts)
    if program in _SHELLS:  # none of the carriers is one
        code = _behind(words, "c")
        if code is not None:
            return _in_text(code, test, depth)
        script = next((one for one in words[1:] if one and one[0] not in "-+"), None)
        return test is _trains and script is not None and _is_training_name(script)
    return False


def _is_own_program(words: Sequence[Field]) -> bool:
    """Whether a program in a folder of the user's is called so: `./train_gpt2`, `bin/finetune`."""
    path = words[0] if words else None
    return path is not None and "/" in path and _is_training_name(path)


def _is_head(word: Field) -> bool:
    """Whether a word may be the name of a program: no option, and no assignment."""
    return word is not None and word[:1] not in ("-", "") and "=" not in word


def _in_text(text: str, test: Callable[[str, Sequence[Field]], bool], depth: int) -> bool:
    """Look at each command of a shell's text, as far as blanks and operators tell them apart."""
    for operator in (";", "&", "|", "\n", "(", ")", "{", "}"):
        text = text.replace(operator, "\0")
    for part in text.split("\0"):
        words = [word.strip("'\"") for word in part.split()]
        while words and ("=" in words[0] or words[0] in _BEFORE):
            del words[0]
        if words and (_is(words, test, depth + 1) or (test is _trains and _is_own_program(words))):
            return True
    return False


_BEFORE = frozenset(("do", "else", "exec", "if", "then", "while", "!"))


def _name(path: str) -> str:
    """Give a program's name without its folder, an ending, an interpreter's version."""
    name = path.rstrip("/").rpartition("/")[2].removesuffix(".exe")
    plain = name.rstrip("0123456789.").removesuffix("-")
    return plain if plain in _INTERPRETERS else name


def _behind(words: Sequence[Field], letter: str) -> Field:
    """Give the word behind a one-letter option, which may stand among others: `-lc`."""
    for at, word in enumerate(words[:-1]):
        if word is not None and at and word[0] == "-" and word[1:2] != "-" and letter in word[1:]:
            return words[at + 1]
    return None


def _trains(program: str, words: Sequence[Field]) -> bool:
    if program in _TRAINERS:
        return _has_verb(words, _TRAINERS[program])
    if program in _SCRIPTED:
        return any(word is not None and word.endswith(".py") for word in words[1:])
    if program in _INTERPRETERS:
        return _interpreted(words, _TRAINERS, _MODULES) or _script_trains(words)
    return False


def _pays(program: str, words: Sequence[Field]) -> bool:
    if program in _PAID:
        return _has_verb(words, _PAID[program]) and not _DETACHED & set(words[1:])
    if program in _INTERPRETERS:
        return _interpreted(words, _PAID, _PAID) and not _DETACHED & set(words[1:])
    return False


def _has_verb(words: Sequence[Field], verbs: Verbs) -> bool:
    """Whether one of a program's first words is a verb; one that is not known may be."""
    if "--help" in words or "--version" in words:
        return False
    return not verbs or any(
        word is None or word in verbs for word in words[1 : _MOST_BEFORE_VERB + 1]
    )


def _interpreted(
    words: Sequence[Field], programs: Mapping[str, Verbs], modules: Mapping[str, Verbs]
) -> bool:
    """Whether an interpreter runs one of some programs or modules."""
    kind, at = _what_runs(words)
    if at >= len(words):
        return False
    found = words[at]
    if found is None:
        return False
    if kind == "module":
        name = found.removesuffix(".__main__")
        return name in modules and _has_verb(words[at:], modules[name])
    name = found.rpartition("/")[2]
    return kind == "script" and name in programs and _has_verb(words[at:], programs[name])


def _script_trains(words: Sequence[Field]) -> bool:
    kind, at = _what_runs(words)
    found = words[at] if at < len(words) else None
    if found is None:
        return False
    if kind == "code":
        return any(mark in found for mark in (".train(", ".fit(", "train.main(", "trainer.run("))
    if kind == "module":
        return _is_training_name(found.removesuffix(".__main__").replace(".", "/"))
    return _is_training_name(found)


def _what_runs(words: Sequence[Field]) -> tuple[str, int]:
    """Say what an interpreter runs, `module`, `code` or `script`, and which word names it."""
    at = 1
    while at < len(words):
        word = words[at]
        if word is None or word[:1] != "-" or word == "-":
            break
        if word[-1] in _RUNNING and set(word[1:-1]) <= _FLAGS:
            return _RUNNING[word[-1]], at + 1
        at += 2 if word in _VALUED else 1
    return "script", at


def _is_training_name(path: str) -> bool:
    """Whether a path is called by what trains: by a part of its last name."""
    name = path.rpartition("/")[2].partition(".")[0].lower()
    for mark in "-+ ":
        name = name.replace(mark, "_")
    parts = name.split("_")
    return not _TELLING & set(parts) and (
        any(part.rstrip("0123456789") in _TRAINING for part in parts) or "_fine_tun" in f"_{name}"
    )
