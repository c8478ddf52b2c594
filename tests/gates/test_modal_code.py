"""Python code that stops what runs on Modal, and code that looks like it and is harmless."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kei_gates.facts import NO_SESSION
from kei_gates.gates._modal_code import objection
from kei_gates.model import Analysis, Call, Event, FileFact, Invocation, Places, Principal

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE = tomllib.loads((Path(__file__).parent / "data" / "modal-code.toml").read_text())


def event_of(*invocations: Invocation) -> Event:
    call = Call(tool="Bash", principal=Principal(None, None), cwd="/w", command="")
    places = Places(project="/w", home="/h", installation=())
    look = lambda path: FileFact("missing", path)  # noqa: E731 -- nothing is there
    return Event(call, Analysis(invocations), (), places, look, NO_SESSION)


@pytest.mark.parametrize(("target", "code"), TABLE["stops"])
def test_what_stops_or_deletes_is_found(target: str, code: str) -> None:
    found = objection(code, event_of())
    assert found is not None
    assert found.target == target
    assert found.reason
    assert not found.reason.endswith(".")


@pytest.mark.parametrize("code", TABLE["harmless"])
def test_what_looks_like_it_is_harmless(code: str) -> None:
    assert objection(code, event_of()) is None


def test_a_client_with_the_arguments_of_its_command_line_is_judged_there() -> None:
    listing = Invocation(("modal", "app", "list"), ("python",), (0, 1))
    code = "from modal.__main__ import main\nmain()"
    assert objection(code, event_of(listing)) is None


def test_deep_code_is_an_objection_or_none_but_never_a_fault() -> None:
    deep = "import modal\nx = " + "(" * 90 + "modal" + ".a" * 500 + ")" * 90
    objection(deep, event_of())
    objection("import modal\nx = modal" + "()" * 3000, event_of())
