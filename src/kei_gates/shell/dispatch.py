"""From a command's words to what follows it: a file that is run, code, a recipe, a wrapper."""

from __future__ import annotations

from kei_gates.shell.effects import touch_files
from kei_gates.shell.index import BUILDING, INTERPRETING
from kei_gates.shell.installed import is_installed
from kei_gates.shell.launch import launch
from kei_gates.shell.recipes import find as find_recipe
from kei_gates.shell.scripts import (
    contents_at,
    run_apart,
    run_path,
)
from kei_gates.shell.state import collapse
from kei_gates.shell.values import FileText, is_unknown, strings_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.shell.ast import Span
    from kei_gates.shell.evaluate import Evaluator
    from kei_gates.shell.expand import Field
    from kei_gates.shell.recipes import Recipe
    from kei_gates.shell.state import State


_QUESTIONS = frozenset(("--help", "--version", "-h", "-V"))


def start(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Follow a program that was invoked; its name is known and plain."""
    if ev.facts.own.unread:
        ev.miss(ev.facts.own.unread, span)
    path = words[0] or ""
    program = path.rpartition("/")[2]
    if "/" in path and (not is_installed(path) or ev.is_own(path, state)):
        run_path(ev, words, state, span)
        if program in INTERPRETING:
            from kei_gates.shell.interpreting import interpret_script

            interpret_script(ev, words, state, span)
        return
    if "/" not in path:
        _run_from_path(ev, words, state, span)
    follow(ev, program, words, state, span)


def follow(ev: Evaluator, program: str, words: list[Field], state: State, span: Span) -> None:
    """Follow what is surely a program, by its name."""
    plain = program.rstrip("0123456789.-")
    gives = ev.files.changes or "-" in words  # else the source has nothing to build
    if gives and not {program, plain}.isdisjoint(BUILDING):
        _run_built(ev, program, words, state, span)
    asks = len(words) == 2 and words[1] in _QUESTIONS  # noqa: PLR2004 -- the question alone
    if not asks and _run_recipe(ev, program, words, state, span):
        return
    interprets = False
    if not {program, plain}.isdisjoint(INTERPRETING):
        from kei_gates.shell.interpreting import follow_interpreter

        interprets = follow_interpreter(ev, program, words, state, span)
    if interprets and program in ("awk", "gawk"):
        touch_files(ev, program, words, state)
    if not interprets or program == "go":  # which runs a file of code, or a program by its address
        launch(ev, words, state, span, ev.stdin.text)


def _run_built(ev: Evaluator, program: str, words: list[Field], state: State, span: Span) -> None:
    """Run what the source has written and a program builds, tests or imports."""
    from kei_gates.shell.codes import run_code
    from kei_gates.shell.own_code import built

    for language, text in built(ev, program, words, state):
        run_code(ev, program, language, text, state, span)


def _run_from_path(ev: Evaluator, words: list[Field], state: State, span: Span) -> None:
    """Run a program also from where the source puts one: a file, or a folder where to look."""
    for path in ev.files.named(words[0] or ""):
        ev.invoke([path, *words[1:]], span)
        run_path(ev, [path, *words[1:]], state, span)
    if "PATH" not in state.variables:
        return
    values = strings_of(state.variables["PATH"])
    if values is None:
        (ev.note if ev.lost_in_file else ev.miss)("`PATH` is not known", span)
        return
    usual = ev.facts.environment.get("PATH", "").split(":")
    for folder in dict.fromkeys(one for value in values for one in value.split(":")):
        if folder in usual or "\0" in folder:
            continue
        path = f"{folder or '.'}/{words[0]}"
        paths = [one for one in state.paths(path) if one is not None]
        if not paths:
            ev.note(f"what is at `{path}` is not known", span)
        if any(ev.files.contents(collapse(one)) for one in paths):
            ev.invoke([path, *words[1:]], span)
            run_path(ev, [path, *words[1:]], state, span)


def _run_recipe(ev: Evaluator, program: str, words: list[Field], state: State, span: Span) -> bool:
    """Follow a task runner into the recipe that it would run; say whether it runs one.

    A recipe that was there before is its writer's word; one that the source writes is the call's.
    """
    own = False

    def text_of(path: str) -> str | None:
        nonlocal own
        contents = contents_at(ev, path, state)
        texts = [content for content in contents if isinstance(content, str)]
        if None in contents or len(texts) > 1:
            ev.miss(f"`{path}` holds text that is not known", span)
            return None
        if len(texts) < len(contents):
            ev.note(f"`{path}` was not read", span)
        for text in texts:
            own = own or not isinstance(text, FileText)
            return text
        return None

    def value_of(name: str) -> str | None:
        value = state.lookup(name)
        return value if isinstance(value, str) and not is_unknown(value) else None

    recipe = find_recipe(
        program, words, text_of, value_of, lambda pattern: _matching(ev, pattern, state)
    )
    if recipe is None:
        return False
    for why in recipe.strict:
        ev.miss(why, span)
    outside = not (own or recipe.own)
    ev.inside_files += outside
    _follow_recipe(ev, program, recipe, state, span)
    ev.inside_files -= outside
    return True


def _matching(ev: Evaluator, pattern: str, state: State) -> list[str] | None:
    """Give the files that a pattern matches; none when they are not known."""
    found: list[str] = []
    for absolute in state.paths(pattern):
        known = None if absolute is None else collapse(absolute)
        some = None if known is None else ev.files.matching(known, ev.facts.glob)
        if some is None:
            return None
        found += some
    return found


def _follow_recipe(ev: Evaluator, program: str, recipe: Recipe, state: State, span: Span) -> None:
    for source, folder in recipe.sources:
        inner = state.new_shell()
        if folder:
            inner.enter(inner.paths(folder))
        run_apart(ev, source, inner, span, (program,))
    from kei_gates.shell.codes import run_code

    for language, code in recipe.code:
        run_code(ev, program, language, code, state, span)
    for why in recipe.unseen:
        if why not in recipe.strict:
            ev.miss(why, span)
