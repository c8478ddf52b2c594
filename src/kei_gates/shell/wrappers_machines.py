"""Programs that run another one on another machine.

Sources: the manual pages of OpenSSH 9.2 (ssh, sftp), sshpass(1), mosh(1), autossh(1), rsh(1),
pdsh(1), clush(1), ansible(1); `--help` of vagrant 2, wsl.exe, adb, gcloud, heroku.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar
from kei_gates.shell.wrappers import Tool, Wrapper

SSH_COMMANDS = "o:proxycommand localcommand knownhostscommand remotecommand"
"""The settings of ssh_config(5) that hold a command."""

_SSH = Wrapper(
    Grammar(
        "BbcDEeFIiJLlmOoPpQRSWw",
        flags="46AaCfGgKkMNnqsTtVvXxYy",
    ),
    "text",
    operands=1,
    resumes=True,
    elsewhere=True,
    keyed=SSH_COMMANDS,
    output="E",
    hides="F I",
    without="G N O Q V W",
    interactive="*",
)
_MOSH = Wrapper(
    Grammar(
        "pP",
        "client server ssh predict port family bind-server experimental-remote-ip",
        flags="46an",
        long_flags="predict-overwrite no-init local no-ssh-pty ssh-pty help version",
    ),
    operands=1,
    resumes=True,
    elsewhere=True,
    also="client server ssh",
    interactive="*",
)
MACHINES: dict[str, Wrapper | Tool] = {
    "ssh": _SSH,
    "slogin": _SSH,
    "autossh": Wrapper(
        Grammar("BbcDEeFIiJLlmMOoPpQRSWw", flags="146AaCfGgKkNnqsTtVvXxYy"),
        "text",
        operands=1,
        resumes=True,
        elsewhere=True,
        keyed=SSH_COMMANDS,
        hides="F I",
        without="G N O Q V W",
        interactive="*",
    ),
    "sshpass": Wrapper(Grammar("fdpP", flags="ehvV"), without="h V"),
    "mosh": _MOSH,
    "rsh": Wrapper(
        Grammar("lkp", flags="468dEFfnx"),
        "text",
        operands=1,
        resumes=True,
        elsewhere=True,
        interactive="*",
    ),
    "pdsh": Wrapper(
        Grammar("wxgXPlRMtufFq", flags="SahLNVdbkn"),
        "text",
        elsewhere=True,
        without="q V L h",
    ),
    "clush": Wrapper(
        Grammar("wxgXluftoO", "hostfile", flags="abBcdDGhLnNpPqrRSv"),
        "text",
        elsewhere=True,
    ),
    "ansible": Wrapper(
        Grammar("aimMeltTfBPouc", "args inventory module-name extra-vars limit user"),
        "nothing",
        also="a args",
    ),
    "vagrant": Tool(
        Grammar(),
        {
            "ssh": Wrapper(
                Grammar("c", "command"),
                "nothing",
                operands=1,
                resumes=True,
                texts="c command",
                elsewhere=True,
            ),
        },
    ),
    "wsl": Wrapper(
        Grammar(
            "du",
            "distribution user cd shell-type",
            flags="lvts",
            long_flags="list status shutdown terminate update help version verbose system",
            ends="e exec",
        ),
        "text",
        direct="e exec",
        without="l list status shutdown t terminate update help version s",
        interactive="*",
    ),
    "adb": Tool(
        Grammar("stHPL", flags="ade"),
        {"shell": Wrapper(Grammar("e", flags="nTtx"), "text", elsewhere=True, interactive="*")},
    ),
    "gcloud": Tool(
        Grammar(long="project account configuration zone"),
        {
            "compute": Tool(
                Grammar(),
                {
                    "ssh": Wrapper(
                        Grammar(long="command zone project ssh-flag ssh-key-file"),
                        "nothing",
                        operands=1,
                        resumes=True,
                        texts="command",
                        elsewhere=True,
                    ),
                },
            ),
        },
    ),
    "heroku": Tool(
        Grammar(),
        {
            "run run:detached": Wrapper(
                Grammar(
                    "aers",
                    "app env remote size type",
                    flags="x",
                    long_flags="exit-code no-tty no-notify",
                ),
                "text",
                elsewhere=True,
            )
        },
    ),
}
