"""The GPUs that Modal has, and what PyTorch needs on them.

Sources: names and counts, modal.com/docs/guide/gpu, read 2026-10-04; how a text is read, Modal's
SDK 1.6.4 (`_utils/function_utils.py`, `parse_gpu_config`); what PyTorch needs, its release notes:
2.7 (2025-04-23) is the first with wheels for Blackwell, and only those for CUDA 12.8; 2.0 with CUDA
11.8 is the first for Hopper. Other architectures are older than 2.0.
"""

from __future__ import annotations

from kei_gates.lint.values import UNKNOWN, Fold, Items, Made, Named, just
from kei_gates.model import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

MOST: Final = {
    "T4": 8,
    "L4": 8,
    "A10": 4,
    "L40S": 8,
    "A100": 8,
    "A100-40GB": 8,
    "A100-80GB": 8,
    "RTX-PRO-6000": 8,
    "H100": 8,
    "H100!": 8,
    "H200": 8,
    "B200": 8,
    "B200+": 8,
    "A10G": 4,  # an older name
    "ANY": 8,  # whatever is there
}
"""How many of each a container may have at most."""

_HOPPER = ((2, 0), (11, 8))
_BLACKWELL = ((2, 7), (12, 8))
NEEDS: Final = {
    "H100": _HOPPER,
    "H100!": _HOPPER,
    "H200": _HOPPER,
    "B200": _BLACKWELL,
    "B200+": _BLACKWELL,
    "RTX-PRO-6000": _BLACKWELL,
}
"""The least versions of PyTorch and of CUDA."""


class Gpu(Value):
    """What one text asks for: the name in capitals, how many, and what is wrong with it.

    `count` is none where it is not known.
    """

    __slots__ = ("count", "flaw", "is_legacy", "name")

    def __init__(
        self, name: str, count: int | None, flaw: str = "", *, is_legacy: bool = False
    ) -> None:
        self.name: Final = name
        self.count: Final = count
        self.flaw: Final = flaw
        self.is_legacy: Final = is_legacy


def parse(text: str) -> Gpu:
    """Read a text as Modal does."""
    name, colon, number = text.partition(":")
    name = name.upper()
    count = 1
    if colon:
        try:
            count = int(number)
        except ValueError:
            return Gpu(name, None, f"`{number}` is no count of GPUs")
    if name not in MOST:
        return Gpu(name, count, f"Modal has no GPU `{name}`")
    if count < 1:
        return Gpu(name, count, f"`{text}` asks for no GPU at all")
    if count > MOST[name]:
        return Gpu(name, count, f"`{text}` asks for more than {MOST[name]} in a container")
    return Gpu(name, count)


def of(fold: Fold | None) -> tuple[Gpu | None, ...]:
    """Give all that a setting may ask for, in the order of preference.

    Nothing is no GPU; `None` among them is one that is not known.
    """
    if fold is None:
        return ()
    return tuple(gpu for choice in fold.choices for gpu in _of(choice))


def _of(choice: object) -> Iterator[Gpu | None]:
    if isinstance(choice, str):
        if choice:  # an empty text asks for none
            yield parse(choice)
    elif isinstance(choice, Items) and choice.items is not None:
        for item in choice.items:
            for one in item.choices:
                yield parse(one) if isinstance(one, str) else None
    elif isinstance(choice, Made) and _legacy_name(choice.callee):
        yield _legacy(choice)
    elif choice is not None:
        yield None


def _legacy_name(value: object) -> str:
    """Give the name in `modal.gpu.NAME`, empty for others."""
    path = value.path if isinstance(value, Named) else ""
    base, _, name = path.rpartition(".")
    return name if base == "modal.gpu" else ""


def _legacy(made: Made) -> Gpu | None:
    name = _legacy_name(made.callee)
    size = (made.keywords.get("size") or made.keywords.get("memory") or just(None)).only
    count = (made.argument(1 if name == "Any" else 0, "count") or just(1)).only
    if name == "A100" and size is not None:
        if size is UNKNOWN:
            return None
        name = f"A100-{str(size).upper().removesuffix('GB')}GB"
    known = isinstance(count, int)
    return Gpu(name.upper(), count if isinstance(count, int) and known else None, is_legacy=True)
