"""The tables of all families in one."""

from __future__ import annotations

from kei_gates.shell.wrappers_builds import BUILDS
from kei_gates.shell.wrappers_containers import CONTAINERS
from kei_gates.shell.wrappers_machines import MACHINES
from kei_gates.shell.wrappers_options import OPTIONS
from kei_gates.shell.wrappers_packages import PACKAGES
from kei_gates.shell.wrappers_privilege import PRIVILEGE
from kei_gates.shell.wrappers_process import PROCESS
from kei_gates.shell.wrappers_versions import VERSIONS
from kei_gates.shell.wrappers_watching import WATCHING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.wrappers import Tool, Wrapper

WRAPPERS: dict[str, Wrapper | Tool] = {
    **PROCESS,
    **WATCHING,
    **PRIVILEGE,
    **CONTAINERS,
    **MACHINES,
    **PACKAGES,
    **VERSIONS,
    **BUILDS,
    **OPTIONS,
}
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
    return WRAPPERS.get(name)
