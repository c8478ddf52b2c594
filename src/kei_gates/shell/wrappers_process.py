"""Programs that run another one under other conditions: its priority, time, locks.

Sources: the manual pages of coreutils 9, util-linux 2.38, time 1.9, numactl(8), torsocks(1),
proxychains(1), cpulimit(1), tini, dumb-init, arch(1), daemonize(1), dockerize, tsp(1), nq(1),
pueue, tcpserver, tcpsvd(8), websocketd, systemd-socket-activate(1); bash(1) and zshmisc(1) for the
shell's own words.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar
from kei_gates.shell.wrappers import BARE, Tool, Wrapper

_ARCHITECTURE = Grammar(
    flags="BFILRSTXZvhV",
    long_flags="32bit fdpic-funcptrs short-inode addr-compat-layout addr-no-randomize "
    "whole-seconds sticky-timeouts read-implies-exec mmap-page-zero 3gb 4gb uname-2.6 verbose "
    "list help version",
)
_LOADER = Wrapper(
    Grammar(
        long="library-path preload audit argv0 glibc-hwcaps-prepend glibc-hwcaps-mask "
        "inhibit-rpath",
        flags="",
        long_flags="list verify inhibit-cache list-tunables list-diagnostics help version",
    ),
    without="list verify list-tunables list-diagnostics help version",
)


def _of_queue(name: str) -> str:
    """Give a queue's program; a format of time is that of another `ts`, which runs none."""
    return "" if "%" in name else name


def _of_many(name: str) -> str | None:
    """Give the program that is run many times; none where whole commands stand in its place."""
    return None if name.startswith(":") else name


_QUEUE = Wrapper(
    Grammar("LND", flags="KClhVtcpowikrsuUSnfgBdEmF"),
    rename=_of_queue,
    without="K C l h V t c p o i w k r s u U S F help version",
)

PROCESS: dict[str, Wrapper | Tool] = {
    "env": Wrapper(
        Grammar(
            "uCaPLU",
            "unset chdir argv0",
            flags="i0v",
            long_flags="ignore-environment null debug help version list-signal-handling "
            "ignore-signal default-signal block-signal",
            ends="S split-string",
            dash=True,
        ),
        assignments=True,
        folder="C chdir",
        splits="S split-string",
        names="a argv0",
        hides="P",
    ),
    "nohup": BARE,
    "setsid": Wrapper(Grammar(flags="cfw", long_flags="ctty fork wait help version")),
    "nice": Wrapper(
        Grammar("n", "adjustment", flags="0123456789", long_flags="help version"),
    ),
    "ionice": Wrapper(
        Grammar(
            "cnpPu", "class classdata pid pgid uid", flags="t", long_flags="ignore help version"
        ),
        without="p P u pid pgid uid help version",
    ),
    "timeout": Wrapper(
        Grammar(
            "ks",
            "kill-after signal",
            flags="vfp",
            long_flags="preserve-status foreground verbose help version",
        ),
        operands=1,
    ),
    "time": Wrapper(
        Grammar(
            "fo",
            "format output",
            flags="pvaqVlh",
            long_flags="portability verbose append quiet version help",
        ),
        without="V version help",
        output="o output",
    ),
    "stdbuf": Wrapper(Grammar("ioe", "input output error", flags="", long_flags="help version")),
    "chrt": Wrapper(
        Grammar(
            "TPD",
            "sched-runtime sched-period sched-deadline",
            flags="abdfiormpRv",
            long_flags="batch deadline fifo idle other rr all-tasks max pid verbose "
            "reset-on-fork help version",
        ),
        operands=1,
        without="m max p pid help version",
    ),
    "taskset": Wrapper(
        Grammar(flags="acp", long_flags="all-tasks cpu-list pid help version"),
        operands=1,
        without="p pid help version",
    ),
    "prlimit": Wrapper(
        Grammar(
            "po",
            "pid output",
            flags="",
            optional="cdefilmnqrstuvxy",
            long_flags="core data nice fsize sigpending memlock rss nofile msgqueue rtprio stack "
            "cpu nproc as locks rttime noheadings raw verbose help version",
        ),
        without="p pid help version",
    ),
    "choom": Wrapper(
        Grammar("np", "adjust pid", flags="", long_flags="help version"),
        without="p pid help version",
    ),
    "setarch": Wrapper(_ARCHITECTURE, operands=1, without="list help version"),
    "linux32": Wrapper(_ARCHITECTURE),
    "linux64": Wrapper(_ARCHITECTURE),
    "numactl": Wrapper(
        Grammar(
            "imNCpPwBL",
            "interleave membind cpunodebind physcpubind preferred preferred-many "
            "weighted-interleave balancing length offset shm shmid shmmode file",
            flags="lasHKbt",
            long_flags="localalloc all show hardware touch dump dump-nodes strict huge help",
        ),
        without="s show H hardware help",
    ),
    "cgexec": Wrapper(Grammar("g", flags="b", long_flags="sticky")),
    "cpulimit": Wrapper(
        Grammar(
            "lepP",
            "limit exe pid path",
            flags="bqfzvihk",
            long_flags="background quiet foreground lazy verbose include-children help",
        ),
        without="e exe p pid h help",
    ),
    "caffeinate": Wrapper(Grammar("tw", flags="disum")),
    "nocache": BARE,
    "eatmydata": BARE,
    "catchsegv": BARE,
    "ld.so": _LOADER,
    "ccache": Wrapper(
        Grammar("FMdo", "max-files max-size set-config dir", flags="cCsVhpzxX"),
        without="s V h p z c C",
    ),
    "sccache": Wrapper(Grammar(flags="sVhz", long_flags="show-stats start-server stop-server")),
    "distcc": Wrapper(Grammar(flags="j", long_flags="help version show-hosts")),
    "bear": Wrapper(
        Grammar("o", "output config", flags="v", long_flags="append verbose help version"),
        output="o output",
    ),
    "logsave": Wrapper(Grammar(flags="asv"), operands=1),
    "rlwrap": Wrapper(
        Grammar("AbCDefghHIlmMpPqsStTwz", flags="acEijnNorRuUvWxX"),
        without="h v",
    ),
    "systemd-cat": Wrapper(
        Grammar("tp", "identifier priority stderr-priority level-prefix namespace", flags="h"),
    ),
    "ssh-agent": Wrapper(Grammar("aEOPt", flags="cDdksTUuV"), without="k V"),
    "dbus-launch": Wrapper(
        Grammar(
            long="config-file autolaunch",
            flags="",
            long_flags="sh-syntax csh-syntax "
            "auto-syntax binary-syntax close-stderr exit-with-session exit-with-x11 help version",
        ),
    ),
    "xvfb-run": Wrapper(
        Grammar(
            "enfpsw",
            "error-file server-num auth-file xauth-protocol server-args wait",
            flags="alh",
            long_flags="auto-servernum auto-display listen-tcp help",
        ),
    ),
    "torsocks": Wrapper(
        Grammar(
            "uPap",
            "user pass address port",
            flags="idqs",
            long_flags="isolate debug quiet shell help version",
        ),
        hides="s shell",
    ),
    "torify": BARE,
    "tsocks": BARE,
    "trickle": Wrapper(Grammar("uwtLdnlpP", flags="hvs"), without="h"),
    "proxychains": Wrapper(Grammar("f", flags="q"), hides="f"),
    "tini": Wrapper(Grammar("pe", flags="vwgslh"), without="h version"),
    "dumb-init": Wrapper(
        Grammar("r", "rewrite", flags="cvhV", long_flags="single-child verbose help version"),
    ),
    "run-one": BARE,
    "catatonit": BARE,
    "arch": Wrapper(Grammar(long="arch e d", single_dash=True), without="h help version"),
    "daemonize": Wrapper(Grammar("ceEopul", flags="avh"), folder="c", output="e o"),
    "wait-for-it": Wrapper(Grammar("hpt", "host port timeout", flags="qs"), behind=True),
    "dockerize": Wrapper(
        Grammar(
            long="wait timeout wait-retry-interval template stdout stderr delims env env-section",
            either=True,
        ),
    ),
    "authbind": Wrapper(Grammar(flags="", long_flags="deep help version", many={"depth": 1})),
    "zrun": BARE,
    "lckdo": Wrapper(Grammar("WE", flags="wesxq"), operands=1),
    # --- queues --------------------------------------------------------------------------------
    "tsp": _QUEUE,
    "ts": _QUEUE,
    "rush": Wrapper(
        Grammar(
            "jidDnJrtoTvP",
            "jobs infile record-delimiter records-join-separator nrecords field-delimiter retries "
            "retry-interval timeout trim assign cleanup-time succ-cmd-file out-file "
            "immediate-output-prefix buffer-size nth cmd-file",
            flags="kcqhVeIC",
            long_flags="keep-order continue escape verbose dry-run stop-on-error immediate-output "
            "propagate-exit-status eta no-stop-exes no-kill-exes help version",
        ),
        "text",
        interactive="<",
    ),
    "rust-parallel": Wrapper(
        Grammar(
            "citdrj",
            "channel-capacity input-file timeout-seconds jobs regex shell-path shell-argument "
            "progress-bar-style discard-output",
            flags="0kensphV",
            long_flags="null-separator keep-order exit-on-error no-run-if-empty shell progress-bar "
            "dry-run help version",
        ),
        appends=True,
        joins="s shell",
        rename=_of_many,
        interactive="<",
    ),
    "nq": Wrapper(Grammar(flags="cqtwh"), without="t w h help version"),
    "pueue": Tool(
        Grammar("c", "config profile color"),
        {
            "add": Wrapper(
                Grammar(
                    "wdagop",
                    "working-directory delay after group priority label",
                    flags="eisf",
                    long_flags="escape immediate stashed print-task-id follow",
                ),
                "text",
                folder="w working-directory",
            ),
        },
    ),
    # --- servers that start a program for each connection ---------------------------------------
    "tcpserver": Wrapper(Grammar("xcbgultB", flags="qQvpPhHrRoOdDXU1"), operands=2),
    "tcpsvd": Wrapper(Grammar("cCbulitx", flags="vphEe"), operands=2),
    "websocketd": Wrapper(
        Grammar(
            long="port address sslcert sslkey dir cgidir staticdir origin maxforks loglevel "
            "passenv header header-ws header-http closems redirport",
        ),
    ),
    "systemd-socket-activate": Wrapper(
        Grammar(
            "lEd",
            "listen setenv fdname",
            flags="ahR",
            long_flags="accept datagram seqpacket inetd now help version",
        ),
    ),
    # --- locks ---------------------------------------------------------------------------------
    "flock": Wrapper(
        Grammar(
            "wEc",
            "wait timeout conflict-exit-code command",
            flags="enosuxFvVh",
            long_flags="exclusive nonblock nb no-fork close shared unlock verbose help version",
        ),
        operands=1,
        resumes=True,
        texts="c command",
        without="help version V h",
    ),
    "lockf": Wrapper(Grammar("t", flags="knsw"), operands=1),
    "setlock": Wrapper(Grammar(flags="nNxX"), operands=1),
    # --- the shell's own words -----------------------------------------------------------------
    "command": Wrapper(Grammar(flags="pvV"), without="v V"),
    "builtin": Wrapper(Grammar(flags="")),
    "exec": Wrapper(Grammar("a", flags="cl"), names="a"),
    "noglob": Wrapper(Grammar(flags="")),
    "nocorrect": Wrapper(Grammar(flags="")),
    "-": Wrapper(Grammar(flags="")),
}
