"""What programs say of dependencies: the blocks that hold them, and what those are made of.

Sources: the documentation of Gradle, Swift's package manager, Mix, Nix flakes, Bazel, Terraform,
RubyGems, CocoaPods, LuaRocks, sbt.
"""

from __future__ import annotations

from kei_gates.gates._dep_code import (
    CLOSING,
    NEWLINE,
    OPENING,
    Syntax,
    entries,
    filled,
    following,
    is_name,
    names,
    statement_end,
    tokens,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

    from kei_gates.gates._dep_values import Region

_QUOTES = "\"\"\" ''' \" '"
_C_LIKE = Syntax("//", _QUOTES, block=True)
_SWIFT = Syntax("//", '""" "', block=True)
_HASH = Syntax("#", _QUOTES)
_NIX = Syntax("#", "'' \"", block=True)
_HCL = Syntax("# //", '"', block=True)
_LUA = Syntax("--", "\" '")


class _Language:
    """How a language says what is depended on.

    `words` begin a statement that does; `before` names words that do only in front of a sign.
    `ends` are the signs at which a statement ends; `marks` those that fill something into a text.
    """

    __slots__ = ("before", "ends", "marks", "syntax", "words")

    def __init__(
        self,
        syntax: Syntax,
        words: str,
        before: dict[str, str] | None = None,
        ends: str = "\n;",
        marks: str = "$",
    ) -> None:
        self.syntax: Final = syntax
        self.words: Final = frozenset(words.split())
        self.before: Final = before or {}
        self.ends: Final = ends
        self.marks: Final = marks

    def begins(self, found: Sequence[str], at: int) -> bool:
        """Say whether a statement about dependencies begins at a piece."""
        piece = found[at]
        if piece in self.words:
            return True
        if piece not in self.before:
            return False
        behind = following(found, at + 1)
        return bool(behind) and behind in self.before[piece]


_LANGUAGES: dict[str, _Language] = {
    "gradle": _Language(
        _C_LIKE,
        "apply buildscript dependencies constraints repositories dependencyManagement "
        "pluginManagement dependencyResolutionManagement resolutionStrategy includeBuild "
        "gradleVersion versionCatalogs dependencySubstitution mavenBom",
        {"plugins": "{.", "configurations": "{", "platform": "("},
    ),
    "swift": _Language(
        _SWIFT, "dependencies binaryTarget", {"package": "("}, ends="\n;,", marks="("
    ),
    "terraform": _Language(_HCL, "required_providers required_version", marks="{"),
    "gemspec": _Language(
        _HASH,
        "add_dependency add_runtime_dependency add_development_dependency required_ruby_version "
        "required_rubygems_version",
        marks="{",
    ),
    "podspec": _Language(_HASH, "dependency", marks="{"),
    "rockspec": _Language(
        _LUA, "dependencies build_dependencies test_dependencies external_dependencies"
    ),
    "sbt": _Language(
        _C_LIKE,
        "libraryDependencies addSbtPlugin addCompilerPlugin dependencyOverrides "
        "excludeDependencies resolvers scalaVersion crossScalaVersions",
    ),
}
# Names that languages use in declarations, and projects for themselves.
_COMMON = frozenset(
    ("description", "group", "id", "name", "module", "project", "self", "url", "version")
)


def region(text: str, form: str) -> Region:
    """Give what a text says of dependencies."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    reader = _READERS.get(form)
    if reader is not None:
        return reader(text)
    language = _LANGUAGES[form]
    found = _blocks(tokens(text, language.syntax), language)
    if form == "terraform":
        found |= _modules(tokens(text, language.syntax))
    return found


def _blocks(found: list[str], language: _Language) -> Region:
    """Give the statements about dependencies, in order, and what sets the names that they use."""
    parts: dict[str, list[object]] = {}
    rest: list[str] = []
    used: set[str] = set()
    at = 0
    while at < len(found):
        if not language.begins(found, at):
            rest.append(found[at])
            at += 1
            continue
        end = statement_end(found, at, language.ends)
        statement = found[at:end]
        if _says_something(statement):
            parts.setdefault(found[at], []).append(entries(statement))
            used |= _used(statement, language)
        at = max(end, at + 1)
    return {name: tuple(many) for name, many in parts.items()} | _set(rest, used, language)


def _says_something(statement: Sequence[str]) -> bool:
    """Whether a block holds anything."""
    return any(is_name(one) or one[0] in "\"'" or one.isdecimal() for one in statement[1:])


def _used(statement: Sequence[str], language: _Language) -> set[str]:
    given = names(statement, language.marks) - _COMMON
    for piece in statement:
        if piece[:1] in "\"'":
            given.update(filled(piece, language.marks))
    return given - language.words - language.before.keys()


def _set(found: list[str], used: set[str], language: _Language) -> Region:
    """Give the statements that set a name that is used, and those that set what these use."""
    parts: dict[str, dict[int, object]] = {}
    settled: set[tuple[str, int]] = set()
    grown = True
    while grown:
        grown = False
        for at, piece in enumerate(found):
            name = piece.strip("\"'")
            if name in used and (name, at) not in settled and _is_set(found, at):
                settled.add((name, at))
                statement = found[at : statement_end(found, at, language.ends)]
                used |= _used(statement, language)
                parts.setdefault(name, {})[at] = entries(statement)
                grown = True
    return {name: tuple(many[at] for at in sorted(many)) for name, many in parts.items()}


def _is_set(found: Sequence[str], at: int) -> bool:
    """Whether a name is given a value: `name = `, `name: Type = `, `extra["name"] = `, `by`."""
    behind = [piece for piece in found[at + 1 : at + 6] if piece not in ("]", ")")]
    if behind[:1] == [":"]:
        behind = behind[2:]
    return behind[:1] in (["="], ["by"]) and behind[1:2] != ["="]


# --- Terraform --------------------------------------------------------------------------------


def _modules(found: list[str]) -> Region:
    """Give where the modules come from, and in which version."""
    parts: Region = {}
    for at, piece in enumerate(found):
        if piece != "module" or found[at + 2 : at + 3] != ["{"]:
            continue
        end = statement_end(found, at)
        kept = [
            entries(found[one : statement_end(found, one)])
            for one in range(at + 3, end)
            if found[one] in ("source", "version") and found[one - 1] in (NEWLINE, "{")
        ]
        if kept:
            parts[f"module {found[at + 1]}"] = tuple(kept)
    return parts


# --- languages with blocks of their own -------------------------------------------------------


def _mix(text: str) -> Region:
    """Read `mix.exs`: the functions whose names hold `deps`, and what they use."""
    found = tokens(text, _HASH)
    functions = _functions(found)
    parts: dict[str, list[object]] = {}
    waiting = [name for name in functions if "deps" in name]
    for at, piece in enumerate(found):
        if piece == "deps" and found[at + 1 : at + 2] == [":"]:
            statement = found[at : statement_end(found, at, "\n;,")]
            waiting += [one for one in statement if one in functions]
            if "[" in statement:
                parts.setdefault("deps:", []).append(entries(statement))
    while waiting:
        name = waiting.pop()
        bodies = [body for body in functions[name] if _names_something(body)]
        if name in parts or not bodies:
            continue
        parts[name] = [entries(body) for body in bodies]
        used = {one for body in bodies for one in _called(body)}
        waiting += [one for one in used if one in functions]
        parts.update({f"@{one}": made for one in used if (made := _attribute(found, one))})
    return {name: tuple(many) for name, many in parts.items()}


def _names_something(body: Sequence[str]) -> bool:
    """Whether a text or an atom stands in a function, and not only an empty list."""
    return any(piece == ":" or piece[0] in "\"'" for piece in body)


def _called(body: Sequence[str]) -> set[str]:
    return names(body, "{")


def _attribute(found: Sequence[str], name: str) -> list[object]:
    """Give what a module attribute is set to."""
    return [
        entries(found[at : statement_end(found, at)])
        for at in range(1, len(found))
        if found[at] == name
        and found[at - 1] == "@"
        and found[at - 2 : at - 1] in ([NEWLINE], [])
        and found[at + 1 : at + 2] != [NEWLINE]
    ]


def _functions(found: Sequence[str]) -> dict[str, list[Sequence[str]]]:
    """Give the functions of a module by their names."""
    functions: dict[str, list[Sequence[str]]] = {}
    for at, piece in enumerate(found[:-1]):
        if piece in ("def", "defp") and is_name(found[at + 1]):
            end = _function_end(found, at)
            functions.setdefault(found[at + 1], []).append(found[at + 2 : end])
    return functions


def _function_end(found: Sequence[str], at: int) -> int:
    """Give where a function ends: at the `end` of its `do`, or with its line."""
    depth = 0
    for end in range(at, len(found)):
        piece = found[end]
        if piece == "do" and found[end + 1 : end + 2] == [":"] and depth == 0:
            return statement_end(found, end)
        if piece in ("do", "fn") and found[end + 1 : end + 2] != [":"]:
            depth += 1
        elif piece == "end":
            depth -= 1
            if depth == 0:
                return end + 1
    return len(found)


def _nix(text: str) -> Region:
    """Read `flake.nix`: the statements of its outermost braces that set `inputs`."""
    found = tokens(text, _NIX)
    start = next((at for at, piece in enumerate(found) if piece != NEWLINE), 0)
    if found[start : start + 1] != ["{"]:
        return {"its text": entries(found)} if found else {}
    kept: list[object] = []
    at = start + 1
    while at < len(found) and found[at] not in CLOSING:
        end = statement_end(found, at, ";")
        statement = [piece for piece in found[at:end] if piece != NEWLINE]
        if statement[:1] == ["inputs"] and _says_something(statement):
            kept.append(_nix_statement(statement))
        at = end + 1
    return {"inputs": tuple(sorted(kept, key=repr))} if kept else {}


def _nix_statement(statement: list[str]) -> object:
    """Give a statement; those inside its braces are separated by semicolons alone."""
    return entries([piece for piece in statement if piece != NEWLINE])


def _bazel(text: str) -> Region:
    """Read `MODULE.bazel`: every statement but the one that names the module itself."""
    found = tokens(text, _HASH)
    kept: list[object] = []
    at = 0
    while at < len(found):
        if found[at] in (NEWLINE, ";", *OPENING, *CLOSING):
            at += 1
            continue
        end = statement_end(found, at)
        if found[at] not in ("module", "workspace"):
            kept.append(entries(found[at:end]))
        at = end + 1
    return {"its statements": tuple(sorted(kept, key=repr))} if kept else {}


_OWN_VERSIONS = frozenset(
    (
        "version", "projectversion", "project.version", "project_version", "pluginversion",
        "versionname", "version_name", "versioncode", "version_code", "modversion", "mod_version",
    )
)  # fmt: skip


def _properties(text: str) -> Region:
    """Read `gradle.properties`: the versions of others."""
    found: Region = {}
    for line in text.split("\n"):
        name, _, value = line.strip().replace(":", "=", 1).partition("=")
        name = name.strip()
        if name[:1] in ("#", "!") or "version" not in name.casefold():
            continue
        if name.casefold() not in _OWN_VERSIONS:
            found[name] = value.strip() or "empty"
    return found


_READERS: dict[str, Callable[[str], Region]] = {
    "mix": _mix,
    "nix": _nix,
    "bazel": _bazel,
    "properties": _properties,
}
