"""The JSON reader agrees with the standard library's on everything but what it refuses more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kei_gates.protocol import json_text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


@given(VALUES, st.sampled_from([None, 2]), st.sampled_from(["", " ", "\r\n\t"]))
def test_reads_what_json_writes(value: object, indent: int | None, around: str) -> None:
    text = around + json.dumps(value, indent=indent) + around
    assert json_text.parse(text.encode()) == json.loads(text)


@given(st.binary())
def test_accepts_nothing_that_json_refuses(raw: bytes) -> None:
    try:
        value = json_text.parse(raw)
    except ValueError:
        return
    assert json.loads(raw) == value


@given(st.text(st.characters(codec=None)))
def test_quotes_any_string_in_ascii(text: str) -> None:
    quoted = json_text.quote(text)
    assert quoted.isascii()
    assert json.loads(quoted) == text


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"{", "it is not JSON"),
        (b'{"a": 1} x', "something follows the JSON"),
        (b"\xff", "it is not UTF-8"),
        ("\ufeff{}".encode(), "it is not JSON"),
        (b"[" * 200_000, "it is nested too deeply"),
        (b"NaN", "it is not JSON"),
        (b"-Infinity", "it is not JSON"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "it is not JSON"),
        (b'"a\nb"', "it is not JSON"),
    ],
)
def test_refuses_with_one_line(raw: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        json_text.parse(raw)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["{", '{"a"', '{"a":', "[1,]", '"a', "{1}"])
def test_refuses_in_words_where_the_json_package_is_not_loaded(text: str) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(json_text.__file__).parents[2])!r})\n"
        "from kei_gates.protocol import json_text\n"
        "assert 'json' not in sys.modules\n"
        f"try: json_text.parse({text.encode()!r})\n"
        "except ValueError as error: print(error)\n"
    )
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("it is not JSON")
