"""What the package managers of JavaScript do.

Sources: their `--help` and documentation: npm 11, pnpm 12, Yarn 1 and 4, Bun 1.4, Deno 2.9.
"""

from __future__ import annotations

from kei_gates.gates._dep_line import CHANGE, PASS, SIDE, Manager, Verb
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.gates._dep_line import Kind
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options

_CHANGE = Verb(CHANGE)
_PASS = Verb(PASS)
_NAMED = Verb(PASS, CHANGE)
_RUN = Verb(PASS, leading=True)

# Parts of `package.json` that are no dependencies: `npm pkg set scripts.test=x` passes.
_OWN_PARTS = frozenset(
    (
        "author", "bin", "browser", "bugs", "contributors", "description", "directories", "exports",
        "files", "funding", "homepage", "imports", "keywords", "license", "main", "man", "module",
        "name", "private", "publishConfig", "repository", "scripts", "sideEffects", "type", "types",
        "typings", "version",
    )
)  # fmt: skip


def _pkg(options: Options) -> Kind | None:
    """Judge `npm pkg set KEY=VALUE` and `npm pkg delete KEY` by the keys."""
    words = options.operands
    if words[:1] == ["pm"]:
        words = words[1:]
    if words[:1] != ["pkg"] or words[1:2] not in (["set"], ["delete"]):
        return None
    return PASS if all(map(_is_own_part, words[2:])) else CHANGE


def _is_own_part(word: Field) -> bool:
    key = (word or "").partition("=")[0]
    return key.partition(".")[0].partition("[")[0] in _OWN_PARTS


_NPM = Manager(
    {
        "install i add in ins inst insta instal isnt isnta isntal isntall": Verb(
            SIDE,
            CHANGE,
            harmless="dry-run",
            changing="package-lock-only",
            elsewhere="g global",
            unsaved="no-save",
            frozen="no-save no-package-lock",
            instead="npm ci",
        ),
        "install-test it": Verb(SIDE, CHANGE, frozen="no-package-lock", instead="npm cit"),
        "uninstall rm r remove un unlink": Verb(
            CHANGE, harmless="dry-run", elsewhere="g global", unsaved="no-save"
        ),
        "update up upgrade udpate": Verb(CHANGE, harmless="dry-run", elsewhere="g global"),
        "dedupe ddp": Verb(CHANGE, harmless="dry-run"),
        "audit/fix": Verb(CHANGE, harmless="dry-run"),
        "prune": Verb(SIDE, harmless="dry-run", frozen="no-package-lock"),
        "shrinkwrap init create innit": _CHANGE,
        "version verison": _NAMED,
        "link ln": Verb(PASS, CHANGE, unsaved="no-save"),
        "exec x run run-script rum urn explore": _RUN,
        "access adduser audit bugs bin c cache ci cit clean-install clean-install-test completion "
        "config deprecate diff dist-tag docs doctor edit explain find-dupes fund get hook home ic "
        "info install-ci-test install-clean isntall-clean issues list ll la login logout ls org "
        "outdated owner pack ping pkg prefix profile publish query rb rebuild repo restart root s "
        "sbom se search set show sit star stars start stop t team test token tst undeprecate "
        "unpublish unstar v view whoami why": _PASS,
    },
    Grammar(
        "Cw",
        "prefix workspace loglevel userconfig globalconfig cache registry omit include tag access "
        "otp scope before install-strategy fetch-timeout script-shell cpu os libc audit-level "
        "save-prefix",
        attached=False,
    ),
    judge=_pkg,
    abbreviates=True,
)

_PNPM = Manager(
    {
        "add": Verb(CHANGE, elsewhere="g global"),
        "install i": Verb(
            SIDE,
            CHANGE,
            changing="fix-lockfile lockfile-only",
            elsewhere="g global",
            frozen="frozen-lockfile no-lockfile",
        ),
        "remove rm un uninstall": Verb(CHANGE, elsewhere="g global"),
        "update up upgrade": Verb(CHANGE, elsewhere="g global"),
        "dedupe": Verb(CHANGE, harmless="check"),
        "import init create patch-commit patch-remove approve-builds self-update": _CHANGE,
        "audit": Verb(PASS, changing="fix"),
        "link ln unlink dislink": _NAMED,
        "prune install-test it": Verb(SIDE, CHANGE),
        "run exec run-script": Verb(SIDE, leading=True, instead="CI=1"),
        "dlx": _RUN,
        "bin c cat-file cat-index catalog config dlx doctor env fetch find-hash help la licenses "
        "list ll ls outdated pack patch publish rb rebuild root server setup store why": _PASS,
    },
    Grammar("CF", "dir filter package workspace-concurrency reporter loglevel store-dir registry "
            "virtual-store-dir modules-dir lockfile-dir filter-prod"),
    default=_PASS,
    other=Verb(SIDE, leading=True, instead="CI=1"),
    environment="CI=1 CI=true",
    judge=_pkg,
)  # fmt: skip

_YARN_FROZEN = "frozen-lockfile immutable pure-lockfile no-lockfile"
_YARN_VERBS = {
    "install": Verb(SIDE, CHANGE, frozen=_YARN_FROZEN, changing="mode"),
    "add remove import init create": _CHANGE,
    "upgrade up upgrade-interactive version": _CHANGE,
    "dedupe": Verb(CHANGE, harmless="check c"),
    "set/resolution set/version policies/set-version": _CHANGE,
    "link unlink unplug": _NAMED,
    "patch-commit": Verb(PASS, changing="s save"),
    "workspaces/focus focus": Verb(SIDE),
    "run exec dlx node": _RUN,
    "global": _PASS,
}
_YARN_GRAMMAR = Grammar(long="cwd cache-folder registry modules-folder mode include exclude from")
_YARN_INNER = Manager(_YARN_VERBS, _YARN_GRAMMAR)


def _yarn(options: Options) -> Kind | None:
    """Judge `yarn workspace NAME ...` and `yarn workspaces foreach ...` by what they run."""
    words = options.operands
    if words[:1] != ["workspace"] and words[:2] != ["workspaces", "foreach"]:
        return None
    given = read(["yarn", *words[2:]], _YARN_GRAMMAR, permute=True)
    inner = given.operands
    found = _YARN_INNER.verb(inner) if inner else None
    if inner and found is None:
        return CHANGE
    verb, length = found or (_PASS, 0)
    kind = verb.named if inner[length:] else verb.bare
    return PASS if kind == SIDE and given.has_exactly(*verb.frozen) else kind


_YARN = Manager(
    _YARN_VERBS,
    _YARN_GRAMMAR,
    default=Verb(SIDE, frozen=_YARN_FROZEN),
    other=Verb(PASS, leading=True),
    judge=_yarn,
)

_BUN = Manager(
    {
        "add a": Verb(CHANGE, harmless="dry-run", elsewhere="g global", unsaved="no-save"),
        "install i": Verb(
            SIDE,
            CHANGE,
            harmless="dry-run",
            elsewhere="g global",
            unsaved="no-save",
            frozen="frozen-lockfile production p no-save",
        ),
        "remove rm": Verb(CHANGE, harmless="dry-run", elsewhere="g global", unsaved="no-save"),
        "update": Verb(CHANGE, harmless="dry-run", elsewhere="g global"),
        "init create c pm/migrate pm/trust pm/version": _CHANGE,
        "patch": Verb(PASS, changing="commit"),
        "link": Verb(PASS, CHANGE, unsaved="no-save"),
        "run x exec": _RUN,
    },
    Grammar("c", "cwd config registry cache-dir backend omit filter"),
    default=_PASS,
    other=_RUN,
    judge=_pkg,
)

_DENO_RUN = Verb(SIDE, changing="lock-write", frozen="frozen no-lock cached-only", leading=True)
_DENO = Manager(
    {
        "add": Verb(CHANGE),
        "install i": Verb(
            SIDE,
            CHANGE,
            elsewhere="g global root",
            changing="lockfile-only",
            frozen="frozen no-lock",
            instead="deno ci",
        ),
        "remove uninstall": Verb(CHANGE, elsewhere="g global root"),
        "update init approve-scripts": _CHANGE,
        "outdated": Verb(SIDE, changing="update u", frozen="frozen no-lock"),
        "run cache check task test bench compile serve eval repl x": _DENO_RUN,
        "ci lint fmt doc info upgrade completions types clean publish coverage help lsp": _PASS,
    },
    Grammar("cL", "config import-map lock log-level node-modules-dir cert env-file reload"),
    default=_PASS,
    other=_DENO_RUN,
)

JS: dict[str, Manager] = {
    "npm": _NPM,
    "pnpm": _PNPM,
    "yarn": _YARN,
    "yarnpkg": _YARN,
    "bun": _BUN,
    "deno": _DENO,
    "corepack": Manager({"use up": _CHANGE}, other=_RUN),
    "ncu": Manager({}, plain=Verb(PASS, changing="u upgrade i interactive")),
    "npm-check-updates": Manager({}, plain=Verb(PASS, changing="u upgrade i interactive")),
    "npm-check": Manager({}, plain=Verb(PASS, changing="u update y update-all", elsewhere="g")),
    "npm-upgrade": Manager({}, plain=_CHANGE),
    "taze": Manager({}, plain=Verb(PASS, changing="w write i install I interactive")),
    "syncpack": Manager({"fix fix-mismatches update set-semver-ranges": _CHANGE}),
    "yarn-deduplicate": Manager({}, plain=Verb(CHANGE, harmless="l list")),
    "lerna": Manager({"add import": _CHANGE, "run exec": _RUN}),
    "ng": Manager({"add": _CHANGE, "update": _NAMED}),
    "nx": Manager({"add migrate": _NAMED}, other=_RUN),
    "expo": Manager({"install add": Verb(SIDE, CHANGE, changing="fix", harmless="check")}),
    "rush": Manager({"add remove update upgrade-interactive": _CHANGE}),
    "volta": Manager({"pin": _CHANGE, "run": _RUN}),
    "jsr": Manager({"add a install i remove r": _CHANGE}),
    "bower": Manager({"install i uninstall update init": _NAMED}),
}
