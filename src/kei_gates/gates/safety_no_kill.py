"""Deny what stops, pauses, deletes or replaces work that runs.

What it does: asks the person in a session that somebody watches, and denies elsewhere: signals to
processes that the command itself has not started, and their like for services, containers, pods,
terminals, virtual machines, jobs of schedulers, rented accelerators and clouds, by command line, by
request or in code; and the client's own `TaskStop` for a paid client or a training. What the same
command starts it may end: `kill $!`, and by its name a container whose `docker run` has surely
succeeded before, in the command or in an earlier call of the last hour. Probes and reads pass, and
so do words that only mention all this. Of a tool that manages compute, a command that nobody knows
is taken for the worst, and so is a part that could not be seen. `allow` lists patterns of commands
that the project accepts: `docker compose down *`.
Why: a run that was stopped by mistake has lost its hours and its money, and nobody can give them
back; it is always somebody else's work that looks idle.
Instead: leave it running, look at it with what reads (`ps`, `docker ps`, `squeue`), and report what
should be stopped and why; a person says `yes, stop it`.
"""

from __future__ import annotations

from kei_gates.gates._wording import deny_unseen
from kei_gates.model import Abstain, Ask, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kei_gates.gates._killing import Killing
    from kei_gates.model import Event, Invocation, Verdict

    Objection = Callable[[Invocation, Event], Killing | None]


class Params(BaseParams):
    """`allow`: patterns of commands that the project accepts."""

    allow: tuple[str, ...] = ()

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse a pattern that would match nothing, or any program."""
        from kei_gates.gates._argv_patterns import flaw_in  # noqa: PLC0415 -- only when compiling

        return flaw_in(values.get("allow"))


TOOLS = ("KillShell", "TaskStop")
_KERNEL = ("/proc/", "/sys/")


def check(event: Event, params: Params) -> Verdict:
    """Judge the tool, every invocation, all code and every target."""
    found = list(_found(event, params))
    unseen = deny_unseen(event, "stop work that runs")
    kind = Ask if event.facts.attended else Deny
    if not found:
        return kind(unseen.reason, unseen.remedy) if unseen is not None else Abstain()
    targets = tuple(dict.fromkeys(one.target for one in found))
    reason = found[0].reason
    if len(targets) > 1:
        reason += f", and the rest {' and '.join(targets[1:])}"
    # A word that is given beforehand is for what the call tells, not for what nobody sees.
    target = "" if unseen is not None else " and ".join(targets)
    return kind(reason, found[0].remedy, target=target)


def _found(event: Event, params: Params) -> Iterator[Killing]:
    """Give all that the call would stop."""
    if event.call.tool in TOOLS:
        from kei_gates.gates._kill_tasks import objection as of_task  # noqa: PLC0415 -- only here

        killing = of_task(event)
        if killing is not None:
            yield killing
    for invocation in event.analysis.invocations:
        judge = _judge(invocation)
        killing = judge(invocation, event) if judge is not None else None
        if killing is not None and not _is_allowed(invocation, params):
            yield _placed(killing, invocation, event)
    if event.analysis.codes:
        from kei_gates.gates._kill_code import objection as of_code  # noqa: PLC0415 -- only here

        killing = of_code(event)
        if killing is not None:  # the first of all; dots keep a person's word to this very code
            yield type(killing)(f"{killing.target} ...", killing.reason, killing.remedy)
    if any(f"{one.real} {one.spelled}".find(at) >= 0 for one in event.targets for at in _KERNEL):
        from kei_gates.gates._kill_paths import objection as of_paths  # noqa: PLC0415 -- only here

        killing = of_paths(event)
        if killing is not None:
            yield killing


def _placed(killing: Killing, invocation: Invocation, event: Event) -> Killing:
    """Hold what is stopped to its place, where its name alone does not tell that.

    Dots keep a person's word to this very command: it may name another machine or account.
    """
    from kei_gates.gates._process_answers import runs_elsewhere  # noqa: PLC0415 -- few commands end

    target = killing.target
    if "`" not in target and not target.startswith("process"):
        target = f"{target} in `{event.call.cwd}` ..."
    elif runs_elsewhere(invocation) or any(name in (event.call.command or "") for name in _PLACING):
        target = f"{target} ..."
    return type(killing)(target, killing.reason, killing.remedy)


# How variables begin that say on which machine, or for which account, a client works.
_PLACING = (
    "ARM_", "AWS_", "AZURE_", "CLOUDSDK_", "COMPOSE_", "CONTAINER_", "DATABRICKS_", "DOCKER_",
    "FLY_", "GH_", "HCLOUD_", "HEROKU_", "HF_", "KUBECONFIG", "MODAL_", "NOMAD_", "PM2_HOME",
    "PULUMI_", "RUNPOD_", "SKYPILOT_", "SLURM_", "TF_", "TMUX", "VAST_", "WANDB_",
)  # fmt: skip


def _is_allowed(invocation: Invocation, params: Params) -> bool:
    """Say whether the project accepts a command."""
    if not params.allow:
        return False
    from kei_gates.gates._argv_patterns import ArgvPattern  # noqa: PLC0415 -- few policies need it
    from kei_gates.shell.splitting import split  # noqa: PLC0415 -- the same

    patterns = [ArgvPattern(split(pattern) or [""]) for pattern in params.allow]
    return any(pattern.matches(invocation.argv) for pattern in patterns)


def _judge(invocation: Invocation) -> Objection | None:
    """Give the table that knows a program; none for one that stops nothing."""
    name = invocation.program.casefold().removesuffix(".exe")
    family = next((family for family, names in FAMILIES.items() if name in names), None)
    if family is None:
        if not any(folder in (invocation.argv[0] or "") for folder in _SCRIPTS):
            return None
        family = "services"
    module = __import__(f"kei_gates.gates._kill_{family}", fromlist=("objection",))
    judge: Objection = module.objection
    return judge


# Folders with the scripts of services.
_SCRIPTS = ("/init.d/", "/rc.d/")
# Which module knows which programs: it is loaded only for these.
FAMILIES: dict[str, frozenset[str]] = {
    "processes": frozenset(
        (
            "cpulimit", "criu", "fkill", "fuser", "gdb", "gdbserver", "gtimeout", "kill",
            "kill-port", "killall", "killall5", "lldb", "ltrace", "pkill", "prlimit", "skill",
            "slay", "snice", "strace", "timeout", "xkill",
        )
    ),
    "modal": frozenset(("modal", "modal-client")),
    "containers": frozenset(
        (
            "apptainer", "crictl", "crun", "ctr", "dapr", "ddev", "devspace",
            "distrobox", "distrobox-rm", "distrobox-stop", "docker",
            "docker-compose", "docker-machine", "helm", "incus", "k3d", "kind",
            "kubecolor", "kubectl", "lando", "lxc", "lxc-destroy", "lxc-freeze",
            "lxc-stop", "minikube", "nerdctl", "nomad", "oc", "okteto", "podman",
            "podman-compose", "runc", "singularity", "skaffold", "supabase", "tilt",
            "toolbox",
        )
    ),
    "services": frozenset(
        (
            "apache2ctl", "apachectl", "at", "atrm", "batch", "brew", "busctl",
            "caddy", "circusctl", "crontab", "dbus-send", "forever", "gdbus",
            "gitlab-ctl", "gitlab-runner", "halt", "init", "initctl", "invoke-rc.d",
            "jupyter", "kexec", "launchctl", "lms", "loginctl", "machinectl",
            "mariadb-admin", "mongod", "monit", "mysqladmin", "nginx", "nvidia-smi",
            "ollama", "openrc", "pg_ctl", "pg_ctlcluster", "pm-hibernate",
            "pm-suspend", "pm2", "poweroff", "rabbitmqctl", "rc-service", "reboot",
            "redis-cli", "rocm-smi", "rtcwake", "s6-rc", "s6-svc", "service",
            "shutdown", "snap", "supervisorctl", "sv", "svc", "systemctl",
            "telinit", "uwsgi", "valkey-cli", "zkserver.sh",
        )
    ),
    "schedulers": frozenset(
        (
            "airflow", "argo", "badmin", "bkill", "brequeue", "bstop", "canceljob",
            "celery", "clearml-agent", "coiled", "condor_drain", "condor_hold",
            "condor_off", "condor_restart", "condor_rm", "condor_suspend",
            "condor_vacate", "condor_vacate_job", "dagster", "det", "dstack", "dvc",
            "flux", "flytectl", "guild", "kaggle", "mjobctl", "mlflow", "oardel",
            "oarhold", "polyaxon", "prefect", "qdel", "qhold", "qmod", "qrerun",
            "qsig", "qterm", "ray", "sacctmgr", "scancel", "scontrol", "serve",
            "temporal", "wandb",
        )
    ),
    "gpu_clouds": frozenset(
        (
            "anyscale", "baseten", "beam", "beta9", "brev", "cerebrium", "crusoe",
            "cudoctl", "fal", "gradient", "hf", "huggingface-cli", "hyperstack",
            "jl", "lightning", "nebius", "ngc", "openai", "paperspace", "prime",
            "pspace", "replicate", "runpod", "runpodctl", "sky", "together",
            "truss", "vast", "vast.py", "vastai",
        )
    ),
    "clouds": frozenset(
        (
            "amplify", "ansible-playbook", "aws", "awslocal", "az", "azd", "bk",
            "bq", "buildkite-agent", "cdk", "circleci", "copilot", "databricks",
            "doctl", "dokku", "eb", "eksctl", "fly", "flyctl", "gcloud", "gh",
            "glab", "gsutil", "hcloud", "heroku", "ibmcloud", "kamal", "linode-cli",
            "netlify", "oci", "openstack", "packer", "pulumi", "railway", "render",
            "sam", "scw", "serverless", "sls", "snow", "sst", "terraform",
            "terragrunt", "tofu", "vercel", "vultr-cli", "wrangler",
        )
    ),
    "machines": frozenset(
        (
            "adb", "cmd", "colima", "iisreset", "limactl", "multipass", "net", "orb",
            "orbctl", "pct", "powershell", "prlctl", "pskill", "pwsh", "qm", "remove-azvm",
            "remove-service", "remove-vm", "restart-azvm", "restart-computer",
            "restart-service", "restart-vm", "sc", "schtasks", "spps", "spsv",
            "stop-azvm", "stop-computer", "stop-job", "stop-process",
            "stop-scheduledtask", "stop-service", "stop-vm", "suspend-service",
            "suspend-vm", "tart", "taskkill", "tskill", "unregister-scheduledtask",
            "utmctl", "vagrant", "vboxmanage", "virsh", "vmrun", "wmic", "wsl",
            "xl",
        )
    ),
    "terminals": frozenset(
        (
            "abduco", "byobu", "byobu-tmux", "kitten", "kitty", "psmux", "screen",
            "shpool", "tmux", "wezterm", "zellij",
        )
    ),
    "rest": frozenset(
        (
            "curl", "curlie", "grpcurl", "http", "https", "invoke-restmethod",
            "invoke-webrequest", "irm", "iwr", "nc", "ncat", "netcat", "openssl", "socat",
            "wget", "wget2", "xh", "xhs",
        )
    ),
}  # fmt: skip
