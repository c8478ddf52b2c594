"""Judge one call: analyse it, look at what it touches, ask the role's gates."""

from __future__ import annotations

from kei_gates.engine.decide import decide
from kei_gates.facts import NO_SESSION
from kei_gates.model import Analysis, Effect, Event
from kei_gates.observe.checkouts import root_of
from kei_gates.observe.targets import locate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.facts import Facts
    from kei_gates.model import Call, Decision, FileFact, Places, Role


def observe(call: Call, places: Places, shell: str = "auto", facts: Facts = NO_SESSION) -> Event:
    """Give what the gates look at. Raises `Fault` when a path cannot be followed."""
    analysis = Analysis()
    if call.command is not None:
        analysis = _analysed(call.command, call.cwd, places.home, shell)
    effects = [
        plain
        for effect in (*call.effects, *analysis.effects)
        if effect.kind in ("write", "delete")
        for plain in (_expanded(effect) if effect.glob else (effect,))
    ]
    if effects:
        places = places.rooted(root_of(call.principal.agent_id, call.cwd, places.project))
    targets = tuple(locate(effect, call.cwd, places) for effect in effects)
    return Event(call, analysis, targets, places, _look, facts)


def _look(path: str) -> FileFact:
    from kei_gates.observe.programs import look  # few gates ask

    return look(path)


def _analysed(source: str, cwd: str, home: str, shell: str) -> Analysis:
    from kei_gates.hook import own_names  # most calls are no shell
    from kei_gates.shell.plain import plain_analysis

    own = own_names.find(home)

    def whole() -> Analysis:
        from kei_gates.hook.facts import shell_facts  # most sources are plain
        from kei_gates.shell.analysis import analyse

        return analyse(source, shell_facts(cwd, home, own), shell)

    return plain_analysis(source, cwd, own, whole) or whole()


def _expanded(effect: Effect) -> list[Effect]:
    """Give the effect on each file that its pattern matches.

    One that matches nothing deletes nothing, and is written to as it is spelled.
    """
    from kei_gates.observe.patterns import expand  # most effects name their files

    found = expand(effect.path or "")
    unmatched = [] if effect.kind == "delete" else [effect.path]
    paths: list[str | None] = [None] if found is None else [*found] or unmatched
    return [
        Effect(effect.kind, path, effect.by, tree=effect.tree, brings=effect.brings)
        for path in paths
    ]


def judge(
    call: Call, role: Role, places: Places, shell: str = "auto", facts: Facts = NO_SESSION
) -> Decision:
    """Decide one call for a role. What is raised on the way is left to the caller's boundary."""
    return decide(observe(call, places, shell, facts), role)
