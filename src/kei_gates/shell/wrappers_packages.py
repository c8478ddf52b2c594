"""Package and environment managers that run a program of a package, or inside an environment.

Sources: `--help` of uv 0.4, poetry 1.8, pdm 2, pipenv, hatch 1.9, rye, pixi, pipx 1.4, conda 23,
mamba, npm 10 (npm-exec(1)), bun 1, pnpm 9, yarn 1 and 4, corepack, lerna, mise, nix 2.18
(nix-run(1), nix-shell(1)), bundle-exec(1), op, doppler, aws-vault, chamber.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar
from kei_gates.shell.wrappers import Tool, Wrapper


def _of_package(name: str) -> str | None:
    """Give the program of a package as npm and uv name it: `@scope/tool@1.2`, `tool[extra]==1`."""
    tail = name.rpartition("/")[2] if name.startswith("@") else name
    for mark in ("@", "==", "[", ">", "<", "~", "!"):
        tail = tail.partition(mark)[0]
    return tail if tail and not set(tail) & set("/:") else None


def _of_flake(name: str) -> str | None:
    """Give the program of `nixpkgs#program`; what other flakes hold cannot be told."""
    flake, _, tail = name.partition("#")
    return tail.rpartition(".")[2] or None if flake == "nixpkgs" else None


def _of_environment(name: str) -> str | None:
    """Give the program of `environment:program`, hatch(1)."""
    return name.rpartition(":")[2] or None


_UV = Grammar(
    "wpciIfPC",
    "extra no-extra group no-group only-group env-file with with-editable "
    "with-requirements package python-platform index default-index index-url "
    "extra-index-url find-links python directory project config-file cache-dir color "
    "index-strategy keyring-provider resolution prerelease exclude-newer link-mode "
    "config-setting refresh-package reinstall-package upgrade-package no-build-package "
    "no-binary-package allow-insecure-host fork-strategy from constraints overrides "
    "build-constraints torch-backend",
    flags="qvnUmsh",
    long_flags="all-extras no-dev only-dev dev no-sync locked frozen isolated active offline "
    "quiet verbose no-project all-packages exact no-editable inexact all-groups "
    "no-default-groups module script gui-script no-cache reinstall upgrade managed-python "
    "no-managed-python no-progress no-config no-env-file refresh no-build no-binary no-index "
    "no-sources compile-bytecode native-tls no-python-downloads show-resolution lfs help",
)
_UV_TOOL = Wrapper(_UV, rename=_of_package, folder="directory")
_IN_PYTHON = Wrapper(
    Grammar(
        "pCPev",
        "project directory env environment manifest-path",
        flags="qsnSxXl",
        long_flags="quiet no-interaction no-ansi verbose skip-env frozen locked no-install "
        "list json site-packages executable as-is clean-env no-progress all help sync "
        "recreate revalidate",
    ),
    scripts=True,
    without="l list help",
)
_NPX = Wrapper(
    Grammar(
        "pcwn",
        "package call workspace cache userconfig prefix node-arg registry loglevel "
        "script-shell shell node-options",
        flags="yqsd",
        long_flags="yes no no-install ignore-existing quiet silent workspaces "
        "include-workspace-root prefer-offline prefer-online offline always-spawn bun "
        "verbose help version",
    ),
    texts="c call",
    rename=_of_package,
    shells="script-shell shell",
)
_PNPM_EXEC = Wrapper(
    Grammar(
        "CF",
        "package dir filter workspace-concurrency resume-from reporter allow-build",
        flags="crwys",
        long_flags="shell-mode recursive parallel workspace-root silent no-reporter-hide-prefix "
        "no-bail report-summary yes",
    ),
    joins="c shell-mode",
    rename=_of_package,
)
_CONDA = Wrapper(
    Grammar(
        "npa",
        "name prefix cwd attach env",
        flags="vqs",
        long_flags="verbose dev debug-wrapper-scripts no-capture-output live-stream detach "
        "clean-env no-pid quiet help label",
        optional="e",
    ),
    folder="cwd",
)
_MISE_EXEC = Wrapper(
    Grammar(
        "cCjE",
        "command cd jobs env",
        flags="qvy",
        long_flags="fresh-env no-deps quiet raw silent verbose yes no-prepare",
    ),
    texts="c command",
    folder="C cd",
    behind=True,
)
_SECRETS = Wrapper(
    Grammar(
        "pceftw",
        "project config command env-file environment fallback passphrase token mount "
        "mount-format mount-template mount-max-reads name-transformer only-secrets account "
        "session vault format path domain tag tags key-prefix duration region mfa-token role "
        "env project-config-dir secret-overriding watch",
        flags="dnos",
        long_flags="no-masking preserve-env forward-signals fallback-only no-fallback "
        "no-exit-on-write-failure no-cache no-session debug server ecs-server prompt lazy "
        "json override overload",
    ),
    texts="command",
)
_NIX_VALUES = (
    "expr file include inputs-from override-flake redirect profile keep unset max-jobs cores store "
    "reference-lock-file output-lock-file update-input log-format keep-env-var system eval-store "
    "phase override-input arg argstr option arg-from-file set-env-var unset-env-var"
)
_NIX_FLAGS = (
    "impure ignore-environment ignore-env print-build-logs no-write-lock-file refresh offline "
    "quiet verbose recreate-lock-file no-update-lock-file commit-lock-file accept-flake-config "
    "show-trace rebuild debug help no-registries build configure check install installcheck unpack"
)
_NIX_PAIRS = dict.fromkeys(
    ("override-input", "override-flake", "arg", "argstr", "arg-from-file", "option", "set-env-var",
     "redirect", "s"),
    2,
)  # fmt: skip
_NIX = Grammar("IEfjkus", _NIX_VALUES, flags="iLv", long_flags=_NIX_FLAGS, many=_NIX_PAIRS)
_NIX_IN = Grammar("IEfjkus", _NIX_VALUES, many=_NIX_PAIRS, ends="c command")
_BUNDLE = Wrapper(Grammar(long="gemfile", flags="", long_flags="keep-file-descriptors"))

PACKAGES: dict[str, Wrapper | Tool] = {
    "uv": Tool(
        _UV,
        {
            "run": Wrapper(_UV, scripts=True, folder="directory"),
            "tool": Tool(_UV, {"run": _UV_TOOL}),
            "x": _UV_TOOL,
        },
        folder="directory",
    ),
    "uvx": _UV_TOOL,
    "poetry": Tool(
        Grammar("CP", "directory project", flags="qvn"), {"run": _IN_PYTHON}, folder="C directory"
    ),
    "pdm": Tool(Grammar("pc", "project config"), {"run": _IN_PYTHON}),
    "pipenv": Tool(Grammar(), {"run": _IN_PYTHON}),
    "hatch": Tool(
        Grammar("ep", "env project data-dir cache-dir config"),
        {
            "run": Wrapper(_IN_PYTHON.grammar, rename=_of_environment, scripts=True),
        },
    ),
    "rye": Tool(Grammar(), {"run": _IN_PYTHON}),
    "pixi": Tool(
        Grammar(),
        {
            "run": _IN_PYTHON,
            "exec x": Wrapper(
                Grammar(
                    "scw", "spec with channel platform", flags="", long_flags="force-reinstall list"
                )
            ),
        },
    ),
    "pipx": Tool(
        Grammar(),
        {
            "run": Wrapper(
                Grammar(
                    "ip",
                    "spec index-url pip-args python with backend",
                    flags="vqh",
                    long_flags="no-cache pypackages path verbose quiet editable "
                    "system-site-packages fetch-missing-python help",
                ),
                rename=_of_package,
                scripts=True,
            ),
        },
    ),
    "conda": Tool(Grammar(), {"run": _CONDA}),
    "mamba": Tool(Grammar(), {"run": _CONDA}),
    "micromamba": Tool(Grammar("rnp", "root-prefix name prefix rc-file"), {"run": _CONDA}),
    "npx": _NPX,
    "bunx": _NPX,
    "pnpx": _PNPM_EXEC,
    "npm": Tool(
        Grammar("Cw", "prefix workspace loglevel userconfig cache registry"),
        {"exec x": _NPX, "explore": Wrapper(Grammar(long="shell"), behind=True, hides="shell")},
        folder="C prefix",
    ),
    "pnpm": Tool(
        Grammar(
            "CFw",
            "dir filter package workspace-concurrency reporter loglevel store-dir",
            flags="rsc",
            long_flags="recursive silent parallel workspace-root stream aggregate-output "
            "no-bail shell-mode",
        ),
        {"exec dlx": _PNPM_EXEC},
        folder="C dir",
    ),
    "yarn": Tool(
        Grammar(long="cwd cache-folder registry modules-folder"),
        {
            "dlx": Wrapper(
                Grammar("p", "package", flags="q", long_flags="quiet"), rename=_of_package
            ),
            "exec": Wrapper(Grammar(), "text"),
        },
        folder="cwd",
    ),
    "bun": Tool(Grammar(long="cwd config", flags="b"), {"x": _NPX}, folder="cwd"),
    "lerna": Tool(
        Grammar(long="scope ignore loglevel concurrency"),
        {"exec": Wrapper(Grammar(long="scope ignore concurrency since", attached=True), "lone")},
    ),
    "corepack": Tool(
        Grammar(),
        {
            "enable disable install use up prepare pack cache hydrate": Wrapper(
                Grammar(), "nothing"
            ),
        },
        other=Wrapper(Grammar(), rename=_of_package),
    ),
    "mise": Tool(Grammar("CE", "cd env", flags="qvyn"), {"exec x": _MISE_EXEC}, folder="C cd"),
    "rtx": Tool(Grammar("C", "cd"), {"exec x": _MISE_EXEC}, folder="C cd"),
    "nix": Tool(
        Grammar(
            many={"option": 2}, long="extra-experimental-features experimental-features option"
        ),
        {
            "develop shell env": Wrapper(_NIX_IN, "nothing"),
            "run": Wrapper(_NIX, rename=_of_flake, default="."),
        },
    ),
    "nix-shell": Wrapper(
        Grammar(
            "ApEIij",
            "attr packages expr run command keep exclude",
            many={"arg": 2, "argstr": 2, "option": 2},
        ),
        "nothing",
        texts="run command",
    ),
    "guix": Tool(
        Grammar(),
        {"shell environment": Wrapper(Grammar("fmDLeEpSs"), behind=True)},
    ),
    "bundle": Tool(Grammar(long="gemfile retry", flags="V"), {"exec e": _BUNDLE}),
    "bundler": Tool(Grammar(long="gemfile retry", flags="V"), {"exec e": _BUNDLE}),
    "op": Tool(Grammar(long="account session config"), {"run": _SECRETS}),
    "doppler": Tool(Grammar(long="token config-dir scope"), {"run": _SECRETS}),
    "infisical": Tool(Grammar(), {"run": _SECRETS}),
    "chamber": Tool(Grammar(), {"exec": Wrapper(Grammar("br", "backend"), behind=True)}),
    "aws-vault": Tool(
        Grammar(long="backend prompt"),
        {"exec": Wrapper(_SECRETS.grammar, operands=1, resumes=True)},
    ),
}
