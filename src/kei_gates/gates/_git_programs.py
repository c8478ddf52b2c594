"""Which programs use version control, and which of their forms do.

Sources: the command lists of the programs' own help, and what their documentation says about
commits, tags and pushes; npm's and cargo's manual pages.
"""

from __future__ import annotations

from kei_gates.gates._git_line import program_of
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options

# Every use of these is version control, also the one that shows their version. What begins with
# `git-` is too.
GIT_PROGRAMS = frozenset(
    (
        # git, and what is built on it
        "bfg", "dvc", "ein", "forgit", "ghq", "gita", "gitg", "gitk", "gitui", "gix", "got",
        "grv", "gt", "jgit", "lazygit", "legit", "lazyjj", "jjui", "qgit", "scalar", "smerge",
        "spr", "ghstack", "stg", "tig", "ungit", "vcsh", "yadm", "git",
        # other systems
        "brz", "bzr", "cvs", "darcs", "fossil", "hg", "chg", "rhg", "jj", "p4", "pijul", "sl",
        "svn", "svnadmin", "svnmucc", "svnsync", "thg",
        # forges
        "bb", "glab", "hub", "tea",
    )
)  # fmt: skip


class Uses:
    """Which commands of a program use version control.

    `verbs` are their first operands, `|` between them, a trailing `*` for all that begin so; none
    at all for every command. With `anywhere`, a verb may be any operand. `bare` says that no
    operand counts too; `more` that a verb without a further operand does not. `unless` names
    options, some with their value, with which nothing of it happens.
    """

    __slots__ = ("anywhere", "bare", "grammar", "more", "unless", "verbs")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        verbs: str = "",
        grammar: Grammar | None = None,
        *,
        anywhere: bool = False,
        bare: bool = False,
        more: bool = False,
        unless: str = "",
    ) -> None:
        """Take the fields; `grammar` says which options take the next word."""
        self.verbs: Final = [verb.split() for verb in verbs.split("|") if verb]
        self.grammar: Final = grammar or Grammar()
        self.anywhere: Final = anywhere
        self.bare: Final = bare
        self.more: Final = more
        self.unless: Final = frozenset(unless.split())


_EVERY = Uses()
_NPM = Grammar("Cw", "prefix workspace userconfig registry loglevel cache filter dir cwd")
_NO_TAG = "no-git-tag-version git-tag-version=false"
_CARGO = Grammar("CZFjp", "color config manifest-path vcs name edition registry target-dir")
_HOOKS = Grammar("cC", "config color")

# Programs that are made for something else and use version control on the way.
INDIRECT: dict[str, Uses] = {
    # packages: a new version is committed and tagged (the word alone shows versions)
    "npm": Uses("version|verison|versio|versi|vers", _NPM, more=True, unless=_NO_TAG),
    "pnpm": Uses("version", _NPM, more=True, unless=_NO_TAG),
    "bun": Uses("pm version", Grammar(long="cwd config"), more=True, unless=_NO_TAG),
    "yarn": Uses("version", Grammar(long="cwd new-version"), unless=_NO_TAG),
    "lerna": Uses("version|publish|import|init", Grammar(long="scope ignore loglevel")),
    "changeset": Uses("tag|publish"),
    "beachball": Uses("publish|bump"),
    "auto": Uses("release|shipit|latest|canary|next"),
    "nx": Uses("release"),
    # a new project gets a repository
    "cargo": Uses(
        "release|smart-release|workspaces version|workspaces publish|ws version|ws publish"
        "|init|new|generate",
        _CARGO,
        unless="vcs=none",
    ),
    "uv": Uses("init", Grammar("p", "vcs name python directory project"), unless="vcs=none"),
    "pdm": Uses("init|new", Grammar("p", "project"), unless="no-git"),
    "rails": Uses("new", Grammar("admrT", "database template"), unless="G skip-git"),
    "ng": Uses("new|n", unless="g skip-git skip-git=true"),
    "vue": Uses("create", unless="n no-git"),
    "nest": Uses("new|n", unless="g skip-git"),
    # release tools that commit, tag or push by themselves
    "release-it": _EVERY,
    "standard-version": _EVERY,
    "commit-and-tag-version": _EVERY,
    "semantic-release": _EVERY,
    "psr": _EVERY,
    "np": _EVERY,
    "bumpversion": _EVERY,
    "bump2version": _EVERY,
    "bump-my-version": Uses("bump", Grammar(long="config-file")),
    "tbump": Uses(unless="only-patch"),
    "cz": Uses("bump|commit|c", Grammar("n", "config name"), bare=True),
    "commitizen": Uses("bump|commit|c|init", Grammar("n", "config name")),
    "gitmoji": Uses(unless="l list s search"),
    "opencommit": _EVERY,
    "gh-pages": _EVERY,
    "lint-staged": _EVERY,
    "isogit": _EVERY,
    "dulwich": _EVERY,
    "oco": _EVERY,
    "aicommits": _EVERY,
    "release-plz": Uses("release|release-pr"),
    "goreleaser": Uses("release|r|publish|continue|announce", Grammar("f", "config")),
    "mvn": Uses(
        "release:*|scm:*|org.apache.maven.plugins:maven-release-plugin*"
        "|org.apache.maven.plugins:maven-scm-plugin*|jgitflow:*|gitflow:*",
        Grammar("fpPslT", "file projects settings"),
        anywhere=True,
    ),
    "gradle": Uses(
        "release|:release",
        Grammar("pbcIxg", "project-dir build-file settings-file init-script exclude-task"),
        anywhere=True,
    ),
    "sbt": Uses("release*", anywhere=True),
    "brew": Uses("bump-formula-pr|bump-cask-pr"),
    "chezmoi": Uses("git|update|init|cd"),
    "etckeeper": _EVERY,
    # hooks: they are put into the repository, or what is not staged is stashed away for them
    "pre-commit": Uses(
        "install|install-hooks|uninstall|init-templatedir|autoupdate|try-repo", _HOOKS
    ),
    "prek": Uses(
        "install|install-hooks|uninstall|init-template-dir|autoupdate|auto-update", _HOOKS
    ),
    "husky": _EVERY,
    "lefthook": Uses("install|uninstall|add", _HOOKS),
    "simple-git-hooks": _EVERY,
    "overcommit": _EVERY,
    # others
    "az": Uses("repos"),
    "nix": Uses("flake init"),
    # coding agents, which would not be held to this role
    "gemini-cli": _EVERY,
    "claude-code": _EVERY,
    "aider": _EVERY,
    "claude": _EVERY,
    "codex": _EVERY,
    "cursor-agent": _EVERY,
    "gemini": _EVERY,
    "opencode": _EVERY,
}
# `pre-commit run` stashes what is not staged, unless it is told which files to look at.
_RUN_HOOKS = Uses("run", _HOOKS, bare=True, unless="a all-files files")
_HOOK_RUNNERS = ("pre-commit", "prek")
_COMMITS_LOCK_FILE = "--commit-lock-file"
_ASKING = frozenset(("--version", "--help", "-V", "-h", "-v"))

# The wrappers that a project brings along.
INDIRECT |= {"mvnw": INDIRECT["mvn"], "gradlew": INDIRECT["gradle"]}


def uses_git(argv: Sequence[Field]) -> bool:
    """Say whether a command uses version control; where it cannot be known, it does."""
    program = program_of(argv)
    if program in GIT_PROGRAMS or program.startswith("git-"):
        return True
    if program == "gh":
        from kei_gates.gates._forge_reads import gh_looks  # noqa: PLC0415 -- hardly ever needed

        return not gh_looks(argv)
    uses = INDIRECT.get(program)
    return uses is not None and _is_use(program, uses, argv)


def _is_use(program: str, uses: Uses, argv: Sequence[Field]) -> bool:
    words = _behind_module(argv)
    if len(words) == 2 and words[1] in _ASKING:  # noqa: PLR2004 -- the program and the question
        return False
    if program == "nix" and _COMMITS_LOCK_FILE in words:
        return True
    return _matches(uses, words) or (program in _HOOK_RUNNERS and _matches(_RUN_HOOKS, words))


def _behind_module(argv: Sequence[Field]) -> Sequence[Field]:
    """Give `MODULE ...` for `python -m MODULE ...`, and without a `+toolchain` before the verb."""
    words = [*argv]
    if program_of(words[:1]) != program_of(words):
        words = words[words.index("-m") + 1 :]
    if len(words) > 1 and (words[1] or "").startswith("+"):
        del words[1]
    return words


def _matches(uses: Uses, words: Sequence[Field]) -> bool:
    """Whether a command is one of those that use version control."""
    found = read(words, uses.grammar, permute=True)
    if any(_is_given(name, value, uses.unless) for name, value in found.given):
        return False
    if not uses.verbs:
        return True
    if not found.operands:
        return uses.bare
    return any(_is_verb(verb, uses, found) for verb in uses.verbs)


def _is_verb(verb: Sequence[str], uses: Uses, found: Options) -> bool:
    """Whether the operands are those of a verb; words that are not known may be."""
    operands = found.operands
    if uses.anywhere:
        return any(_is_word(given, verb[0]) for given in operands)
    if not all(_is_word(given, word) for given, word in zip(operands, verb, strict=False)):
        return False
    return None in operands[: len(verb)] or len(operands) >= len(verb) + uses.more


def _is_word(given: Field, word: str) -> bool:
    return given is None or given == word or (word.endswith("*") and given.startswith(word[:-1]))


def _is_given(name: str, value: Field, wanted: frozenset[str]) -> bool:
    return f"{name}={value}" in wanted or (name in wanted and value in ("", "true", None))
