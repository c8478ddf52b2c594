"""The settings of tox: the files that hold them, and how their values are split.

Source: the documents of tox 4, "Configuration".
"""

from __future__ import annotations

import configparser

from kei_gates.shell.recipes_documents import inside, toml
from kei_gates.shell.recipes_text import TooMuch, upwards, without_marks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Final, TypeAlias

    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes_text import Read, Recipe

    Sections: TypeAlias = "Mapping[str, Mapping[str, Any]]"

_FILES = ("tox.ini", "setup.cfg", "pyproject.toml", "tox.toml")


class Config:
    """Sections of settings, the folder that they lie in, and how each is called."""

    __slots__ = ("core", "folder", "sections")

    def __init__(self, sections: Sections, folder: str, core: str) -> None:
        """Take the parts; `core` is the section of tox's own settings."""
        self.sections: Final = dict(sections)
        self.folder: Final = folder
        self.core: Final = core

    def override(self, setting: str) -> None:
        """Take a setting of the command line: `SECTION.KEY=VALUE`, with `+=` for more lines."""
        where, equals, value = setting.partition("=")
        section, _, key = where.rstrip("+").rpartition(".")
        if not equals:
            return
        section = section.replace("env_run_base", "testenv").strip()
        if section.startswith("env."):
            section = f"testenv:{section.removeprefix('env.')}"
        own = dict(self.sections.get(section, {}))
        before = own.get(key)
        if where.endswith("+") and isinstance(before, list):
            own[key] = [*before, [value]]
        else:
            own[key] = f"{before}\n{value}" if where.endswith("+") and before else value
        self.sections[section] = own


def load(path: Field, read_file: Read, recipe: Recipe) -> Config | None:
    """Find and read the settings; none when there are none."""
    folder = ""
    names: Sequence[str] = _FILES
    if path is not None:
        head, _, last = path.rpartition("/")
        if last.endswith((".ini", ".cfg", ".toml")):
            folder, names = head, (last,)
        else:
            folder = path
    while True:
        found = upwards(read_file, folder, names)
        if found is None:
            return None
        config = _parsed(found[1], without_marks(found[2]), found[0], recipe)
        if config is not None:
            return config
        left = names[list(names).index(found[1]) + 1 :]
        if not left:
            return None
        folder, names = found[0], left


def _parsed(name: str, text: str, folder: str, recipe: Recipe) -> Config | None:
    """Read a file of settings; none when tox has none in it."""
    if name.endswith(".toml"):
        document = toml(text, name, recipe)
        tox = document if name == "tox.toml" else inside(document, "tool", "tox")
        if not tox:
            return None
        legacy = tox.get("legacy_tox_ini")
        if isinstance(legacy, str):
            return _parsed("tox.ini", legacy, folder, recipe)
        sections = {
            "testenv": inside(tox, "env_run_base"),
            **{f"testenv:{key}": inside(tox, "env", key) for key in inside(tox, "env")},
        }
        return Config({**sections, "tox": tox}, folder, "tox")
    ini = _ini(text)
    if ini is None:
        recipe.miss(f"`{name}` is not understood")
        return None
    core = "tox:tox" if name == "setup.cfg" else "tox"
    if core not in ini and not any(one.startswith("testenv") for one in ini):
        return None
    return Config(_spread(ini), folder, core)


def _ini(text: str) -> dict[str, dict[str, str]] | None:
    """Read an INI document; none when it is none."""
    parser = configparser.RawConfigParser(
        interpolation=None, strict=False, delimiters=("=", ":"),
        comment_prefixes=("#", ";"), default_section="\0",
    )  # fmt: skip
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return {name: dict(parser.items(name)) for name in parser.sections()}


def _spread(ini: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Give each environment of a section like `testenv:py{38,39}` a section of its own."""
    found: dict[str, dict[str, str]] = {}
    for name, section in ini.items():
        for one in alternatives(name) if name.startswith("testenv:") else [name]:
            found[one] = {**found.get(one, {}), **section}
    return found


# --- values --------------------------------------------------------------------------------------


def alternatives(text: str) -> list[str]:
    """Give what `a{b,c}` stands for."""
    found = [""]
    while text:
        head, opening, rest = text.partition("{")
        inner, _, text = rest.partition("}") if opening else ("", "", "")
        found = [one + head + choice.strip() for one in found for choice in inner.split(",")]
        if len(found) > 200:  # noqa: PLR2004 -- far more environments than any project has
            raise TooMuch
    return found


def is_list(value: object) -> bool:
    """Say whether a value of a document is a list."""
    return isinstance(value, list)


def names_in(value: object) -> list[str]:
    """Give the environments that a list of them names."""
    parts: list[str] = []
    depth = start = 0
    text = value if isinstance(value, str) else ""
    for at, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if char in ", \n\t" and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [name for part in parts if part.strip() for name in alternatives(part.strip())]


def closing(text: str, at: int) -> int:
    """Give where the brace at a position is closed; less than nothing when it is not."""
    depth = 0
    while 0 <= at < len(text):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0:
            return at
        at += 1
    return -1


def lines_of(text: str) -> list[str]:
    """Split commands at newlines, joining those that a backslash continues."""
    found: list[str] = []
    continued = False
    for line in text.split("\n"):
        if continued:
            found[-1] = f"{found[-1][:-1]} {line.strip()}"
        else:
            found.append(line.strip())
        continued = found[-1].endswith("\\")
    return [line for line in found if line and not line.startswith("#")]


def without_factors(line: str, name: str) -> tuple[bool, str]:
    """Split `py38,lint: command`: whether it holds for an environment, and the command."""
    head, colon, rest = line.partition(":")
    if not colon or not rest[:1].isspace() or any(c.isspace() for c in head.replace(", ", ",")):
        return True, line
    own = set(name.split("-"))
    for choice in names_in(head):
        parts = choice.split("-")
        if all((part[1:] not in own) if part.startswith("!") else part in own for part in parts):
            return True, rest.strip()
    return False, ""


def escaped(word: str) -> str:
    """Quote a word, so that splitting gives it back."""
    return "'" + word.replace("'", "'\\''") + "'"
