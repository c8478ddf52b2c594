"""Whether a change of a file's text changes what it says of dependencies."""

from __future__ import annotations

from kei_gates.gates._dep_files import LOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from kei_gates.gates._dep_values import Region


def difference(form: tuple[str, str], before: str | None, after: str) -> str | None:
    """Say what the change does to dependencies; none when nothing.

    `before` is none for a file that is not there. What cannot be read may have changed.
    """
    if before == after:
        return None
    if form[0] == LOCK:
        return "a lock file is written by its tool alone"
    try:
        now = _read(form, after)
    except (ValueError, SyntaxError, RecursionError) as error:
        return f"its text would not be understood ({_said(error)})"
    try:
        then = _read(form, before or "")
    except (ValueError, SyntaxError, RecursionError) as error:
        return f"its text of now is not understood ({_said(error)})"
    for name in (*then, *now):
        if then.get(name) != now.get(name):
            verb = (
                "changes" if name in then and name in now else "gains" if name in now else "loses"
            )
            return f"it {verb} `{name}`"
    return None


def _read(form: tuple[str, str], text: str) -> Region:
    if not text.strip():
        return {}
    module: ModuleType = __import__(f"kei_gates.gates._dep_{form[0]}", fromlist=("region",))
    found: Region = module.region(text, form[1])
    return found


def _said(error: Exception) -> str:
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f"{error.msg}, line {error.lineno}"
    return str(error).partition("\n")[0] or type(error).__name__
