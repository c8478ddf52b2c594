"""Variables that change what runs: setting one hides a program from the analysis.

Sources: bash(1) and zsh's zshparam(1), Shell Variables; ld.so(8); git(1), Environment Variables;
environ(7). Harmless values are those that agents set to keep a program from waiting for a person.
"""

from __future__ import annotations

# Name -> values with which it runs nothing. Names ending in `*` stand for all that begin so.
_RUNNING: dict[str, tuple[str, ...]] = {
    # read or run by the shell itself
    "BASH_ENV": ("",),
    "ENV": (),
    "PROMPT_COMMAND": ("",),
    "PS0": (),
    "PS1": (),
    "PS2": (),
    "PS3": (),
    "PS4": (),
    "PROMPT": (),
    "RPROMPT": (),
    "BASH_CMDS": (),
    "BASH_ALIASES": (),
    "NULLCMD": ("", ":", "cat"),
    "READNULLCMD": ("", ":", "cat", "less", "more"),
    "SHELLOPTS": (),
    "BASHOPTS": (),
    "BASH_FUNC_*": (),
    "ZDOTDIR": (),
    "IFS": (),
    # where folders, programs and their libraries are found
    "CDPATH": ("",),
    "PATH": (),
    "LD_*": (),
    "DYLD_*": (),
    # what programs start
    "EDITOR": ("", "true", "cat", ":"),
    "VISUAL": ("", "true", "cat", ":"),
    "PAGER": ("", "cat"),
    "BROWSER": ("", "true"),
    "SHELL": (),
    "LESSOPEN": ("",),
    "LESSCLOSE": ("",),
    "MANPAGER": ("", "cat"),
    "SSH_ASKPASS": ("",),
    "SUDO_ASKPASS": ("",),
    "RSYNC_RSH": ("",),
    "TAR_OPTIONS": ("",),
    "PERL5OPT": ("",),
    "PERL5DB": ("",),
    "RUBYOPT": ("",),
    "VIMINIT": ("",),
    "EXINIT": ("",),
    "GIT_PAGER": ("", "cat"),
    "GIT_EDITOR": ("", "true", "cat", ":"),
    "GIT_SEQUENCE_EDITOR": ("", "true", "cat", ":"),
    "GIT_TERMINAL_PROMPT": ("0",),
    "GIT_OPTIONAL_LOCKS": ("0",),
    "GIT_MERGE_AUTOEDIT": ("no",),
    "GIT_*": (),
}

# Variables of zsh that stand for others, or for its own tables: zshparam(1), zshmodules(1).
_OF_ZSH = frozenset(
    (
        "path", "cdpath", "fpath", "module_path", "aliases", "dis_aliases", "galiases", "saliases",
        "functions", "dis_functions", "commands", "options", "dirstack", "nameddirs", "widgets",
        "precmd_functions", "preexec_functions", "chpwd_functions", "periodic_functions",
        "zshexit_functions", "zshaddhistory_functions",
    )
)  # fmt: skip

_PREFIXES = tuple(name[:-1] for name in _RUNNING if name.endswith("*"))


def why_hidden(name: str, value: str | None, *, zsh: bool) -> str | None:
    """Say why setting a variable hides what runs; none when it does not.

    An unknown value of such a variable is as bad as any. `zsh` says that zsh may be the shell.
    """
    if zsh and name in _OF_ZSH:
        return f"`{name}` changes what zsh runs"
    harmless = _RUNNING.get(name)
    if harmless is None and not name.startswith(_PREFIXES):
        return None
    if value is not None and value in (harmless or ()):
        return None
    return f"`{name}` changes what other programs run"
