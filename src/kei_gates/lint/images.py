"""Which PyTorch the image of a function holds, as far as the script pins it.

Source: Modal's SDK 1.6.4 (`_image.py`) for the methods; pip's manual for requirement specifiers;
download.pytorch.org for the names of indexes (`cu128` is CUDA 12.8).
"""

from __future__ import annotations

from kei_gates.lint.values import Fold, Items, Made, Named, Part
from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

_BASES = frozenset(("modal.Image.debian_slim", "modal.Image.micromamba"))
_INSTALLS = frozenset(("pip_install", "uv_pip_install"))
_COMMANDS = frozenset(("run_commands", "dockerfile_commands"))
_INDEXES = ("index_url", "extra_index_url", "extra_options")
_PIN = "torch=="
_MOST_LAYERS = 200


class Torch(Value):
    """A PyTorch that is pinned: its version, its CUDA where that is known, and where."""

    __slots__ = ("cuda", "line", "shown", "version")

    def __init__(
        self, version: tuple[int, int], cuda: tuple[int, int] | None, shown: str, line: int
    ) -> None:
        self.version: Final = version
        self.cuda: Final = cuda
        self.shown: Final = shown
        self.line: Final = line


def torch_of(image: Fold) -> Torch | None:
    """Give the PyTorch that an image surely has; none where it is not pinned, or not known."""
    layers = _layers(image.only)
    found: Torch | None = None
    for layer in layers or ():
        name = layer.callee.name if isinstance(layer.callee, Part) else ""
        words = [*_texts(layer)] if name in _INSTALLS | _COMMANDS else []
        pinned = _pinned(words, layer.line)
        if pinned is not None:
            found = pinned
        elif any(_is_torch(word) for word in words):
            found = None  # another one is put over it
    return found


def _layers(value: object) -> list[Made] | None:
    """Give the calls that make an image of Modal's own, the first of them first."""
    layers: list[Made] = []
    while isinstance(value, Made) and len(layers) < _MOST_LAYERS:
        layers.append(value)
        if isinstance(value.callee, Named):
            return layers[::-1] if value.callee.path in _BASES else None
        value = value.callee.of if isinstance(value.callee, Part) else None
    return None


def _texts(layer: Made) -> Iterator[str]:
    """Give all words that a layer is given."""
    folds = [
        *layer.arguments,
        *(layer.keywords[name] for name in _INDEXES if name in layer.keywords),
    ]
    for fold in folds:
        only = fold.only
        inner = only.items if isinstance(only, Items) and only.items is not None else (fold,)
        for one in inner:
            if isinstance(one.only, str):
                yield from one.only.replace('"', " ").replace("'", " ").split()


def _is_torch(word: str) -> bool:
    return word == "torch" or word.startswith(("torch=", "torch<", "torch>", "torch~", "torch!"))


def _pinned(words: list[str], line: int) -> Torch | None:
    pins = [word for word in words if word.startswith(_PIN)]
    if not pins:
        return None
    shown, _, local = pins[-1].removeprefix(_PIN).lstrip("=").partition("+")
    numbers = shown.split(".")
    if len(numbers) < 2 or not numbers[0].isdecimal() or not numbers[1].isdecimal():  # noqa: PLR2004 -- major and minor
        return None
    cuda = _cuda(local)
    for word in words:
        cuda = cuda or _cuda(word.rstrip("/").rpartition("/")[2])
    return Torch((int(numbers[0]), int(numbers[1])), cuda, shown, line)


def _cuda(word: str) -> tuple[int, int] | None:
    """Read `cu128`."""
    number = word.removeprefix("cu")
    if word == number or not number.isdecimal() or len(number) != 3:  # noqa: PLR2004 -- two and one digit
        return None
    return int(number[:2]), int(number[2])
