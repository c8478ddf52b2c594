"""`kei-gates completion`: a script by which a shell completes commands, options and known names."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHELLS = ("bash", "zsh", "fish", "tcsh")
_EXAMPLES = """examples:
  kei-gates completion bash > ~/.local/share/bash-completion/completions/kei-gates
  kei-gates completion zsh > ~/.zfunc/_kei-gates    a folder of `fpath`, before `compinit`
  kei-gates completion fish > ~/.config/fish/completions/kei-gates.fish

The script is a file of its own and starts nothing while you type. It completes commands, options,
files, ids of capabilities and the names of the built-in roles. Make it anew after an update.

exit codes: 0 printed, 64 bad usage
"""

_FOLDERS = {"DIR", "D"}
_FILES = {"FILE", "PATH", "SCRIPT", "TASK.toml"}
_ROLES = {"R", "ROLE"}

# zsh takes the colons of an id for its own where an option's values are listed.
_ZSH_IDS = "_kei_gates_capabilities"

# bash splits words at the colons of an id, and replaces only what stands behind the last one.
_BASH_COLONS = """
_kei_gates() {
  local word last index at=0
  local -a words=()
  for ((index = 0; index < ${#COMP_WORDS[@]}; index++)); do
    word=${COMP_WORDS[index]}
    last=$((${#words[@]} - 1))
    if ((last > 0)) && [[ $word == :* || ${words[last]} == *: ]]; then
      words[last]+=$word
    else
      words+=("$word")
    fi
    if ((index == COMP_CWORD)); then at=$((${#words[@]} - 1)); fi
  done
  COMP_WORDS=("${words[@]}")
  COMP_CWORD=$at
  _shtab_kei_gates
  word=${words[at]}
  if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*:}"}"}")
  fi
}
complete -o bashdefault -F _kei_gates kei-gates
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "completion",
        help="print a script by which a shell completes commands",
        description="Print a script by which a shell completes `kei-gates` while you type.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=_SHELLS, metavar="SHELL", help=", ".join(_SHELLS))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the script for one shell."""
    import shtab

    from kei_gates.cli.main import build_parser
    from kei_gates.engine import catalogue

    capabilities = sorted(catalogue.params())
    parser = build_parser()
    _tell_what_completes(parser, args.shell, capabilities)
    ids = f"{_ZSH_IDS}() {{ compadd -- {' '.join(capabilities)} }}" if args.shell == "zsh" else ""
    script = shtab.complete(parser, args.shell, preamble=ids)
    print(script + (_BASH_COLONS if args.shell == "bash" else ""))
    return 0


def _tell_what_completes(
    parser: argparse.ArgumentParser, shell: str, capabilities: Sequence[str]
) -> None:
    """Tell shtab which arguments are files, folders or known names: their metavars say so."""
    import shtab

    for action in _actions(parser):
        metavar = str(action.metavar)
        if metavar in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]  # shtab looks for it
        elif metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # the same
        elif action.dest == "capability" and shell == "zsh":
            action.complete = {shell: _ZSH_IDS}  # type: ignore[attr-defined]  # the same
        elif action.dest == "capability":
            action.choices = capabilities
        elif metavar in _ROLES:
            action.choices = _built_in_roles()


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Give all arguments of a parser and of its commands."""
    for action in parser._actions:  # noqa: SLF001 -- argparse shows its arguments nowhere else
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 -- the same
            for command in dict.fromkeys(action.choices.values()):
                yield from _actions(command)


def _built_in_roles() -> list[str]:
    """Give the names of the roles that every policy has."""
    import os

    from kei_gates.observe.installation import data

    names = os.listdir(data("policies/roles"))
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))
