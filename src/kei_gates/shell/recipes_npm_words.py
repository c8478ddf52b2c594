"""The words of npm, pnpm, yarn and bun: their commands, options and lifecycle scripts.

Sources: npm 11's own command list and its document "scripts"; `yarn --help` of versions 1 and 4;
`pnpm help`; `bun --help`.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_INSTALL = (
    "preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare",
)  # fmt: skip
_PACK = ("prepack", "prepublish", "preprepare", "prepare", "postprepare", "postpack")
_PUBLISH = ("prepublishOnly", *_PACK, "prepublish", "publish", "postpublish")
LIFECYCLES: dict[str, tuple[str, ...]] = {
    "ci": _INSTALL,
    "install": _INSTALL,
    "install-test": (*_INSTALL, "pretest", "test", "posttest"),
    "pack": _PACK,
    "publish": _PUBLISH,
    "version": ("preversion", "version", "postversion"),
}
DIRECT = frozenset(("test", "start", "stop", "restart"))
_VALUED = (
    "prefix workspace registry loglevel cache userconfig globalconfig script-shell omit include "
    "tag otp access cwd dir filter filter-prod reporter node-options global-dir config "
    "modules-folder mutex network-timeout use-yarnrc install-strategy before message"
)


class Manager:
    """How one program is used.

    `commands` holds its own words, those with another meaning than their name as `word=name`, names
    alone for what runs no script. `shorthand` says that any other word names a script, `always`
    that installing certain packages runs the project's own scripts too.
    """

    __slots__ = ("always", "bare", "commands", "grammar", "shorthand")

    def __init__(
        self, grammar: Grammar, commands: str, *, bare: str, shorthand: bool, always: bool
    ) -> None:
        """Take the parts; `bare` is the command that runs when none is given."""
        self.grammar: Final = grammar
        parts = (word.partition("=") for word in commands.split())
        self.commands: Final = {name: other or name for name, _, other in parts}
        self.bare: Final = bare
        self.shorthand: Final = shorthand
        self.always: Final = always


_NPM = Manager(
    Grammar("Cw", _VALUED),
    "access adduser audit author bugs cache ci=ci clean-install=ci ic=ci install-clean=ci "
    "isntall-clean=ci cit=install-test clean-install-test=install-test sit=install-test "
    "install-ci-test=install-test it=install-test install-test=install-test completion config "
    "create c dedupe ddp deprecate diff dist-tag docs doctor edit exec explain explore find "
    "find-dupes fund get help help-search home info init innit install=install add=install "
    "i=install in=install ins=install inst=install insta=install instal=install isnt=install "
    "isnta=install isntal=install isntall=install issues la link ll ln list login logout ls org "
    "outdated owner pack=pack ping pkg prefix profile prune publish=publish query rebuild rb "
    "remove repo restart=restart rm r root run=run run-script=run rum=run urn=run sbom search s se "
    "set show shrinkwrap stage star stars start=start stop=stop team test=test t=test tst=test "
    "token trust un undeprecate uninstall unlink unpublish unstar up update upgrade u "
    "version=version verison=version view v why whoami x",
    bare="",
    shorthand=False,
    always=False,
)
_PNPM = Manager(
    Grammar("CF", _VALUED),
    "add approve-builds audit bin cat-file cat-index ci=ci config create dedupe deploy dlx doctor "
    "env exec fetch find-hash help i=install import init install=install install-test=install-test "
    "it=install-test licenses link list ln login logout ls la ll multi outdated pack=pack patch "
    "patch-commit patch-remove prune publish=publish rb rebuild recursive remove rm root run=run "
    "run-script=run self-update server setup start=start stop=stop restart=restart store t=test "
    "tst=test test=test un uninstall unlink up update upgrade version why",
    bare="",
    shorthand=True,
    always=False,
)
_YARN = Manager(
    Grammar("", _VALUED),
    "access add=install audit autoclean bin cache check config constraints create dedupe dlx exec "
    "explain generate-lock-entry global help import info init install=install licenses link list "
    "login logout node npm outdated owner pack=pack patch patch-commit plugin policies publish="
    "publish rebuild remove run=run search self-update set stage tag team test=test unlink unplug "
    "up upgrade upgrade-interactive version=version versions why workspace workspaces",
    bare="install",
    shorthand=True,
    always=True,
)
_BUN = Manager(
    Grammar("rceFmd", f"{_VALUED} preload define loader port external target outdir eval print"),
    "a=install add=install audit build c create exec help i=install init install=install info "
    "link outdated patch pm publish=publish remove repl rm run=run test=tests unlink update "
    "upgrade why x",
    bare="",
    shorthand=True,
    always=True,
)
MANAGERS = {"npm": _NPM, "pnpm": _PNPM, "yarn": _YARN, "bun": _BUN}

# Words that only some versions take for commands; where a script has the name, it may run.
SOMETIMES = frozenset(
    ("audit", "check", "dedupe", "deploy", "explain", "licenses", "node", "plugin", "rebuild",
     "search", "setup", "server", "stage", "tag", "team", "up", "version", "versions")
)  # fmt: skip
