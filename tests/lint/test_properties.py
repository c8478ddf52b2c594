"""Whatever a text says: it is read, or refused with its line, and never anything else."""

from __future__ import annotations

import ast
import copy
import random
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kei_gates.lint.bound import app_names, bound, bounds, fan_out, gpu_functions
from kei_gates.lint.rules import findings
from kei_gates.lint.script import Script, read
from kei_gates.lint.tree import ScriptError
from tests.lint.test_rules import SCRIPTS

LINES = sorted({line for text in SCRIPTS.values() for line in text.splitlines()})
TREES = {name: ast.parse(text) for name, text in SCRIPTS.items()}


def read_or_refused(text: str) -> Script | None:
    try:
        return read(text)
    except ScriptError as error:
        refused = error
    assert refused.line >= 1
    assert "\n" not in str(refused)
    return None


def judge(text: str) -> None:
    """Ask everything that can be asked of a script."""
    script = read_or_refused(text)
    if script is None:
        return
    for one in findings(script, strict=True):
        assert one.line >= 1
    for function in (None, "train", "Model"):
        found = bound(script, function)
        assert found.gpus is not None or found.unknown
        numbers = (found.count, found.seconds, found.attempts, found.inputs, found.cluster)
        assert all(number is None or number >= 0 for number in numbers)
        count = fan_out(script, function)
        assert count is None or count >= 0
        gpu_functions(script, function)
        bounds(script, function)
    bound(script, deployed=True)
    app_names(script)


@given(st.text())
def test_any_text(text: str) -> None:
    judge(text)


@given(st.lists(st.sampled_from(LINES), max_size=60))
def test_any_lines_of_scripts(lines: list[str]) -> None:
    judge("\n".join(lines))


@settings(max_examples=150)
@given(st.sampled_from(sorted(TREES)), st.randoms(use_true_random=False), st.integers(1, 12))
def test_scripts_whose_parts_are_shuffled(name: str, chance: random.Random, swaps: int) -> None:
    tree = copy.deepcopy(TREES[name])
    for _ in range(swaps):
        _swap(tree, chance)
    try:
        text = ast.unparse(ast.fix_missing_locations(tree))
    except (ValueError, AttributeError, TypeError, IndexError, RecursionError):
        return  # no text says this
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing may be said where the answer is read
        judge(text)


def _swap(tree: ast.AST, chance: random.Random) -> None:
    """Let two expressions, or two statements, change places."""
    kind = chance.choice([ast.expr, ast.expr, ast.stmt])
    slots: list[tuple[ast.AST, str, int | None]] = [
        (node, field, at)
        for node in ast.walk(tree)
        for field, value in ast.iter_fields(node)
        if isinstance(value, list)
        for at, item in enumerate(value)
        if isinstance(item, kind)
    ]
    slots += [
        (node, field, None)
        for node in ast.walk(tree)
        for field, value in ast.iter_fields(node)
        if isinstance(value, kind)
    ]
    if len(slots) < 2:
        return
    one, other = chance.sample(slots, 2)
    first, second = _get(*one), _get(*other)
    if any(node is second for node in ast.walk(first)) or any(
        node is first for node in ast.walk(second)
    ):
        return
    _set(*one, second)
    _set(*other, first)


def _get(node: ast.AST, field: str, at: int | None) -> ast.AST:
    value = getattr(node, field)
    found: ast.AST = value if at is None else value[at]
    return found


def _set(node: ast.AST, field: str, at: int | None, value: ast.AST) -> None:
    if at is None:
        setattr(node, field, value)
    else:
        getattr(node, field)[at] = value


MODAL = "import modal\napp = modal.App()\n"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000 + ")" * 5_000,
        "x = " + "[" * 150 + "]" * 150,
        "x = " + "-" * 20_000 + "1",
        "x = " + "a." * 3_000 + "b",
        "x = " + " + ".join("a" * 3_000),
        "x = " + "f(" * 180 + ")" * 180,
        "if a: pass\n" + "elif b: pass\n" * 1_000,
        "".join(" " * depth + "for i in x:\n" for depth in range(99)) + " " * 99 + "pass",
        "x = " + "lambda: " * 1_000 + "1",
        "x = " + "not " * 5_000 + "1",
        "f'" + '{f"' * 3 + "x" + '"}' * 3 + "'",
    ],
)
def test_what_is_nested_deeply_is_refused_or_read(text: str) -> None:
    judge(MODAL + text)


def test_what_is_too_deep_is_refused() -> None:
    with pytest.raises(ScriptError, match="nested too deeply"):
        read("x = " + " + ".join("a" * 3_000))


@pytest.mark.parametrize("depth", [30, 60, 120, 190])
def test_what_is_within_the_depth_is_read(depth: int) -> None:
    assert read(MODAL + "x = " + "-" * depth + "1").functions == ()


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(ScriptError, match="longer than"):
        read("#" * 250_001)


@pytest.mark.parametrize(
    "text",
    [
        "x = [1]\n" + "x = x + x\n" * 200,
        "x = [1]\n" + "x = [x, x]\n" * 200 + "f(*x)\n",
        "x = 'a'\n" + "x = x + x\n" * 200,
        "x = 'a' * 10 ** 9 * 10 ** 9\n",
        "x = 10 ** 10 ** 10\n",
        "x = 9\n" + "x = x ** 9\n" * 50,
        "x = 'a'.replace('a', 'b' * 9999).replace('b', 'c' * 9999)\n",
        "x = list(range(10 ** 30)) * 10 ** 30\n",
        "for i in range(10 ** 30):\n    for j in range(-10 ** 30):\n        f.spawn(i)\n",
        "x = '' if a else 'b'\n" + "x = (x + 'a') if a else (x + 'b')\n" * 100,
        "x = {}\n" + "x = {'a': x, 'b': x}\n" * 200,
        "x = f()\n" + "x = x.y(x)\n" * 3_000,
        "import itertools\nx = itertools.product(*[range(10 ** 9)] * 500)\n",
    ],
)
def test_what_grows_without_end_ends(text: str) -> None:
    judge(MODAL + text)


def test_many_functions_that_call_one_another_end() -> None:
    helpers = "".join(f"def h{at}(): h{at + 1}()\n" for at in range(3_000))
    own = "@app.function(gpu='T4', timeout=9999)\ndef f{at}(): h0()\n"
    judge(MODAL + helpers + "".join(own.replace("{at}", str(at)) for at in range(300)))


def test_settings_that_are_odd_are_still_read() -> None:
    for value in ("-1", "1e400", "True", "'x'", "[]", "None", "{}", "()", "lambda: 1", "..."):
        for setting in ("gpu", "timeout", "retries", "volumes", "image", "min_containers"):
            judge(f"{MODAL}@app.function({setting}={value})\ndef f(): pass\n")


@pytest.mark.parametrize("key", ["f()", "[1]", "{}", "f", "...", "b'x'", "1:2", "*x"])
def test_parts_of_dicts_and_lists_by_odd_keys(key: str) -> None:
    for line in (
        f"x = {{'a': 1}}.get({key})",
        f"x = {{'a': 1}}[{key}]",
        f"x = [1, 2][{key}]",
        f"x = {{{key}: 1}}",
        f"x = 'a'.replace({key}, 'b')",
        f"x = range({key})",
        f"x = os.environ.get({key}, 'b')",
    ):
        judge(f"{MODAL}import os\n{line}\n@app.function(gpu=x, timeout=x, retries=x)\ndef f(): 1\n")
