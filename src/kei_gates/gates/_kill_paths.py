"""Files of the kernel: a write to them stops processes, a group of them, or the machine.

Sources: proc(5), cgroups(7), the kernel's cgroup-v1/freezer-subsystem.rst, cgroup-v2.rst,
sysrq.rst and sysfs-bus-pci.
"""

from __future__ import annotations

from kei_gates.gates._killing import Killing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event

_GROUP_FILES = frozenset(
    (
        "cgroup.freeze", "cgroup.kill", "cpu.max", "cpuset.cpus", "freezer.state", "memory.high",
        "memory.limit_in_bytes", "memory.max", "pids.max",
    )
)  # fmt: skip
_DEVICE_FILES = frozenset(("bind", "remove", "reset", "unbind"))
_ITSELF = ("/proc/self/", "/proc/thread-self/")
_INSTEAD = "leave it as it is, and report what should be stopped and why: a person stops it"


def objection(event: Event) -> Killing | None:
    """Give what a write to a file of the kernel stops."""
    for target in event.targets:
        if not target.changes or target.spelled.startswith(_ITSELF):
            continue
        what = _stopped(target.real) or _stopped(target.spelled)
        if what is not None:
            return Killing(what, f"a write to `{target.spelled}` stops or slows {what}", _INSTEAD)
    return None


def _stopped(path: str) -> str | None:
    """Name what a write to a path stops."""
    parts = path.split("/")
    name = parts[-1]
    if path.startswith("/proc/"):
        if name == "sysrq-trigger":
            return "this machine"
        return f"process {parts[2]}" if parts[2].isdecimal() else None
    if path.startswith("/sys/fs/cgroup/") and name in _GROUP_FILES:
        return f"the processes of `{path.rpartition('/')[0]}`"
    if path == "/sys/power/state":
        return "this machine"
    if path.startswith(("/sys/bus/", "/sys/devices/")) and name in _DEVICE_FILES:
        return f"device `{path.rpartition('/')[0]}`"
    return None
