"""Programs that start nothing by themselves, except what one of their options holds.

Sources: the manual pages of rsync 3.2, OpenSSH 9.2 (scp, sftp), tar 1.34 and bsdtar, cpio, zip 3,
coreutils 9 (split, sort), ripgrep 13, fd 8, man-db, wget 1.21, tcpdump, ncat, netcat, fzf, skim,
bat, nano, ranger, lf, kakoune, borg, restic, rclone, tcl expect, xterm, foot, alacritty, konsole,
gnome-terminal, wezterm, kitty, util-linux script, dtach, abduco, asciinema, ttyd, zellij,
launchctl.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar
from kei_gates.shell.wrappers import BARE, Tool, Wrapper
from kei_gates.shell.wrappers_machines import SSH_COMMANDS

_COPY = Wrapper(Grammar("cDFiJloPSXBbRs"), "nothing", also="S D", keyed=SSH_COMMANDS, hides="F")
_TAR = Wrapper(
    Grammar(
        "fCTXbgIVHKNFL",
        "file directory files-from exclude exclude-from to-command use-compress-program "
        "checkpoint-action rsh-command info-script new-volume-script",
        long_flags="checkpoint",
        bundle=True,
    ),
    "nothing",
    also="to-command I use-compress-program rsh-command F info-script new-volume-script",
    keyed="checkpoint-action:exec",
)
_FD = Wrapper(
    Grammar(
        "dteEcjSoMm",
        "max-depth min-depth exact-depth type extension exclude color threads size owner "
        "changed-within changed-before base-directory path-separator search-path max-results "
        "ignore-file batch-size",
        ends="x X exec exec-batch",
    ),
    "nothing",
    appends=True,
)
_XTERM = Wrapper(
    Grammar(
        long="geometry display title T name n fn font fa fs bg fg bd bw cr b class xrm tn sl "
        "into lf tm ti ls",
        single_dash=True,
        ends="e",
    ),
    "nothing",
)
_NETCAT = Wrapper(
    Grammar(
        "eciIMmOoPpqsTVwWxXgG",
        "exec sh-exec lua-exec source source-port proxy proxy-type proxy-auth wait delay "
        "idle-timeout",
    ),
    "nothing",
    also="e exec c sh-exec",
    hides="lua-exec",
)

_FZF = Wrapper(
    Grammar("qfdnmcI", "preview bind query filter delimiter nth with-nth cmd"),
    "nothing",
    also="preview c cmd",
    binds="bind",
)
_BAT = Wrapper(Grammar("lrHm", "pager paging language line-range style theme"), "nothing",
               also="pager")  # fmt: skip

OPTIONS: dict[str, Wrapper | Tool] = {
    "rsync": Wrapper(
        Grammar(
            "efBTM",
            "rsh rsync-path exclude include filter files-from chmod exclude-from include-from "
            "password-file log-file partial-dir temp-dir backup-dir suffix port bwlimit",
        ),
        "nothing",
        also="e rsh rsync-path",
    ),
    "scp": _COPY,
    "sftp": _COPY,
    "ssh-copy-id": _COPY,
    "tar": _TAR,
    "gtar": _TAR,
    "bsdtar": _TAR,
    "cpio": Wrapper(Grammar("CEFHIMOR", "rsh-command"), "nothing", also="rsh-command"),
    "zip": Wrapper(
        Grammar("bnOtsiPx", "TT unzip-command", either=True), "nothing", also="TT unzip-command"
    ),
    "split": Wrapper(Grammar("abClnt", "filter bytes lines number"), "nothing", also="filter"),
    "sort": Wrapper(
        Grammar("oktST", "output key compress-program"), "nothing", also="compress-program"
    ),
    "rg": Wrapper(
        Grammar("ABCefgmMrtTjEd", "pre pre-glob hostname-bin regexp file glob type"),
        "nothing",
        also="pre hostname-bin",
    ),
    "fd": _FD,
    "fdfind": _FD,
    "man": Wrapper(
        Grammar("CRLmMSserEPp", "pager preprocessor", optional="H", long_flags="html"),
        "nothing",
        also="P pager H html",
    ),
    "wget": Wrapper(
        Grammar("OPoaeitTUQABDlRIXw", "use-askpass output-document execute"),
        "nothing",
        also="use-askpass",
        keyed="e execute:use_askpass useaskpass",
    ),
    "tcpdump": Wrapper(Grammar("BcCDEFGijmMQrsTVwWyzZ"), "nothing", also="z"),
    "nc": _NETCAT,
    "ncat": _NETCAT,
    "netcat": _NETCAT,
    "fzf": _FZF,
    "sk": _FZF,
    "bat": _BAT,
    "batcat": _BAT,
    "delta": _BAT,
    "nano": Wrapper(Grammar("sCJorTQYX", "speller"), "nothing", also="s speller"),
    "ranger": Wrapper(Grammar("rc", "cmd datadir confdir cachedir"), "nothing", hides="cmd"),
    "lf": Wrapper(Grammar(long="command config remote", either=True), "nothing", hides="command"),
    "kak": Wrapper(Grammar("cesfpiC"), "nothing", hides="e E f"),
    "borg": Wrapper(Grammar(long="rsh remote-path"), "nothing", also="rsh"),
    "restic": Wrapper(
        Grammar("or", "option password-command repo"),
        "nothing",
        also="password-command",
        keyed="o option:sftp.command rclone.program",
    ),
    "rclone": Wrapper(
        Grammar(long="password-command sftp-ssh"), "nothing", also="password-command sftp-ssh"
    ),
    "launchctl": Tool(Grammar(), {"submit": Wrapper(Grammar("lpoe"), behind=True)}),
    # --- terminals -----------------------------------------------------------------------------
    "xterm": _XTERM,
    "uxterm": _XTERM,
    "urxvt": _XTERM,
    "rxvt": _XTERM,
    "st": Wrapper(Grammar("AcfgnoTtw", ends="e")),
    "konsole": Wrapper(Grammar(long="profile workdir", ends="e"), "nothing"),
    "xfce4-terminal": Wrapper(
        Grammar("eTI", "command title working-directory", ends="x execute"),
        "nothing",
        also="e command",
    ),
    "terminator": Wrapper(
        Grammar("eTpl", "command", ends="x execute"), "nothing", also="e command"
    ),
    "gnome-terminal": Wrapper(
        Grammar("et", "command title working-directory profile", ends="x execute"),
        texts="e command",
    ),
    "alacritty": Wrapper(
        Grammar("otT", "working-directory config-file option title class", ends="e command"),
        "nothing",
    ),
    "foot": Wrapper(
        Grammar("cofwWTaDt", "config override font title working-directory app-id term")
    ),
    "kitty": Wrapper(
        Grammar("codTm", "config override directory title name class session", flags="1v"),
    ),
    "wezterm": Tool(
        Grammar(flags="n", long="config-file config"),
        {"start": Wrapper(Grammar(long="cwd class workspace position domain", flags="e"))},
    ),
    "script": Wrapper(
        Grammar(
            "cEmoBITOt",
            "command echo logging-format output-limit log-io log-in log-out log-timing timing",
            flags="aefqdkprFVh",
            long_flags="append return flush force quiet help version",
        ),
        operands=1,
        resumes=True,
        texts="c command",
        without="h V help version",
        interactive="*",
    ),
    "dtach": Wrapper(Grammar("er", ends="c n A N"), "nothing", operands=1),
    "abduco": Wrapper(Grammar("e", flags="rflv", ends="c n A"), "nothing", operands=1),
    "asciinema": Tool(
        Grammar(),
        {
            "rec": Wrapper(
                Grammar("ceti", "command env title idle-time-limit cols rows"),
                "nothing",
                texts="c command",
            ),
        },
    ),
    "ttyd": Wrapper(Grammar("picugsatITmPwCKAx", flags="qOSBvh6WRHo")),
    "zellij": Tool(
        Grammar("cls", "config config-dir layout session data-dir max-panes server"),
        {
            "run r": Wrapper(
                Grammar("dnxy", "cwd direction name height width", flags="cfsi"), behind=True
            ),
            "action ac": Tool(
                Grammar(),
                {
                    "new-pane": Wrapper(Grammar("dnp", "cwd direction name plugin"), behind=True),
                    "write write-chars edit launch-or-focus-plugin": Wrapper(
                        Grammar(), "nothing", hides="*"
                    ),
                },
            ),
        },
    ),
    "bpftrace": Wrapper(Grammar("ceBdfIop"), "nothing", texts="c"),
    "byobu": BARE,
}
