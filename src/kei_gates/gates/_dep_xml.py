"""What files of XML say of dependencies.

Sources: the Maven POM reference; the documentation of NuGet and MSBuild.
"""

# ruff: noqa: PLC0415 -- what only some files or commands need is imported for them

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from kei_gates.gates._dep_values import Region

_ELEMENTS: dict[str, frozenset[str]] = {
    "maven": frozenset(
        (
            "dependencies", "dependencyManagement", "extensions", "parent", "pluginManagement",
            "pluginRepositories", "plugins", "repositories",
        )
    ),
    "msbuild": frozenset(
        (
            "FrameworkReference", "GlobalPackageReference", "ManagePackageVersionsCentrally",
            "PackageReference", "PackageVersion", "ProjectReference", "Reference", "Sdk",
        )
    ),
}  # fmt: skip
_PROPERTIES = {"maven": "properties", "msbuild": "PropertyGroup"}
_REFERENCES = {"maven": "${", "msbuild": "$("}


def region(text: str, form: str) -> Region:
    """Give what a text says of dependencies. Raises `ValueError` and `SyntaxError`."""
    from xml.etree import ElementTree as ET

    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("it declares entities, which are not followed")
    root = ET.fromstring(text.removeprefix("\ufeff"))  # noqa: S314 -- no entities, see above
    if form == "whole":
        return _elements(root, frozenset(_name(one) for one in root))
    found = _elements(root, _ELEMENTS[form])
    if root.get("Sdk", "").partition("/")[2]:
        found["Sdk"] = (root.get("Sdk"),)
    return found | _properties(root, form, repr(found))


def _elements(root: Element, names: frozenset[str]) -> Region:
    """Give the elements of some names, with what they depend on, those of a name without order."""
    found: dict[str, list[object]] = {}
    for element, around in _walk(root, names, ()):
        if len(element) or element.attrib or (element.text or "").strip():
            found.setdefault(_name(element), []).append((around, _canonical(element)))
    return {name: tuple(sorted(items, key=repr)) for name, items in found.items()}


def _walk(
    element: Element, names: frozenset[str], around: tuple[str, ...]
) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Give the outermost elements of some names, with the conditions and profiles around them."""
    for child in element:
        if _name(child) in names:
            yield child, around
        else:
            labels = [child.get("Condition", ""), *(one.text or "" for one in child[:1])]
            marks = labels if _name(child) == "profile" else labels[:1]
            inner = tuple(mark.strip() for mark in marks if mark.strip())
            yield from _walk(child, names, around + inner)


def _properties(root: Element, form: str, region: str) -> Region:
    """Give the properties that the region refers to, and those that are named for a version."""
    found: Region = {}
    for group in root.iter():
        if _name(group) != _PROPERTIES[form]:
            continue
        for one in group:
            name = _name(one)
            own = name.casefold() in _OWN
            named = form == "maven" and "version" in name.casefold() and not own
            if named or f"{_REFERENCES[form]}{name}" in region:
                found[name] = (*_as_list(found.get(name)), _canonical(one))
    return found


# Properties that name the project's own version.
_OWN = frozenset(("version", "project.version", "revision", "changelist", "sha1"))


def _as_list(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _canonical(element: Element) -> object:
    """Give an element for comparison. Those inside it have no order, as far as they are named."""
    inner = sorted((_canonical(one) for one in element), key=repr)
    attributes = tuple(sorted(element.attrib.items()))
    return (_name(element), attributes, (element.text or "").strip(), tuple(inner))


def _name(element: Element) -> str:
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rpartition("}")[2]
