"""Which programs use version control, and which of their forms only read.

Sources: the command lists of git 2.39, gh 2.x (`gh help`), and the release tools' own help.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Every use of these is version control.
GIT_PROGRAMS = frozenset(
    (
        # git and what is built on it
        "git", "gitk", "git-gui", "scalar", "gitui", "lazygit", "tig", "stg", "gix", "ein", "bfg",
        "git-town", "git-branchless", "git-lfs", "git-annex", "git-crypt", "git-filter-repo",
        "gt", "spr", "git-cliff", "dvc",
        # other systems
        "jj", "sl", "hg", "svn", "bzr", "fossil", "cvs", "darcs", "pijul",
        # forges
        "hub", "glab", "tea", "bb",
        # release tools that commit, tag or push by themselves
        "release-it", "standard-version", "semantic-release", "np", "lerna", "goreleaser",
        "bumpversion", "bump2version", "bump-my-version", "tbump",
        # coding agents, which would not be held to this role
        "claude", "aider", "codex",
    )
)  # fmt: skip

# Programs of which only some subcommands are version control: the subcommand's words.
GIT_SUBCOMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "npm": (("version",),),
    "yarn": (("version",),),
    "pnpm": (("version",),),
    "bun": (("pm", "version"),),
    "changeset": (("tag",), ("publish",)),
    "cargo": (("release",),),
    "cz": (("bump",), ("commit",), ("c",)),
    "commitizen": (("bump",), ("commit",)),
    "pre-commit": (("install",), ("autoupdate",), ("uninstall",)),
    "lefthook": (("install",), ("uninstall",)),
    "husky": (("init",), ("install",)),
    "mvn": (("release:prepare",), ("release:perform",)),
    "az": (("repos",),),
}

# Options of those programs that take the next word.
_VALUE_OPTIONS = frozenset(
    (
        "--prefix", "-C", "--cwd", "--dir", "-w", "--workspace", "--filter", "--userconfig",
        "--registry", "--loglevel", "--cache", "--config", "-c", "--color", "-Z", "-f", "--file",
        "-R", "--repo", "--hostname",
    )
)  # fmt: skip

# gh's reading forms: group -> subcommands. Everything else of gh is denied.
_GH_READS: dict[str, frozenset[str]] = {
    group: frozenset(("view", "list", "ls", "status", "checks", "diff", "watch"))
    for group in ("pr", "issue", "release", "run", "workflow")
} | {
    "search": frozenset(("code", "commits", "issues", "prs", "repos")),
    "auth": frozenset(("status",)),
    "help": frozenset(),
    "version": frozenset(),
    "status": frozenset(),
}
_GH_OPENS_BROWSER = ("--web", "-w")


def uses_git(argv: Sequence[str | None]) -> bool:
    """Say whether a command uses version control; where it cannot be known, it does."""
    program = (argv[0] or "").rpartition("/")[2]
    if program in GIT_PROGRAMS or program.startswith("git-"):
        return True
    if program == "gh":
        return not _gh_reads(argv)
    subcommands = GIT_SUBCOMMANDS.get(program)
    if subcommands is None:
        return False
    words = operands(argv)
    return any(
        all(given is None or given == word for given, word in zip(words, wanted, strict=False))
        and len(words) >= len(wanted)
        for wanted in subcommands
    )


def operands(argv: Sequence[str | None]) -> list[str | None]:
    """Give the words that are no options and no values of options."""
    found: list[str | None] = []
    skip = False
    for word in argv[1:]:
        if skip:
            skip = False
        elif word in _VALUE_OPTIONS:
            skip = True
        elif word is None or not word.startswith("-"):
            found.append(word)
    return found


def _gh_reads(argv: Sequence[str | None]) -> bool:
    """Say whether a gh command is certain to read only."""
    words = operands(argv)
    if not words:
        return None not in argv  # `gh`, `gh --version`
    group = words[0]
    if group is None or group not in _GH_READS or any(word in _GH_OPENS_BROWSER for word in argv):
        return False
    verbs = _GH_READS[group]
    return not verbs or (len(words) > 1 and words[1] in verbs)
