"""What the package managers of compiled languages, of Ruby, PHP and others do.

Sources: their `--help` and documentation: Cargo 1.95, Go 1.19 to 1.25, Bundler 2.3, Composer 2.5,
Maven 3, Gradle 8, .NET 9, Swift 6, Dart 3, Mix 1.18, Nix 2.24, CocoaPods, Helm 3, Terraform 1.9,
Bazel 8, mise, asdf, Conan 2, vcpkg, Stack, Cabal, LuaRocks, Shards, Carthage, rebar3.
"""

from __future__ import annotations

from kei_gates.gates._dep_line import CHANGE, ENVIRONMENT, PASS, SIDE, Manager, Verb
from kei_gates.shell.options import Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._dep_line import Kind
    from kei_gates.shell.options import Options

_CHANGE = Verb(CHANGE)
_PASS = Verb(PASS)
_NAMED = Verb(PASS, CHANGE)
_RUN = Verb(PASS, leading=True)

_CARGO = Manager(
    {
        "add remove rm upgrade": Verb(CHANGE, harmless="dry-run n"),
        # A dry `update` makes a lock file that is missing.
        "update generate-lockfile vendor new init autoinherit hakari/generate": _CHANGE,
        "machete shear udeps": Verb(PASS, changing="fix"),
        "build b check c test t bench doc d clippy fix rustc rustdoc tree fetch package publish "
        "nextest llvm-cov miri": Verb(SIDE, frozen="locked frozen"),
        "run r": Verb(SIDE, frozen="locked frozen", leading=True),
        "metadata": Verb(SIDE, harmless="no-deps", frozen="locked frozen"),
    },
    Grammar(
        "CZFpj",
        "color config manifest-path target-dir package features bin example bench test target "
        "profile jobs message-format git branch tag rev path registry rename exclude root version "
        "index precise lockfile-path",
    ),
)


def _go(options: Options) -> Kind | None:
    """Judge the builds that may change `go.mod`, which are told to by an option."""
    may_write = options.value("mod") == "mod"
    builds = options.operands[:1] not in (["get"], ["mod"], ["work"])
    return SIDE if may_write and builds else None


_GO = Manager(
    {
        "get mod/init work/init work/use work/sync": _CHANGE,
        "mod/tidy": Verb(CHANGE, harmless="diff"),
        "mod/edit work/edit": Verb(CHANGE, harmless="print json fmt"),
        "mod/download": Verb(SIDE, instead="go mod verify"),
        "mod/vendor work/vendor": Verb(SIDE, instead="go mod verify"),
        "run": _RUN,
        "tool": _RUN,
    },
    Grammar(long="C mod modfile o p tags ldflags gcflags asmflags run bench count timeout exec "
            "coverprofile overlay require exclude replace", single_dash=True),
    judge=_go,
    other=Verb(PASS, instead="-mod=readonly"),
)  # fmt: skip

_BUNDLE_FROZEN = "frozen deployment"
_BUNDLE = Manager(
    {
        "add remove update inject init": _CHANGE,
        "lock": Verb(CHANGE, harmless="print"),
        "install i": Verb(SIDE, frozen=_BUNDLE_FROZEN, instead="BUNDLE_FROZEN=true"),
        "check": Verb(SIDE, harmless="dry-run", instead="BUNDLE_FROZEN=true"),
        "exec e": Verb(SIDE, leading=True, instead="BUNDLE_FROZEN=true"),
        "show info": Verb(SIDE, instead="BUNDLE_FROZEN=true"),
    },
    Grammar("Gjr", "gemfile path retry jobs without with group source version git branch ref"),
    default=Verb(SIDE, frozen=_BUNDLE_FROZEN, instead="BUNDLE_FROZEN=true"),
    environment="BUNDLE_FROZEN=true BUNDLE_FROZEN=1 BUNDLE_DEPLOYMENT=true BUNDLE_DEPLOYMENT=1",
)


def _composer_config(options: Options) -> Kind | None:
    """Judge `composer config KEY VALUE`, which writes, beside `composer config KEY`."""
    if options.operands[:1] != ["config"] or options.has_exactly("g", "global", "auth", "a"):
        return None
    writes = len(options.operands) > len(("config", "KEY")) or options.has("unset")
    return CHANGE if writes else PASS


_COMPOSER = Manager(
    {
        "require req r": Verb(CHANGE, harmless="dry-run"),
        "remove rm uninstall": Verb(CHANGE, harmless="dry-run"),
        "update u upgrade": Verb(CHANGE, harmless="dry-run"),
        "bump": Verb(CHANGE, harmless="dry-run D"),
        "init": _CHANGE,
        "install i": Verb(SIDE, harmless="dry-run", instead="composer validate"),
        "config global exec run-script run create-project info show outdated validate why why-not "
        "depends prohibits audit licenses status suggests fund search self-update selfupdate "
        "reinstall archive browse check-platform-reqs clear-cache diagnose dump-autoload "
        "dumpautoload list about completion": Verb(PASS, leading=False),
    },
    Grammar("d", "working-dir"),
    judge=_composer_config,
    abbreviates=True,
)

_VERSION_GOALS = (
    "use-",
    "set",
    "update-",
    "lock-",
    "unlock-",
    "resolve-ranges",
    "force-",
    "revert",
)


def _maven(options: Options) -> Kind | None:
    """Judge the goals: `prefix:goal`, or the plugin in full before the goal."""
    for word in options.operands:
        plugin, _, goal = (word or "").rpartition(":")
        if "versions" in plugin and goal.startswith(_VERSION_GOALS):
            return CHANGE
        if "archetype" in plugin and goal.startswith("generate"):
            return CHANGE
        if plugin.endswith("release") or "maven-release-plugin" in plugin:
            return CHANGE
    return CHANGE if None in options.operands else PASS


_MAVEN = Manager({}, Grammar("fplPDsgtbT", "file projects define settings"), judge=_maven)

_GRADLE_TASKS = frozenset(
    ("init", "useLatestVersions", "versionCatalogUpdate", "resolveAndLockAll")
)
_GRADLE_LOCKS = ("write-locks", "update-locks", "write-verification-metadata", "M", "F")


def _gradle(options: Options) -> Kind | None:
    tasks = {(word or "").rpartition(":")[2] for word in options.operands}
    moves = options.has("gradle-version", "gradle-distribution-url", "distribution-type")
    if options.has_exactly(*_GRADLE_LOCKS) or tasks & _GRADLE_TASKS:
        return CHANGE
    return CHANGE if ("wrapper" in tasks and moves) or None in options.operands else PASS


_GRADLE = Manager(
    {},
    Grammar("bcDPpgxIMF", "build-file settings-file project-dir exclude-task init-script "
            "console max-workers gradle-version gradle-distribution-url distribution-type "
            "update-locks write-verification-metadata tests"),
    judge=_gradle,
)  # fmt: skip

_DOTNET_PARTS = ("package", "reference")


def _dotnet(options: Options) -> Kind | None:
    """Judge `dotnet add [PROJECT] package NAME`; the properties that lock a restore."""
    words = options.operands
    if words[:1] in (["add"], ["remove"]):
        listed = any(word in _DOTNET_PARTS or word is None for word in words[1:3])
        return CHANGE if listed else PASS
    locked = any("restorelockedmode=true" in (value or "").casefold() for _, value in options.given)
    return PASS if locked else None


_DOTNET_GRAMMAR = Grammar(
    "pcfrov", "project configuration framework runtime output version source verbosity property",
    many={},
)  # fmt: skip
_DOTNET = Manager(
    {
        "package/add package/remove package/update reference/add reference/remove": _CHANGE,
        "tool/install tool/update tool/uninstall": Verb(CHANGE, elsewhere="g global tool-path"),
        "workload/install workload/update workload/uninstall workload/restore": _CHANGE,
        "restore": Verb(SIDE, changing="force-evaluate", frozen="locked-mode"),
        "build test run publish pack watch": Verb(
            SIDE, frozen="locked-mode no-restore", instead="--no-restore"
        ),
        "tool/run exec": _RUN,
    },
    _DOTNET_GRAMMAR,
    judge=_dotnet,
)

_SWIFT_FROZEN = (
    "force-resolved-versions only-use-versions-from-resolved-file disable-automatic-resolution"
)
_SWIFT = Manager(
    {
        "package/update": Verb(CHANGE, harmless="dry-run n"),
        "package/edit package/unedit package/init package/add-dependency package/reset "
        "package/add-target-dependency package/add-target package/add-product": _CHANGE,
        "package/resolve": Verb(SIDE, CHANGE, frozen=_SWIFT_FROZEN),
        "build test": Verb(SIDE, frozen=_SWIFT_FROZEN),
        "run": Verb(SIDE, frozen=_SWIFT_FROZEN, leading=True),
    },
    Grammar("c", "package-path scratch-path configuration version branch revision product target "
            "filter triple sdk"),
)  # fmt: skip

_PUB = {
    "pub/add pub/remove pub/upgrade pub/downgrade packages/upgrade packages/add": Verb(
        CHANGE, harmless="dry-run n"
    ),
    "pub/get packages/get": Verb(SIDE, harmless="dry-run n", frozen="enforce-lockfile"),
}
_DART_RUN = Verb(SIDE, leading=True, instead="dart pub get --enforce-lockfile")
_DART = Manager({**_PUB, "run test": _DART_RUN}, Grammar("C", "directory"))
_FLUTTER = Manager(
    {**_PUB, "run build test drive": Verb(SIDE, frozen="no-pub")},
    Grammar("dtC", "device-id target flavor dart-define directory"),
)

_MIX_CHANGES = frozenset(("deps.update", "deps.unlock", "igniter.install", "igniter.upgrade"))
_HEX_READS = frozenset(
    (
        "hex.audit",
        "hex.docs",
        "hex.info",
        "hex.outdated",
        "hex.registry",
        "hex.search",
        "hex.sponsor",
    )
)


def _mix(options: Options) -> Kind | None:
    """Judge each task of `mix do A, B + C`, and a lone one."""
    words = [(word or "").strip(",") for word in options.operands]
    tasks = words if words[:1] == ["do"] else words[:1]
    if options.has_exactly("check-unused", "check-locked"):
        return PASS
    hex_changes = any(one.startswith("hex.") and one not in _HEX_READS for one in tasks)
    if hex_changes or not _MIX_CHANGES.isdisjoint(tasks):
        return CHANGE
    if options.operands[:1] == [None]:
        return CHANGE
    return SIDE if "deps.get" in tasks else PASS


_MIX = Manager({}, judge=_mix, other=Verb(PASS, instead="mix deps.get --check-locked"))

_NIX_FROZEN = "no-update-lock-file no-write-lock-file"
_NIX = Manager(
    {
        "flake/update flake/lock flake/init flake/new": _CHANGE,
        "build develop run shell eval print-dev-env bundle repl fmt flake/check flake/show "
        "flake/metadata flake/archive flake/info": Verb(SIDE, frozen=_NIX_FROZEN),
    },
    Grammar(
        "IEfjkus", "expr file override-flake option profile system", many={"override-input": 2}
    ),
    everywhere="recreate-lock-file update-input commit-lock-file",
)

_TERRAFORM = Manager(
    {
        "init": Verb(SIDE, changing="upgrade", frozen="lockfile", instead="-lockfile=readonly"),
        "providers/lock": _CHANGE,
        "get": Verb(PASS, changing="update"),
    },
    Grammar(long="chdir", attached=True, single_dash=True),
)
_HELM = Manager(
    {
        "dependency/update dependency/up dep/update dep/up dependencies/update "
        "dependencies/up": _CHANGE,
        "dependency/build dep/build dependencies/build": Verb(SIDE, instead="helm dependency list"),
        "install upgrade template lint package": Verb(PASS, changing="dependency-update u"),
    },
    Grammar("nf", "namespace values set version kube-context kubeconfig repo destination"),
)
_MISE = Manager(
    {
        "use u unuse": Verb(CHANGE, elsewhere="g global"),
        "upgrade up": Verb(CHANGE, harmless="dry-run n"),
        "local l lock": _NAMED,
        "exec x run r": _RUN,
    },
    Grammar("CEj", "cd env jobs"),
)

NATIVE: dict[str, Manager] = {
    "cargo": _CARGO,
    "go": _GO,
    "go-mod-upgrade": Manager({}, plain=_CHANGE),
    "bundle": _BUNDLE,
    "bundler": _BUNDLE,
    "composer": _COMPOSER,
    "mvn": _MAVEN,
    "mvnw": _MAVEN,
    "mvnd": _MAVEN,
    "gradle": _GRADLE,
    "gradlew": _GRADLE,
    "dotnet": _DOTNET,
    "dotnet-outdated": Manager({}, plain=Verb(PASS, changing="u upgrade")),
    "nuget": Manager({"update": _CHANGE}),
    "paket": Manager({"add remove update init convert-from-nuget simplify": _CHANGE}),
    "swift": _SWIFT,
    "dart": _DART,
    "flutter": _FLUTTER,
    "mix": _MIX,
    "nix": _NIX,
    "niv": Manager({"init add update modify drop": _CHANGE}),
    "npins": Manager({"init add update upgrade remove import-niv import-flake": _CHANGE}),
    "pod": Manager(
        {"install": Verb(SIDE, CHANGE, frozen="deployment"), "update init": _CHANGE, "repo": _PASS},
        Grammar(long="project-directory"),
    ),
    "carthage": Manager({"update": _CHANGE}),
    "helm": _HELM,
    "terraform": _TERRAFORM,
    "tofu": _TERRAFORM,
    "terragrunt": _TERRAFORM,
    "bazel": Manager({"mod/tidy": _CHANGE}),
    "bazelisk": Manager({"mod/tidy": _CHANGE}),
    "mise": _MISE,
    "rtx": _MISE,
    "asdf": Manager({"local": _CHANGE, "set": Verb(CHANGE, elsewhere="u home")}),
    "pyenv": Manager({"local": _NAMED}),
    "rbenv": Manager({"local": _NAMED}),
    "nodenv": Manager({"local": _NAMED}),
    "goenv": Manager({"local": _NAMED}),
    "conan": Manager({"lock/create lock/merge lock/add lock/remove lock/update": _CHANGE,
                      "install create": Verb(PASS, changing="lockfile-out")}),
    "vcpkg": Manager({"add x-update-baseline new": _CHANGE}),
    "stack": Manager({"init config/set": _CHANGE}, Grammar(long="stack-yaml resolver")),
    "cabal": Manager({"freeze init": _CHANGE}),
    "luarocks": Manager({"init": _CHANGE, "install remove": Verb(ENVIRONMENT)}),
    "shards": Manager({"update lock init": _CHANGE,
                       "install": Verb(SIDE, frozen="frozen production")}),
    "rebar3": Manager({"upgrade unlock lock": _CHANGE}),
    "brew": Manager({"bundle/add bundle/remove bundle/dump": _CHANGE}),
    "renovate": Manager({}, plain=Verb(CHANGE, harmless="dry-run")),
}  # fmt: skip

IMAGES: dict[str, Manager] = {
    "docker": Manager({"pull compose/pull image/pull": _CHANGE}, Grammar("Hcl", "context config")),
    "podman": Manager({"pull image/pull": _CHANGE}),
    "docker-compose": Manager({"pull": _CHANGE}, Grammar("fp", "file project-name")),
    "pre-commit": Manager({"autoupdate": _CHANGE}),
    "prek": Manager({"autoupdate auto-update": _CHANGE}),
    "pinact": Manager({"run": Verb(CHANGE, harmless="check")}),
    "ratchet": Manager({"pin unpin update upgrade": _CHANGE}),
    "git": Manager({"submodule/update": Verb(PASS, changing="remote"), "submodule/add": _CHANGE},
                   Grammar("Cc", "git-dir work-tree")),
}  # fmt: skip
