"""The values are written out by hand; what must agree in each is held together here."""

from __future__ import annotations

import inspect

import pytest

from kei_gates import model
from kei_gates.model import Ask, Deny, Effect, Invocation, Value

CLASSES = [
    found
    for found in vars(model).values()
    if isinstance(found, type) and issubclass(found, Value) and found.__slots__
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_slots_are_the_constructor_s_arguments(cls: type[Value]) -> None:
    arguments = list(inspect.signature(cls).parameters)
    assert sorted(arguments) == sorted(cls.__slots__)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_slot_is_set_from_its_argument(cls: type[Value]) -> None:
    parameters = inspect.signature(cls).parameters.values()
    positional = [p.name for p in parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    named = {p.name: (p.name,) for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
    value = cls(*((name,) for name in positional), **named)
    for name in cls.__slots__:
        assert getattr(value, name) == (name,)


def test_equality_is_by_class_and_fields() -> None:
    one, same, other = (
        Effect("write", "/a", "x"),
        Effect("write", "/a", "x"),
        Effect("write", "/b", "x"),
    )
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != ("/a", "x", "write", False)
    assert model.Ask("a", "b") != Deny("a", "b")
    assert repr(one) == (
        "Effect(brings=(), by='x', glob=False, kind='write', noted=False, path='/a', tree=False)"
    )


def test_an_invocation_is_shown_as_typed() -> None:
    found = Invocation(("/usr/bin/git", "push", None), ("env",), (0, 1))
    assert found.program == "git"
    assert str(found) == "/usr/bin/git push ..."


@pytest.mark.parametrize("kind", [Ask, Deny])
def test_what_a_verdict_says_counts(kind: type[Ask | Deny]) -> None:
    assert kind("a", "b") == kind("a", "b")
    others = [kind("c", "b"), kind("a", "c"), kind("a", "b", target="x")]
    assert all(kind("a", "b") != other for other in others)
    assert repr(kind("a", "b")).endswith("(charges=(), reason='a', remedy='b', target='')")
    assert Ask("a", "b") != Deny("a", "b")
