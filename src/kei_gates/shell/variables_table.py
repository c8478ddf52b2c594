"""Which variables make programs run something, and in which way each does.

Sources: bash(1) and zsh's zshparam(1), Shell Variables; ld.so(8), dyld(1); environ(7), git(1),
less(1), man(1), crontab(1), rsync(1), tar's manual; the cargo book, "Environment Variables" and
"Configuration"; `go help environment`; make's manual, "Variables from the Environment"; node(1),
python(1), ruby(1), perlrun(1), lua(1), erl(1), R's Startup; java(1); npm's config(7); gh's `help
environment`; kubectl's documentation. Harmless values are those that agents set to keep a program
from waiting.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

# --- variables whose value is not looked into, with the values that run nothing ------------------

PLAIN: dict[str, tuple[str, ...]] = {
    # read or run by the shell itself
    "BASH_CMDS": (),
    "BASH_ALIASES": (),
    "NULLCMD": ("", ":", "cat"),
    "READNULLCMD": ("", ":", "cat", "less", "more"),
    "SHELLOPTS": (),
    "BASHOPTS": (),
    "BASH_FUNC_*": (),
    "ZDOTDIR": (),
    "IFS": (),
    # where folders and programs are found
    "CDPATH": ("",),
    "PATH": (),
    # what programs start
    "MAKEFILES": ("",),
    "PERL5DB": ("",),
    "VIMINIT": ("",),
    "EXINIT": ("",),
    "PYTHONBREAKPOINT": (
        "", "0", "pdb.set_trace", "ipdb.set_trace", "pudb.set_trace", "bpdb.set_trace",
        "IPython.embed", "IPython.core.debugger.set_trace", "remote_pdb.set_trace",
        "web_pdb.set_trace", "debugpy.breakpoint", "celery.contrib.rdb.set_trace",
    ),
    "npm_config_init_module": ("",),
    "npm_config_node_gyp": ("",),
    "YARN_YARN_PATH": ("",),
    "YARN_PLUGINS": ("",),
    "YARN_RC_FILENAME": ("",),
    "GIT_TERMINAL_PROMPT": ("0",),
    "GIT_OPTIONAL_LOCKS": ("0",),
    "GIT_MERGE_AUTOEDIT": ("no",),
    "GIT_*": (),
}  # fmt: skip

# --- variables that hold a command ---------------------------------------------------------------

_FILE = ' "$kei_argument"'
"""What is put behind a command whose program is given words that nobody here knows."""
_PROGRAM = ' true "$kei_argument"'
"""What is put behind a command that is given another one."""

_EDITORS = (
    "EDITOR VISUAL GIT_EDITOR GIT_SEQUENCE_EDITOR GH_EDITOR GLAB_EDITOR HGEDITOR SVN_EDITOR "
    "CVSEDITOR P4EDITOR KUBE_EDITOR FCEDIT SUDO_EDITOR SYSTEMD_EDITOR PSQL_EDITOR LESSEDIT "
    "npm_config_editor KUBECTL_EXTERNAL_DIFF"
)
_PAGERS = (
    "PAGER MANPAGER GIT_PAGER GH_PAGER GLAB_PAGER BAT_PAGER DELTA_PAGER AWS_PAGER SYSTEMD_PAGER "
    "PSQL_PAGER HGPAGER MANCOLOR_PAGER PROMPT_COMMAND FZF_DEFAULT_COMMAND LESSOPEN LESSCLOSE"
)
_COMPILERS = (
    "CC CXX CPP LD AR FC HOSTCC HOSTCXX RUSTC RUSTDOC CARGO_BUILD_RUSTC CARGO_BUILD_RUSTDOC"
)
_OTHERS = (
    "BROWSER GH_BROWSER GLAB_BROWSER npm_config_browser npm_config_viewer npm_config_git "
    "SSH_ASKPASS SUDO_ASKPASS MAKE CARGO_TARGET_*_LINKER"
)
_LAUNCHERS = (
    "RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER CARGO_BUILD_RUSTC_WRAPPER "
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER CARGO_TARGET_*_RUNNER CMAKE_C_COMPILER_LAUNCHER "
    "CMAKE_CXX_COMPILER_LAUNCHER CMAKE_CUDA_COMPILER_LAUNCHER"
)
COMMANDS: dict[str, str] = {
    **dict.fromkeys(_PAGERS.split(), ""),
    **dict.fromkeys(("RSYNC_RSH", "CVS_RSH", "SVN_SSH"), " host true"),
    **dict.fromkeys(f"{_EDITORS} {_COMPILERS} {_OTHERS}".split(), _FILE),
    **dict.fromkeys(_LAUNCHERS.split(), _PROGRAM),
}
"""Names, each with what is put behind its value to make a command of it. They may hold one `*`."""

SHELLS = frozenset(("SHELL", "npm_config_shell", "npm_config_script_shell", "YARN_SCRIPT_SHELL"))
"""Names whose value is a shell."""

PREFIXED = {"CARGO_ALIAS_*": "cargo "}
"""Names whose value goes on a command that begins so."""

# Programs that may be named without being noted, with the options that change nothing about it:
# `letters` in one word behind a dash, `any` single words, or the very ones that are spelled out.
_ALONE = (
    "vim vi nvim nano pico emacs micro hx helix joe ed true false cat : none echo firefox chromium "
    "google-chrome open xdg-open wslview w3m lynx links ssh rsh meld vimdiff make gmake zed"
)
_LETTERS = "less more most bat batcat moar moor ov delta col"
_WAITING = "code code-insiders cursor subl codium windsurf"
_ANY = (
    "gcc g++ cc c++ clang clang++ cpp ld ld.lld lld ld.gold gold mold ar llvm-ar gcc-ar gfortran "
    "ccache sccache distcc icecc buildcache rustc rustdoc clang-cpp musl-gcc cl zig cachepot"
)
EVERYDAY: dict[str, str] = {
    **dict.fromkeys(_ALONE.split(), ""),
    **dict.fromkeys(_LETTERS.split(), "letters"),
    **dict.fromkeys(_ANY.split(), "any"),
    **dict.fromkeys(_WAITING.split(), "--wait -w -n -r"),
    "emacs": "-nw -Q -q",
    "emacsclient": "-t -c -nw -n",
}

# --- variables that hold options of a program ----------------------------------------------------


class Options:
    """Which words among the options that a variable holds make the program run something.

    `commands` are options whose value is a command, `scripts` a file of code in `language`,
    `libraries` a file that is no text; `hides` run what is not followed. A value is the next word,
    or stands behind a `=` or a single letter; a name that ends in `=` or `:` is a beginning. With
    `assigns`, `NAME=value` words assign variables; with `plain`, a word of odd characters hides.
    """

    __slots__ = ("assigns", "commands", "hides", "language", "libraries", "plain", "scripts")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        *,
        commands: str = "",
        hides: str = "",
        libraries: str = "",
        scripts: str = "",
        language: str = "",
        assigns: bool = False,
        plain: bool = False,
    ) -> None:
        """Take names as they are spelled, separated by blanks."""
        self.commands: Final = tuple(commands.split())
        self.hides: Final = tuple(hides.split())
        self.libraries: Final = tuple(libraries.split())
        self.scripts: Final = tuple(scripts.split())
        self.language: Final = language
        self.assigns: Final = assigns
        self.plain: Final = plain


_RUST = Options(commands="-Clinker= linker= --codegen=linker=")
_JAVA = Options(
    commands="-XX:OnError= -XX:OnOutOfMemoryError=",
    hides="-XX:Flags= -XX:VMOptionsFile=",
    libraries="-javaagent: -agentpath:",
)
_NODE = Options(scripts="--require -r --import --loader --experimental-loader", language="node")
_MAKE = Options(hides="--eval -E -f --file --makefile -C --directory .SHELLFLAGS=", assigns=True)
_GO = Options(commands="-toolexec= --toolexec= -exec= --exec= -vettool= --vettool=")
OPTIONS: dict[str, Options] = {
    "NODE_OPTIONS": _NODE,
    "npm_config_node_options": _NODE,
    "RUBYOPT": Options(scripts="-r", language="ruby"),
    "PERL5OPT": Options(hides="-d", plain=True),
    "GOFLAGS": _GO,
    **dict.fromkeys(
        ("RUSTFLAGS", "RUSTDOCFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_TARGET_*_RUSTFLAGS"), _RUST
    ),
    **dict.fromkeys(("MAKEFLAGS", "GNUMAKEFLAGS", "MFLAGS"), _MAKE),
    **dict.fromkeys(
        (
            "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_OPTS", "MAVEN_OPTS",
            "GRADLE_OPTS", "SBT_OPTS", "ANT_OPTS",
        ),
        _JAVA,
    ),
    "TAR_OPTIONS": Options(
        commands="--to-command --use-compress-program --rsh-command --info-script "
        "--new-volume-script --checkpoint-action=exec= -I -F",
    ),
    "ZIPOPT": Options(commands="-TT --unzip-command"),
    "LESS": Options(hides="+! +| +v"),
    **dict.fromkeys(
        ("ERL_AFLAGS", "ERL_FLAGS", "ERL_ZFLAGS", "ELIXIR_ERL_OPTIONS"),
        Options(hides="-eval -s -run -extra"),
    ),
    "BUN_OPTIONS": Options(scripts="--preload -r --require --import", language="node"),
    "FZF_DEFAULT_OPTS": Options(hides="--bind --preview --become --listen"),
}  # fmt: skip

# --- variables that name files and folders -------------------------------------------------------

SCRIPTS = {
    "BASH_ENV": "shell",
    "ENV": "shell",
    "PYTHONSTARTUP": "python",
    "R_PROFILE": "r",
    "R_PROFILE_USER": "r",
}
"""Names whose value is a file of code, each with its language."""

CODE = {"LUA_INIT": "lua", "LUA_INIT_*": "lua"}
"""Names whose value is code or, behind an `@`, a file of it."""

FOLDERS: dict[str, tuple[tuple[str, ...], str]] = {
    "PYTHONPATH": (("sitecustomize.py", "usercustomize.py"), "python"),
    "PYTHONHOME": (("sitecustomize.py", "usercustomize.py"), "python"),
    "PERL5LIB": (("*.pm", "*/*.pm"), "perl"),
    "PERLLIB": (("*.pm", "*/*.pm"), "perl"),
    "RUBYLIB": (("*.rb", "*/*.rb"), "ruby"),
    "LD_LIBRARY_PATH": (("*.so", "*.so.*"), ""),
    "DYLD_LIBRARY_PATH": (("*.dylib", "*.so"), ""),
    "DYLD_FRAMEWORK_PATH": (("*/*",), ""),
    "DYLD_FALLBACK_LIBRARY_PATH": (("*.dylib", "*.so"), ""),
    "DYLD_FALLBACK_FRAMEWORK_PATH": (("*/*",), ""),
}
"""Names whose value is a list of folders, with the files there that run, and their language."""

LIBRARIES = frozenset(("LD_PRELOAD", "LD_AUDIT", "DYLD_INSERT_LIBRARIES"))
"""Names whose value is a list of libraries that run in every program."""

PROMPTS = frozenset(("PS0", "PS1", "PS2", "PS3", "PS4", "PROMPT", "RPROMPT", "RPS1"))
"""Names whose value the shell expands."""

# Variables of zsh that stand for others, or for its own tables: zshparam(1), zshmodules(1).
OF_ZSH = frozenset(
    (
        "path", "cdpath", "fpath", "module_path", "aliases", "dis_aliases", "galiases", "saliases",
        "functions", "dis_functions", "commands", "options", "dirstack", "nameddirs", "widgets",
        "precmd_functions", "preexec_functions", "chpwd_functions", "periodic_functions",
        "zshexit_functions", "zshaddhistory_functions",
    )
)  # fmt: skip
