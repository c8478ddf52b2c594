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
    "PS4": (),
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
    "GIT_PAGER": ("", "cat"),
    "GIT_EDITOR": ("", "true", "cat", ":"),
    "GIT_SEQUENCE_EDITOR": ("", "true", "cat", ":"),
    "GIT_TERMINAL_PROMPT": ("0",),
    "GIT_OPTIONAL_LOCKS": ("0",),
    "GIT_MERGE_AUTOEDIT": ("no",),
    "GIT_*": (),
}

_PREFIXES = tuple(name[:-1] for name in _RUNNING if name.endswith("*"))


def why_hidden(name: str, value: str | None) -> str | None:
    """Say why setting a variable hides what runs; none when it does not.

    An unknown value of such a variable is as bad as any.
    """
    harmless = _RUNNING.get(name)
    if harmless is None and not name.startswith(_PREFIXES):
        return None
    if value is not None and value in (harmless or ()):
        return None
    return f"`{name}` changes what other programs run"
