"""What files say of dependencies that are lists of lines, or programs of which each line counts.

Sources: the documentation of pip, Go modules, Bundler, CocoaPods, Carthage, Gradle's wrapper,
Conan, Paket, Cabal, asdf.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from kei_gates.gates._dep_values import Region

_CABAL_FIELDS = frozenset(
    (
        "build-depends", "build-tool-depends", "build-tools", "extra-libraries",
        "pkgconfig-depends", "setup-depends",
    )
)  # fmt: skip
_CABAL_PROJECT = frozenset(
    (
        "allow-newer", "allow-older", "constraints", "extra-packages", "index-state", "location",
        "optional-packages", "packages", "preferences", "tag", "subdir", "with-compiler",
    )
)  # fmt: skip
_RUNS = ("gem ", "gem(", "pod ", "brew ", "cask ", "tap ", "requires ")


def region(text: str, form: str) -> Region:
    """Give what a text says of dependencies."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    lines = tuple(_READERS[form](text))
    return {"its lines": lines} if lines else {}


def _kept(text: str, mark: str) -> list[str]:
    """Give lines without comments and needless blanks, those that hold something."""
    lines = (" ".join(_uncommented(line, mark).split()) for line in text.split("\n"))
    return [line for line in lines if line]


def _uncommented(line: str, mark: str) -> str:
    """Take off a comment that stands at the beginning or behind a blank, outside of quotes."""
    quote = ""
    for at, char in enumerate(line):
        if quote:
            quote = "" if char == quote and line[at - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif line.startswith(mark, at) and (at == 0 or line[at - 1] in " \t"):
            return line[:at]
    if quote and line.lstrip().startswith(mark):
        return ""
    return line


def _pip(text: str) -> list[str]:
    """Read requirements: the order does not matter, and a backslash joins lines."""
    lines = (line.partition(" #")[0].strip() for line in _joined(text).split("\n"))
    return sorted(" ".join(line.split()) for line in lines if line and line[0] != "#")


def _joined(text: str) -> str:
    return text.replace("\\\n", " ").replace("\t", " ")


def _list(text: str) -> list[str]:
    return sorted(_kept(text, "#"))


def _ordered(text: str) -> list[str]:
    return _kept(text, "#")


def _ruby(text: str) -> list[str]:
    """Read a program line by line; neighbours that name one package each have no order."""
    found: list[str] = []
    run: list[str] = []
    for line in _kept(text, "#"):
        if line.startswith(_RUNS) and line[-1] not in ",\\([{":
            run.append(line)
            continue
        found += [*sorted(run), line]
        run = []
    return found + sorted(run)


def _go(text: str) -> list[str]:
    """Read `go.mod`: each line of a block begins with the block's word."""
    found: list[str] = []
    block = ""
    for line in _kept(text, "//"):
        if block and line == ")":
            block = ""
        elif line.endswith("(") and not block:
            block = line[:-1].strip()
        else:
            found.append(f"{block} {line}" if block else line)
    return sorted(line for line in found if line.partition(" ")[0] != "module")


def _cabal(text: str) -> list[str]:
    """Read fields, which go on in lines that are indented deeper, and their stanzas."""
    found: list[str] = []
    stanza, depth, open_field = "", 0, False
    for line in text.split("\n"):
        content = line.strip()
        if not content or content.startswith("--"):
            continue
        indent = len(line) - len(line.lstrip())
        name, colon, value = content.partition(":")
        if open_field and indent > depth:
            found[-1] += f" {content}"
            continue
        open_field = bool(colon) and name.strip().casefold() in _CABAL_FIELDS | _CABAL_PROJECT
        depth = indent
        if open_field:
            found.append(f"{stanza} {name.strip().casefold()}: {value}")
        elif not colon:
            stanza = content if indent == 0 else f"{stanza.partition(' / ')[0]} / {content}"
    return [_sorted_list(line) for line in found]


def _sorted_list(line: str) -> str:
    name, _, value = line.partition(": ")
    return f"{name}: {','.join(sorted(' '.join(one.split()) for one in value.split(',')))}"


_READERS: dict[str, Callable[[str], list[str]]] = {
    "pip": _pip,
    "list": _list,
    "ordered": _ordered,
    "ruby": _ruby,
    "go": _go,
    "cabal": _cabal,
}
