"""Which calls a gate may object to, so that it is loaded only for those.

A gate's code costs more to load than most questions to answer. What is said here of a gate is
implied by the gate itself; a test holds every case of every gate against it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from kei_gates.model import Analysis, Event

    Rule = tuple[str, tuple[str, ...], tuple[str, ...]]
    """Tools that it objects to, between blanks; quiet programs that it may object to all the same;
    parts of the paths whose change it may object to."""

_EVERY = ("",)  # part of every path
_GIT = ("git",)

RULES: dict[str, Rule] = {
    "compute::cost-tiers": ("", (), ()),
    "compute::launch-preflight": ("", (), ()),
    "compute::script-lint": ("", (), ()),
    "policy::git-ops-scope": (" EnterWorktree ExitWorktree ", _GIT, ("git", "husky", "lefthook")),
    "policy::no-git-ops": (" EnterWorktree ExitWorktree ", _GIT, ("git", "husky", "lefthook")),
    "policy::no-public-push": ("", _GIT, _GIT),
    "safety::no-dep-bump": ("", (), _EVERY),
    "safety::no-destructive": ("", (), ("/dev/",)),
    "safety::no-kill": (" KillShell TaskStop ", (), ("/proc/", "/sys/")),
    "safety::self-protect": ("", (), _EVERY),
    "scope::files-denylist": ("", (), _EVERY),
    "scope::files-whitelist": ("", (), _EVERY),
}
"""The gates that are not asked about every call."""

# Parameters with which a gate asks about plain programs too: what they write, or how they build.
_ASKING = ("locked", "unknown_writes")


def may_object(capability: str, params: Mapping[str, object], event: Event) -> bool:
    """Say whether a gate could do more than abstain."""
    rule = RULES.get(capability)
    if rule is None or any(name in params for name in _ASKING):
        return True
    tools, programs, paths = rule
    analysis = event.analysis
    if event.call.command is not None and not (analysis.is_plain or _is_quiet(analysis)):
        return True
    if f" {event.call.tool} " in tools:
        return True
    if programs and any(one.argv[0] in programs for one in analysis.invocations):
        return True
    for target in event.targets:
        named = f"{target.spelled}\n{target.real}".casefold()
        if any(part in named for part in paths):
            return True
    return False


def _is_quiet(analysis: Analysis) -> bool:
    """Whether all that a source does is known: quiet programs run, and write single files."""
    from kei_gates.shell.plain import is_plain  # noqa: PLC0415 -- files and tools have no commands

    return (
        not (analysis.unseen or analysis.codes or analysis.if_empty)
        and all(one.argv[0] in _QUIET or is_plain(one.argv) for one in analysis.invocations)
        and all(one.kind in _KINDS and not (one.tree or one.glob) for one in analysis.effects)
    )


_KINDS = ("read", "write")
# Programs of which no gate says anything but by what they write, and plain ones beside them.
_QUIET = frozenset(
    ("[", "cp", "find", "mkdir", "printf", "rg", "sed", "sort", "tee", "test", "touch", "uniq")
)
