"""Reading a git command line: the options before the verb, the verb, and what stands behind.

Sources: git(1), OPTIONS and GIT COMMANDS; `git --list-cmds=main` of git 2.39 and the release notes
since.
"""

from __future__ import annotations

from kei_gates.shell.interpreters import interpreter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Final

    from kei_gates.model import Event
    from kei_gates.shell.expand import Field

# Git's own verbs: git refuses aliases of these names. Any other word may be an alias.
GIT_VERBS = frozenset(
    (
        "add", "am", "annotate", "apply", "archive", "backfill", "bisect", "blame", "branch",
        "bugreport", "bundle", "cat-file", "check-attr", "check-ignore", "check-mailmap",
        "check-ref-format", "checkout", "checkout-index", "cherry", "cherry-pick", "citool",
        "clean", "clone", "column", "commit", "commit-graph", "commit-tree", "config",
        "count-objects", "credential", "credential-cache", "credential-store", "cvsexportcommit",
        "cvsimport", "cvsserver", "daemon", "describe", "diagnose", "diff", "diff-files",
        "diff-index", "diff-pairs", "diff-tree", "difftool", "fast-export", "fast-import", "fetch",
        "fetch-pack", "filter-branch", "fmt-merge-msg", "for-each-ref", "for-each-repo",
        "format-patch", "fsck", "fsck-objects", "gc", "get-tar-commit-id", "grep", "gui",
        "hash-object", "help", "hook", "http-backend", "http-fetch", "http-push", "imap-send",
        "index-pack", "init", "init-db", "instaweb", "interpret-trailers", "last-modified", "log",
        "ls-files", "ls-remote", "ls-tree", "mailinfo", "mailsplit", "maintenance", "merge",
        "merge-base", "merge-file", "merge-index", "merge-octopus", "merge-one-file", "merge-ours",
        "merge-recursive", "merge-resolve", "merge-subtree", "merge-tree", "mergetool", "mktag",
        "mktree", "multi-pack-index", "mv", "name-rev", "notes", "p4", "pack-objects",
        "pack-redundant", "pack-refs", "patch-id", "pickaxe", "prune", "prune-packed", "pull",
        "push", "quiltimport", "range-diff", "read-tree", "rebase", "receive-pack", "reflog",
        "refs", "remote", "remote-ext", "remote-fd", "remote-ftp", "remote-ftps", "remote-http",
        "remote-https", "repack", "replace", "replay", "repo", "request-pull", "rerere", "reset",
        "restore", "rev-list", "rev-parse", "revert", "rm", "send-email", "send-pack", "shell",
        "shortlog", "show", "show-branch", "show-index", "show-ref", "sparse-checkout", "stage",
        "stash", "status", "stripspace", "submodule", "subtree", "svn", "switch", "symbolic-ref",
        "tag", "unpack-file", "unpack-objects", "update-index", "update-ref", "update-server-info",
        "upload-archive", "upload-pack", "var", "verify-commit", "verify-pack", "verify-tag",
        "version", "web--browse", "whatchanged", "worktree", "write-tree",
    )
)  # fmt: skip

# Options before the verb that take a value: the next word, or what stands behind `=`.
_TAKE_VALUE = frozenset(
    (
        "-C", "-c", "--attr-source", "--config-env", "--git-dir", "--namespace", "--super-prefix",
        "--work-tree",
    )
)  # fmt: skip
# Options that stand for a verb.
_QUESTIONS = {"--version": "version", "-v": "version", "--help": "help", "-h": "help"}
# Options before the verb that change nothing but what is shown, or how paths are written.
_HARMLESS = frozenset(
    (
        "--glob-pathspecs", "--html-path", "--icase-pathspecs", "--info-path",
        "--literal-pathspecs", "--man-path", "--no-advice", "--no-lazy-fetch",
        "--no-optional-locks", "--no-pager", "--no-replace-objects", "--noglob-pathspecs", "-P",
    )
)  # fmt: skip
# Configuration that runs nothing and sends nothing anywhere; a trailing dot stands for all below.
_HARMLESS_KEYS = (
    "advice.", "color.", "column.", "commit.gpgsign", "core.abbrev", "core.autocrlf", "core.eol",
    "core.filemode", "core.longpaths", "core.quotepath", "core.safecrlf", "diff.algorithm",
    "diff.colormoved", "diff.context", "diff.mnemonicprefix", "diff.noprefix",
    "diff.renamelimit", "diff.renames", "fetch.parallel", "fetch.prune", "gc.auto",
    "grep.linenumber", "grep.patterntype", "http.lowspeedlimit", "http.lowspeedtime",
    "http.postbuffer", "http.sslverify", "http.version", "init.defaultbranch", "log.",
    "merge.conflictstyle", "protocol.version", "pull.ff", "pull.rebase", "push.autosetupremote",
    "push.default", "rebase.autosquash",
    "rebase.autostash", "rerere.enabled", "status.", "tag.gpgsign", "tag.sort", "user.email",
    "user.name",
)  # fmt: skip

# Configuration that runs a program, with the values that are harmless.
_QUIET = ("true", ":", "cat", "")
_HARMLESS_VALUES = {
    "core.editor": _QUIET,
    "core.pager": ("cat", ""),
    "credential.helper": ("",),
    "sequence.editor": _QUIET,
}


class GitLine:
    """A git command line.

    `options` are those before the verb, each with its value (empty for none). `verb` is none where
    there is none, or where it is not known; only in the second case `certain` is false. `words` are
    what stands behind it.
    """

    __slots__ = ("certain", "options", "verb", "words")

    def __init__(self) -> None:
        """Start with nothing read."""
        self.options: Final[list[tuple[str, Field]]] = []
        self.verb: Field = None
        self.words: list[Field] = []
        self.certain = True


def git_words(argv: Sequence[Field]) -> Sequence[Field] | None:
    """Give a command as a `git ...` line; none when it is not git itself.

    `git-log`, as in git's own folder, is `git log`.
    """
    name = program_of(argv)
    if name == "git":
        return argv
    if name.startswith("git-") and name[4:] in GIT_VERBS:
        return ["git", name[4:], *argv[1:]]
    return None


def program_of(argv: Sequence[Field]) -> str:
    """Give the plain name of the program; of `python -m MODULE`, the module as a program.

    Some file systems fold case, and some add `.exe`.
    """
    name = (argv[0] or "").rpartition("/")[2].casefold()
    if name.startswith(("python", "pypy")) and interpreter(name) is not None:
        at = next((at for at, word in enumerate(argv[1:-1], 1) if word == "-m"), 0)
        module = argv[at + 1] if at else None
        return (module or name).partition(".")[0].replace("_", "-")
    return name.removesuffix(".exe")


def read_git(argv: Sequence[Field]) -> GitLine:
    """Read the words of a git command, the program first."""
    line = GitLine()
    at = 1
    while at < len(argv):
        word = argv[at]
        if word is None or not word.startswith("-") or word in _QUESTIONS:
            break
        name, equals, value = word.partition("=")
        at += 1
        if word in _TAKE_VALUE:
            line.options.append((word, argv[at] if at < len(argv) else None))
            at += 1
        else:
            line.options.append((name, value if equals else ""))
    if at < len(argv):
        line.certain = argv[at] is not None
        line.verb = _QUESTIONS.get(argv[at] or "", argv[at])
        line.words = [*argv[at + 1 :]]
    if line.words[:1] == ["--help"]:  # git shows the manual before it looks for an alias
        line.verb, line.words = "help", [line.verb]
    return line


def unknown_before_dashes(words: Iterable[Field]) -> bool:
    """Say whether a word that is not known stands where it could be an option."""
    for word in words:
        if word is None or word in ("--", "--end-of-options"):
            return word is None
    return False


def is_harmless(setting: Field) -> bool:
    """Say whether `key=value` of git's configuration runs nothing and sends nothing anywhere."""
    key, equals, value = (setting or "").partition("=")
    key = key.casefold()
    if equals and value in _HARMLESS_VALUES.get(key, ()):
        return True
    return any(key == one or (one[-1] == "." and key.startswith(one)) for one in _HARMLESS_KEYS)


def globals_objection(line: GitLine, event: Event, *, keys: bool) -> str | None:
    """Say what is wrong with the options before the verb; none when nothing is.

    With `keys`, harmless configuration may be given.
    """
    for name, value in line.options:
        if name == "-C":
            if not _is_inside(value, event):
                return "`-C` leads out of the project, or to a folder that is not known"
        elif name == "-c" and keys:
            if not is_harmless(value):
                return f"`-c {value or '...'}` may make git run something else"
        elif name not in _HARMLESS:
            return f"`{name}` may make git run something else, or use another repository"
    return None


def _is_inside(path: Field, event: Event) -> bool:
    """Whether a path from the call's folder lies inside the project."""
    if path is None:
        return False
    parts: list[str] = []
    for part in (path if path.startswith("/") else f"{event.call.cwd}/{path}").split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return f"/{'/'.join(parts)}/".startswith(f"{event.places.project}/")
