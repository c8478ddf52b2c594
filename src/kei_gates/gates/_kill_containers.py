"""Which commands stop containers, pods and clusters, or delete what they are made of.

Sources: the help of docker 27 with compose 2.29, podman 5, nerdctl 2, kubectl 1.31, oc 4.16, helm
3.16, nomad 1.8, docker-machine 0.16, kind 0.24, k3d 5, minikube 1.34, crictl 1.31, incus 6.
"""

from __future__ import annotations

from kei_gates.gates._kill_own import made_before
from kei_gates.gates._kill_table import Tool, command, killing
from kei_gates.gates._killing import called
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._killing import Killing
    from kei_gates.model import Event, Invocation

_INSTEAD = (
    "leave it running and report what should be stopped; what a command has surely started itself "
    "it may also end: `ID=$(docker run -d ...); docker rm -f $ID`, or `docker run --name x ... && "
    "{ ...; docker rm -f x; }`"
)
_ENGINE = Grammar(
    "cHlna",
    "config context host log-level tlscacert tlscert tlskey url connection identity root runroot "
    "runtime storage-driver storage-opt cgroup-manager namespace address",
)
_COMPOSE = Grammar(
    "fpc",
    "file project-name profile env-file project-directory parallel progress ansi context host "
    "log-level tlscacert tlscert tlskey pod-args podman-path podman-args",
)
_COMPOSE_STOPS = (
    "down stop kill rm restart pause scale wait?down-project create?force-recreate|remove-orphans "
    "up?force-recreate|remove-orphans|scale|V|renew-anon-volumes"
)
_COMPOSE_ELSE = (
    "alpha attach bridge build commit config convert cp create events exec export images logs ls "
    "port ps publish pull push run start stats top unpause up version volumes wait watch"
)
_COMPOSED = Tool(
    "compose project",
    _COMPOSE_STOPS,
    _COMPOSE_ELSE,
    grammar=_COMPOSE,
    tail=Grammar("tsf", "timeout signal scale rmi"),
    dry="dry-run",
    instead=_INSTEAD,
)
_ENGINES_STOP = (
    # single containers
    "stop kill rm restart pause update rmi remove prune checkpoint.create!leave-running "
    "container.stop,kill,rm,remove,restart,pause,prune,update "
    "container.checkpoint!leave-running|R "
    # what they are made of
    "image,images.rm,remove,prune,untag volume.rm,remove,prune network.rm,remove,prune,disconnect "
    "system.prune,reset,renumber,migrate buildx.rm,stop plugin.disable,rm,remove,upgrade "
    "secret.rm,remove config.rm,remove "
    # many of them
    "stack.rm,remove,down stack.deploy,up?prune swarm.leave swarm.update "
    "service.rm,remove,scale,rollback,update node.rm,remove,demote "
    "node.update?availability=drain|availability=pause "
    "pod.stop,kill,rm,restart,pause,prune machine.stop,rm,reset,set kube.down "
    "play.kube?down|replace kube.play?down|replace desktop.stop,restart,disable,kill "
    "model.rm,unload,stop,prune,stop-runner,uninstall-runner namespace.remove,rm"
)
_CONTAINER_ELSE = (
    "attach,cleanup,clone,commit,cp,create,diff,exec,exists,export,init,inspect,list,logs,ls,mount,"
    "port,ps,rename,restore,run,runlabel,start,stats,top,unmount,unpause,wait"
)
_ENGINES_ELSE = (
    "artifact attach auto-update build builder buildx commit context cp create debug diff events "
    "exec export farm generate healthcheck history images import info init inspect ipfs load "
    "login logout logs manifest mount offload port ps pull push quadlet rename run sbom save scout "
    "search start stats tag top trust unmount unpause unshare version wait "
    f"container.{_CONTAINER_ELSE} pod.{_CONTAINER_ELSE} "
    "image.build,convert,decrypt,diff,encrypt,exists,history,import,inspect,list,load,ls,mount,"
    "pull,push,save,scp,search,sign,tag,tree,trust,unmount "
    "volume.create,exists,export,import,inspect,list,ls,mount,reload,unmount,update "
    "network.connect,create,exists,inspect,list,ls,reload,update "
    "system.check,connection,df,dial-stdio,events,info,service "
    "secret.create,exists,inspect,list,ls config.create,inspect,list,ls "
    "plugin.create,enable,inspect,install,list,ls,push,set "
    "checkpoint.create,list,ls stack.config,deploy,list,ls,ps,services,up "
    "swarm.ca,init,join,join-token,unlock,unlock-key service.create,inspect,list,logs,ls,ps "
    "node.inspect,list,ls,promote,ps,update "
    "machine.cp,info,init,inspect,list,ls,os,ssh,start kube.apply,generate,play play.kube "
    "desktop.diagnose,enable,engine,logs,module,start,status,update,version "
    "model.df,inspect,list,logs,ls,package,ps,pull,push,run,status,tag,version namespace.create,"
    "inspect,list,ls,update apparmor.inspect,load,ls"
)


def _engine(more: str = "") -> Tool:
    """Give the table of a program for containers, with what only it stops."""
    return Tool(
        "container",
        f"{_ENGINES_STOP} {more}",
        _ENGINES_ELSE,
        grammar=_ENGINE,
        tail=Grammar("tsS", "time timeout signal rmi filter scale until availability"),
        nouns={
            "buildx": "builder", "config": "swarm config",
            "desktop": "docker desktop", "image": "image", "images": "image", "kube": "pods of",
            "machine": "virtual machine", "model": "model", "network": "network",
            "node": "swarm node", "play": "pods of", "plugin": "plugin", "pod": "pod",
            "rmi": "image", "secret": "secret", "service": "swarm service",
            "stack": "swarm stack", "swarm": "swarm", "system": "all that is not in use",
            "volume": "volume",
        },
        dry="dry-run",
        instead=_INSTEAD,
    )  # fmt: skip


_CLUSTER = Grammar(
    "nsv",
    "namespace context cluster kubeconfig user server token as as-group as-uid request-timeout "
    "certificate-authority client-certificate client-key cache-dir tls-server-name kuberc "
    "loglevel profile profile-output",
)
_CLUSTER_TAIL = Grammar(
    "nsvfklLotp",
    "namespace context cluster kubeconfig user server token as replicas filename selector output "
    "field-selector grace-period timeout cascade kustomize pod-selector current-replicas "
    "resource-version to-revision patch type",
)
_CLUSTERS_STOP = (
    "delete drain cordon scale taint rollout.restart,undo,pause replace "
    "apply?prune|force debug?replace autoscale"
)
_CLUSTERS_ELSE = (
    "alpha annotate api-resources api-versions apply attach auth certificate cluster-info "
    "completion config cp create debug describe diff events exec explain expose get kustomize "
    "label logs options plugin port-forward proxy rollout.status,history,resume run top uncordon "
    "version wait krew"
)
_KUBECTL = Tool(
    "kubernetes",
    _CLUSTERS_STOP,
    _CLUSTERS_ELSE,
    grammar=_CLUSTER,
    tail=_CLUSTER_TAIL,
    dry="dry-run",
    instead=_INSTEAD,
)
_OC = Tool(
    "openshift",
    f"{_CLUSTERS_STOP} rollback idle cancel-build rollout.cancel,retry "
    "adm.drain,cordon,prune,taint adm.reboot-machine-config-pool adm.restart-kubelet",
    f"{_CLUSTERS_ELSE} login logout project projects whoami status new-project new-app new-build "
    "start-build rsh rsync process tag import-image policy extract image observe registry "
    "rollout.latest secrets set.volume adm.top,inspect,must-gather,node-logs,uncordon,release "
    "get-token debug ex",
    grammar=_CLUSTER,
    tail=_CLUSTER_TAIL,
    dry="dry-run",
    instead=_INSTEAD,
)
_HELM = Tool(
    "release",
    "uninstall delete del un rollback upgrade",
    "completion create dependency dep diff env fetch get history hist inspect install lint list ls "
    "package plugin pull push registry repo search show status template test verify version",
    grammar=Grammar(
        "n",
        "namespace kube-context kubeconfig kube-apiserver kube-token kube-as-user registry-config "
        "repository-cache repository-config burst-limit qps",
    ),
    tail=Grammar("nf", "namespace kube-context kubeconfig values set timeout version description"),
    dry="dry-run",
)
_NOMAD = Tool(
    "nomad job",
    "stop job.stop,restart,revert,scale,action alloc.stop,restart,signal node.drain "
    "node.eligibility?disable deployment.fail,pause,unblock system.gc namespace.delete "
    "volume.delete,detach,deregister alloc-signal alloc-stop node-drain quota.delete "
    "server.force-leave operator.raft",
    "acl agent agent-info alloc.status,logs,exec,fs,checks,pause alloc-status config deployment "
    "eval exec fmt fs init inspect job license login logs monitor namespace node node-status "
    "operator plan plugin quota recommendation run scaling sentinel server server-members service "
    "setup status system tls ui validate var version volume",
    grammar=Grammar(
        long="address region namespace token ca-cert client-cert client-key tls-server-name",
        single_dash=True,
    ),
    nouns={
        "alloc": "nomad allocation", "node": "nomad node", "deployment": "nomad deployment",
        "volume": "nomad volume", "namespace": "nomad namespace", "system": "nomad system",
    },
)  # fmt: skip
_INCUS = Tool(
    "instance",
    "stop delete restart pause rebuild move project.delete network.delete storage.delete,volume "
    "cluster.evacuate,remove",
    others="passes",
)
# All that these do is to stop something.
_ALL = Tool("container", "", others="stops", bare="stops", grammar=Grammar("nPtl", "name"))

_ENGINES = frozenset(("docker", "nerdctl", "podman"))
TOOLS: dict[str, Tool] = {
    "docker": _engine(),
    "podman": _engine("run,create?replace container.run,create?replace"),
    "nerdctl": _engine(),
    "docker-compose": _COMPOSED,
    "podman-compose": _COMPOSED,
    "kubectl": _KUBECTL,
    "kubecolor": _KUBECTL,
    "oc": _OC,
    "helm": _HELM,
    "nomad": _NOMAD,
    "docker-machine": Tool(
        "machine",
        "stop kill rm restart upgrade provision regenerate-certs",
        "active config create env inspect ip ls mount scp ssh start status url version",
        grammar=Grammar("s", "storage-path tls-ca-cert tls-client-cert github-api-token"),
    ),
    "kind": Tool("kind cluster", "delete", others="passes", tail=Grammar("n", "name kubeconfig")),
    "k3d": Tool(
        "k3d cluster",
        "cluster.delete,del,rm,stop node.delete,del,rm,stop registry.delete,del,rm",
        others="passes",
    ),
    "minikube": Tool(
        "minikube", "stop delete pause node.delete,stop", others="passes",
        grammar=Grammar("p", "profile"),
    ),
    "crictl": Tool(
        "container", "stop rm stopp rmp rmi update", others="passes",
        grammar=Grammar("cirt", "config image-endpoint runtime-endpoint timeout"),
    ),
    "ctr": Tool(
        "container",
        "tasks,task,t.kill,k,delete,del,remove,rm,pause,suspend,checkpoint "
        "containers,container,c.delete,del,remove,rm images,image,i.delete,del,remove,rm",
        others="passes",
        grammar=Grammar("an", "address namespace timeout connect-timeout"),
    ),
    "runc": Tool("container", "kill delete pause update", others="passes",
                 grammar=Grammar(long="root log log-format criu rootless")),
    "crun": Tool("container", "kill delete pause update", others="passes",
                 grammar=Grammar(long="root log log-format")),
    "lxc": _INCUS,
    "incus": _INCUS,
    "lxc-stop": _ALL,
    "lxc-destroy": _ALL,
    "lxc-freeze": _ALL,
    "distrobox-stop": _ALL,
    "distrobox-rm": _ALL,
    "distrobox": Tool("container", "stop rm upgrade", others="passes"),
    "toolbox": Tool("container", "rm rmi", others="passes"),
    "apptainer": Tool("container", "instance.stop", others="passes"),
    "singularity": Tool("container", "instance.stop", others="passes"),
    "tilt": Tool("tilt", "down disable", others="passes"),
    "skaffold": Tool("skaffold", "delete", others="passes"),
    "devspace": Tool("devspace", "purge reset", others="passes"),
    "okteto": Tool("okteto", "down destroy namespace.delete,sleep", others="passes"),
    "ddev": Tool("ddev", "stop poweroff delete restart pause rm remove", others="passes"),
    "lando": Tool("lando", "stop poweroff destroy restart rebuild", others="passes"),
    "supabase": Tool("supabase", "stop", others="passes"),
    "dapr": Tool("dapr", "stop uninstall", others="passes"),
}  # fmt: skip


def objection(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a command for containers stops, unless this very source started it."""
    tool, words = TOOLS[called(invocation)], [*invocation.argv]
    if called(invocation) in _ENGINES:
        at = read(words, _ENGINE, permute=False).at
        if words[at : at + 1] == ["compose"]:
            tool, words = _COMPOSED, words[at:]
    found = command(tool, words)
    if found.kind == "stops" and made_before(found, invocation, event):
        return None
    return killing(tool, found, invocation)
