"""Programs that run another one in a container.

Sources: `--help` of docker 24 (run, exec, compose), podman 4, nerdctl 1, buildah, kubectl 1.28, oc
4, lxc 5, distrobox 1, crictl, devcontainer, ddev, lando; toolbox(1), apptainer(1), lxc-attach(1);
the command tree of Modal 1.6.4.
"""

from __future__ import annotations

from kei_gates.shell.modal_grammars import GRAMMARS
from kei_gates.shell.options import Grammar
from kei_gates.shell.wrappers import Tool, Wrapper

# Images that run the program of their own name, whoever made them.
_PROGRAMS = frozenset(
    (
        "aws-cli", "buf", "curl", "gh", "git", "git-lfs", "glab", "hadolint", "helm", "hg", "jj",
        "kubectl", "lazygit", "rclone", "restic", "shellcheck", "socat", "svn", "terraform",
        "trivy", "yq",
    )
)  # fmt: skip


def _of_image(image: str) -> str:
    """Give the program that an image runs: `registry/alpine/git:v2` runs git."""
    name = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    return name if name in _PROGRAMS else ""


_EXEC = Wrapper(
    Grammar(
        "euwl",
        "env user workdir detach-keys env-file index preserve-fds preserve-fd cidfile",
        flags="itdT",
        long_flags="interactive tty detach privileged no-TTY no-tty latest help",
    ),
    operands=1,
)
_RUN = Wrapper(
    Grammar(
        "aceHhlmpuvw",
        "add-host annotation attach blkio-weight blkio-weight-device cap-add cap-drop "
        "cgroup-parent cgroupns cidfile cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period "
        "cpu-rt-runtime cpu-shares cpus cpuset-cpus cpuset-mems detach-keys device "
        "device-cgroup-rule device-read-bps device-read-iops device-write-bps device-write-iops "
        "dns dns-option dns-opt dns-search domainname entrypoint env env-file expose gpus "
        "group-add health-cmd health-interval health-retries health-start-period "
        "health-start-interval health-timeout hostname io-maxbandwidth io-maxiops ip ip6 ipc "
        "isolation kernel-memory label label-file link link-local-ip log-driver log-opt "
        "mac-address memory memory-reservation memory-swap memory-swappiness mount name network "
        "net network-alias net-alias oom-score-adj pid pids-limit platform publish pull restart "
        "runtime security-opt shm-size stop-signal stop-timeout storage-opt sysctl tmpfs ulimit "
        "user userns uts volume volume-driver volumes-from workdir "
        "arch authfile conmon-pidfile creds gidmap uidmap subuidname subgidname group-entry "
        "passwd-entry hooks-dir image-volume init-path os pidfile pod pod-id-file "
        "preserve-fds requires rootfs sdnotify secret seccomp-policy shm-size-systemd systemd "
        "timeout tz umask variant decryption-key cgroup-conf chrootdirs env-merge unsetenv "
        "health-on-failure retry retry-delay",
        flags="diPqt",
        long_flags="detach disable-content-trust help init interactive no-healthcheck "
        "oom-kill-disable privileged publish-all quiet read-only rm rmi sig-proxy tty "
        "use-api-socket env-host http-proxy no-hosts no-hostname passwd read-only-tmpfs replace "
        "tls-verify unsetenv-all",
    ),
    operands=1,
    entry="entrypoint",
    image=_of_image,
)
_SERVICE = Wrapper(
    Grammar(
        "elpuvw",
        "entrypoint env env-from-file label name publish pull user volume workdir cap-add cap-drop",
        flags="dTPitqQ",
        long_flags="build detach interactive no-deps no-TTY quiet quiet-build quiet-pull "
        "remove-orphans rm service-ports use-aliases tty help",
    ),
    operands=1,
    entry="entrypoint",
)
_COMPOSE = Tool(
    Grammar(
        "fpc",
        "file project-name profile env-file project-directory parallel progress ansi context "
        "host log-level tlscacert tlscert tlskey in-pod pod-args podman-path podman-args",
        flags="DHvh",
        long_flags="all-resources compatibility dry-run verbose no-ansi tls tlsverify",
    ),
    {"exec": _EXEC, "run": _SERVICE},
)
_CONTAINERS = Tool(
    Grammar(
        "cHlna",
        "config context host log-level tlscacert tlscert tlskey url connection identity root "
        "runroot runtime storage-driver storage-opt cgroup-manager namespace address",
        flags="Dvr",
        long_flags="debug tls tlsverify version remote help",
    ),
    {
        "exec": _EXEC,
        "run create": _RUN,
        "container": Tool(Grammar(), {"exec": _EXEC, "run create": _RUN}),
        "compose": _COMPOSE,
    },
)
_IN_POD = Wrapper(
    Grammar(
        "cfnl",
        "container filename namespace pod-running-timeout kubeconfig context cluster user "
        "image image-pull-policy labels overrides port restart env override-type target "
        "copy-to profile share-processes set-image custom annotations",
        flags="itqv",
        long_flags="stdin tty quiet command rm attach expose leave-stdin-open dry-run",
    ),
    operands=1,
    behind=True,
)
_CLUSTER = Tool(
    Grammar(
        "nsv",
        "namespace context cluster kubeconfig user server token as as-group request-timeout "
        "certificate-authority client-certificate client-key cache-dir tls-server-name",
    ),
    {
        "exec run debug": _IN_POD,
        "rsh": Wrapper(
            Grammar("cn", "container namespace shell", flags="Tt", long_flags="no-tty tty"),
            operands=1,
        ),
    },
)
_LXC = Tool(
    Grammar(long="project", flags="vqhd"),
    {
        "exec": Wrapper(
            Grammar(
                "t",
                "cwd env group mode user project",
                flags="nT",
                long_flags="disable-stdin force-interactive force-noninteractive",
            ),
            operands=1,
            resumes=True,
        ),
    },
)
_APPTAINER = Wrapper(
    Grammar(
        "BHWCpS",
        "bind home workdir pwd cwd scratch env env-file network dns hostname overlay "
        "security add-caps drop-caps app mount fakeroot-opts cpus memory",
        flags="cefinuw",
        long_flags="cleanenv contain containall fakeroot ipc net nv rocm pid uts userns writable "
        "writable-tmpfs no-home no-init compat",
    ),
    operands=1,
)

_MODAL = Tool(
    Grammar(long="profile"),
    {
        "container": Tool(
            Grammar(long="profile"),
            {
                "exec": Wrapper(
                    Grammar(long="profile", flags="h", long_flags="pty no-pty help"),
                    operands=1,
                    resumes=True,
                    elsewhere=True,
                )
            },
        ),
        "shell": Wrapper(GRAMMARS["shell"], "nothing", texts="c cmd", elsewhere=True),
    },
)
CONTAINERS: dict[str, Wrapper | Tool] = {
    "modal": _MODAL,
    "modal.exe": _MODAL,
    "docker": _CONTAINERS,
    "podman": _CONTAINERS,
    "nerdctl": _CONTAINERS,
    "docker-compose": _COMPOSE,
    "podman-compose": _COMPOSE,
    "crictl": Tool(
        Grammar("cirt", "config image-endpoint runtime-endpoint timeout"),
        {"exec": Wrapper(Grammar("r", "timeout", flags="its"), operands=1, resumes=True)},
    ),
    "devcontainer": Tool(
        Grammar(),
        {
            "exec": Wrapper(
                Grammar(
                    long="workspace-folder container-id id-label config override-config "
                    "docker-path docker-compose-path remote-env log-level user-data-folder "
                    "default-user-env-probe terminal-columns terminal-rows log-format "
                    "container-data-folder mount-workspace-git-root skip-feature-auto-mapping",
                ),
            )
        },
    ),
    "ddev": Tool(Grammar(), {"exec .": Wrapper(Grammar("sd", "service dir", flags="q"), "text")}),
    "lando": Tool(
        Grammar(),
        {"ssh": Wrapper(Grammar("csu", "command service user"), "nothing", texts="c command")},
    ),
    "buildah": Tool(
        Grammar(),
        {
            "run": Wrapper(
                Grammar(
                    "vcu",
                    "volume user workingdir cap-add cap-drop env isolation mount network hostname",
                    flags="t",
                    long_flags="tty terminal",
                ),
                operands=1,
                resumes=True,
            )
        },
    ),
    "kubectl": _CLUSTER,
    "oc": _CLUSTER,
    "lxc": _LXC,
    "incus": _LXC,
    "lxc-attach": Wrapper(
        Grammar("nsPfvugelaLo", "name", flags="RqpF", long_flags="clear-env keep-env"),
        interactive="*",
    ),
    "distrobox": Tool(
        Grammar(flags="hV"),
        {
            "enter": Wrapper(
                Grammar(
                    "na",
                    "name additional-flags",
                    flags="THrdvh",
                    long_flags="no-tty no-workdir clean-path root dry-run verbose help",
                    ends="e exec",
                ),
                operands=1,
                resumes=True,
                direct="n name",
                interactive="*",
            ),
        },
    ),
    "toolbox": Tool(
        Grammar(flags="vhy"),
        {"run": Wrapper(Grammar("cdr", "container distro release preserve-fds"))},
    ),
    "apptainer": Tool(Grammar(flags="dqsv"), {"exec": _APPTAINER}),
    "singularity": Tool(Grammar(flags="dqsv"), {"exec": _APPTAINER}),
}
