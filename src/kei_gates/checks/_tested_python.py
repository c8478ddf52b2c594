"""The tests of a Python source, for pytest and unittest."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from kei_gates.checks._reading import UnreadableError
from kei_gates.checks._tested import IGNORED, MAY_RUN, RUNS, Case, Source, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Function = ast.FunctionDef | ast.AsyncFunctionDef

FILE = re.compile(r"(?:.*/)?(?:tests?/.*|test[^/]*|[^/]*_tests?)\.py")

_DECORATORS = {
    "skip": IGNORED, "xfail": IGNORED, "expectedFailure": IGNORED,
    "skipif": MAY_RUN, "skipIf": MAY_RUN, "skipUnless": MAY_RUN,
}  # fmt: skip
_CALLS = frozenset(("pytest.skip", "pytest.xfail", "pytest.importorskip", "self.skipTest"))
_IMPORTED = re.compile(r"^from pytest import [^\n]*\b(skip|xfail)\b", re.MULTILINE)
_DEFINITION = re.compile(
    r"^[ \t]*(?:@[\w.]*?(?P<mark>\w+)(?:\(.*\))?\n[ \t]*)?(?:async )?def (?P<name>test\w*)",
    re.MULTILINE,
)
_ERROR = "SkipTest"
_RUNS = State()


def python_cases(path: str, text: str) -> list[Case]:
    """Give the tests of a file. Raises `UnreadableError`.

    One that this Python cannot parse may be for a later one: of it the names are read.
    """
    calls = _CALLS | set(_IMPORTED.findall(text))
    try:
        reader = _Reader(path, text.splitlines(), calls)
        found = list(reader.cases(ast.parse(text).body, "", _RUNS))
    except (SyntaxError, ValueError):
        found = list(_by_lines(path, text))
    except (RecursionError, MemoryError):
        raise UnreadableError("it is nested too deep") from None
    return list({case.name: case for case in found}.values())  # of one name the last is run


def _by_lines(path: str, text: str) -> Iterator[Case]:
    source = Source(path, text, text)
    for found in _DEFINITION.finditer(text):
        level = _DECORATORS.get(found["mark"] or "", RUNS)
        how = f"@{found['mark']}" if level else ""
        yield source.case(found["name"], found.start(), found.end(), State(level, how))


class _Reader:
    def __init__(self, path: str, lines: Sequence[str], calls: frozenset[str]) -> None:
        self._path = path
        self._lines = lines
        self._calls = calls

    def cases(self, body: Sequence[ast.stmt], within: str, state: State) -> Iterator[Case]:
        """Give the tests among statements, and those in classes and conditions."""
        for statement in body:
            state = state.worse(self._of_all(statement))
        for statement in body:
            if isinstance(statement, ast.ClassDef):
                its = state.worse(_decorated(statement))
                yield from self.cases(statement.body, f"{within}{statement.name}::", its)
            elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                if statement.name.startswith("test"):
                    yield self._case(statement, within, state)
            elif isinstance(statement, ast.If | ast.Try | ast.With):
                its = state.worse(_condition(statement))
                yield from self.cases(statement.body, within, its)
                yield from self.cases(getattr(statement, "orelse", []), within, state)

    def _of_all(self, statement: ast.stmt) -> State:
        """Say what a statement beside tests makes of all of them."""
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = {ast.unparse(target) for target in targets}
            if "pytestmark" in names and statement.value is not None:
                marks = statement.value
                items = marks.elts if isinstance(marks, ast.List | ast.Tuple) else [marks]
                return _worst([_mark(item) for item in items])
            if "__test__" in names and ast.unparse(statement.value or statement) == "False":
                return State(IGNORED, "__test__ = False")
        return self._skips(statement, IGNORED)

    def _case(self, function: Function, within: str, state: State) -> Case:
        first = min([function.lineno, *(one.lineno for one in function.decorator_list)])
        last = function.end_lineno or function.lineno
        state = _worst([state, _decorated(function), self._body(function)])
        text = "\n".join(self._lines[function.lineno - 1 : last])
        return Case(self._path, f"{within}{function.name}", first, last, state=state, text=text)

    def _body(self, function: Function) -> State:
        """Say what the statements of a test make of it."""
        body = function.body
        if (
            len(body) > 1
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            body = body[1:]  # the docstring
        if isinstance(body[0], ast.Return):
            return State(IGNORED, "return")
        own = [self._skips(statement, IGNORED) for statement in body]
        deeper = [
            self._skips(inner, MAY_RUN)
            for statement in body
            for inner in ast.walk(statement)
            if isinstance(inner, ast.stmt) and inner is not statement
        ]
        return _worst([*own, *deeper])

    def _skips(self, statement: ast.stmt, level: int) -> State:
        """Say whether a statement skips what comes after it."""
        raised = statement.exc if isinstance(statement, ast.Raise) else None
        if raised is not None and _ERROR in _name(raised):
            return State(level, f"raise {_name(raised)}")
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Expr | ast.Assign) and isinstance(value, ast.Call):
            name = _name(value)
            if name in self._calls:
                return State(MAY_RUN if name.endswith("importorskip") else level, f"{name}(...)")
        return _RUNS


def _decorated(what: Function | ast.ClassDef) -> State:
    return _worst([_mark(decorator) for decorator in what.decorator_list])


def _mark(mark: ast.expr) -> State:
    """Read a decorator, or what stands in `pytestmark`."""
    name = _name(mark)
    level = _DECORATORS.get(name.rpartition(".")[2])
    if level is None:
        return _RUNS
    arguments = mark.args if isinstance(mark, ast.Call) else []
    if name.endswith("xfail") and arguments:
        level = MAY_RUN
    if level == MAY_RUN and arguments and isinstance(arguments[0], ast.Constant):
        is_skipped = bool(arguments[0].value) != name.endswith("skipUnless")
        level = IGNORED if is_skipped and not isinstance(arguments[0].value, str) else level
    return State(level, f"@{name}")


def _condition(statement: ast.If | ast.Try | ast.With) -> State:
    if not isinstance(statement, ast.If):
        return _RUNS
    test = statement.test
    is_never = isinstance(test, ast.Constant) and not test.value
    return State(IGNORED if is_never else MAY_RUN, f"if {ast.unparse(test)}")


def _name(node: ast.expr) -> str:
    return ast.unparse(node.func if isinstance(node, ast.Call) else node)


def _worst(states: Sequence[State]) -> State:
    return max(states, key=lambda state: state.level, default=_RUNS)
