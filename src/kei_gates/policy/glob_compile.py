"""Compile globs with pathspec and `re` into what the hot path revives. Cold path."""

from __future__ import annotations

import re
import sys
import warnings
from itertools import groupby
from marshal import dumps
from operator import itemgetter
from typing import TYPE_CHECKING

from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from kei_gates.model import folded
from kei_gates.policy.where import shown

if sys.version_info >= (3, 11):
    from re import _compiler, _parser  # type: ignore[attr-defined]  # private, see ADR 0003
else:
    import sre_compile as _compiler
    import sre_parse as _parser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.policy.globs import Compiled, CompiledGlobs
    from kei_gates.policy.where import Key, Where

_LONGEST = 1000


def compile_globs(globs: Sequence[str], where: Where, key: Key) -> CompiledGlobs:
    """Compile a list of gitignore-style globs. Raises `Fault` naming file, line and key."""
    read = [_read(glob, where, key) for glob in globs]
    runs = (list(run) for _, run in groupby(reversed(read), key=itemgetter(1)))
    return tuple(
        (
            tuple(glob for glob, *_ in run),
            run[0][1],
            _packed([regex for _, _, regex, _ in run]),
            _packed([other for *_, other in run]),
        )
        for run in runs
    )


def _read(glob: str, where: Where, key: Key) -> tuple[str, bool, str, str]:
    """Give a glob, whether it includes, and its regular expressions: as it is, and `folded`."""
    fault = _why_refused(glob)
    if fault is None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # `[[a]`: `re` may read it otherwise one day
                pattern = GitIgnoreSpecPattern(glob)
                if pattern.regex is not None and pattern.include is not None:
                    regex = pattern.regex.pattern
                    return glob, pattern.include, _unnamed(regex), _without_case(glob, regex)
        except (GitIgnorePatternError, re.error):  # the latter for `[z-a]`
            pass
        fault = "is not a glob that can match anything"
    raise where.fault(key, f"`{glob}` in `{shown(key)}` {fault}", "write it as in .gitignore")


def _without_case(glob: str, regex: str) -> str:
    """Read a glob for paths that are folded; a range that this turns around stays as it is."""
    try:
        pattern = GitIgnoreSpecPattern(folded(glob))
    except (GitIgnorePatternError, re.error):
        return f"(?i:{_unnamed(regex)})"
    return _unnamed(pattern.regex.pattern if pattern.regex else regex)


def _unnamed(regex: str) -> str:
    """Take the names off pathspec's groups, and let it match from the start of the path."""
    regex = re.sub(r"\(\?P<\w+>", "(?:", regex)
    if regex.startswith("^") and "|" not in regex:
        return regex[1:]  # the anchor stands before the whole
    return f"(?s:.*?)(?:{regex})"


def _packed(regexes: Sequence[str]) -> bytes:
    """Compile regular expressions into one, of which each is a group."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        compiled = compile_regex("|".join(f"({regex})" for regex in regexes))
    assert compiled[2] == len(regexes)  # noqa: S101 -- pathspec would have groups of its own
    return dumps(compiled)


def _why_refused(glob: str) -> str | None:
    """Say what is wrong with globs that are valid but never mean what they look like."""
    bare = glob.removeprefix("!")
    if len(glob) > _LONGEST:
        return f"is longer than {_LONGEST} characters"
    if glob != glob.strip():
        return "has blanks around it"
    if bare.startswith("~"):
        return "starts with `~`, but globs are relative to the project root"
    if bare.startswith("./") or ".." in bare.split("/"):
        return "has a `.` or `..` folder, which no path has once it is resolved"
    return None


def compile_regex(regex: str) -> Compiled:
    """Give what `_sre.compile` takes for a regular expression, without the names of groups.

    The same steps as in the standard library's `re._compiler.compile`, 3.10 to 3.13.
    """
    tree = _parser.parse(regex, 0)
    code = _compiler._code(tree, 0)  # noqa: SLF001 -- private, see ADR 0003
    words = b"".join(int(word).to_bytes(4, sys.byteorder) for word in code)
    return tree.state.flags, words, tree.state.groups - 1
