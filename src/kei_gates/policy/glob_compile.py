"""Compile globs with pathspec and `re` into what the hot path revives. Cold path."""

from __future__ import annotations

import re
import sys
import warnings
from marshal import dumps
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
    from kei_gates.policy.globs import Compiled, CompiledGlob
    from kei_gates.policy.where import Key, Where

_LONGEST = 1000


def compile_glob(glob: str, where: Where, key: Key) -> CompiledGlob:
    """Compile one gitignore-style glob. Raises `Fault` naming file, line and key."""
    fault = _why_refused(glob)
    if fault is None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # `[[a]`: `re` may read it otherwise one day
                pattern = GitIgnoreSpecPattern(glob)
                if pattern.regex is not None and pattern.include is not None:
                    plain = _packed(pattern.regex.pattern)
                    other = _without_case(glob, pattern.regex.pattern)
                    return glob, pattern.include, _text_in(glob), plain, *other
        except (GitIgnorePatternError, re.error):  # the latter for `[z-a]`
            pass
        fault = "is not a glob that can match anything"
    raise where.fault(key, f"`{glob}` in `{shown(key)}` {fault}", "write it as in .gitignore")


def _without_case(glob: str, regex: str) -> tuple[str, bytes]:
    """Compile a glob for paths that are folded; a range that this turns around stays as it is."""
    try:
        pattern = GitIgnoreSpecPattern(folded(glob))
    except (GitIgnorePatternError, re.error):
        return "", _packed(regex, int(re.IGNORECASE))
    if pattern.regex is None:
        return "", _packed(regex)
    return _text_in(folded(glob)), _packed(pattern.regex.pattern)


def _text_in(glob: str) -> str:
    """Give the longest text that is in every path which a glob matches."""
    before_class = glob.removeprefix("!").partition("[")[0]
    return max((part.strip("/") for part in _SPECIAL.split(before_class)), key=len)


_SPECIAL = re.compile(r"[*?\\]")


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


def _packed(regex: str, flags: int = 0) -> bytes:
    """Compile a regular expression and pack what `_sre.compile` takes for it but names of groups.

    The same steps as in the standard library's `re._compiler.compile`, 3.10 to 3.13.
    """
    tree = _parser.parse(regex, flags)
    code = _compiler._code(tree, flags)  # noqa: SLF001 -- private, see ADR 0003
    words = b"".join(int(word).to_bytes(4, sys.byteorder) for word in code)
    compiled: Compiled = (flags | tree.state.flags, words, tree.state.groups - 1)
    return dumps(compiled)
