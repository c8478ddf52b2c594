"""Which processes a command would hit that finds them by name or by a pattern.

Sources: pgrep(1) and pidof(1) of procps-ng 4.0; killall(1) of psmisc 23.6; regex(7). What is found
may be more than would be hit, never less: what only narrows down and is not followed is left out.
None stands for what is not known.
"""

from __future__ import annotations

from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from kei_gates.model import Event
    from kei_gates.particulars import Process
    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options

    Hits: TypeAlias = "list[Process] | None"

_NAME_LENGTH = 15
"""How many characters of a process's short name the kernel keeps."""

# --- patterns ---------------------------------------------------------------------------------

# In Python these mean something else than to POSIX: lazy and possessive repeats, groups of its own.
_OTHERWISE = ("*+", "++", "?+", "}+", "*?", "+?", "??", "}?", "(?", "[[", "[:", "[.", "[=", "&&")
_ESCAPABLE = frozenset(".[]()*+?{}|^$/-\\ \"'=:,@%#!~&;<>`_")


def matcher(pattern: str, *, fold: bool = False) -> Callable[[str], bool] | None:
    """Give what tells whether an extended regular expression matches; none if that is not known."""
    import re  # noqa: PLC0415 -- only what hits processes by a pattern pays for it

    if any(mark in pattern for mark in _OTHERWISE) or _escapes_in_brackets(pattern):
        return None
    parts = pattern.split("\\")
    if any(not part or part[0] not in _ESCAPABLE for part in parts[1:]):
        return None
    translated = pattern.replace("\\<", "\\b").replace("\\>", "\\b")
    try:
        compiled = re.compile(translated, re.IGNORECASE if fold else 0)
    except (re.error, OverflowError, RecursionError):
        return None
    return lambda text: compiled.search(text) is not None


def _escapes_in_brackets(pattern: str) -> bool:
    """Whether a backslash stands in brackets, where POSIX takes it for itself."""
    return any("\\" in piece[:1] + piece[1:].partition("]")[0] for piece in pattern.split("[")[1:])


# --- pgrep and pkill --------------------------------------------------------------------------

_PGREP = Grammar(
    "dPgGstuUFrqO",
    "delimiter signal parent pgroup group session terminal euid uid pidfile runstates queue older "
    "ns nslist cgroup env",
    flags="acefhilLnovVwxAHI",
    long_flags="list-name list-full count echo full ignore-case logpidfile newest oldest inverse "
    "lightweight exact ignore-ancestors require-handler help version quick shell-quote mrelease",
)
_SELECTING = frozenset("nofxilacehwLHA")
# They choose in ways that are followed, or print alone; with others, the newest is another one.


def by_pattern(words: Sequence[Field], event: Event) -> Hits:
    """Give what `pgrep` would list, or `pkill` end; signals are taken off before."""
    options = read(words, _PGREP, permute=True)
    if not options.certain or None in words or options.has("v", "inverse"):
        return None
    if len(options.operands) > 1:
        return []  # it refuses
    found = list(event.facts.processes())
    if options.operands:
        pattern = options.operands[0]
        matches = None
        if pattern is not None:
            matches = _pattern_matcher(pattern, options)
        if matches is None:
            return None
        found = [one for one in found if matches(one)]
    elif not options.given:
        return []
    return _narrowed(found, options, event)


def _pattern_matcher(pattern: str, options: Options) -> Callable[[Process], bool] | None:
    exact = options.has("x", "exact")
    matches = matcher(f"^({pattern})$" if exact else pattern, fold=options.has("i", "ignore-case"))
    if matches is None:
        return None
    whole = options.has("f", "full")
    return lambda one: (
        matches(one.name)
        or matches(one.command[0].rpartition("/")[2])
        or (whole and matches(" ".join(one.command)))
    )


def _narrowed(found: list[Process], options: Options, event: Event) -> Hits:
    """Leave those that options choose, as far as they are followed."""
    followed = all(name in _SELECTING or name in _LONG_SELECTING for name, _ in options.given)
    parents = _numbers(options.values("P", "parent"))
    users = _numbers(options.values("u", "U", "euid", "uid"))
    groups = _numbers(options.values("g", "pgroup"))
    if parents is not None:
        found = [one for one in found if one.parents and one.parents[0][0] in parents]
    if users is not None:
        found = [one for one in found if one.user is None or one.user in users]
    if groups is not None and 0 not in groups:
        found = [one for one in found if one.group is None or one.group in groups]
    if options.has("F", "pidfile"):
        from kei_gates.gates._process_lists import by_file  # noqa: PLC0415 -- it reads this

        held = by_file(options.value("F", "pidfile"), event)
        if held is not None:
            ids = {one.pid for one in held}
            found = [one for one in found if one.pid in ids]
    known = [one for one in found if one.age is not None]
    if found and followed and len(known) == len(found):
        if options.has("n", "newest"):
            least = min(one.age or 0 for one in found)
            found = [one for one in found if (one.age or 0) <= least]
        elif options.has("o", "oldest"):
            most = max(one.age or 0 for one in found)
            found = [one for one in found if (one.age or 0) >= most]
    return found


_LONG_SELECTING = frozenset(
    (
        "newest", "oldest", "full", "exact", "ignore-case", "list-name", "list-full", "count",
        "echo", "lightweight",
    )
)  # fmt: skip


def _numbers(values: Sequence[Field]) -> set[int] | None:
    """Give the numbers of options that list some; none where they are not given or no numbers."""
    texts = [text for value in values for text in (value or "?").split(",")]
    return set(map(int, texts)) if texts and all(text.isdecimal() for text in texts) else None


# --- names ------------------------------------------------------------------------------------

_PIDOF = Grammar("oSd", "omit-pid separator", flags="cmnqsxztwhV")
_KILLALL = Grammar(
    "osyunZ",
    "older-than younger-than signal user ns context",
    flags="egiIlqrvVw",
    long_flags="exact ignore-case process-group interactive list quiet regexp verbose version wait "
    "help",
)


def by_name(name: str, event: Event, *, fold: bool = False) -> list[Process]:
    """Give the processes of a program's name: the short one, that of the program, of its script."""
    wanted = name.rpartition("/")[2] if "/" in name else name
    wanted = wanted.casefold() if fold else wanted
    return [one for one in event.facts.processes() if wanted in _names(one, fold=fold)]


def _names(process: Process, *, fold: bool) -> set[str]:
    words = [word.rpartition("/")[2] for word in process.command[:4]]
    found = {process.name, *words, *(word[:_NAME_LENGTH] for word in words), *process.command[:1]}
    return {name.casefold() for name in found} if fold else found


def by_pidof(words: Sequence[Field], event: Event) -> Hits:
    """Give what `pidof` would list."""
    options = read(words, _PIDOF, permute=True)
    if not options.certain:
        return None
    return _of_names(options.operands, event, fold=False)


def by_killall(words: Sequence[Field], event: Event) -> Hits:
    """Give what `killall` would end; signals are taken off before."""
    options = read(words, _KILLALL, permute=True)
    if not options.certain or None in words or not options.operands:
        return None
    fold = options.has("I", "ignore-case")
    if options.has("r", "regexp"):
        found: Hits = []
        for pattern in options.operands:
            matches = None if pattern is None else matcher(pattern, fold=fold)
            if matches is None or found is None:
                return None
            found += [one for one in event.facts.processes() if matches(one.name)]
    else:
        found = _of_names(options.operands, event, fold=fold)
    if found and options.has("g", "process-group"):
        groups = {one.group for one in found}
        found = [one for one in event.facts.processes() if one.group in groups]
    return found


def _of_names(names: Sequence[Field], event: Event, *, fold: bool) -> Hits:
    found: list[Process] = []
    for name in names:
        if name is None:
            return None
        found += by_name(name, event, fold=fold)
    return found
