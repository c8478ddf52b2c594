"""What functions of javascript start and change, in node, deno and bun.

Sources: the node manual on `child_process`, `vm` and `fs`; the manuals of deno and bun on
subprocesses; the readme files of execa, zx, shelljs and simple-git.
"""

from __future__ import annotations

from kei_gates.shell.code_language import Language, Use
from kei_gates.shell.code_lexers import NODE, NodeLexer

_SHELL = Use("shell")
_PROGRAM = Use("program")
_LIST = Use("list")
_SCRIPT = Use("file", 0, ".js")
_WRITE = Use("write", quiet=True)
_WRITE_SECOND = Use("write", 1, quiet=True)
_DELETE = Use("delete", quiet=True)
_RECURSIVE = Use("delete", 0, "recursive", quiet=True)
_TREE = Use("delete", 0, "*", quiet=True)
_QUIET_CODE = Use("code", -1, quiet=True)


def _named(names: str, use: Use) -> dict[str, Use]:
    return dict.fromkeys(names.split(), use)


def _of(modules: str, names: str, use: Use) -> dict[str, Use]:
    return {f"{module}.{name}": use for module in modules.split() for name in names.split()}


_CHILD = "child_process bun.child_process"
_FILES = "fs fs/promises fs.promises fs-extra graceful-fs"
_EXECA = "execa.execa execa.execaSync execa.execaNode execa execaSync execa.sync"
NODE_LANGUAGE = Language(
    NodeLexer,
    NODE,
    {
        **_of(_CHILD, "exec execSync", _SHELL),
        **_of(_CHILD, "spawn spawnSync execFile execFileSync", _PROGRAM),
        **_of(_CHILD, "fork", _SCRIPT),
        **_named("cross-spawn cross-spawn.sync cross-spawn.spawn", _PROGRAM),
        **_named(_EXECA, _PROGRAM),
        **_named("execaCommand execaCommandSync execa.execaCommand execa.command", _SHELL),
        **_named("execa.execaCommandSync execa.commandSync", _SHELL),
        **_named("$ zx.$ execa.$ bun.$ Bun.$ $.sync zx.$.sync", Use("template")),
        **_named("shelljs.exec shell.exec", _SHELL),
        **_named("node-pty.spawn foreground-child", _PROGRAM),
        **_named("Bun.spawn Bun.spawnSync bun.spawn bun.spawnSync", _LIST),
        "Deno.Command": Use("options", 0, "args"),
        "Deno.run": Use("options", -1, "cmd"),
        "require": Use("load", 0, ".js", quiet=True),
        "import": Use("load", 0, ".js", quiet=True),
        "eval": Use("code"),
        "Function": _QUIET_CODE,
        **_of("vm", "runInThisContext runInNewContext runInContext Script", Use("code")),
        **_named("setTimeout setInterval setImmediate", Use("code if text", quiet=True)),
        **_of("worker_threads", "Worker", _SCRIPT),
        "Worker": Use("file", 0, ".js", quiet=True),
        **_of("process", "binding _linkedBinding dlopen", Use("unseen", 0, "loads a part of node")),
        **_of(_FILES, "writeFile writeFileSync appendFile appendFileSync", _WRITE),
        **_of(_FILES, "createWriteStream truncateSync outputFileSync", _WRITE),
        **_of(_FILES, "mkdir mkdirSync mkdirpSync", _WRITE),
        **_of(_FILES, "copyFile copyFileSync rename renameSync cpSync symlinkSync", _WRITE_SECOND),
        **_of(_FILES, "open openSync", Use("open", quiet=True)),
        **_of(_FILES, "unlink unlinkSync rmdirSync", _DELETE),
        **_of(_FILES, "rm rmSync", _RECURSIVE),
        **_of(_FILES, "remove removeSync emptyDirSync", _TREE),
        **_named("Bun.write Deno.writeTextFile Deno.writeTextFileSync Deno.writeFileSync", _WRITE),
        **_named("Deno.remove Deno.removeSync", _RECURSIVE),
        "shelljs.rm": _TREE,
    },
    methods={"constructor": Use("code if text", quiet=True)},
    modules={
        "simple-git": "git", "isomorphic-git": "git", "nodegit": "git", "dugite": "git",
        "simple-git/promise": "git", "shelljs/global": "starts programs",
        "zx/globals": "starts programs", "ffi-napi": "calls functions of the system",
        "bun:ffi": "calls functions of the system",
    },
    access=". ?.",
    joins="+",
    lists="[",
    passed=True,
    loaders="require import",
    globals_="globalThis window global self",
    guarded="child_process cross-spawn vm",
    computed=True,
)  # fmt: skip
