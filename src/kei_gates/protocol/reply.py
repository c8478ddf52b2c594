"""What the hook process does in the end. What it says, where it says anything, makes `answer`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


class Answer:
    """What the hook process does: bytes for stdout and stderr, and the exit code."""

    __slots__ = ("exit_code", "stderr", "stdout")

    def __init__(self, stdout: bytes, stderr: bytes, exit_code: int) -> None:
        self.stdout: Final = stdout
        self.stderr: Final = stderr
        self.exit_code: Final = exit_code


NO_OBJECTION = Answer(b"", b"", 0)
