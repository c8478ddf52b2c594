"""Deny every command that is not on the list.

What it does: each program that a shell source would start, at any depth, must be a command of
`allow`. An entry is a pattern for a command's words: `cargo test *` holds `cargo test` with any
further words, `git status` only itself; `*` and `?` stand for a part of a word. `pytest` is the
installed program of that name, `scripts/check.sh` the file at that path from the project's root.
Words of the shell itself (`cd`, `echo`, `test`) need no entry, nor do `env`, `timeout`, `xargs` or
`bash -c` around a command that has one; `sudo`, `ssh` or `docker exec` do. What an entry names
covers what it starts: `make test` its recipe. What could not be seen is denied, in files of the
project too. An empty list allows no program.
Why: a role with a short job needs few commands, and nobody can list all that it must not run.
Instead: use a command of the list, spelled out, or report what you need to whoever started you.
"""

from __future__ import annotations

from kei_gates.gates._argv_patterns import ArgvPattern, flaw_in
from kei_gates.gates._carriers import BUILTINS, TRANSPARENT, carries, runs_text
from kei_gates.gates._wording import shorten
from kei_gates.model import Abstain, Deny
from kei_gates.model import Params as BaseParams
from kei_gates.shell.installed import is_installed
from kei_gates.shell.splitting import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from kei_gates.model import Event, Invocation, Verdict


class Params(BaseParams):
    """`allow`: the patterns of the commands that may run."""

    allow: tuple[str, ...] = ()

    @classmethod
    def flaw(cls, values: Mapping[str, object]) -> str | None:
        """Refuse a pattern that would match nothing, or any program."""
        return flaw_in(values.get("allow"))


_MOST_SHOWN = 6
# Where more commands than these may have started one, which did is not looked for.
_MOST_OUTER = 32
# Options and builtins that send a command to another folder.
_MOVING = frozenset(("cd", "chdir", "pushd", "popd"))
_MOVING_CARRIERS = frozenset(("env", "sudo", "doas", "find", "uv", "poetry", "docker", "podman"))


def check(event: Event, params: Params) -> Verdict:
    """Judge every invocation."""
    if event.call.command is None:
        return Abstain()
    allowed = Allowed(event, params)
    for invocation in event.analysis.invocations:
        if not allowed.holds(invocation):
            shown = shorten(str(invocation))
            return Deny(f"`{shown}` is not on the list of commands", _remedy(params))
    unseen = next(iter(event.analysis.unseen), None)
    if unseen is None:
        return Abstain()
    part = shorten(event.source(unseen.span).strip())
    return Deny(
        f"in `{part}` {unseen.why}, so it could run a command that is not on the list",
        _remedy(params),
    )


def _remedy(params: Params) -> str:
    shown = [f"`{pattern}`" for pattern in params.allow[:_MOST_SHOWN]]
    if len(params.allow) > _MOST_SHOWN:
        shown.append("...")
    listed = f"use {', '.join(shown)}, spelled out" if shown else "use no shell command"
    return f"{listed}; or report what you need to whoever started you"


class Allowed:
    """Which invocations of one event the list covers."""

    def __init__(self, event: Event, params: Params) -> None:
        """Take the event and the list."""
        self._event: Final = event
        self._patterns: Final = [ArgvPattern(split(text) or [""]) for text in params.allow]
        # What stands inside which: by where it stands in the source and what it was reached by.
        self._at: Final[dict[object, list[Invocation]]] = {}
        self._inside: Final[set[object]] = set()
        for one in event.analysis.invocations:
            self._at.setdefault((one.span, one.via, one.program), []).append(one)
            self._inside.add((one.span, one.via))
        self._in_project: Final = self._stays_in_project()
        self._matched: Final[dict[int, ArgvPattern | None]] = {}
        self._covered: Final[dict[int, bool]] = {}

    def holds(self, invocation: Invocation) -> bool:
        """Say whether an invocation may run."""
        return (
            ("/" not in (invocation.argv[0] or "") and invocation.program in BUILTINS)
            or self._matching(invocation) is not None
            or self._is_covered(invocation)
            or self._only_carries(invocation)
        )

    def _matching(self, invocation: Invocation) -> ArgvPattern | None:
        key = id(invocation)
        if key not in self._matched:
            self._matched[key] = next(
                (
                    pattern
                    for pattern in self._patterns
                    if pattern.matches(invocation.argv) and self._is_at_root(pattern, invocation)
                ),
                None,
            )
        return self._matched[key]

    def _is_at_root(self, pattern: ArgvPattern, invocation: Invocation) -> bool:
        """Whether a relative path of the pattern is meant from the project's root."""
        if "/" not in pattern.words[0] or pattern.words[0].startswith("/"):
            return True
        return self._in_project and not _MOVING_CARRIERS & {*invocation.via}

    def _stays_in_project(self) -> bool:
        """Whether all of the source surely runs in the project's root."""
        folders: set[str | None] = {self._event.call.cwd}
        for one in self._event.analysis.invocations:
            if one.program in _MOVING:
                folders.add(one.argv[1] if len(one.argv) == 2 else None)  # noqa: PLR2004 -- `cd X`
        return folders <= {self._event.places.project, "."}

    def _outer(self, invocation: Invocation) -> list[Invocation]:
        """Give what may have started an invocation; all of it, where it is not certain."""
        if not invocation.via:
            return []
        name = invocation.via[-1].rpartition("/")[2]
        return self._at.get((invocation.span, invocation.via[:-1], name), [])

    def _is_covered(self, invocation: Invocation) -> bool:
        """Whether a pattern names what starts an invocation, and so the invocation with it."""
        key = id(invocation)
        if key not in self._covered:
            outer = self._outer(invocation)
            self._covered[key] = 0 < len(outer) <= _MOST_OUTER and all(
                self._names(one, invocation) or self._is_covered(one) for one in outer
            )
        return self._covered[key]

    def _names(self, outer: Invocation, inner: Invocation) -> bool:
        pattern = self._matching(outer)
        if pattern is None:
            return False
        return not carries(outer) or _spells(pattern, outer, inner)

    def _only_carries(self, invocation: Invocation) -> bool:
        """Whether an invocation only runs others in its own way, and those are judged alone."""
        path, program = invocation.argv[0] or "", invocation.program
        if program not in TRANSPARENT or ("/" in path and not is_installed(path)):
            return False
        return (invocation.span, (*invocation.via, program)) in self._inside


def _spells(pattern: ArgvPattern, outer: Invocation, inner: Invocation) -> bool:
    """Whether a pattern spells the command that a carrier runs, and not only the carrier."""
    words = outer.argv
    if inner.argv[0] in words[1:]:
        at = words.index(inner.argv[0], 1)
    elif runs_text(outer.program):  # the script, or the text behind `-c`
        at = next((at for at, w in enumerate(words[1:], 1) if not (w or "").startswith("-")), 0)
    else:
        at = 0
    return 0 < at < len(pattern.words)
