"""Which commands of the forges' programs, and of jj, only read.

Sources: `gh help` of gh 2.x, its manual's pages of `gh api` and of each listing; hub(1); the
reference of jj's command line.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options

_LISTING = frozenset(("view", "list", "ls", "status", "checks", "diff", "watch"))
# gh's reading forms: group -> subcommands, none for all.
_GH_LOOKS: dict[str, frozenset[str]] = {
    "pr": _LISTING,
    "issue": _LISTING,
    "release": _LISTING,
    "run": _LISTING,
    "workflow": _LISTING,
    "search": frozenset(("code", "commits", "issues", "prs", "repos")),
    "auth": frozenset(("status",)),
    "help": frozenset(),
    "version": frozenset(),
    "status": frozenset(),
}
# Options of the listings that take a value; `-c` does in some and not in others.
_GH_LISTING = Grammar(
    "RqtLaABHlSsbuewjm",
    "repo jq template json limit author assignee app base head label search state branch user "
    "event workflow job commit created hostname owner language milestone mention sort order color "
    "attempt interval visibility topic match",
)
# `-w` opens a browser, but names the workflow in this one.
_WORKFLOW = ["run", "list"]

_GH_API = Grammar(
    "XfFHqtp",
    "method field raw-field header hostname jq template preview cache input",
)
_GH_API_OPTIONS = frozenset(
    (
        *"XfFHqtpi", "method", "field", "raw-field", "header", "hostname", "jq", "template",
        "preview", "cache", "include", "paginate", "slurp", "silent", "verbose",
    )
)  # fmt: skip
_FIELDS = ("f", "F", "field", "raw-field")
_METHOD_HEADER = "x-http-method"

_JJ_LOOKS = frozenset(("log", "diff", "show", "status", "st"))
_JJ = Grammar("rnTft", "revisions revision limit template from to at-operation at-op color context")
_JJ_OPTIONS = frozenset(
    (
        *"rnTftpsG", "revisions", "revision", "limit", "template", "from", "to", "at-operation",
        "at-op", "color", "context", "ignore-working-copy", "no-pager", "patch", "summary", "stat",
        "types", "name-only", "git", "color-words", "no-graph", "reversed", "quiet", "debug",
        "ignore-all-space", "ignore-space-change",
    )
)  # fmt: skip
_HUB_LOOKS = frozenset(("browse", "compare", "ci-status"))


def gh_looks(argv: Sequence[Field]) -> bool:
    """Say whether a gh command surely only looks at what is not the repository itself."""
    words = _gh_words(argv)
    if not words.operands:
        return None not in argv  # `gh`, `gh --version`
    group, verb = [*words.operands, None][:2]
    if group not in _GH_LOOKS or _opens_browser(words):
        return False
    verbs = _GH_LOOKS[group]
    return not verbs or verb in verbs


def gh_reads(argv: Sequence[Field]) -> bool:
    """Say whether a gh command surely only reads, the repository and its API included."""
    words = _gh_words(argv)
    group, verb = [*words.operands, None, None][:2]
    if group == "api":
        return gh_api_reads(argv)
    if group == "repo":
        return verb in ("view", "list", "ls") and not _opens_browser(words)
    return gh_looks(argv)


def gh_api_reads(argv: Sequence[Field]) -> bool:
    """Say whether `gh api ...` surely sends a GET, or a GraphQL query that stands there."""
    if None in argv:
        return False
    found = read([*argv], _GH_API, permute=True)
    headers = [value or "" for value in found.values("H", "header")]
    if not _has_only(found, _GH_API_OPTIONS) or any(
        _METHOD_HEADER in header.casefold() for header in headers
    ):
        return False
    methods = [(value or "").upper() for value in found.values("X", "method")]
    fields = [value or "" for value in found.values(*_FIELDS)]
    if len(found.operands) != 2:  # noqa: PLR2004 -- `api` and the endpoint
        return False
    if found.operands[1] == "graphql":
        return set(methods) <= {"POST"} and _only_queries(fields)
    return set(methods) <= {"GET"} and (bool(methods) or not fields)


def _has_only(found: Options, known: frozenset[str]) -> bool:
    """Whether no option was given but the known ones, in full."""
    return all(name in known for name, _ in found.given)


def _only_queries(fields: Sequence[str]) -> bool:
    """Whether the fields of a GraphQL call hold its text, and that holds no mutation."""
    texts = [field[len("query=") :].strip() for field in fields if field.startswith("query=")]
    from_files = any(field.partition("=")[2].startswith("@") for field in fields)
    return (
        bool(texts)
        and not from_files
        and all(text.startswith(("query", "{", "fragment")) for text in texts)
        and not any("mutation" in text for text in texts)
    )


def _gh_words(argv: Sequence[Field]) -> Options:
    return read([*argv], _GH_LISTING, permute=True)


def _opens_browser(words: Options) -> bool:
    if words.operands[:2] == _WORKFLOW:
        return words.has_exactly("web")
    return words.has("w", "web")


def other_reads(program: str, argv: Sequence[Field]) -> bool:
    """Say whether a command of another program than git surely only reads."""
    if program == "gh":
        return gh_reads(argv)
    if program == "hub":
        return len(argv) > 1 and argv[1] in _HUB_LOOKS
    return program == "jj" and _jj_reads(argv)


def _jj_reads(argv: Sequence[Field]) -> bool:
    """Whether a jj command reads; without one option, each of them records the working copy."""
    found = read([*argv], _JJ, permute=True)
    return (
        _has_only(found, _JJ_OPTIONS)
        and None not in found.operands
        and found.has_exactly("ignore-working-copy")
        and bool(found.operands)
        and found.operands[0] in _JJ_LOOKS
    )
