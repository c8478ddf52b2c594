"""Nothing that looks like a secret is written down, and plain text is left as it is."""

from __future__ import annotations

import string
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.audit.redact import REDACTED, redact

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = tomllib.loads((Path(__file__).parent / "redact.toml").read_text())
HIDDEN = "Zq3vN8xK2mW7pL5tR9yB4cD6"


@pytest.mark.parametrize(("text", "expected"), CASES["hidden"])
def test_secrets_go(text: str, expected: str) -> None:
    assert redact(text) == expected
    assert redact(expected) == expected


@pytest.mark.parametrize("text", CASES["plain"])
def test_plain_text_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text(max_size=300) | st.text(string.ascii_letters + " =:\"'-$@/\n", max_size=300))
def test_twice_is_as_once(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


AROUND = st.text(st.sampled_from(" abc=:;|&\"'-/\n$()"), max_size=30)


@given(AROUND, AROUND, st.sampled_from(CASES["forms"]))
def test_whatever_stands_around_a_secret_it_goes(before: str, after: str, form: str) -> None:
    text = f"{before} {form.replace('VALUE', HIDDEN)} {after}"
    assert HIDDEN not in redact(text)
    assert REDACTED in redact(text)
