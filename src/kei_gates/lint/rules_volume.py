"""Rules on what is kept: M9, M10.

Source of the table of writes: the manuals of the libraries, by the names of their functions.
"""

from __future__ import annotations

import ast

from kei_gates.lint import tree
from kei_gates.lint.finding import Found, Rule
from kei_gates.lint.units import bodies, calls, is_true, is_web, name_of, seconds, with_gpu
from kei_gates.lint.values import LONGEST_CHAIN, Begins, Made, Named, Part, Table, root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from kei_gates.lint.bodies import Body
    from kei_gates.lint.registered import Unit
    from kei_gates.lint.script import Script
    from kei_gates.lint.values import Fold

_HOUR = 3600
# What writes a file: the place of its path among the arguments, and its name.
_WRITES: Final[dict[str, tuple[int, str]]] = {
    "joblib.dump": (1, "filename"),
    "numpy.save": (0, "file"),
    "numpy.savetxt": (0, "fname"),
    "numpy.savez": (0, "file"),
    "numpy.savez_compressed": (0, "file"),
    "safetensors.torch.save_file": (1, "filename"),
    "shutil.copy": (1, "dst"),
    "shutil.copy2": (1, "dst"),
    "shutil.copyfile": (1, "dst"),
    "shutil.copytree": (1, "dst"),
    "shutil.move": (1, "dst"),
    "soundfile.write": (0, "file"),
    "torch.save": (1, "f"),
    "torchaudio.save": (0, "uri"),
    "urllib.request.urlretrieve": (1, "filename"),
    "huggingface_hub.snapshot_download": (-1, "local_dir"),
    ".save": (0, "path"),
    ".save_checkpoint": (0, "filepath"),
    ".save_lora": (0, "path"),
    ".save_model": (0, "output_dir"),
    ".save_pretrained": (0, "save_directory"),
    ".save_to_disk": (0, "dataset_path"),
    ".savefig": (0, "fname"),
    ".to_csv": (0, "path_or_buf"),
    ".to_json": (0, "path_or_buf"),
    ".to_parquet": (0, "path"),
    ".write_csv": (0, "file"),
    ".write_parquet": (0, "file"),
}
_OPENS = "builtins.open"
_OF_PATHS = frozenset((".write_text", ".write_bytes"))
_PUTS_DOWN = ("r", "rb", "rt")
# Part of the name of what keeps something, and of what trains on its own and saves by itself.
_KEEPS = ("save", "checkpoint", "ckpt", "commit", "dump", "upload", "push_to_hub", "to_parquet",
          "to_csv", "write", "put", "export")  # fmt: skip
_TRAINS = frozenset((".train", ".fit", ".learn", ".run", ".main", ".launch", ".finetune"))
_STARTS = ("subprocess.", "os.system", "os.exec", "os.spawn", "runpy.", "torch.multiprocessing.",
           "accelerate.", "torchrun", "axolotl.", "pytorch_lightning.", "lightning.")  # fmt: skip


def no_commit(script: Script) -> Iterator[Found]:
    """Give the first write of each unit to a volume that is not committed after it."""
    for unit in script.containers:
        mounts = _writable(unit)
        if not mounts:
            continue
        inside = bodies(script, unit)
        if any(_commits(script, body) for body in inside if not _first_write(body, mounts)):
            continue  # in a helper, or when the container ends
        for body in inside:
            write = _first_write(body, mounts)
            if write is None:
                continue
            line, last, path, mount = write
            if not any(at >= last for at in _commits(script, body)):
                yield Found(
                    line,
                    f"`{unit.name}` writes `{path}` to the volume at `{mount}`, and no `commit` "
                    "follows",
                )
                break


def _writable(unit: Unit) -> list[str]:
    """Give the paths at which a unit surely has a volume that it may write to."""
    fold = unit.setting("volumes")
    table = fold.only if fold is not None else None
    if not isinstance(table, Table):
        return []
    return [
        path
        for path, volume in table.entries.items()
        if isinstance(path, str) and path.startswith("/") and _is_writable(volume.only)
    ]


def _is_writable(volume: object) -> bool:
    for _ in range(LONGEST_CHAIN):
        if not isinstance(volume, Made) or not isinstance(volume.callee, Part):
            break
        name = volume.callee.name
        if name == "read_only":
            return False
        if name == "with_mount_options" and is_true(volume.keywords.get("read_only")):
            return False
        volume = volume.callee.of
    kind = volume.callee if isinstance(volume, Made) else None
    return isinstance(kind, Named) and kind.path.startswith("modal.Volume.")


def _first_write(body: Body, mounts: list[str]) -> tuple[int, int, str, str] | None:
    """Give the first write below a mount: its line, the last one's place, its path, the mount."""
    first: tuple[int, str, str] | None = None
    last = 0
    for at, (line, name, made) in enumerate(calls(body)):
        path = _written(name, made)
        if path is None:
            continue
        mount = next((one for one in mounts if _is_below(path, one)), None)
        if mount is not None:
            shown = path.text + "..." if isinstance(path, Begins) else path
            first, last = first or (line, shown, mount), at
    return None if first is None else (first[0], last, first[1], first[2])


def _written(name: str, made: Made) -> str | Begins | None:
    """Give the path that a call writes to, as far as it is known."""
    part = made.callee
    if name in _OF_PATHS and isinstance(part, Part):
        return part.of if isinstance(part.of, (str, Begins)) else None
    if name == _OPENS:
        return (
            _path(made.argument(0, "file")) if _is_for_writing(made.argument(1, "mode")) else None
        )
    if name == ".open" and isinstance(part, Part) and isinstance(part.of, (str, Begins)):
        return part.of if _is_for_writing(made.argument(0, "mode")) else None
    place = _WRITES.get(name)
    return None if place is None else _path(made.argument(*place))


def _is_for_writing(mode: Fold | None) -> bool:
    only = mode.only if mode is not None else "r"
    return isinstance(only, str) and any(letter in only for letter in "wax+")


def _path(fold: Fold | None) -> str | Begins | None:
    only = fold.only if fold is not None else None
    return only if isinstance(only, (str, Begins)) else None


def _is_below(path: str | Begins, mount: str) -> bool:
    folder = mount.rstrip("/") + "/"
    text = path.text if isinstance(path, Begins) else f"{path}/"
    return text.startswith(folder)


def _commits(script: Script, body: Body) -> list[int]:
    """Give the places of a body where a volume may be committed."""
    key = ("commits", body.key)
    if key not in script.memo:
        found = [
            at
            for at, (_, name, made) in enumerate(calls(body))
            if name == ".commit" and _may_be_volume(made.callee)
        ]
        handed = [
            len(body.calls)
            for used in body.handed_on
            if name_of(used.value) == ".commit" and _may_be_volume(used.value)
        ]
        script.memo[key] = found + handed
    places: list[int] = script.memo[key]
    return places


def _may_be_volume(value: object) -> bool:
    begin = root(value)
    return not isinstance(begin, Named) or begin.path.startswith(("modal.", "."))


def no_checkpoint(script: Script) -> Iterator[Found]:
    """Give each long function with a GPU and a loop that saves nothing."""
    for unit in with_gpu(script):
        longest = seconds(unit)
        if longest is None or longest < _HOUR or unit.is_generator or is_web(script, unit):
            continue
        inside = bodies(script, unit)
        if any(_keeps(body) for body in inside):
            continue
        loop = next((line for body in inside for line in _loops(body)), None)
        if loop is not None:
            yield Found(
                loop, f"`{unit.name}` may run for {longest / _HOUR:g} hours and saves nothing"
            )


def _loops(body: Body) -> Iterator[int]:
    lines = [
        node.lineno
        for node in tree.own_nodes(body.node)
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While))
    ]
    return iter(sorted(lines))


def _keeps(body: Body) -> bool:
    """Say whether a body keeps something, or starts what does so by itself."""
    for _, name, _ in calls(body):
        last = name.rpartition(".")[2].casefold()
        if name in _TRAINS or name.startswith(_STARTS) or any(word in last for word in _KEEPS):
            return True
    return any(
        _is_for_writing(made.argument(1, "mode")) for _, name, made in calls(body) if name == _OPENS
    )


RULES = (
    Rule(
        "M9", "write-no-commit",
        check=no_commit,
        severity="warn",
        strict="block",
        what="a write below the path of a volume that no `commit` follows",
        why="others see it, and it is safe, only when the container ends in order",
        quiet="a commit in a helper or when the container ends, volumes that are mounted for "
        "reading, `batch_upload`, writes elsewhere, paths that cannot be known from the script",
        remedy="call the volume's `commit()` after the write",
    ),
    Rule(
        "M10", "no-checkpoint",
        check=no_checkpoint,
        severity="advice",
        what="a function with a GPU and a loop that may run for an hour or more and saves nothing",
        why="what ends it takes everything with it, and a retry begins at the start",
        quiet="libraries that train and save by themselves, other programs, generators, web "
        "functions",
        remedy="save the state to a volume every few hundred steps, and go on from it",
    ),
)  # fmt: skip
