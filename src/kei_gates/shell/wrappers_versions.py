"""Managers of versions, environments and secrets that run a program with what they hold.

Sources: `--help` of nvm, n, pyenv, rbenv, asdf, fnm 1, volta 1, proto, jenv, goenv, chruby-exec,
rvm, pkgx, comma, devbox, flox, env-cmd 10, cross-env 7, dotenv-cli 7, dotenvx 1, sops 3, envchain,
summon, teller, railway, kubie, shdotenv, s6-overlay; xcrun(1), arch(1) of macOS.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar
from kei_gates.shell.wrappers import BARE, Tool, Wrapper

_EXEC = Tool(Grammar(), {"exec": Wrapper(Grammar())})
_VERSIONS = " ".join((*"0123456789", *(f"v{digit}" for digit in range(10)), "lts/"))

VERSIONS: dict[str, Wrapper | Tool] = {
    "direnv": Tool(Grammar(), {"exec": Wrapper(Grammar(), operands=1)}),
    "asdf": _EXEC,
    "pyenv": _EXEC,
    "rbenv": _EXEC,
    "nodenv": _EXEC,
    "goenv": _EXEC,
    "jenv": _EXEC,
    "plenv": _EXEC,
    "phpenv": _EXEC,
    "fnm": Tool(Grammar(), {"exec": Wrapper(Grammar(long="using using-file"))}),
    "volta": Tool(Grammar(), {"run": Wrapper(Grammar(long="node npm yarn pnpm"))}),
    "nvm": Tool(Grammar(), {"exec": Wrapper(Grammar(flags="", long_flags="silent lts"),
                                            skips=_VERSIONS)}),
    "n": Tool(Grammar(flags="dqpa"), {"exec x": Wrapper(Grammar(), operands=1)}),
    "proto": Tool(Grammar(), {"run": Wrapper(Grammar())}),
    "rvm": Tool(
        Grammar(),
        {"do": BARE},
        skips=f"{_VERSIONS} ruby- default system",
    ),
    "chruby-exec": Wrapper(Grammar(), behind=True),
    "xcrun": Wrapper(
        Grammar(
            long="sdk toolchain",
            flags="fhlnrv",
            long_flags="find help kill-cache log no-cache run verbose version show-sdk-path "
            "show-sdk-version show-sdk-build-version show-sdk-platform-path "
            "show-sdk-platform-version show-toolchain-path",
            either=True,
        ),
        without="f find h help version show-sdk-path show-sdk-version show-sdk-build-version "
        "show-sdk-platform-path show-sdk-platform-version show-toolchain-path",
    ),
    "pkgx": Wrapper(Grammar(flags="qvjQ"), skips="+", without="Q v help version"),
    "comma": BARE,
    ",": BARE,
    "devbox": Tool(Grammar("c", "config"), {"run": Wrapper(Grammar("ce", "config env env-file"))}),
    "flox": Tool(Grammar(), {"activate": Wrapper(Grammar("dr", "dir remote"), behind=True)}),
    # --- variables and secrets ------------------------------------------------------------------
    "env-cmd": Wrapper(
        Grammar(
            "fer",
            "file environments rc-file",
            flags="xvh",
            long_flags="expand-envs fallback no-override silent use-shell verbose recursive help "
            "version",
        ),
        joins="x expand-envs use-shell",
    ),
    "cross-env": Wrapper(Grammar(flags=""), assignments=True),
    "cross-env-shell": Wrapper(Grammar(flags=""), "text", assignments=True),
    "dotenv": Tool(
        Grammar("efvpq", "file", flags="c"),
        {
            "run": Wrapper(Grammar(flags="", long_flags="override no-override")),
            "list get set unset": Wrapper(Grammar(), "nothing"),
        },
        other=Wrapper(Grammar()),
    ),
    "dotenvx": Tool(
        Grammar(flags="qvd"),
        {
            "run": Wrapper(
                Grammar("fe", "env-file env env-keys-file env-vault-file convention log-level"),
            )
        },
    ),
    "shdotenv": Wrapper(Grammar("deqgo", "dialect env format", flags="ikv")),
    "sops": Tool(
        Grammar(),
        {
            "exec-env": Wrapper(Grammar(long="user", flags=""), "first", operands=1),
            "exec-file": Wrapper(
                Grammar(long="user filename", flags="", long_flags="background no-fifo"),
                "first",
                operands=1,
            ),
        },
    ),
    "envchain": Wrapper(Grammar(), operands=1, without="s set l list u unset"),
    "summon": Wrapper(Grammar("fpeD", "file provider environment yaml", flags="")),
    "teller": Tool(Grammar("c", "config"), {"run": Wrapper(Grammar(flags="r"))}),
    "railway": Tool(Grammar(), {"run": Wrapper(Grammar("se", "service environment"))}),
    "kubie": Tool(Grammar(), {"exec": Wrapper(Grammar(flags="e"), operands=2)}),
    "with-contenv": BARE,
    "s6-setuidgid": Wrapper(Grammar(), operands=1),
    "s6-applyuidgid": Wrapper(Grammar("ugG", flags="Uz")),
    "s6-envdir": Wrapper(Grammar("nLc", flags="IifF"), operands=1),
}  # fmt: skip
