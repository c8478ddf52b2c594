"""Code of which it is known what it writes: it loads only what the analysis knows the writes of.

What such code writes is among the effects. Other libraries may write anything (`to_csv`), and so
may a language of which the analysis reads only what starts programs. Sources: the library
references of Python 3.13, node 22 and ruby 3.3; perlmodlib(1).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_PYTHON = frozenset(
    (
        "__future__", "abc", "argparse", "array", "ast", "asyncio", "base64", "binascii", "bisect",
        "builtins", "bz2", "calendar", "chardet", "cmath", "codecs", "collections", "colorsys",
        "concurrent", "contextlib", "contextvars", "copy", "csv", "dataclasses", "datetime",
        "dateutil", "decimal", "difflib", "dis", "email", "encodings", "enum", "errno", "filecmp",
        "fnmatch", "fractions", "functools", "gc", "getopt", "getpass", "gettext", "glob",
        "graphlib", "grp", "gzip", "hashlib", "heapq", "hmac", "html", "http", "httpx", "inspect",
        "io", "ipaddress", "itertools", "json", "jsonschema", "keyword", "linecache", "locale",
        "lzma", "math", "mimetypes", "numbers", "operator", "os", "packaging", "pathlib", "pkgutil",
        "platform", "plistlib", "posixpath", "pprint", "pwd", "pytz", "queue", "quopri", "random",
        "re", "reprlib", "requests", "secrets", "select", "shlex", "shutil", "signal", "site",
        "socket", "ssl", "stat", "statistics", "string", "struct", "subprocess", "symtable", "sys",
        "sysconfig", "tarfile", "tempfile", "textwrap", "threading", "time", "timeit", "token",
        "tokenize", "toml", "tomli", "tomllib", "traceback", "types", "typing",
        "typing_extensions", "unicodedata", "urllib", "uuid", "warnings", "weakref", "yaml",
        "zipfile", "zlib", "zoneinfo",
    )
)  # fmt: skip
# These do no more in one of their parts.
_PYTHON_PARTS = frozenset(("importlib.metadata", "importlib.resources", "importlib.util"))
# Names that write, and are not followed.
_PYTHON_WRITES = frozenset(("chflags", "lchflags", "import_module", "exec_module", "load_module"))

_NODE = frozenset(
    (
        "assert", "buffer", "child_process", "console", "crypto", "dns", "events", "fs",
        "fs/promises", "http", "http2", "https", "net", "os", "path", "path/posix", "perf_hooks",
        "process", "punycode", "querystring", "readline", "stream", "stream/promises",
        "string_decoder", "timers", "timers/promises", "tls", "tty", "url", "util", "zlib",
    )
)  # fmt: skip
_NODE_WRITES = (
    "appendFile chmod chown copyFile cp createWriteStream fchmod fchown ftruncate futimes lchmod "
    "lchown link lutimes mkdir mkdtemp open rename rm rmdir symlink truncate unlink utimes write "
    "writeFile writev"
)
_PERL = frozenset(
    (
        "Cwd", "Data::Dumper", "Digest::MD5", "Digest::SHA", "Encode", "English", "File::Basename",
        "File::Find", "File::Spec", "File::Spec::Functions", "Getopt::Long", "JSON::PP",
        "List::Util", "MIME::Base64", "POSIX", "Scalar::Util", "Term::ANSIColor", "Text::Wrap",
        "Time::HiRes", "Time::Local", "Unicode::Normalize", "bigint", "bytes", "charnames",
        "constant", "feature", "integer", "open", "re", "strict", "utf8", "vars", "warnings",
    )
)  # fmt: skip
_PERL_WRITES = "chmod chown dbmopen link mkdir mkfifo rename symlink sysopen truncate utime"
_RUBY = frozenset(
    (
        "English", "base64", "benchmark", "bigdecimal", "csv", "date", "digest", "erb", "json",
        "net/http", "open-uri", "open3", "optparse", "ostruct", "pp", "psych", "securerandom",
        "set", "shellwords", "stringio", "strscan", "time", "uri", "yaml", "zlib",
    )
)  # fmt: skip
_RUBY_WRITES = (
    "Dir FileUtils Pathname PStore binwrite chmod chown copy_stream cp cp_r instance_method "
    "lchmod link ln ln_s makedirs mkdir mkdir_p mkfifo move mv rename symlink sysopen truncate "
    "utime write"
)


def unknown_part(language: str | None, code: str) -> str | None:
    """Name a part of code of which nobody knows what it writes; none when all of it is known."""
    if language == "awk":
        return None
    if language == "python":
        return _python(code)
    if language == "node":
        words = _NODE_WRITES.split()
        return _loaded(_node_loads(code), _NODE) or _word(
            code, *words, *(f"{w}Sync" for w in words)
        )
    if language == "perl":
        return _loaded(_perl_loads(code), _PERL) or _word(code, *_PERL_WRITES.split())
    if language == "ruby":
        return _loaded(_ruby_loads(code), _RUBY) or _word(code, *_RUBY_WRITES.split())
    return f"code of {language}" if language else "code"


def _loaded(loads: Iterable[str], known: frozenset[str]) -> str | None:
    return next((name for name in loads if name not in known), None)


def _word(code: str, *words: str) -> str | None:
    """Give a word of code that is one of the given, wherever it stands."""
    import re  # noqa: PLC0415 -- only for code, and where its writes must be known

    return next((word for word in re.findall(r"\w+", code) if word in words), None)


def _python(code: str) -> str | None:
    import ast  # noqa: PLC0415 -- only for code, and where its writes must be known

    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "what it says"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names]
                if node.level == 0
                else ["what lies beside it"]
            )
        else:
            name = getattr(node, "attr", None) or getattr(node, "id", None)
            if name in _PYTHON_WRITES:
                return str(name)
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] not in _PYTHON and ".".join(parts[:2]) not in _PYTHON_PARTS:
                return name if len(parts) == 1 else ".".join(parts[:-1]) or name
    return None


def _node_loads(code: str) -> list[str]:
    """Give the modules that code loads; one that is not named by a plain text is a `...`."""
    import re  # noqa: PLC0415 -- only for code, and where its writes must be known

    found = re.findall(r"\b(?:require|import)\s*\(\s*(?:[\"'`]([^\"'`]*)[\"'`]\s*\))?", code)
    found += re.findall(r"\b(?:import|from)\s+[\"']([^\"']*)[\"']", code)
    found += ["..." for _ in re.findall(r"\brequire\b(?!\s*\()", code)]
    return [name.removeprefix("node:") or "..." for name in found if not name.endswith(".json")]


def _perl_loads(code: str) -> list[str]:
    import re  # noqa: PLC0415 -- only for code, and where its writes must be known

    found = re.findall(r"\b(?:use|require|no)\s+([^\s;(]*)", code)
    return [
        name for name in found if not name.lstrip("v").replace(".", "").replace("_", "").isdigit()
    ]


def _ruby_loads(code: str) -> list[str]:
    import re  # noqa: PLC0415 -- only for code, and where its writes must be known

    found = re.findall(
        r"\b(require|load|require_relative|autoload)\b[ (]*(?:[\"']([^\"']*)[\"'])?", code
    )
    return [name if how == "require" and name else how for how, name in found]
