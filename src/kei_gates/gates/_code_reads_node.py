"""Code of node of which it is known what it writes. Source: the API documentation of node 22.

Of `fs` it may use what reads, each by its name: a name that is computed, or handed on, may be any.
"""

from __future__ import annotations

_MODULES = frozenset(
    (
        "assert", "buffer", "child_process", "console", "crypto", "dns", "events", "fs",
        "fs/promises", "http", "http2", "https", "net", "os", "path", "path/posix", "perf_hooks",
        "process", "punycode", "querystring", "readline", "stream", "stream/promises",
        "string_decoder", "timers", "timers/promises", "tls", "tty", "url", "util", "zlib",
    )
)  # fmt: skip
# Names that write, or lead to what is not seen here.
_WRITING = frozenset(
    (
        "Function", "Reflect", "_linkedBinding", "binding", "constructor", "dlopen", "eval",
        "getBuiltinModule", "mainModule", "writeReport",
    )
)  # fmt: skip
# What of `fs` only reads.
_READS = (
    r"(?:promises\s*\.\s*)?"
    r"(?:read\w*|createReadStream|l?stat\w*|exists\w*|access\w*|realpath\w*|constants)\b"
)
_FS = "kei_fs"
_FS_MODULE = r"[\"'`](?:node:)?fs(?:/promises)?[\"'`]"
_FS_REQUIRED = rf"\brequire\s*\(\s*{_FS_MODULE}\s*\)"
_FS_IMPORTED = rf"\bimport\s*(?:\*\s*as\s*)?(\{{[^}}]*\}}|\w+)\s*from\s*{_FS_MODULE}"
_FS_TAKEN = rf"\b(?:const|let|var)\s*(\{{[^}}]*\}}|\w+)\s*=\s*{_FS}\b(?!\s*[.\[])"


def unknown_part_of_node(code: str) -> str | None:
    """Name a part of code of which nobody knows what it writes; none when all of it is known."""
    import re  # noqa: PLC0415 -- only for code, and where its writes must be known

    loaded = next((name for name in _loads(code) if name not in _MODULES), None)
    named = next((word for word in re.findall(r"\w+", code) if word in _WRITING), None)
    return loaded or named or _use_of_files(code)


def _loads(code: str) -> list[str]:
    """Give the modules that code loads; one that is not named by a plain text is a `...`."""
    import re  # noqa: PLC0415 -- only for code, and where its writes must be known

    found = re.findall(r"\b(?:require|import)\s*\(\s*(?:[\"'`]([^\"'`]*)[\"'`]\s*\))?", code)
    found += re.findall(r"\b(?:import|from)\s+[\"']([^\"']*)[\"']", code)
    found += ["" for _ in re.findall(r"\brequire\b(?!\s*\()", code)]
    return [name.removeprefix("node:") or "..." for name in found if not name.endswith(".json")]


def _use_of_files(code: str) -> str | None:
    """Name a use of `fs` that is no plain call of what only reads."""
    import re  # noqa: PLC0415 -- only for code, and where its writes must be known

    code = re.sub(_FS_REQUIRED, _FS, code)
    code = re.sub(_FS_IMPORTED, rf"const \1 = {_FS}", code)
    names = [_FS]
    for taken in re.findall(_FS_TAKEN, code):
        parts = taken.strip("{}").split(",") if taken.startswith("{") else []
        odd = next((part.strip() for part in parts if not re.match(_READS, part.strip())), None)
        if odd is not None:
            return str(odd)
        names += [] if parts else [taken]
    code = re.sub(_FS_TAKEN, "", code)
    for name in names:
        for use in re.finditer(rf"(?<![\w.$\"'/]){re.escape(name)}(?![\w$\"'/])(?!\s*:)", code):
            if not re.match(rf"\s*\??\.\s*{_READS}", code[use.end() :]):
                return "fs"
    return "fs" if re.search(_FS_MODULE, code) else None
