"""Which commands stop virtual machines, and what Windows has to stop programs.

Sources: virsh(1) of libvirt 10, VBoxManage 7, qm(1) of Proxmox 8, xl(1), the help of vagrant 2.4,
multipass 1.14, lima 1.0, colima 0.7, orbstack, tart 2, wsl.exe, adb; Microsoft's references of
taskkill, shutdown, sc, net, schtasks, tskill, wmic and of PowerShell 7's cmdlets.
"""

from __future__ import annotations

from kei_gates.gates._kill_table import Tool
from kei_gates.gates._kill_table import objection as judged
from kei_gates.gates._killing import called
from kei_gates.model import Invocation
from kei_gates.shell.options import Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._killing import Killing
    from kei_gates.model import Event

_MACHINE = "virtual machine"


def _all(noun: str) -> Tool:
    """Give the table of a program that does nothing but stop something."""
    grammar = Grammar(single_dash=True)
    return Tool(
        noun, "", others="stops", bare="stops", helps="help ?", dry=_WHAT_IF, grammar=grammar
    )


_WHAT_IF = "whatif WhatIf"


_PROCESS = _all("process")
_SERVICE = _all("service")
_QM = Tool(_MACHINE, "stop shutdown reset reboot suspend destroy rollback migrate", others="passes")
TOOLS: dict[str, Tool] = {
    "virsh": Tool(
        _MACHINE,
        "destroy shutdown reboot reset suspend managedsave save undefine dompmsuspend "
        "net-destroy pool-destroy pool-delete vol-delete vol-wipe snapshot-revert migrate",
        others="passes",
        grammar=Grammar("cdekKl", "connect debug"),
    ),
    "vboxmanage": Tool(
        _MACHINE,
        "controlvm.*.poweroff,reset,pause,savestate,acpipowerbutton,acpisleepbutton,reboot "
        "controlvm.*.shutdown unregistervm discardstate snapshot.*.restore,restorecurrent "
        "guestcontrol.*.closeprocess,closesession",
        others="passes",
        fold=True,
    ),
    "vmrun": Tool(
        _MACHINE, "stop reset suspend pause deletevm killprocessinguest reverttosnapshot",
        others="passes", fold=True, grammar=Grammar(long="t h u p vp gu gp", single_dash=True),
    ),
    "prlctl": Tool(_MACHINE, "stop reset restart suspend pause delete", others="passes"),
    "utmctl": Tool(_MACHINE, "stop suspend delete", others="passes"),
    "qm": _QM,
    "pct": _QM,
    "xl": Tool(_MACHINE, "destroy shutdown reboot pause save", others="passes"),
    "vagrant": Tool(
        _MACHINE,
        "halt destroy suspend reload snapshot.restore,pop",
        others="passes",
    ),
    "multipass": Tool(_MACHINE, "stop delete restart suspend purge restore", others="passes"),
    "limactl": Tool(_MACHINE, "stop delete rm remove factory-reset restart", others="passes"),
    "colima": Tool(
        _MACHINE, "stop delete restart", others="passes", grammar=Grammar("p", "profile")
    ),
    "orb": Tool(_MACHINE, "stop delete restart reset", others="passes"),
    "orbctl": Tool(_MACHINE, "stop delete restart reset", others="passes"),
    "tart": Tool(_MACHINE, "stop delete suspend", others="passes"),
    "adb": Tool("device", "reboot kill-server emu.kill", others="passes", grammar=Grammar("stHPL")),
    "wsl": Tool(
        "linux under windows", "", others="passes",
        switches="shutdown terminate t unregister", grammar=Grammar("du", "distribution user"),
        tail=Grammar("dut", "distribution user terminate unregister"),
    ),
    # Windows
    "taskkill": _PROCESS,
    "tskill": _PROCESS,
    "pskill": _PROCESS,
    "stop-process": _PROCESS,
    "spps": _PROCESS,
    "stop-service": _SERVICE,
    "spsv": _SERVICE,
    "restart-service": _SERVICE,
    "suspend-service": _SERVICE,
    "remove-service": _SERVICE,
    "stop-computer": _all("this machine"),
    "restart-computer": _all("this machine"),
    "stop-job": _all("job"),
    "stop-vm": _all(_MACHINE),
    "restart-vm": _all(_MACHINE),
    "suspend-vm": _all(_MACHINE),
    "remove-vm": _all(_MACHINE),
    "stop-scheduledtask": _all("job"),
    "unregister-scheduledtask": _all("job"),
    "stop-azvm": _all(_MACHINE),
    "remove-azvm": _all(_MACHINE),
    "restart-azvm": _all(_MACHINE),
    "sc": Tool("service", "stop,delete,pause *.stop,delete,pause", others="passes", fold=True),
    "net": Tool("service", "stop pause", others="passes", fold=True),
    "schtasks": Tool("job", "/end /delete", others="passes", fold=True),
    "wmic": Tool(
        "process", "terminate delete", others="passes", fold=True, anywhere=True, helps="help"
    ),
    "iisreset": Tool("web server", "/stop /restart", bare="stops", others="passes", fold=True),
}  # fmt: skip


# Shells of Windows, and the options behind which their command stands. A program of Windows is
# called by its full name from a shell of another system, and what such a one runs is read here.
_SHELLS = {
    "cmd": ("/c", "/k", "/r"),
    "powershell": ("-c", "-command"),
    "pwsh": ("-c", "-command"),
}


def objection(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a command for virtual machines, or for Windows, stops."""
    name = called(invocation)
    if name in _SHELLS:
        return _in_shell(name, invocation, event)
    return judged(TOOLS[name], invocation)


def _in_shell(name: str, invocation: Invocation, event: Event) -> Killing | None:
    """Give what the command stops that a shell of Windows runs."""
    words = [word or "" for word in invocation.argv]
    at = next((at for at, word in enumerate(words) if word.casefold() in _SHELLS[name]), 0)
    if at == 0 and (name != "powershell" or words[1:2] == [] or words[1].startswith("-")):
        return None
    text = " ".join(words[at + 1 :])
    for sign in ";|&{}()":
        text = text.replace(sign, "\n")
    for line in text.split("\n"):
        inner = tuple(line.replace('"', " ").split())
        one = Invocation(inner, (*invocation.via, name), invocation.span) if inner else invocation
        if called(one) in TOOLS:
            killing = objection(one, event)
            if killing is not None:
                return killing
    return None
