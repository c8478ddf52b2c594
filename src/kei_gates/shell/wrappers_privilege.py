"""Programs that run another one as another user, or with other roots and rights.

Sources: the manual pages of sudo 1.9, doas(1), util-linux 2.38 (su, runuser, setpriv, nsenter,
unshare), shadow (sg, newgrp), coreutils chroot, polkit pkexec(1), gosu, daemontools, bubblewrap
bwrap(1), firejail(1), proot(1), fakeroot(1), systemd 256 (systemd-run, run0, systemd-inhibit,
systemd-nspawn, machinectl), dbus-run-session(1), flatpak-run(1), schroot(1), ip-netns(8).
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar
from kei_gates.shell.wrappers import Tool, Wrapper

_SU = Grammar(
    "cgGsTwu",
    "command session-command group supp-group shell whitelist-environment user",
    flags="lmpfPhV",
    long_flags="login preserve-environment fast pty no-pty help version",
    dash=True,
)
_AS_USER = Wrapper(Grammar(flags="hv", long_flags="help version"), operands=1)
_AS_GROUP = Wrapper(
    Grammar("c", "command", dash=True),
    "text",
    operands=1,
    resumes=True,
    texts="c command",
    interactive="*",
)
_NAMESPACES = "mount uts ipc net pid user cgroup time"

_BINDING = dict.fromkeys(
    (
        "setenv", "bind", "bind-try", "dev-bind", "dev-bind-try", "ro-bind", "ro-bind-try", "file",
        "bind-data", "ro-bind-data", "symlink", "chmod", "bind-fd", "ro-bind-fd",
    ),
    2,
) | {"overlay": 3}  # fmt: skip

PRIVILEGE: dict[str, Wrapper | Tool] = {
    "sudo": Wrapper(
        Grammar(
            "ugphCrtTRDU",
            "user group prompt host close-from role type command-timeout chroot chdir other-user",
            flags="AbBEeHiKklnNPSsVv",
            long_flags="askpass background bell preserve-env edit set-home login remove-timestamp "
            "reset-timestamp no-update list non-interactive preserve-groups stdin shell version "
            "validate help",
        ),
        assignments=True,
        without="K l V v remove-timestamp list version validate help",
        hides="e edit R chroot",
        folder="D chdir",
        interactive="i login s shell",
    ),
    "doas": Wrapper(Grammar("uCa", flags="Lns"), without="L C", interactive="s"),
    "su": Wrapper(
        _SU,
        "shell",
        operands=1,
        resumes=True,
        texts="c command session-command",
        shells="s shell",
        without="h V help version",
        interactive="*",
    ),
    "runuser": Wrapper(
        _SU,
        "shell",
        operands=1,
        resumes=True,
        direct="u user",
        texts="c command session-command",
        shells="s shell",
        without="h V help version",
        interactive="*",
    ),
    "sg": _AS_GROUP,
    "newgrp": _AS_GROUP,
    "pkexec": Wrapper(
        Grammar("u", "user", flags="", long_flags="disable-internal-agent keep-cwd help version"),
        interactive="*",
    ),
    "gosu": _AS_USER,
    "su-exec": _AS_USER,
    "setuidgid": _AS_USER,
    "envuidgid": _AS_USER,
    "envdir": _AS_USER,
    "chpst": Wrapper(Grammar("uUbeCnlLmdofcrt/", flags="vP012"), without="V"),
    "softlimit": Wrapper(Grammar("adsmflopcrt")),
    "setpriv": Wrapper(
        Grammar(
            "",
            "ambient-caps inh-caps bounding-set ruid euid rgid egid reuid regid groups securebits "
            "pdeathsig selinux-label apparmor-profile landlock-access landlock-rule seccomp-filter",
            flags="dhV",
            long_flags="dump list-caps clear-groups keep-groups init-groups no-new-privs "
            "nnp reset-env help version",
        ),
        without="d dump list-caps h V help version",
    ),
    "capsh": Wrapper(Grammar(attached=True), "shell", behind=True, shells="shell"),
    "chroot": Wrapper(
        Grammar("ugG", "userspec groups", flags="n", long_flags="skip-chdir help version"),
        operands=1,
        interactive="*",
    ),
    "unshare": Wrapper(
        Grammar(
            "RwSGl",
            "root wd setuid setgid map-user map-group map-users map-groups setgroups propagation "
            "monotonic boottime load-interp owner",
            flags="fhVrc",
            optional="muinpUCT",
            long_flags=f"{_NAMESPACES} fork map-root-user map-current-user map-auto keep-caps "
            "kill-child mount-proc mount-binfmt help version",
        ),
        folder="w wd",
        without="h V help version",
        interactive="*",
    ),
    "nsenter": Wrapper(
        Grammar(
            "tSG",
            "target setuid setgid",
            flags="FahVZce",
            optional="muinpUCTrwW",
            long_flags=f"{_NAMESPACES} root wd wdns no-fork all preserve-credentials env "
            "follow-context keep-caps user-parent join-cgroup help version",
        ),
        without="h V help version",
        interactive="*",
    ),
    "bwrap": Wrapper(
        Grammar(
            long="args argv0 userns userns2 pidns uid gid hostname chdir unsetenv lock-file "
            "sync-fd remount-ro exec-label file-label proc dev tmpfs mqueue dir seccomp "
            "add-seccomp-fd block-fd userns-block-fd info-fd json-status-fd cap-add cap-drop "
            "perms size setenv bind bind-try dev-bind dev-bind-try ro-bind ro-bind-try file "
            "bind-data ro-bind-data symlink chmod bind-fd ro-bind-fd overlay-src tmp-overlay "
            "ro-overlay overlay level-prefix",
            flags="",
            long_flags="unshare-all share-net unshare-user unshare-user-try unshare-ipc "
            "unshare-pid unshare-net unshare-uts unshare-cgroup unshare-cgroup-try "
            "disable-userns assert-userns-disabled clearenv new-session die-with-parent "
            "as-pid-1 help version",
            many=_BINDING,
        ),
        hides="args",
        folder="chdir",
    ),
    "firejail": Wrapper(
        Grammar("c", flags="?", attached=True),
        texts="c",
        without="help version list tree top shutdown",
        interactive="*",
    ),
    "proot": Wrapper(
        Grammar(
            "rbmqwkRSp",
            "rootfs bind mount qemu cwd pwd kernel-release port",
            flags="0ilvhV",
            long_flags="root-id help version about verbose link2symlink kill-on-exit netcoop",
        ),
        folder="w pwd cwd",
        without="h V help version about",
        interactive="*",
    ),
    "fakeroot": Wrapper(
        Grammar(
            "lsibf",
            "lib faked",
            flags="uhv",
            long_flags="unknown-is-real help version",
        ),
        without="h v help version",
        interactive="*",
    ),
    "fakechroot": Wrapper(
        Grammar("beldsc", "lib elfloader environment bindir config-dir use-system-libs"),
        interactive="*",
    ),
    "schroot": Wrapper(
        Grammar(
            "cdusno",
            "chroot directory user shell session-name option",
            flags="abefhilpqrvV",
            long_flags="all begin-session run-session end-session recover-session force info list "
            "location preserve-environment quiet verbose automatic-session help version",
        ),
        folder="d directory",
        without="l list i info b begin-session e end-session h V help version",
        interactive="*",
    ),
    "systemd-run": Wrapper(
        Grammar(
            "pEuHM",
            "property setenv unit host machine slice description service-type uid gid nice "
            "working-directory on-active on-boot on-startup on-unit-active on-unit-inactive "
            "on-calendar timer-property path-property socket-property background",
            flags="qrtPdGShVv",
            long_flags="user system scope remain-after-exit send-sighup same-dir "
            "slice-inherit expand-environment pty pipe shell wait quiet no-block collect "
            "no-ask-password ignore-failure on-timezone-change on-clock-change "
            "help version",
        ),
        without="h help version",
        interactive="S shell",
        folder="working-directory",
    ),
    "run0": Wrapper(
        Grammar(
            "ugDM",
            "user group nice chdir setenv background machine unit property description slice "
            "shell-prompt-prefix area",
            flags="hVi",
            long_flags="no-ask-password slice-inherit pty pipe lightweight via-shell empower help "
            "version",
        ),
        without="h V help version",
        folder="D chdir",
        interactive="*",
    ),
    "systemd-inhibit": Wrapper(
        Grammar(
            long="what who why mode",
            flags="h",
            long_flags="list no-pager no-legend no-ask-password help version",
        ),
        without="list h help version",
    ),
    "systemd-nspawn": Wrapper(
        Grammar(
            "DMiupS",
            "directory machine image user uuid slice property setenv bind bind-ro tmpfs template "
            "port network-interface network-macvlan network-ipvlan network-bridge network-zone "
            "capability drop-capability chdir root-hash oci-bundle settings console pivot-root "
            "volatile private-users resolv-conf timezone link-journal kill-signal",
            flags="xqabnU",
            long_flags="ephemeral quiet as-pid2 boot read-only private-network network-veth "
            "keep-unit help version",
        ),
        interactive="*",
    ),
    "machinectl": Tool(
        Grammar("pnoMHE", "property lines output machine host setenv uid"),
        {"shell": Wrapper(Grammar("E", "uid setenv"), operands=1, interactive="*")},
    ),
    "dbus-run-session": Wrapper(
        Grammar(long="config-file dbus-daemon", flags="", long_flags="help version"),
        also="dbus-daemon",
    ),
    "flatpak": Tool(
        Grammar(flags="v", long_flags="user system"),
        {
            "run": Wrapper(
                Grammar(
                    long="command branch arch cwd runtime runtime-version env socket share device "
                    "filesystem nofilesystem persist unset-env own-name talk-name",
                    flags="dpv",
                    attached=True,
                ),
                operands=1,
                entry="command",
            ),
        },
    ),
    "start-stop-daemon": Wrapper(
        Grammar(
            "xanpusgckNPRIOrd",
            "exec startas name pidfile user signal retry group chuid nicelevel procsched iosched "
            "umask chdir chroot output ppid",
            flags="SKTHVotqbmvC",
            long_flags="start stop status test oknodo quiet background make-pidfile verbose "
            "no-close remove-pidfile help version",
        ),
        entry="a startas x exec",
        folder="d chdir",
        without="K stop T status H help V version",
    ),
    "ip": Tool(
        Grammar("nfbl", "netns family batch rcvbuf loops", single_dash=True),
        {
            "netns net": Tool(Grammar(), {"exec ex exe": Wrapper(Grammar(), operands=1)}),
            "vrf": Tool(Grammar(), {"exec": Wrapper(Grammar(), operands=1)}),
        },
    ),
}
