"""Code of which it is known what it writes: it loads only what the analysis knows the writes of.

What such code writes is among the effects. Other libraries may write anything (`to_csv`), and so
may a language of which the analysis reads only what starts programs. Sources: the library
references of Python 3.13 and ruby 3.3; perlmodlib(1).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

_PYTHON = frozenset(
    (
        "__future__", "abc", "argparse", "array", "ast", "asyncio", "base64", "binascii", "bisect",
        "bz2", "calendar", "chardet", "cmath", "codecs", "collections", "colorsys", "concurrent",
        "contextlib", "contextvars", "copy", "csv", "dataclasses", "datetime", "dateutil",
        "decimal", "difflib", "dis", "email", "encodings", "enum", "errno", "filecmp", "fnmatch",
        "fractions", "functools", "gc", "getopt", "getpass", "gettext", "glob", "graphlib", "grp",
        "gzip", "hashlib", "heapq", "hmac", "html", "http", "httpx", "inspect", "io", "ipaddress",
        "itertools", "json", "jsonschema", "keyword", "linecache", "locale", "lzma", "math",
        "mimetypes", "numbers", "operator", "os", "packaging", "pathlib", "platform", "plistlib",
        "posixpath", "pprint", "pwd", "pytz", "queue", "quopri", "random", "re", "reprlib",
        "requests", "secrets", "select", "shlex", "shutil", "signal", "site", "socket", "ssl",
        "stat", "statistics", "string", "struct", "subprocess", "symtable", "sys", "sysconfig",
        "tarfile", "textwrap", "threading", "time", "timeit", "token", "tokenize", "toml", "tomli",
        "tomllib", "traceback", "types", "typing", "typing_extensions", "unicodedata", "urllib",
        "uuid", "warnings", "weakref", "yaml", "zipfile", "zlib", "zoneinfo",
    )
)  # fmt: skip
# These do no more in one of their parts.
_PYTHON_PARTS = frozenset(("importlib.metadata", "importlib.resources", "importlib.util"))
# Names that write, or lead to what is not seen here.
_PYTHON_WRITES = frozenset(
    (
        "__builtins__", "__dict__", "__getattribute__", "__globals__", "__import__", "__loader__",
        "__spec__", "__subclasses__", "attrgetter", "chflags", "cookiejar", "eval", "exec",
        "exec_module", "globals", "import_module", "keylog_filename", "lchflags", "load_module",
        "locals", "methodcaller", "vars",
    )
)  # fmt: skip

_PERL = frozenset(
    (
        "Cwd", "Data::Dumper", "Digest::MD5", "Digest::SHA", "Encode", "English", "File::Basename",
        "File::Find", "File::Spec", "File::Spec::Functions", "Getopt::Long", "JSON::PP",
        "List::Util", "MIME::Base64", "POSIX", "Scalar::Util", "Term::ANSIColor", "Text::Wrap",
        "Time::HiRes", "Time::Local", "Unicode::Normalize", "bigint", "bytes", "charnames",
        "constant", "feature", "integer", "open", "re", "strict", "utf8", "vars", "warnings",
    )
)  # fmt: skip
_PERL_WRITES = (
    "CORE IO O_CREAT O_RDWR O_WRONLY chmod chown creat dbmopen link mkdir mkfifo rename symlink "
    "sysopen truncate utime"
)
_RUBY = frozenset(
    (
        "English", "base64", "benchmark", "bigdecimal", "csv", "date", "digest", "erb", "json",
        "net/http", "open-uri", "open3", "optparse", "ostruct", "pp", "psych", "securerandom",
        "set", "shellwords", "stringio", "strscan", "time", "uri", "yaml", "zlib",
    )
)  # fmt: skip
_RUBY_WRITES = (
    "Dir FileUtils Pathname PStore binwrite chmod chown copy_stream cp cp_r instance_method "
    "lchmod link ln ln_s makedirs mkdir mkdir_p mkfifo move mv rename reopen rmdir symlink sysopen "
    "truncate utime write"
)
_RUBY_READS = r"\bDir(\.(glob|entries|children|each_child|exist|pwd|home)\b|\[)"


def unknown_part(language: str | None, code: str) -> str | None:
    """Name a part of code of which nobody knows what it writes; none when all of it is known."""
    if language == "awk":
        return None
    if language == "python":
        return _python(code)
    if language == "node":
        from kei_gates.gates._code_reads_node import unknown_part_of_node  # noqa: PLC0415

        return unknown_part_of_node(code)
    if language == "perl":
        return _loaded(_perl_loads(code), _PERL) or _word(code, *_PERL_WRITES.split())
    if language == "ruby":
        return _loaded(_ruby_loads(code), _RUBY) or _word(
            _without(code, _RUBY_READS), *_RUBY_WRITES.split()
        )
    return f"code of {language}" if language else "code"


def _loaded(loads: Iterable[str], known: frozenset[str]) -> str | None:
    return next((name for name in loads if name not in known), None)


def _word(code: str, *words: str) -> str | None:
    """Give a word of code that is one of the given, wherever it stands."""
    import re  # noqa: PLC0415 -- only for code, and where its writes must be known

    return next((word for word in re.findall(r"\w+", code) if word in words), None)


def _without(code: str, pattern: str) -> str:
    import re  # noqa: PLC0415 -- only for code, and where its writes must be known

    return re.sub(pattern, "", code)


def _python(code: str) -> str | None:
    import ast  # noqa: PLC0415 -- only for code, and where its writes must be known

    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "what it says"
    return next((part for node in ast.walk(tree) if (part := _python_part(node))), None)


def _python_part(node: ast.AST) -> str | None:
    """Name what a node loads or uses of which nobody knows what it writes."""
    import ast  # noqa: PLC0415 -- only for code, and where its writes must be known

    if isinstance(node, ast.Import):
        return _loaded((_module(alias.name) for alias in node.names), _PYTHON | _PYTHON_PARTS)
    if isinstance(node, ast.ImportFrom):
        if node.level:
            return "what lies beside it"
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        written = next((a.name for a in node.names if a.name in _PYTHON_WRITES), None)
        return written or _loaded(map(_module, names), _PYTHON | _PYTHON_PARTS)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr":
        name = node.args[1] if len(node.args) > 1 else None
        known = name.value if isinstance(name, ast.Constant) else "getattr"
        return "getattr" if known == "getattr" or known in _PYTHON_WRITES else None
    name = getattr(node, "attr", None) or getattr(node, "id", None)
    return name if name in _PYTHON_WRITES else None


def _module(name: str) -> str:
    """Give the part of a dotted name that the tables list."""
    top, _, rest = name.partition(".")
    part = f"{top}.{rest.partition('.')[0]}"
    return part if part in _PYTHON_PARTS else top


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
