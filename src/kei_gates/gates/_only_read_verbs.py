"""Commands of programs with many commands that only read: package managers, containers, clouds.

Sources: the help of cargo 1.80, npm 10, pip 24, uv 0.5, poetry 1.8, go 1.22, docker 27, kubectl
1.31, helm 3, terraform 1.9, systemctl 252, brew 4, modal 1.0 and the others.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.expand import Field

_CONTAINERS = (
    "ps images inspect logs top stats port diff version info search events history container.ls "
    "container.list container.ps container.inspect container.logs container.top container.stats "
    "container.port container.diff image.ls image.list image.inspect image.history volume.ls "
    "volume.list volume.inspect network.ls network.list network.inspect system.df system.info "
    "system.events context.ls context.list context.show context.inspect manifest.inspect "
    "compose.ps compose.ls compose.logs compose.images compose.top compose.port compose.version "
    "compose.config buildx.ls buildx.du buildx.version"
)
_CLUSTERS = (
    "get describe logs top explain version api-resources api-versions events diff cluster-info "
    "config.view config.get-contexts config.current-context config.get-clusters auth.can-i "
    "auth.whoami rollout.status rollout.history"
)
_INFRASTRUCTURE = (
    "show version validate providers.schema output graph state.list state.show workspace.list "
    "workspace.show"
)
_PIP = (
    "list show freeze check index inspect debug hash cache.dir cache.list cache.info config.list "
    "config.get config.debug"
)
_NPM = (
    "ls list la ll view v info show outdated why explain search find root prefix fund ping whoami "
    "config.get config.list config.ls pkg.get dist-tag.ls owner.ls team.ls token.list org.ls"
)

_VERBS: dict[str, str] = {
    "asdf": "current list where which info plugin.list",
    "aws": "s3.ls sts.get-caller-identity configure.list",
    "brew": "list ls info search deps uses config doctor outdated leaves desc --prefix --cellar",
    "bun": "pm.ls pm.cache outdated why",
    "bundle": "list show info outdated check platform",
    "bundler": "list show info outdated check platform",
    "cargo": "search info pkgid locate-project read-manifest version --list",
    "composer": "show info outdated licenses why depends why-not search status validate about",
    "conda": "list info search env.list",
    "docker": _CONTAINERS,
    "docker-compose": "ps ls logs images top port version config",
    "gem": "list info search which contents dependency environment env outdated",
    "go": "version doc list env mod.graph mod.why mod.verify",
    "helm": "list ls get status history show search version env lint",
    "hf": "env auth.whoami repo-files.list jobs.ps jobs.logs jobs.inspect cache.ls cache.scan",
    "kei-gates": "agents.check agents.coverage agents.table check explain lint log parse replay "
    "schema stats test-call test-command why --version",
    "kubectl": _CLUSTERS,
    "launchctl": "list print blame",
    "mamba": "list info search",
    "mise": "ls list current where which registry doctor",
    "modal": "app.list app.logs app.history app.stats volume.list volume.ls container.list "
    "container.logs secret.list profile.list profile.current token.info environment.list "
    "queue.list queue.len dict.list dict.get nfs.list config.show",
    "nerdctl": _CONTAINERS,
    "npm": _NPM,
    "nvm": "ls list current which version",
    "oc": _CLUSTERS,
    "pip": _PIP,
    "pip3": _PIP,
    "pipx": "list environment",
    "pnpm": "ls list ll la why outdated root bin config.get config.list licenses",
    "podman": _CONTAINERS,
    "poetry": "show check about env.info env.list",
    "pyenv": "versions version which root prefix",
    "rbenv": "versions version which root prefix",
    "rustup": "show which toolchain.list target.list component.list check",
    "screen": "-ls -list",
    "snap": "list info find",
    "sqlx": "migrate.info",
    "sysctl": "-a -n",
    "systemctl": "status show cat list-units list-unit-files list-timers list-sockets "
    "list-dependencies list-jobs list-machines is-active is-enabled is-failed is-system-running "
    "get-default show-environment",
    "terraform": _INFRASTRUCTURE,
    "tmux": "ls list-sessions list-windows list-panes list-clients has-session info show-options",
    "tofu": _INFRASTRUCTURE,
    "uv": "pip.list pip.show pip.freeze pip.tree pip.check python.list python.find "
    "python.dir cache.dir tool.list tool.dir",
    "volta": "list which",
    "yarn": "list why info outdated licenses config.get config.list",
}  # fmt: skip
# These write their lock file unless one of the options is given.
_LOCKING: dict[str, tuple[str, tuple[str, ...]]] = {
    "cargo": ("metadata tree", ("--frozen", "--locked", "--no-deps")),
    "uv": ("tree", ("--frozen", "--locked")),
}
# Options with which a command writes a file after all.
_WRITING: dict[str, str] = {
    "docker.compose": "-o --output",
    "docker-compose.config": "-o --output",
    "go.env": "-u -w",
    "kubectl.cluster-info": "--output-directory",
    "oc.cluster-info": "--output-directory",
    "pip": "--log",
    "pip3": "--log",
    "podman.compose": "-o --output",
    "uv.pip": "--log",
}
# Options before the verb that take the next word; all others must be among the plain ones.
_COMPOSE = "-f --file -p --project-name --project-directory --profile -c --context -H --host"
_CLUSTER = "-n --namespace --context --kube-context --kubeconfig --cluster"
_VALUED: dict[str, str] = {
    "aws": "--profile --region --output",
    "bun": "--cwd",
    "cargo": "-C --manifest-path --color",
    "docker": _COMPOSE,
    "docker-compose": _COMPOSE,
    "go": "-C",
    "helm": _CLUSTER,
    "kubectl": _CLUSTER,
    "modal": "-e --env",
    "nerdctl": "-n --namespace",
    "npm": "-C --prefix",
    "oc": _CLUSTER,
    "pnpm": "-C --dir",
    "podman": _COMPOSE,
    "poetry": "-C --directory -P --project",
    "tmux": "-L -S -f",
    "uv": "--directory --project",
    "yarn": "--cwd",
}
_PLAIN = frozenset(
    (
        "--frozen", "--json", "--locked", "--no-color", "--no-pager", "--offline", "--quiet",
        "--silent", "--user", "--verbose", "-q", "-v",
    )
)  # fmt: skip


def verb_only_reads(program: str, argv: Sequence[Field]) -> bool:
    """Say whether a program's command is one that only reads."""
    if program not in _VERBS:
        return False
    known = _VERBS[program].split()
    if len(argv) > 1 and argv[1] in known and (argv[1] or "").startswith("-"):
        return True
    verbs = _verbs(argv, frozenset(_VALUED.get(program, "").split()))
    if not verbs or _writes(program, verbs[0], argv):
        return False
    if {".".join(verbs[:count]) for count in (1, 2)}.intersection(known):
        return True
    locking, options = _LOCKING.get(program, ("", ()))
    return verbs[0] in locking.split() and not {*options}.isdisjoint(argv)


def _writes(program: str, verb: str, argv: Sequence[Field]) -> bool:
    """Whether an option names a file that is written."""
    options = f"{_WRITING.get(program, '')} {_WRITING.get(f'{program}.{verb}', '')}".split()
    return any((word or "").partition("=")[0] in options for word in argv[1:])


def _verbs(argv: Sequence[Field], valued: frozenset[str]) -> list[str]:
    """Give the first two words that are surely no options and no values of any."""
    words: list[str] = []
    rest = iter(argv[1:])
    for word in rest:
        if word is None or len(words) == 2:  # noqa: PLR2004 -- a group and its verb
            break
        if word in valued:
            next(rest, None)
        elif not word.startswith(("-", "+")):
            words.append(word)
        elif not (word in _PLAIN or word.startswith("+") or "=" in word):
            break
    return words
