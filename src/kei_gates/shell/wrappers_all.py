"""The tables of all families in one."""

from __future__ import annotations

from kei_gates.shell.wrappers_containers import CONTAINERS
from kei_gates.shell.wrappers_machines import MACHINES
from kei_gates.shell.wrappers_options import OPTIONS
from kei_gates.shell.wrappers_packages import PACKAGES
from kei_gates.shell.wrappers_privilege import PRIVILEGE
from kei_gates.shell.wrappers_process import PROCESS
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
    **OPTIONS,
}
# The dynamic loader bears its version in its name.
_LOADERS = ("ld-linux", "ld-musl", "ld64", "ld.so")
_ALIASES = {"proxychains4": "proxychains", "gtimeout": "timeout", "genv": "env", "gnice": "nice",
            "gstdbuf": "stdbuf", "gsort": "sort", "gsplit": "split", "i386": "linux32",
            "x86_64": "linux64"}  # fmt: skip


def wrapper_of(program: str) -> Wrapper | Tool | None:
    """Give how a program is given the command that it runs; none for one that runs none."""
    name = "ld.so" if program.startswith(_LOADERS) else _ALIASES.get(program, program)
    return WRAPPERS.get(name)
