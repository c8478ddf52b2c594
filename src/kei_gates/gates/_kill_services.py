"""Which commands stop services, or the machine itself.

Sources: systemctl(1), loginctl(1), machinectl(1), busctl(1) of systemd 252; service(8),
rc-service(8), sv(8), s6-svc(8), launchctl(1), at(1), crontab(1), shutdown(8), init(8), rtcwake(8);
the help of supervisor 4.2, pm2 5, monit 5.33, brew 4, circus 0.18, snap 2.63, and of the servers.
"""

from __future__ import annotations

from kei_gates.gates._kill_own import unit_made_before
from kei_gates.gates._kill_table import INSTEAD, Tool, command, killing
from kei_gates.gates._killing import Killing, called
from kei_gates.gates._wording import shorten
from kei_gates.shell.options import Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event, Invocation

_SYSTEMD = Grammar(
    "tpPHMnosC",
    "type state property host machine lines output signal kill-who kill-whom kill-value root image "
    "job-mode what message boot-loader-menu boot-loader-entry legend timestamp preset-mode when "
    "drop-in reboot-argument image-policy",
)
_SYSTEMCTL = Tool(
    "service",
    "stop kill!s=0|signal=0 restart try-restart condrestart reload-or-restart "
    "reload-or-try-restart try-reload-or-restart force-reload isolate default disable?now mask?now "
    "freeze clean set-property cancel switch-root exit "
    "reboot,poweroff,halt,kexec,soft-reboot,rescue,emergency!dry-run "
    "suspend,hibernate,hybrid-sleep,suspend-then-hibernate,sleep!dry-run",
    "add-requires add-wants bind cat daemon-reexec daemon-reload disable edit enable get-default "
    "import-environment is-active is-enabled is-failed is-system-running link list-automounts "
    "list-dependencies list-jobs list-machines list-paths list-sockets list-timers list-unit-files "
    "list-units log-level log-target mask mount-image preset preset-all reenable reload "
    "reset-failed revert service-log-level service-log-target service-watchdogs set-default "
    "set-environment show show-environment start status thaw unmask unset-environment whoami",
    grammar=_SYSTEMD,
)
_LOGINS = Tool(
    "login",
    "terminate-session,terminate-user,terminate-seat,kill-session,kill-user "
    "reboot,poweroff,halt,suspend,hibernate,hybrid-sleep,suspend-then-hibernate,sleep",
    "activate attach disable-linger enable-linger flush-devices list-* lock-session lock-sessions "
    "seat-status session-status show-* unlock-session unlock-sessions user-status",
    grammar=_SYSTEMD,
)
_MACHINES = Tool(
    "machine",
    "poweroff reboot terminate kill remove clean stop disable?now set-limit",
    "bind cancel-transfer cat clone copy-from copy-to edit enable disable export-* image-status "
    "import-* list list-* login pull-* read-only rename shell show show-image start status",
    grammar=_SYSTEMD,
)
_ACTIONS_STOP = (
    "stop,restart,force-stop,force-reload,reload-or-restart,condrestart,try-restart,condstop,"
    "graceful-stop,full-restart,zap,pause"
)
_ACTIONS_ELSE = (
    "start,status,reload,force-start,configtest,checkconfig,describe,help,test,info,check,list"
)
_SERVICE = Tool(
    "service",
    f"*.{_ACTIONS_STOP}",
    f"*.{_ACTIONS_ELSE}",
    helps="help h status-all version",
    switches="full-restart",
    tail=Grammar(),
)
_SUPERVISOR = Tool(
    "supervised program",
    "stop restart shutdown signal remove reload update clear",
    "add avail exit fg maintail open pid quit reread start status tail version",
    grammar=Grammar("csupr", "configuration serverurl username password history-file"),
)
_PM2 = Tool(
    "pm2 process",
    "stop delete del kill restart reload gracefulReload startOrRestart,startOrReload "
    "startOrGracefulReload sendSignal scale flush reset update restart-all resurrect?force "
    "unstartup pm2.kill stopWatch trigger",
    "attach autoinstall backward conf cleardump config deploy describe dump env forward get info "
    "init install l link list log logs logrotate ls monit monitor multiset openssl ping plus "
    "profile ps publish report resurrect save send serve set show sysmonit slist start startup "
    "status desc examples ecosystem backup jlist id pid plogs imonit dashboard dash web module:* "
    "prettylist completion",
)
_LAUNCHD = Tool(
    "service",
    "bootout kill stop unload remove disable kickstart?k reboot",
    "asuser attach blame bootstrap bstree config debug dumpjpcategory dumpstate enable error "
    "export examine getenv hostinfo kickstart limit list load managername managerpid manageruid "
    "plist print print-cache print-disabled print-token procinfo resolveport runstats setenv start "
    "submit unsetenv variant version",
)
# What becomes of a service, in words or letters: sv(8) of runit, svc(8), s6-svc(8).
_SV = Tool(
    "service",
    "stop down shutdown force-stop restart force-restart force-shutdown try-restart force-reload "
    "exit term kill interrupt hup pause quit 1 2 alarm d t k i h p x e q a",
    "up start once cont status check reload u o c s v",
    grammar=Grammar("w"),
)
_SVC = Tool(
    "service",
    "",
    others="passes",
    switches="d t k i h p x r q a 1 2 D",
    grammar=Grammar("T"),
)
_OFF = Tool("this machine", "", others="stops", bare="stops", helps="help version w wtmp-only")
_APACHE = Tool("apache", "stop restart graceful graceful-stop", others="passes")
_MYSQL = Tool(
    "database",
    "shutdown kill",
    others="passes",
    anywhere=True,
    helps="help",
    grammar=Grammar("uhPSp", "user host port socket"),
)
_REDIS = Tool(
    "redis",
    "shutdown",
    others="passes",
    fold=True,
    helps="help",
    grammar=Grammar("hpsaunrdDit", "user pass"),
)

TOOLS: dict[str, Tool] = {
    "systemctl": _SYSTEMCTL,
    "loginctl": _LOGINS,
    "machinectl": _MACHINES,
    "service": _SERVICE,
    "invoke-rc.d": _SERVICE,
    "rc-service": Tool(
        "service",
        f"*.{_ACTIONS_STOP}",
        f"*.{_ACTIONS_ELSE}",
        helps="help h list l exists e resolve r version V",
    ),
    "openrc": Tool("runlevel", "", others="stops"),
    "supervisorctl": _SUPERVISOR,
    "pm2": _PM2,
    "launchctl": _LAUNCHD,
    "sv": _SV,
    "svc": _SVC,
    "s6-svc": _SVC,
    "s6-rc": Tool("service", "change?d|D stop", others="passes", grammar=Grammar("ltbnv")),
    "initctl": Tool("service", "stop restart emit", others="passes"),
    "brew": Tool("service", "services.stop,restart,kill,cleanup", others="passes"),
    "monit": Tool(
        "service", "stop restart unmonitor quit", others="passes", grammar=Grammar("cdgls")
    ),
    "circusctl": Tool("watcher", "stop quit rm kill signal decr restart", others="passes"),
    "forever": Tool("process", "stop stopall restart restartall", others="passes"),
    "snap": Tool("service", "stop restart remove disable", others="passes"),
    "gitlab-runner": Tool("runner", "stop restart unregister", others="passes"),
    "gitlab-ctl": Tool(
        "service", "stop restart kill term int graceful-kill hup usr1 usr2", others="passes"
    ),
    # jobs that wait
    "at": Tool("waiting job", "", others="passes", switches="r d", grammar=Grammar("qft")),
    "batch": Tool("waiting job", "", others="passes", switches="r d", grammar=Grammar("qft")),
    "atrm": Tool("waiting job", "", others="stops"),
    "crontab": Tool("table of jobs", "", others="passes", switches="r", grammar=Grammar("u")),
    # the machine
    "shutdown": Tool(
        "this machine", "", others="stops", bare="stops", helps="help c k show", tail=Grammar("t")
    ),
    "reboot": _OFF,
    "poweroff": _OFF,
    "halt": _OFF,
    "pm-suspend": _OFF,
    "pm-hibernate": _OFF,
    "init": Tool("this machine", "0,1,6,s,S,single,emergency,rescue", others="passes"),
    "telinit": Tool("this machine", "0,1,6,s,S,u,U", others="passes"),
    "rtcwake": Tool(
        "this machine",
        "",
        others="passes",
        bare="stops",
        switches="m=mem m=disk m=off m=standby m=freeze mode=mem mode=disk mode=off",
        grammar=Grammar("admst", "mode device seconds time date adjfile"),
        helps="help h V version list-modes n dry-run",
    ),
    "kexec": Tool("this machine", "", others="passes", switches="e exec f force"),
    "nvidia-smi": Tool(
        "graphics cards",
        "",
        others="passes",
        switches="r gpu-reset dci dgi destroy-compute-instance destroy-gpu-instance",
        grammar=Grammar(long="i id", single_dash=True),
    ),
    "rocm-smi": Tool(
        "graphics cards", "", others="passes", switches="gpureset", grammar=Grammar("d", "device")
    ),
    # servers that are stopped by their own programs
    "apachectl": _APACHE,
    "apache2ctl": _APACHE,
    "caddy": Tool("caddy", "stop", others="passes"),
    "jupyter": Tool("jupyter server", "server,notebook,lab,nbclassic.stop", others="passes"),
    "lms": Tool("model", "unload server.stop", others="passes"),
    "mongod": Tool("database", "", others="passes", switches="shutdown"),
    "mysqladmin": _MYSQL,
    "mariadb-admin": _MYSQL,
    "nginx": Tool("nginx", "", others="passes", switches="s=stop s=quit", grammar=Grammar("sgcpe")),
    "ollama": Tool("model", "stop rm", others="passes"),
    "pg_ctl": Tool(
        "database",
        "stop restart kill",
        others="passes",
        grammar=Grammar("DlmopstNUPSe", "pgdata log mode options timeout"),
    ),
    "pg_ctlcluster": Tool("database", "*.*.stop,restart", others="passes"),
    "rabbitmqctl": Tool(
        "broker",
        "stop stop_app shutdown reset force_reset suspend_listeners",
        others="passes",
        grammar=Grammar("nt", "node timeout"),
    ),
    "redis-cli": _REDIS,
    "valkey-cli": _REDIS,
    "uwsgi": Tool(
        "uwsgi",
        "",
        others="passes",
        switches="stop reload connect-and-stop",
        grammar=Grammar(long="http socket"),
    ),
    "zkserver.sh": Tool("zookeeper", "stop restart", others="passes"),
}
# Folders with the scripts of services.
_SCRIPTS = ("/init.d/", "/rc.d/")
# Programs that call what answers on a bus, by the names of its methods.
_BUSES = frozenset(("busctl", "dbus-send", "gdbus"))
_METHODS = frozenset(
    (
        "Exit", "FreezeUnit", "Halt", "Hibernate", "Kexec", "Kill", "KillMachine", "KillSession",
        "KillUnit", "KillUser", "PowerOff", "Reboot", "ReloadOrRestartUnit", "RestartUnit",
        "SoftReboot", "StopUnit", "Suspend", "TerminateMachine", "TerminateSession",
        "TerminateUser", "TryRestartUnit",
    )
)  # fmt: skip


def objection(invocation: Invocation, event: Event) -> Killing | None:
    """Give what a command for services stops."""
    name = called(invocation)
    if name in _BUSES:
        return _called(invocation)
    if any(folder in (invocation.argv[0] or "") for folder in _SCRIPTS):
        words = ("service", name, *invocation.argv[1:])
        return killing(_SERVICE, command(_SERVICE, words), invocation)
    found = command(TOOLS[name], invocation.argv)
    if name == "systemctl" and found.kind == "stops" and unit_made_before(found, invocation, event):
        return None
    return killing(TOOLS[name], found, invocation)


def _called(invocation: Invocation) -> Killing | None:
    """Give what a call of a method of the system's services stops."""
    words = [word or "" for word in invocation.argv[1:]]
    method = next((word for word in words if word.rpartition(".")[2] in _METHODS), None)
    if method is None:
        return None
    target = f"what `{' '.join(words)}` names"
    return Killing(target, f"`{shorten(str(invocation))}` stops services or the machine", INSTEAD)
