"""Which commands stop rented accelerators and what runs on them.

Sources: `--help` of SkyPilot 0.14, vastai 1.9, hf 2.4, fal 1.83, runpod 1.12; the documentation of
runpodctl 1.14. Of the others it is the verb that says what they do.
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

_SKY = Tool(
    "sky cluster",
    "down stop autostop cancel jobs.cancel jobs.pool.down serve.down,update,terminate-replica "
    "api.stop,cancel local.down ssh.down storage.delete volumes,volume.delete pool.down "
    "bench.down,delete admin.*",
    "launch exec start status queue logs cost-report gpus show-gpus list check version optimize "
    "jobs.launch,queue,logs,dashboard jobs.pool.apply,status,logs pool.apply,status,logs "
    "serve.up,status,logs api.info,login,logout,logs,start,status local.up ssh.up storage.ls "
    "volumes,volume.apply,ls,validate dashboard completion bench.launch,ls,show users recipes "
    "slurm workspaces",
    tail=Grammar("iknw", "idle-minutes name"),
    nouns={
        "api": "sky api server", "jobs": "sky job", "local": "sky local cluster",
        "pool": "sky pool", "serve": "sky service", "storage": "sky storage",
        "volume": "sky volume", "volumes": "sky volume", "cancel": "sky job of cluster",
    },
    dry="dryrun",
)  # fmt: skip
_RUNPOD = Tool(
    "pod",
    "stop remove rm delete pod,pods.stop,remove,rm,delete,terminate,restart,reset,update "
    "serverless,sls.delete,update template,tpl.delete,update network-volume,nv.delete "
    "registry,reg.delete project.* model.remove ssh.remove-key endpoint.delete,update",
    "billing completion config create doctor datacenter,dc exec get gpu help hub info me model "
    "pod,pods.* project.create,build,dev,deploy,start receive registry,reg.* send serverless,sls.* "
    "ssh start template,tpl.* update user version network-volume,nv.* endpoint.*",
)
_VAST = Tool(
    "vast instance",
    "destroy.* stop.* reboot.* recycle.* delete.* cancel.* update.* change.* reset.* remove.* "
    "unlist.* cleanup.* disable.* detach.* transfer.* "
    "defrag.* schedule.* set.*",
    "set.api-key search show logs ssh-url scp-url create launch start copy execute clone generate "
    "attach prepay list cloud invite accept add dump help label take self-test run "
    "get tfa join sync volume cluster",
    grammar=Grammar(long="url retry api-key curl explain raw"),
    nouns={"delete": "vast"},
)
_HF = Tool(
    "hugging face",
    "jobs.cancel,stop jobs.scheduled.delete,suspend "
    "endpoints.delete,pause,scale-to-zero,update "
    "spaces.pause,restart,delete,hot-reload,dev-mode,settings sandbox.kill,delete,stop "
    "repos,repo.delete,delete-files,move repos,repo.branch,tag.delete "
    "repo-files.delete buckets.delete,remove,rm,move "
    "cache.rm,prune,delete collections.delete webhooks.delete,disable delete-cache",
    "agents auth buckets cache collections datasets discussions download endpoints env extensions "
    "inference jobs jobs.run,uv,rerun,ps,ls,logs,inspect,stats,hardware,wait "
    "jobs.scheduled.run,uv,trigger,resume,ps,ls,inspect "
    "lfs-enable-largefiles login logout lfs-multipart-upload "
    "models papers repo repo-files repos sandbox skills spaces sync tag upload "
    "upload-large-folder version webhooks whoami scan-cache update",
    tail=Grammar(long="namespace token type repo-type revision"),
    nouns={
        "cache": "hugging face cache", "endpoints": "inference endpoint",
        "jobs": "hugging face job", "sandbox": "sandbox", "spaces": "space",
    },
)  # fmt: skip
_FAL = Tool(
    "fal",
    "runners,runner,machines,machine.stop,kill,release "
    "apps,app,applications,application.delete,delete-rev,scale,rollout,set-rev "
    "queue.flush environments,envs,environment,env.delete keys,key.revoke,delete "
    "secrets,secret.unset,delete files,file.rm,mv",
    "api app apps application applications auth create deploy doctor environments envs env "
    "environment files file gpus keys key login logout logs machine machines profile profiles "
    "queue run runners runner secrets secret sdk size team teams version init",
    nouns={"runners": "fal runner", "apps": "fal app", "machine": "fal runner", "app": "fal app"},
)
TOOLS: dict[str, Tool] = {
    "sky": _SKY,
    "runpodctl": _RUNPOD,
    "runpod": _RUNPOD,
    "vastai": _VAST,
    "vast": _VAST,
    "vast.py": _VAST,
    "hf": _HF,
    "huggingface-cli": _HF,
    "fal": _FAL,
    "lightning": by_verb("lightning"),
    "beam": by_verb("beam"),
    "beta9": by_verb("beam"),
    "cerebrium": by_verb("cerebrium app"),
    "truss": by_verb("baseten"),
    "baseten": by_verb("baseten"),
    "ngc": by_verb("ngc", grammar=Grammar(long="org team ace format_type")),
    "prime": by_verb("prime"),
    "pspace": by_verb("paperspace", "up"),
    "paperspace": by_verb("paperspace"),
    "gradient": by_verb("gradient"),
    "cudoctl": by_verb("cudo"),
    "nebius": by_verb("nebius", grammar=Grammar("pc", "profile config format")),
    "crusoe": by_verb("crusoe"),
    "hyperstack": by_verb("hyperstack"),
    "jl": by_verb("jarvislabs"),
    "together": by_verb("together"),
    "replicate": by_verb("replicate"),
    "brev": by_verb("brev instance"),
    "anyscale": by_verb("anyscale"),
    "openai": Tool(
        "openai job",
        "api.fine_tuning.jobs.cancel api.fine_tunes.cancel api.files,models.delete",
        others="passes",
        grammar=Grammar("bkot"),
    ),
}


def objection(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a command for rented accelerators stops."""
    del event
    return judged(TOOLS[called(invocation)], invocation)
