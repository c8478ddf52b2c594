"""Well-known programs that print set-up for a shell, or a folder: what the user installed says so.

Sources: the documentation of each, where it tells to write `eval "$(...)"` or `$(...)/bin`.
"""

from __future__ import annotations

from kei_gates.shell.ast import Simple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import CommandList

# The first words of the command; what is printed runs in this shell.
_SET_UP = (
    "conda shell.bash hook", "conda shell.zsh hook", "conda shell.posix hook", "mamba shell hook",
    "micromamba shell hook", "ssh-agent", "gpg-agent --daemon", "keychain --eval",
    "pyenv init", "pyenv virtualenv-init", "rbenv init", "nodenv init", "goenv init", "jenv init",
    "direnv hook", "direnv export", "mise activate", "mise env", "rtx activate", "fnm env",
    "starship init", "zoxide init", "atuin init", "mcfly init", "fzf --bash", "fzf --zsh",
    "thefuck --alias", "brew shellenv", "/opt/homebrew/bin/brew shellenv", "opam env", "dircolors",
    "luarocks path", "register-python-argcomplete", "minikube docker-env", "docker-machine env",
    "kubectl completion", "helm completion", "gh completion", "npm completion", "pip completion",
    "poetry completions", "rustup completions", "aws configure export-credentials", "lesspipe",
    "tset -s", "resize", "cs java --env",
)  # fmt: skip
# The first words of the command; what is printed is one folder or file.
_FOLDERS = (
    "conda info --base", "brew --prefix", "brew --cellar", "npm root -g", "npm prefix -g",
    "npm bin", "yarn global dir", "yarn bin", "pnpm bin", "go env GOPATH", "go env GOROOT",
    "go env GOBIN", "rustc --print sysroot", "xcrun --show-sdk-path", "xcode-select -p",
    "pyenv root", "pyenv prefix", "rbenv root", "poetry env info -p", "poetry env info --path",
    "pipenv --venv", "opam var", "mise where", "asdf where", "rustup which", "xcrun --find",
    "gem env gemdir", "python -m site --user-base", "python3 -m site --user-base",
)  # fmt: skip


def sets_up(body: CommandList) -> bool:
    """Say whether a list is one command that prints set-up for the shell."""
    return _begins(body, _SET_UP)


def names_folder(body: CommandList) -> bool:
    """Say whether a list is one command that prints a folder or a file."""
    return _begins(body, _FOLDERS)


def _begins(body: CommandList, known: tuple[str, ...]) -> bool:
    command = body.items[0][0] if len(body.items) == 1 else None
    if not isinstance(command, Simple) or command.assignments:
        return False
    words = [word.plain or "" for word in command.words]
    return any(words[: len(one)] == one for one in (row.split() for row in known))
