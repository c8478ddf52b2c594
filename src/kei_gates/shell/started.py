"""What code of another language starts and touches, as its reader reports it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import EffectKind
    from kei_gates.shell.expand import Field


class Started:
    """What a piece of code starts and touches, in the order in which it stands there.

    `programs` are argument lists, `sources` texts that a shell runs; in both, none stands for words
    or a text that are not known (`[None, ...]`: a program whose name is not). `code` is text of the
    same language that the code evaluates. `scripts` are files of the same language that it runs.
    `unseen` says, one clause each, why something could run that was not found. `effects` holds
    kind, path (none when it is not known) and whether all below the path is meant.
    """

    __slots__ = ("code", "effects", "programs", "scripts", "sources", "unseen")

    def __init__(self) -> None:
        """Start with nothing found."""
        self.programs: list[list[Field]] = []
        self.sources: list[Field] = []
        self.code: list[str] = []
        self.scripts: list[Field] = []
        self.unseen: list[str] = []
        self.effects: list[tuple[EffectKind, Field, bool]] = []
