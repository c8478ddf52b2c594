"""Which commands send commits to another repository, or tell git where to send them.

Sources: the manual pages of git 2.39; the command references of gh 2.x, glab, tea, hub, jj,
Sapling, Mercurial, Graphite, git-town and git-branchless.
"""

from __future__ import annotations

from kei_gates.gates._addresses import public_host
from kei_gates.gates._forge_reads import gh_api_reads
from kei_gates.gates._git_line import GIT_VERBS, is_harmless, program_of
from kei_gates.gates._git_reads import verb_objection
from kei_gates.gates._git_running import runs_program
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from kei_gates.gates._git_line import GitLine
    from kei_gates.shell.expand import Field

    Hosts: TypeAlias = "Sequence[str]"
    Judge: TypeAlias = "Callable[[GitLine, Hosts], str | None]"

_PUSH = Grammar("o", "repo receive-pack exec push-option recurse-submodules remote")
_REMOTE = Grammar("tm")
_CONFIG = Grammar("f", "file blob type default value url comment")
_SUBTREE = Grammar("Pbm", "prefix branch message onto annotate")
_ALONE = ("check", "no")


def git_push_objection(line: GitLine, hosts: Hosts) -> str | None:
    """Say how a git command may send commits to a public host; none when it surely does not."""
    for name, value in line.options:
        if name == "-c" and not is_harmless(value):
            return f"`-c {value or '...'}` may change what git runs, or where it sends commits"
        if name in ("--config-env", "--exec-path") and value != "":
            return f"`{name}` may change what git runs, or where it sends commits"
    if line.verb is None:
        return None if line.certain else "the verb is not known"
    if line.verb in _EXTENSIONS:
        return _extension_objection(line, _EXTENSIONS[line.verb])
    if line.verb not in GIT_VERBS:
        return f"`{line.verb}` is no verb of git's own, and could be an alias that pushes"
    judge = _JUDGES.get(line.verb)
    return judge(line, hosts) if judge is not None else runs_program(line)


def _push(line: GitLine, hosts: Hosts) -> str | None:
    """Judge `git push`: a remote's name says nothing about its address."""
    found = read(["", *line.words], _PUSH, permute=True)
    if any((value or "") not in _ALONE for value in found.values("recurse-submodules")):
        return "the remotes of submodules are not known"
    address = found.operands[0] if found.operands else found.value("repo")
    if not found.operands and not found.has("repo"):
        return "where the default remote leads is not known"
    return runs_program(line) or public_host(address, hosts)


def _remote(line: GitLine, hosts: Hosts) -> str | None:
    """Judge `git remote add|set-url`."""
    operands = read(["", *line.words], _REMOTE, permute=True).operands
    return _remote_objection(operands, hosts)


def _remote_objection(operands: Sequence[Field], hosts: Hosts) -> str | None:
    """Judge the words `add NAME ADDRESS`, of git and of jj."""
    if operands[:1] not in (["add"], ["set-url"], [None]):
        return None
    given = operands[2:] or [None]
    return next((why for word in given if (why := public_host(word, hosts))), None)


def _subtree(line: GitLine, hosts: Hosts) -> str | None:
    operands = read(["", *line.words], _SUBTREE, permute=True).operands
    if operands[:1] not in (["push"], [None]):
        return None
    return public_host([*operands, None, None][1], hosts)


def _config(line: GitLine, hosts: Hosts) -> str | None:
    """Judge `git config`: the keys that say where a remote is."""
    if verb_objection(line) is None:
        return None
    words = read(["", *line.words], _CONFIG, permute=True).operands
    at = next((at for at, word in enumerate(words) if word is None or "." in word), None)
    if at is None:
        return None
    key = words[at]
    if key is None:
        return "it may change where commits are sent"
    folded = key.casefold()
    if folded.startswith("remote.") and folded.endswith((".url", ".pushurl")):
        return public_host([*words, None][at + 1], hosts)
    if folded.startswith("url.") and folded.endswith(("insteadof", "pushinsteadof")):
        return public_host(key[len("url.") :].rpartition(".")[0], hosts)
    return None


def _always(line: GitLine, hosts: Hosts) -> str:
    del hosts
    return f"`git {line.verb}` sends commits where it is told to"


_JUDGES: dict[str, Judge] = {
    "config": _config,
    "http-push": _push,
    "push": _push,
    "remote": _remote,
    "remote-ext": _always,
    "remote-fd": _always,
    "remote-ftp": _always,
    "remote-ftps": _always,
    "remote-http": _always,
    "remote-https": _always,
    "send-pack": _push,
    "subtree": _subtree,
}
# Verbs of programs beside git, and of git where it speaks to other systems: what sends.
_EXTENSIONS: dict[str, frozenset[str]] = {
    "absorb": frozenset(),
    "annex": frozenset(("assist", "copy", "move", "push", "satisfy", "sync")),
    "branchless": frozenset(("submit",)),
    "cliff": frozenset(),
    "crypt": frozenset(),
    "filter-repo": frozenset(),
    "lfs": frozenset(("pre-push", "push")),
    "p4": frozenset(("submit",)),
    "svn": frozenset(("branch", "commit-diff", "dcommit", "set-tree", "tag")),
    "town": frozenset(("append", "hack", "propose", "ship", "sync")),
}


def _extension_objection(line: GitLine, sends: frozenset[str]) -> str | None:
    verb = next((w for w in line.words if w is None or not w.startswith("-")), "")
    if verb is None or verb in sends:
        return f"`git {line.verb} {verb or '...'}` sends commits to a server"
    return None


def as_git(argv: Sequence[Field]) -> Sequence[Field] | None:
    """Give a command as a `git ...` line, also one of `git-lfs` or of hub, which wraps git."""
    name = program_of(argv)
    if name.startswith("git-"):
        return ["git", name[4:], *argv[1:]]
    wraps = name == "hub" and len(argv) > 1 and (argv[1] is None or argv[1] in GIT_VERBS)
    return argv if name == "git" or wraps else None


# --- other programs ---------------------------------------------------------------------------

# Program -> what sends, by its first operands (`|` between them; none for every command).
_SENDING: dict[str, str] = {
    # forges
    "gh": "pr create|pr new|repo create|repo new|repo sync|repo fork|repo edit|release create"
    "|release new|release upload|gist create|gist new|gist edit|api|extension exec",
    "glab": "repo create|repo fork|repo mirror|project create|project fork|project mirror"
    "|mr create|mr new|mr for|release create|release upload|snippet create|api|stack sync"
    "|stack save",
    "hub": "create|fork|pull-request|sync|release create|release edit|gist create|api",
    "tea": "pr create|pr c|pulls create|pulls c|repo create|repo c|repos create|repos c"
    "|release create|releases create",
    "bb": "pr create|repo create",
    # other systems, and what stacks changes on a forge
    "jj": "git push|util exec|gerrit upload",
    "sl": "push|pus|pr submit|pr s|ghstack|cloud upload",
    "hg": "push|pus|outgoing -p",
    "bzr": "push",
    "brz": "push",
    "darcs": "push|send",
    "pijul": "push",
    "fossil": "push|sync",
    "got": "send",
    "gt": "submit|s|ss|sync|stack submit",
    "spr": "diff|land",
    "ghstack": "",
    "arc": "diff|land",
    "jgit": "push",
    "dvc": "exp push|experiments push",
    "yadm": "push",
    # release tools that push by themselves
    "np": "",
    "release-it": "",
    "semantic-release": "",
    "psr": "",
    "auto": "release|shipit|latest|canary|next",
    "beachball": "publish",
    "lerna": "version|publish",
    "cargo": "release|smart-release|workspaces publish|ws publish",
    "release-plz": "release|release-pr",
    "goreleaser": "release|r|publish|continue",
    "tbump": "",
    # coding agents, which would not be held to this role
    "aider": "",
    "claude": "",
    "codex": "",
    "cursor-agent": "",
    "gemini": "",
    "opencode": "",
}
_GRAMMAR = Grammar(
    "RHLDFtnjpCdeamXfqB",
    "repo title body visibility description hostname method field raw-field header input jq "
    "template source remote config repository manifest-path project prefix head base",
)
_GH_GROUPS = frozenset(
    (
        "agent-task", "alias", "api", "attestation", "auth", "browse", "cache", "codespace",
        "completion", "config", "copilot", "extension", "extensions", "ext", "gist", "gpg-key",
        "help", "issue", "label", "org", "pr", "preview", "project", "release", "repo", "ruleset",
        "run", "search", "secret", "ssh-key", "status", "variable", "version", "workflow",
    )
)  # fmt: skip
_ASKING = frozenset(("--help", "--version", "-h", "-V"))
# Systems whose push takes an address, which may be one that is no public host's.
_ADDRESSED = frozenset(("hg", "bzr", "brz", "sl", "darcs", "pijul", "fossil"))


def other_push_objection(program: str, argv: Sequence[Field], hosts: Hosts) -> str | None:
    """Say how another program than git may send commits; none when it surely does not."""
    sending = _SENDING.get(program)
    if sending is None or (len(argv) > 1 and argv[-1] in _ASKING):
        return None
    found = read([*argv], _GRAMMAR, permute=True)
    operands = [word for word in found.operands if not (word or "").startswith("+")]
    if program == "gh" and operands and operands[0] not in _GH_GROUPS:
        return "it could be an alias or an extension that pushes"
    if program == "jj" and operands[:2] == ["git", "remote"]:
        return _remote_objection(operands[2:], hosts)
    verb = next((v for v in sending.split("|") if _begins(operands, v.split())), None)
    if verb is None or _is_private(program, verb, argv):
        return None
    if program in _ADDRESSED and operands[1:] and public_host(operands[1], hosts) is None:
        return None
    return f"`{program}{' ' if verb else ''}{verb}` may send commits to a public host"


def _begins(operands: Sequence[Field], verb: Sequence[str]) -> bool:
    """Whether operands begin with a verb; words that are not known may be its words."""
    known = all(g is None or g == w for g, w in zip(operands, verb, strict=False))
    return known and (len(operands) >= len(verb) or None in operands)


def _is_private(program: str, verb: str, argv: Sequence[Field]) -> bool:
    """Whether the words say that nothing becomes public and nothing is pushed."""
    if verb == "api":
        return program in ("gh", "glab") and gh_api_reads(argv)
    if None in argv:
        return False
    words = [word or "" for word in argv]
    names = {word.partition("=")[0] for word in words}
    if verb == "repo edit":
        return "--visibility" not in names or _visibility(words) in ("private", "internal")
    private = _PRIVATE if program == "gh" else (*_PRIVATE, "-p")  # gh's `-p` names a template
    return verb in _CREATING and bool(names & {*private}) and not names & _PUBLISHING


_CREATING = frozenset(
    ("repo create", "repo new", "project create", "create", "repos create", "repo c", "repos c")
)
_PRIVATE = ("--private", "--internal")
_PUBLISHING = frozenset(("--push", "--public", "--source", "-s", "-P"))


def _visibility(words: Sequence[str]) -> str:
    """Give the last value of `--visibility`."""
    found = ""
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--visibility":
            found = value if equals else [*words, ""][at + 1]
    return found
