"""Programs that run another one on another machine.

Sources: the manual pages of OpenSSH 9.2 (ssh, sftp), sshpass(1), mosh(1), autossh(1), rsh(1),
pdsh(1), clush(1), ansible(1); pssh(1), dsh(1); `--help` of vagrant 2, wsl.exe, adb, gcloud, heroku,
multipass, limactl, colima, orb, minikube, flyctl, aws.
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
_PSSH = Wrapper(
    Grammar(
        "hHlpoetOxXg",
        "hosts host user par outdir errdir timeout options extra-args extra-arg",
        flags="vAiPI",
    ),
    "text",
    elsewhere=True,
)
_LIMA = Wrapper(Grammar(long="workdir shell", flags="", long_flags="debug tty"), operands=1,
                shells="shell", resumes=True, interactive="*")  # fmt: skip
_ORB = Wrapper(
    Grammar("muw", "machine user workdir", flags="ps", long_flags="path shell"), interactive="*"
)
_FLY = Tool(
    Grammar(),
    {
        "ssh": Tool(
            Grammar(),
            {
                "console": Wrapper(
                    Grammar("Cacrugo", "command app config region user machine address container"),
                    "nothing",
                    texts="C command",
                    elsewhere=True,
                    interactive="*",
                )
            },
        ),
        "machine machines m": Tool(
            Grammar(), {"exec": Wrapper(Grammar("ac", "app config"), "first", operands=1)}
        ),
    },
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
    "pssh": _PSSH,
    "parallel-ssh": _PSSH,
    "dsh": Wrapper(
        Grammar("mfgoFr", "machine file group remoteshell", flags="acqvMwDih"),
        "text",
        elsewhere=True,
        also="r remoteshell",
        without="h help version",
    ),
    "multipass": Tool(
        Grammar(flags="v"),
        {
            "exec": Wrapper(
                Grammar(
                    "d", "working-directory", flags="nv", long_flags="no-map-working-directory"
                ),
                operands=1,
                resumes=True,
            ),
            "shell": Wrapper(Grammar(flags="v"), "nothing", operands=1, interactive="*"),
        },
    ),
    "limactl": Tool(Grammar(long="log-level"), {"shell": _LIMA}),
    "lima": Wrapper(_LIMA.grammar, interactive="*"),
    "colima": Tool(Grammar("p", "profile"), {"ssh": Wrapper(Grammar("p", "profile"))}),
    "orb": Tool(
        Grammar("muw", "machine user workdir", flags="ps", long_flags="path shell"),
        {
            "run shell": _ORB,
            "list create delete start stop restart info config status version update logs clone "
            "default export import help": Wrapper(Grammar(), "nothing"),
        },
        other=_ORB,
    ),
    "orbctl": Tool(Grammar(), {"run": _ORB, "shell": _ORB}),
    "minikube": Tool(
        Grammar("p", "profile"),
        {"ssh": Wrapper(Grammar("np", "node profile"), "text", elsewhere=True, interactive="*")},
    ),
    "fly": _FLY,
    "flyctl": _FLY,
    "aws": Tool(
        Grammar(long="profile region output query endpoint-url"),
        {
            "ecs": Tool(
                Grammar(),
                {
                    "execute-command": Wrapper(
                        Grammar(long="command cluster task container"),
                        "nothing",
                        texts="command",
                        elsewhere=True,
                    )
                },
            ),
            "ssm": Tool(
                Grammar(),
                {
                    "send-command": Wrapper(
                        Grammar(long="parameters cli-input-json"),
                        "nothing",
                        hides="parameters cli-input-json",
                    )
                },
            ),
        },
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
