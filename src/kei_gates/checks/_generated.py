"""Tell which files are code that people write: neither data, nor generated, nor from elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError

from kei_gates.checks._functions import ending_of, has_functions

if TYPE_CHECKING:
    from kei_gates.checks.work import Change, ChangeSet

# Languages that lizard does not read, and programs without an ending.
_OTHER_ENDINGS = frozenset({
    "sh", "bash", "zsh", "fish", "ps1", "bat", "cmd", "ex", "exs", "hs", "ml", "mli", "clj", "cljs",
    "fs", "fsx", "nim", "jl", "dart", "groovy", "elm", "vb", "pas", "asm", "cu", "cuh", "metal",
    "svelte", "astro", "coffee", "tcl", "awk", "v", "sv", "vhd", "inl", "ipp", "tpp", "cr", "d",
    "lisp", "el", "scm", "rkt", "bzl", "mk", "cmake",
})  # fmt: skip
# lizard knows these endings, but what has them is mostly data, or prose in a data language.
_DATA_ENDINGS = frozenset({"sql", "st", "es"})
_NAMES = frozenset({"makefile", "gnumakefile", "dockerfile", "justfile", "rakefile", "jenkinsfile"})
_SHEBANG = re.compile(
    rb"#!.*\b(?:sh|bash|zsh|dash|ksh|fish|python|perl|ruby|node|deno|bun|lua|php)"
)
_ELSEWHERE = frozenset({
    "node_modules", "vendor", "vendored", "third_party", "thirdparty", "third-party", "extern",
    "site-packages", ".venv", "venv", "bower_components", "pods", ".yarn", ".pnp",
})  # fmt: skip
_MINIFIED = re.compile(r"(?:[.-]min\.(?:m?js|css)|\.bundle\.js|\.map)$")

_MARK = re.compile(
    rb"@generated\b|\bdo not edit\b|\bcode generated\b|\bauto(?:matically)?[- ]?generated\b"
    rb"|\bthis (?:file|code) (?:is|was|has been) generated\b|\bgenerated (?:by|from)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(rb"\s*(?:#|//|/\*|\*|--|;|%|<!--|\"\"\"|'''|\(\*|$)")
_FIRST_LINES = 20
_USUAL = re.compile(
    r"(?:\.pb(?:\.\w+)?\.(?:go|cc|h|dart|swift)|_pb2(?:_grpc)?\.pyi?|_pb\.(?:js|ts|rb)"
    r"|\.g(?:\.\w+)?\.(?:dart|cs|kt|rs)|\.freezed\.dart|\.designer\.cs|\.d\.ts"
    r"|[._-]gen(?:erated)?\.\w+|(?:^|/)(?:zz_generated[^/]*|bindings\.rs))$"
    r"|(?:^|/)(?:__generated__|generated|_generated|gen|autogen)/",
    re.IGNORECASE,
)


def is_code(path: str) -> bool | None:
    """Whether a file is code of this project by its path; none where its first line tells.

    That is what has the ending of a language, a program's name or a line `#!` (`is_script`), and
    lies in no folder for what comes from elsewhere, and is not minified.
    """
    *folders, name = path.split("/")
    if not _ELSEWHERE.isdisjoint(folder.lower() for folder in folders) or _MINIFIED.search(name):
        return False
    ending = ending_of(name)
    if not ending:
        return True if name.lower() in _NAMES else None
    is_source = ending in _OTHER_ENDINGS or (has_functions(name) and ending not in _DATA_ENDINGS)
    return is_source or name.lower().startswith("dockerfile.")


def is_script(content: bytes) -> bool:
    """Whether a file without an ending begins as a script."""
    return _SHEBANG.match(content) is not None


def is_generated(change: Change, content: bytes, change_set: ChangeSet) -> bool:
    """Whether a file is generated, on the word of something that the agent has not just written.

    A mark in a comment at its top counts where the file had one before, and in a new file where its
    path is one that generators use. `.gitattributes` counts as it was before. Raises `OSError`.
    """
    if _is_declared(change.path, change_set):
        return True
    if not has_mark(content):
        return False
    before = change_set.before(change.path) if change.kind == "modified" else None
    return has_mark(before) if before is not None else _USUAL.search(change.path) is not None


def has_mark(content: bytes) -> bool:
    """Whether the comments above all code say that a file is generated."""
    for line in content.split(b"\n", _FIRST_LINES)[:_FIRST_LINES]:
        if _COMMENT.match(line) is None:
            return False
        if _MARK.search(line):
            return True
    return False


def _is_declared(path: str, change_set: ChangeSet) -> bool:
    """Whether a `.gitattributes` above says `linguist-generated`; the last one holds."""
    folders = path.split("/")[:-1]
    declared = False
    for depth in range(len(folders) + 1):
        folder = "/".join(folders[:depth])
        attributes = change_set.before(f"{folder}/.gitattributes" if folder else ".gitattributes")
        below = path[len(folder) + 1 :] if folder else path
        for line in (attributes or b"").decode("utf-8", "replace").splitlines():
            glob, *words = line.split() or [""]
            if glob.startswith(("#", "[")) or not glob:
                continue
            said = [word for word in words if word.lstrip("-!").startswith("linguist-generated")]
            if said and _matches(glob, below):
                declared = said[-1] in ("linguist-generated", "linguist-generated=true")
    return declared


def _matches(glob: str, path: str) -> bool:
    try:
        return GitIgnoreSpec.from_lines([glob]).match_file(path)
    except (GitIgnorePatternError, re.error):
        return False  # git takes it for nothing either
