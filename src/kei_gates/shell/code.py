"""What code of scripting languages starts and touches, as far as its text tells.

There is no grammar here. Code is read into tokens, in which calls of known functions are looked
for; what their arguments surely are decides what is reported. Functions that the code defines are
not followed: what stands in them is taken as if it ran.
"""

from __future__ import annotations

from kei_gates.shell.code_awk import scan_awk
from kei_gates.shell.code_finder import Finder
from kei_gates.shell.code_lexers import next_code
from kei_gates.shell.code_node import NODE_LANGUAGE
from kei_gates.shell.code_tables import LUA_LANGUAGE, PERL, PHP_LANGUAGE, R_LANGUAGE, RUBY
from kei_gates.shell.code_tcl import scan_tcl
from kei_gates.shell.code_tokens import NAME_CHARS
from kei_gates.shell.started import Started

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from kei_gates.shell.code_language import Language

_LANGUAGES = {
    "perl": PERL,
    "ruby": RUBY,
    "node": NODE_LANGUAGE,
    "php": PHP_LANGUAGE,
    "lua": LUA_LANGUAGE,
    "r": R_LANGUAGE,
}
# Where backticks run what stands in them.
_BACKTICKS = frozenset(("perl", "ruby", "php"))
_HARMLESS = frozenset(("open", "write", "delete", "perl require", "load", "file"))


def scan(language: str, code: str) -> Started:
    """Read code of a language; give what it starts and touches, and what could not be seen."""
    started = Started()
    reader = _READERS.get(language)
    if reader is not None:
        reader(code, started)
    elif language not in _LANGUAGES:
        started.unseen.append(f"code of `{language}` is not looked into")
    else:
        _scan(language, code, started)
    return started


def _scan(language: str, code: str, started: Started) -> None:
    known = _LANGUAGES[language]
    lexer = known.lexer(code, known.syntax)
    lexer.read()
    Finder(known, started, lexer.blocks).find()
    for part in lexer.unsure:
        word = _dangerous(language, known, part)
        if word:
            started.unseen.append(f"it is not certain what `{word}` is there")
            return


def _dangerous(language: str, known: Language, text: str) -> str:
    """Give a word in a text that would start something if it were code, empty for none."""
    if language in _BACKTICKS and "`" in text:
        return "`"
    words = _words_of(known)
    start = 0
    for at, char in enumerate(text + " "):
        if char not in NAME_CHARS:
            if text[start:at] in words:
                return text[start:at]
            start = at + 1
    return ""


def _words_of(known: Language) -> set[str]:
    found = {
        path.rpartition(".")[2] for path, use in known.calls.items() if use.how not in _HARMLESS
    }
    return found | set(known.methods) | set(known.guarded)


def _scan_php(code: str, started: Started) -> None:
    """Read PHP: a file, whose code stands in tags, or code alone; where it may be both, as both."""
    start = code.lstrip()[:2]
    if start not in ("<?", "#!"):
        _scan("php", code, started)
    if "<?" in code:
        _scan("php", code[next_code(code, 0) :], started)


_READERS: dict[str, Callable[[str, Started], None]] = {
    "awk": scan_awk,
    "php": _scan_php,
    "tcl": scan_tcl,
}
