"""From the text of Python code to its tree, and what can be said of text that has none."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _ast as ast

_ONLY_TREE = 0x400  # `ast.PyCF_ONLY_AST`, without importing all of `ast`

# Text without any of these words starts and writes nothing, in whatever version it is written.
_TELLING = (
    "__", "breakpoint", "cPickle", "code.", "commands", "compile", "ctypes", "dulwich",
    "eval", "exec", "fabric", "file(", "from git", "from os", "fork", "getattr", "globals", "imp.",
    "importlib", "input(", "invoke", "locals", "marshal", "open", "os.", "pexpect", "pickle",
    "plumbum", "popen", "pty", "runpy", "sh.", "shutil", "spawn", "subprocess", "system", "vars(",
    "Path", "write_", "unlink", "asyncio", "multiprocessing", "import git", "import os",
    "import sh", "pygit2", "!",
)  # fmt: skip


def parse(text: str, mode: str = "exec") -> ast.AST | None:
    """Give the tree of a text; none for one that is no Python of this interpreter's version."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree: ast.AST = compile(text, "<code>", mode, _ONLY_TREE, dont_inherit=True)
        except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
            return None
    return tree


def is_plain(text: str) -> bool:
    """Say whether a text starts and writes nothing even though it was not understood."""
    text = text.replace("!=", "")
    return text.isascii() and not any(word in text for word in _TELLING)
