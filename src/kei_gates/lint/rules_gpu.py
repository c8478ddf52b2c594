"""Rules on what a script asks for as GPU: M1, M2, M3."""

from __future__ import annotations

from kei_gates.lint import gpus, images
from kei_gates.lint.finding import Found, Rule
from kei_gates.lint.values import Made, Named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from kei_gates.lint.gpus import Gpu
    from kei_gates.lint.script import Script
    from kei_gates.lint.values import Fold

_SANDBOX = Named("modal.Sandbox.create")
_CLIENTS_WITH_OBJECTS = ("modal==0.", "modal<1", "modal~=0.", "modal-client==0.")


def _asked(script: Script) -> Iterator[tuple[int, Fold, str]]:
    """Give every GPU that is asked for: in which line, what, and by what."""
    for unit in script.containers:
        fold = unit.settings.get("gpu")
        if fold is not None:
            yield unit.given_at, fold, f"`{unit.name}`"
    for body in script.bodies.values():
        for used in body.calls:
            made = used.value
            if not isinstance(made, Made):
                continue
            options = getattr(made.callee, "name", "") == "with_options"
            if (options or made.callee == _SANDBOX) and "gpu" in made.keywords:
                yield used.line, made.keywords["gpu"], "the call"


def unknown_gpu(script: Script) -> Iterator[Found]:
    """Give each GPU that Modal does not have, and each number that it does not give."""
    for line, fold, by in _asked(script):
        for gpu in gpus.of(fold):
            if gpu is None or gpu.is_legacy or not gpu.flaw:
                continue
            if gpu.name in gpus.MOST:
                yield Found(line, f"{gpu.flaw}, for {by}", name="gpu-count")
            else:
                yield Found(line, f"{gpu.flaw} for {by}; {_nearest(gpu.name)}", name="gpu-unknown")


def _nearest(name: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 -- only where something is found

    near = get_close_matches(name, gpus.MOST, n=1, cutoff=0.5)
    return f"did you mean `{near[0]}`" if near else f"it has {', '.join(gpus.MOST)}"


def legacy_gpu(script: Script) -> Iterator[Found]:
    """Give each GPU that is asked for by an object."""
    if any(client in script.text for client in _CLIENTS_WITH_OBJECTS):
        return
    for line, fold, by in _asked(script):
        for gpu in gpus.of(fold):
            if gpu is not None and gpu.is_legacy:
                number = "" if gpu.count in (1, None) else f":{gpu.count}"
                yield Found(line, f'`modal.gpu` is gone, write `"{gpu.name}{number}"` for {by}')


def old_torch(script: Script) -> Iterator[Found]:
    """Give each function whose image holds a PyTorch that does not know its GPU."""
    for unit in script.containers:
        asked = [gpu for gpu in gpus.of(unit.settings.get("gpu")) if gpu is not None]
        needing = [gpu for gpu in asked if gpu.name in gpus.NEEDS]
        torch = images.torch_of(script.image(unit)) if needing else None
        if torch is None:
            continue
        for gpu in needing:
            message = _too_old(gpu, torch)
            if message:
                sure = unit.settings["gpu"].is_known and len(asked) == 1
                if sure and not unit.settings["gpu"].changes:
                    yield Found(torch.line, f"`{unit.name}` {message}")
                else:
                    yield Found(torch.line, f"`{unit.name}` {message}", severity="warn")
                break


def _too_old(gpu: Gpu, torch: images.Torch) -> str:
    version, cuda = gpus.NEEDS[gpu.name]
    if torch.version < version:
        least = ".".join(map(str, version))
        return f"has torch {torch.shown}, and {gpu.name} needs {least} or newer"
    if torch.cuda is not None and torch.cuda < cuda:
        least = ".".join(map(str, cuda))
        has = ".".join(map(str, torch.cuda))
        return f"has a torch for CUDA {has}, and {gpu.name} needs {least} or newer"
    return ""


RULES = (
    Rule(
        "M1", "gpu-unknown", "gpu-count",
        check=unknown_gpu,
        severity="block",
        what="a GPU that Modal does not have, or a count that is no number, less than one, or more "
        "than fits a container",
        why="the client hardly checks it, and the launch fails, or waits for a machine that will "
        "never come",
        quiet="names in small letters, `H100!`, lists of names in order of preference, and names "
        "that cannot be known from the script",
        remedy="ask for a GPU of modal.com/docs/guide/gpu, as `H100` or `H100:4`",
    ),
    Rule(
        "M2", "gpu-legacy",
        check=legacy_gpu,
        severity="warn",
        what="a GPU that is asked for by an object of `modal.gpu`",
        why="the module is gone from Modal's SDK, and the script fails when it is imported",
        quiet="scripts that say themselves that they need a client before 1.0",
        remedy="write the GPU as a text",
    ),
    Rule(
        "M3", "gpu-torch",
        check=old_torch,
        severity="block",
        what="a GPU that needs a newer PyTorch, or one for a newer CUDA, than the function's own "
        "image pins; a warning where the script may also choose another GPU",
        why="the job starts, is paid for, and fails with `no kernel image is available`",
        quiet="versions that are not pinned, requirements files, images that are not Modal's own",
        remedy="pin a PyTorch that knows the GPU, from the index of its CUDA",
    ),
)  # fmt: skip
