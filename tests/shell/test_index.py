"""The index of names, against the tables that it stands for."""

from __future__ import annotations

from importlib import import_module

import pytest

from kei_gates.shell import index, interpreters, languages, own_code
from kei_gates.shell.wrappers_all import wrapper_of

FAMILIES = sorted(set(index.WRAPPING.values()))


def table(family: str) -> dict[str, object]:
    found: dict[str, object] = getattr(
        import_module(f"kei_gates.shell.wrappers_{family}"), family.upper()
    )
    return found


def test_every_wrapper_is_listed() -> None:
    assert {name for family in FAMILIES for name in table(family)} == set(index.WRAPPING)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_name_leads_to_its_row(family: str) -> None:
    names = [name for name, listed in index.WRAPPING.items() if listed == family]
    assert names
    for name in names:
        assert wrapper_of(name) is table(family)[name]


def test_no_program_runs_a_command_that_has_no_row() -> None:
    assert wrapper_of("ls") is None


def test_the_other_names_are_those_of_their_tables() -> None:
    assert set(index.INTERPRETING) == set(interpreters.INTERPRETERS)
    assert set(index.BUILDING) == set(own_code.BUILDERS)
    assert set(index.SPEAKING) == set(languages.SPEAKERS)
