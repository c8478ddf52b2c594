"""Which commands stop, hold or delete the jobs of schedulers and workflow engines.

Sources: the manual pages of Slurm 24, OpenPBS 23, Grid Engine 8, LSF 10, HTCondor 23, Flux 0.60,
OAR 2.5; the help of Ray 2.38, Dask 2024.10, Airflow 2.10, Prefect 3, Dagster 1.8, Argo 3.5, Celery
5.4, Determined 0.38, Polyaxon 2, ClearML 1.16, dstack 0.18, MLflow 2.17, Metaflow 2.12, Flyte 1.13.
"""

from __future__ import annotations

from kei_gates.gates._kill_table import Tool
from kei_gates.gates._kill_table import objection as judged
from kei_gates.gates._kill_verbs import by_verb
from kei_gates.gates._killing import called
from kei_gates.shell.options import Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._killing import Killing
    from kei_gates.model import Event, Invocation


def _all(noun: str, helps: str = "help usage version V") -> Tool:
    """Give the table of a program that does nothing but stop something."""
    return Tool(noun, "", others="stops", bare="stops", helps=helps)


def _switched(noun: str, switches: str) -> Tool:
    """Give the table of a program that stops something by options of one dash."""
    grammar = Grammar(single_dash=True)
    return Tool(noun, "", others="passes", switches=switches, grammar=grammar)


_JOB = _all("job")
_SCHEDULER = Tool("scheduler", "", others="stops", bare="stops", helps="help version")
_SCANCEL = Tool(
    "slurm job",
    "",
    others="stops",
    bare="stops",
    helps="help usage V version",
    grammar=Grammar(
        "uAptnwqRsM",
        "user account partition state name jobname nodelist qos reservation wckey signal cluster "
        "clusters",
    ),
)
_RAY = Tool(
    "ray",
    "stop down teardown kill-random-node job.stop,delete drain-node",
    "attach cluster-dump config dashboard debug disable-usage-stats enable-usage-stats exec "
    "get-auth-token get-head-ip get-worker-ips global-gc health-check install-nightly job.submit,"
    "list,logs,status list logs memory metrics microbenchmark monitor rsync_down rsync_up "
    "rsync-up rsync-down stack start status submit summary symmetric-run timeline up get",
    tail=Grammar(long="address port cluster-name n"),
    nouns={"stop": "ray on this machine", "job": "ray job", "down": "ray cluster"},
)
_FLUX = Tool(
    "job",
    "cancel cancelall kill killall queue.drain,stop,disable shutdown job.cancel,cancelall,kill,"
    "killall,raise,raiseall,urgency,purge resource.drain",
    others="passes",
)
_CELERY = Tool(
    "celery",
    "purge control.revoke,shutdown,terminate,rate_limit,pool_shrink,cancel_consumer,pool_restart,"
    "revoke_by_stamped_headers,autoscale,time_limit multi.stop,stopwait,restart,kill amqp.queue",
    others="passes",
    grammar=Grammar("Ab", "app broker result-backend loader config workdir"),
)
_AIRFLOW = Tool(
    "workflow",
    "tasks.clear dags.delete,pause pools.delete,import jobs.clear db.reset,clean,drop-archived "
    "connections.delete variables.delete kubernetes.cleanup-pods celery.stop assets.delete",
    others="passes",
)
_PREFECT = Tool(
    "flow run",
    "flow-run.cancel,delete deployment.delete,pause work-pool.pause,delete,clear-queue,update "
    "work-queue.pause,delete server.stop,database.reset block.delete flow.delete "
    "concurrency-limit.* global-concurrency-limit.disable,delete automation.pause,delete "
    "worker.stop",
    others="passes",
)
_DSTACK = Tool(
    "dstack run",
    "stop delete fleet.delete volume.delete gateway.delete",
    "apply attach completion config export fleet gateway init login logs metrics offer project ps "
    "run server stats volume event get",
)
TOOLS: dict[str, Tool] = {
    # Slurm
    "scancel": _SCANCEL,
    "scontrol": Tool(
        "slurm",
        "hold uhold requeue requeuehold suspend update delete shutdown takeover cancel_reboot "
        "reboot top power",
        "bcast completing create errnumstr getaddrs getent help listjobs listpids liststeps notify "
        "pidinfo ping reconfigure release resume schedloglevel scontrol setdebug setdebugflags "
        "show token version wait_job write",
        grammar=Grammar("Mu", "cluster clusters uid"),
    ),
    "sacctmgr": Tool(
        "slurm account",
        "delete remove modify set shutdown archive clear",
        "add create dump help list load ping reconfigure show version",
        helps="help h V version usage",
    ),
    # PBS, Grid Engine, LSF, HTCondor, OAR
    "qdel": _JOB,
    "qsig": _JOB,
    "qhold": _JOB,
    "qrerun": _JOB,
    "qmod": _switched("queue or job", "d s sj sq r rj rq cj f"),
    "qterm": _SCHEDULER,
    "bkill": _JOB,
    "bstop": _JOB,
    "brequeue": _JOB,
    "badmin": Tool(
        "scheduler", "qclose qinact hclose hshutdown hrestart mbdrestart", others="passes"
    ),
    "condor_rm": _JOB,
    "condor_hold": _JOB,
    "condor_suspend": _JOB,
    "condor_vacate": _SCHEDULER,
    "condor_vacate_job": _JOB,
    "condor_off": _SCHEDULER,
    "condor_restart": _SCHEDULER,
    "condor_drain": _JOB,
    "oardel": _JOB,
    "oarhold": _JOB,
    "canceljob": _JOB,
    "mjobctl": _switched("job", "c h R s"),
    "flux": _FLUX,
    # clusters of Python
    "ray": _RAY,
    "serve": Tool("ray serve", "shutdown", others="passes"),
    "celery": _CELERY,
    "coiled": by_verb("coiled cluster"),
    # workflows
    "argo": Tool(
        "workflow",
        "stop terminate delete suspend retry cron,archive,template,cluster-template.delete "
        "cron.suspend",
        others="passes",
        grammar=Grammar("nse", "namespace argo-server kubeconfig context token"),
    ),
    "airflow": _AIRFLOW,
    "prefect": _PREFECT,
    "dagster": Tool("dagster", "schedule.stop,wipe sensor.stop run.delete,wipe", others="passes"),
    "temporal": Tool(
        "workflow",
        "workflow.terminate,cancel,delete,reset batch.terminate schedule.delete,toggle "
        "activity.pause,reset",
        others="passes",
    ),
    "flytectl": Tool("execution", "delete update", others="passes"),
    # experiments
    "det": by_verb("determined", grammar=Grammar("mu", "master user")),
    "polyaxon": by_verb("polyaxon run", grammar=Grammar("puid", "project uid")),
    "dstack": _DSTACK,
    "clearml-agent": Tool("clearml worker", "", others="passes", switches="stop"),
    "mlflow": Tool(
        "mlflow",
        "gc experiments,runs,deployments.delete deployments.update "
        "sagemaker.delete,terminate-transform-job",
        others="passes",
    ),
    "guild": Tool("run", "stop delete runs.stop,delete,rm,purge", others="passes"),
    "dvc": Tool("experiment", "queue.kill,stop,remove", others="passes"),
    "wandb": Tool(
        "wandb",
        "sweep?stop|cancel|pause server.stop artifact.cache purge-cache",
        "agent artifact beta controller disabled docker docker-run enabled init job launch "
        "launch-agent launch-sweep local login off offline online on projects pull "
        "restore scheduler server status sweep sync verify",
        tail=Grammar("epq", "entity project queue"),
    ),
    "kaggle": Tool("kaggle", "kernels,k,datasets,d,models,m.delete", others="passes"),
}


def objection(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a command for a scheduler stops."""
    del event
    return judged(TOOLS[called(invocation)], invocation)
