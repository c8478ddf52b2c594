"""The tables of all families, each read when a program of it is met."""

from __future__ import annotations

from kei_gates.shell.index import WRAPPING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.wrappers import Tool, Wrapper

# The dynamic loader bears its version in its name.
_LOADERS = ("ld-linux", "ld-musl", "ld64", "ld.so")
# All other emulators of that name run one program.
_MACHINES = (
    "qemu-system", "qemu-img", "qemu-io", "qemu-nbd", "qemu-ga", "qemu-storage",
)  # fmt: skip
_ALIASES = {
    "proxychains4": "proxychains", "gtimeout": "timeout", "genv": "env", "gnice": "nice",
    "gstdbuf": "stdbuf", "gsort": "sort", "gsplit": "split", "i386": "linux32",
    "x86_64": "linux64", "task-spooler": "tsp", "wait-for-it.sh": "wait-for-it",
}  # fmt: skip


def wrapper_of(program: str) -> Wrapper | Tool | None:
    """Give how a program is given the command that it runs; none for one that runs none."""
    name = "ld.so" if program.startswith(_LOADERS) else _ALIASES.get(program, program)
    if name.startswith("qemu-") and not name.startswith(_MACHINES):
        name = "qemu"
    family = WRAPPING.get(name)
    if family is None:
        return None
    module = __import__(f"{__package__}.wrappers_{family}", fromlist=("WRAPPERS",))
    row: Wrapper | Tool = getattr(module, family.upper())[name]
    return row
