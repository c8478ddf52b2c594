"""What the package managers of Python do.

Sources: their `--help` and documentation: pip 25, uv 0.13, Poetry 2.5, PDM 2.22, Pipenv 2024,
pip-tools 7, conda 24, pixi 0.60, Rye.
"""

from __future__ import annotations

from kei_gates.gates._dep_line import CHANGE, ENVIRONMENT, PASS, SIDE, Manager, Verb
from kei_gates.shell.options import Grammar

_CHANGE = Verb(CHANGE)
_PASS = Verb(PASS)
_NAMED = Verb(PASS, CHANGE)
_UNLESS_DRY = Verb(CHANGE, harmless="dry-run")
_WRITES_OUTPUT = Verb(PASS, changing="o output output-file")

_PIP_GRAMMAR = Grammar(
    "recifdtC",
    "requirement editable constraint index-url extra-index-url find-links target prefix root src "
    "log proxy timeout python platform python-version implementation abi progress-bar "
    "config-settings global-option no-binary only-binary trusted-host cert client-cert retries "
    "report upgrade-strategy cache-dir dest exists-action keyring-provider use-feature group",
)
_PIP_VERBS = {
    "install": Verb(PASS, ENVIRONMENT, harmless="dry-run", local=True),
    "uninstall": Verb(PASS, ENVIRONMENT),
    "lock": _CHANGE,
}
_PIP = Manager(_PIP_VERBS, _PIP_GRAMMAR)

_UV_GRAMMAR = Grammar(
    "wpciIfPCrbo",
    "extra no-extra group no-group only-group env-file with with-editable with-requirements "
    "package python-platform index default-index index-url extra-index-url find-links python "
    "directory project config-file cache-dir color index-strategy keyring-provider resolution "
    "prerelease exclude-newer link-mode config-setting refresh-package reinstall-package "
    "upgrade-package no-build-package no-binary-package allow-insecure-host fork-strategy from "
    "constraints overrides build-constraints torch-backend requirements constraint branch tag rev "
    "optional marker bounds script output-file format depth target prefix editable output-format",
)
_UV_FROZEN = "frozen locked"
_UV = Manager(
    {
        "add remove init": _CHANGE,
        "lock": Verb(CHANGE, harmless="check dry-run locked frozen check-exists"),
        "version": Verb(PASS, CHANGE, changing="bump", harmless="dry-run"),
        "python/pin": _NAMED,
        "sync": Verb(
            SIDE,
            changing="upgrade U upgrade-package P upgrade-group",
            harmless="dry-run check",
            frozen=_UV_FROZEN,
        ),
        "run": Verb(
            SIDE,
            changing="upgrade U upgrade-package P",
            frozen=f"{_UV_FROZEN} no-sync no-project isolated",
            leading=True,
        ),
        "tree export audit": Verb(
            SIDE, changing="upgrade U upgrade-package P o output-file", frozen=_UV_FROZEN
        ),
        "pip": Verb(PASS),
        "pip/compile": _WRITES_OUTPUT,
        "tool": Verb(PASS, leading=True),
    },
    _UV_GRAMMAR,
)

_POETRY = Manager(
    {
        "add remove update": _UNLESS_DRY,
        "lock": Verb(CHANGE, harmless="check"),
        "source/add source/remove init new": _CHANGE,
        "version": Verb(PASS, CHANGE, harmless="dry-run"),
        "install sync": Verb(
            SIDE, harmless="dry-run", instead="poetry check --lock"
        ),
        "export": _WRITES_OUTPUT,
        "run": Verb(PASS, leading=True),
        "self": _PASS,
    },
    Grammar("CPGEo", "directory project group extras python source with without only output format "
            "optional platform"),
)  # fmt: skip

_PDM = Manager(
    {
        "add remove update": Verb(CHANGE, harmless="dry-run"),
        "lock": Verb(CHANGE, harmless="check"),
        "use import init new": _CHANGE,
        "install": Verb(SIDE, frozen="frozen-lockfile check no-lock", harmless="dry-run"),
        "export": _WRITES_OUTPUT,
        "run": Verb(PASS, leading=True),
    },
    Grammar("pcGfLo", "project config group format lockfile output venv strategy override"),
)

_PIPENV = Manager(
    {
        "install": Verb(
            SIDE, CHANGE, changing="r requirements e editable", frozen="deploy ignore-pipfile",
            instead="pipenv sync",
        ),
        "uninstall update upgrade import": _CHANGE,
        "lock": Verb(CHANGE, harmless="verify"),
        "run": Verb(PASS, leading=True),
    },
    Grammar("ierp", "index editable requirements python categories extra-pip-args pypi-mirror"),
)  # fmt: skip

_CONDA_GRAMMAR = Grammar(
    "npcfr", "name prefix channel file root-prefix rc-file solver platform subdir repodata-fn"
)
_CONDA = Manager(
    {
        "install update upgrade remove uninstall": Verb(CHANGE, harmless="dry-run d"),
        "env/update env/remove": _CHANGE,
        "run": Verb(PASS, leading=True),
    },
    _CONDA_GRAMMAR,
)
_PIXI_FROZEN = "frozen locked"
_PIXI = Manager(
    {
        "add remove rm import init lock": _CHANGE,
        "update upgrade": Verb(CHANGE, harmless="dry-run n"),
        "workspace/channel workspace/platform workspace/feature workspace/environment": _CHANGE,
        "project/channel project/platform project/feature project/environment": _CHANGE,
        "install i reinstall list ls tree shell-hook": Verb(SIDE, frozen=_PIXI_FROZEN),
        "run r shell s": Verb(SIDE, frozen=_PIXI_FROZEN, leading=True),
        "exec x global g": Verb(PASS, leading=True),
    },
    Grammar("efp", "manifest-path environment feature platform color log-file"),
)

PYTHON: dict[str, Manager] = {
    "pip": _PIP,
    "uv": _UV,
    "poetry": _POETRY,
    "pdm": _PDM,
    "pipenv": _PIPENV,
    "conda": _CONDA,
    "mamba": _CONDA,
    "micromamba": _CONDA,
    "pixi": _PIXI,
    "pip-compile": Manager({}, Grammar("ocfiP", "output-file"), plain=_UNLESS_DRY),
    "pip-sync": Manager({}, plain=Verb(CHANGE, harmless="dry-run n")),
    "pip-upgrade": Manager({}, plain=_CHANGE),
    "pur": Manager({}, plain=Verb(CHANGE, harmless="dry-run d dry-run-changed")),
    "poetryup": Manager({}, plain=_CHANGE),
    "conda-lock": Manager(
        {"install": _PASS, "render": _PASS, "lock": _CHANGE},
        Grammar("fpkc", "file platform kind channel lockfile"),
        default=_CHANGE,
    ),
    "rye": Manager(
        {
            "add remove lock init pin": _CHANGE,
            "sync": Verb(SIDE, changing="update update-all", frozen="no-lock"),
            "run": Verb(PASS, leading=True),
        }
    ),
}
