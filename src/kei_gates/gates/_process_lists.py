"""Which processes a command would hit by their ids: as given, in a file, by a port, in an output.

Sources: ps(1) of procps-ng 4.0; fuser(1) of psmisc 23.6; lsof(8) 4.95; grep(1), awk(1). What is
found may be more than would be hit, never less. None stands for what is not known.
"""

from __future__ import annotations

from kei_gates.gates._process_patterns import by_name, by_pattern, by_pidof, matcher
from kei_gates.shell.options import Grammar, read
from kei_gates.shell.origins import PIPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kei_gates.gates._process_patterns import Hits
    from kei_gates.model import Event
    from kei_gates.particulars import Origin, Process
    from kei_gates.shell.expand import Field

# --- ports and files --------------------------------------------------------------------------

_FUSER = Grammar("nN", "namespace signal", flags="aIcfiklmMsuvw46", long_flags="")


def by_lsof(words: Sequence[Field], event: Event) -> Hits:
    """Give what `lsof -t -i :PORT` would list, with whatever narrows it down."""
    ports: list[str] = []
    rest = list(words[1:])
    while rest:
        word = rest.pop(0)
        if word is None:
            return None
        if word[:1] != "-":
            return None  # a file's users
        letters = word[1:]
        at = letters.find("i")
        if letters[:1] == "s":  # -sTCP:LISTEN
            continue
        if at >= 0 and set(letters[:at]) <= _LSOF_FLAGS:
            value = letters[at + 1 :]
            if not value and rest and rest[0] is not None and rest[0][:1] != "-":
                value = rest.pop(0) or ""
            ports.append(value)
        elif not set(letters) <= _LSOF_FLAGS:
            return None
    if len(ports) != 1:
        return None
    return by_port(ports[0].rpartition(":")[2] if ":" in ports[0] else "", event)


_LSOF_FLAGS = frozenset("anPtwnl")


def by_port(port: str, event: Event) -> Hits:
    """Give who uses a port, or one of several: `8000`, `8000,8001`."""
    found: list[Process] = []
    for one in port.split(","):
        if not (one.isdecimal() and one.isascii() and 0 < int(one) < 1 << 16):
            return None
        for pid in event.facts.holders(int(one)):
            process = event.facts.process(pid)
            if process is not None:
                found.append(process)
    return found


def by_fuser(words: Sequence[Field], event: Event) -> Hits:
    """Give what `fuser -k 8000/tcp` would end, or `fuser 8000/tcp` list; signals are taken off."""
    options = read(words, _FUSER, permute=True)
    space = options.value("n", "namespace")
    if not options.certain or not options.operands:
        return None
    found: list[Process] = []
    for operand in options.operands:
        name, slash, kind = (operand or "?").partition("/")
        if (kind if slash else space) not in ("tcp", "udp") or not name:
            return None
        held = by_port(name.split(",")[0], event)
        if held is None:
            return None
        found += held
    return found


def by_file(path: Field, event: Event) -> Hits:
    """Give the processes of which the ids stand in a file; none of what was never read."""
    if path is None:
        return None
    if not path.startswith("/"):
        path = f"{event.call.cwd}/{path}"
    fact = event.look(path)
    if fact.kind == "missing":
        return []
    if fact.kind != "text":
        return None
    found: list[Process] = []
    for word in fact.text.split():
        hit = by_id(word, event)
        if hit is None:
            return None
        found += hit
    return found


def by_id(word: str, event: Event) -> Hits:
    """Give the process of an id, or below zero those of a group; none for all of the machine."""
    word = word.strip().removeprefix("+")
    numbers = _numbers(word.removeprefix("-"))
    if not numbers:
        return by_name(word, event) if word else []
    if 0 in numbers or (word[0] == "-" and 1 in numbers):
        return None  # the caller's own group, or all of the machine
    if word[0] == "-":
        # A group may be left by its leader, and of what is not known it may hold any.
        return [one for one in event.facts.processes() if one.group in (*numbers, None)]
    found = [event.facts.process(number) for number in numbers]
    return [one for one in found if one is not None]


def _numbers(text: str) -> list[int]:
    """Give all that a number may mean: busybox reads what begins with a 0 as octal, 0x as hex."""
    found: list[int] = []
    for base in (10, 8, 16):
        plain = text.isascii() and text.isalnum()
        prefixed = base == 10 or text[:1] == "0"  # noqa: PLR2004 -- decimal
        try:
            found += [int(text, base)] if plain and prefixed else []
        except ValueError:
            continue
    return [one for one in dict.fromkeys(found) if one < 1 << 31]


# --- what a pipeline prints -------------------------------------------------------------------

_AWK_COLUMN = {"{print $1}": 1, "{print $2}": 2}
_BY_USER = frozenset(
    ("aux", "-aux", "auxw", "auxww", "-auxww", "-ef", "-eaf", "-efww", "-fe", "-Af")
)
_BY_ID = frozenset(("ax", "-ax", "axw", "axww", "-e", "-A", "-eww"))
_LEAST_LETTERS = 4
"""How many letters a pattern must have together to match nothing but a command or a user's name:
all else in a line of `ps` is numbers, dates, states and terminals."""
_OTHER_WORDS = ("ttyS0", "ttyAMA0", "SNLsl+", "RNLsl+", "DNLsl+", "<defunct>", "root")


def by_output(words: Sequence[Field], event: Event) -> Hits:
    """Give the processes of which a command, or a pipeline, prints the ids."""
    stages: list[list[Field]] = [[]]
    for word in words:
        if word == PIPE:
            stages.append([])
        else:
            stages[-1].append(word)
    program = (stages[0][0] if stages[0] else None) or ""
    program = program.rpartition("/")[2]
    if program == "ps":
        return _by_ps(stages, event)
    lister = LISTERS.get(program)
    column = _columns(program, stages[0])
    if lister is None or None in stages[0]:
        return None
    for stage in stages[1:]:
        found = _takes(stage)
        if found not in (0, 1 if column == 0 else column):
            return None
        column = column if found == 0 else 0
    return lister(stages[0], event) if column == 0 else None


LISTERS: dict[str, Callable[[Sequence[Field], Event], Hits]] = {
    "pgrep": by_pattern,
    "pidof": by_pidof,
    "lsof": by_lsof,
    "fuser": by_fuser,
}


def of_origins(origins: Sequence[Origin], event: Event) -> Hits:
    """Give the processes that a word may mean, beside jobs of the command's own."""
    hits: list[Process] = []
    for origin in origins:
        found: Hits = []
        if origin.kind == "file":
            found = by_file(origin.words[0], event)
        elif origin.kind == "output":
            found = by_output(origin.words, event)
        if found is None:
            return None
        hits += found
    return hits


def _columns(program: str, words: Sequence[Field]) -> int:
    """Tell in which column of its lines a program prints ids: 0 for lines of nothing else."""
    letters = {letter for word in words[1:] if word and word[0] == "-" for letter in word[1:]}
    names = {word for word in words[1:] if word and word[:2] == "--"}
    if program == "pgrep":
        if names & {"--count", "--delimiter"} or letters & {"c", "d"}:
            return -1
        return 1 if letters & {"a", "l"} or names else 0
    if program == "lsof":
        return 0 if "t" in letters else 2
    return -1 if letters & {"S", "d"} else 0


def _takes(stage: Sequence[Field]) -> int:
    """Tell which column of its input a program prints: 0 for whole lines, below for what else."""
    program = (stage[0] or "").rpartition("/")[2]
    if program in ("grep", "egrep"):
        return -1 if _grep(stage) is None else 0
    if program == "cut":
        spelled = [word for word in stage[1:] if word is not None]
        return 1 if spelled in (["-d ", "-f1"], ["-f1", "-d "], ["-d", " ", "-f1"]) else -1
    found = _column(stage) if program in ("awk", "gawk", "mawk") else None
    return -1 if found is None or found[1] else found[0]


def _column(stage: Sequence[Field]) -> tuple[int, str] | None:
    """Give the column that an awk script prints, and the pattern of the lines that it takes."""
    script = stage[1] if len(stage) == 2 else None  # noqa: PLR2004 -- the script alone
    if script is None:
        return None
    before, brace, action = script.strip().partition("{")
    column = _AWK_COLUMN.get(f"{{{action}".replace(";", "").replace("{ ", "{").replace(" }", "}"))
    pattern = before.strip()
    slashed = len(pattern) > 2 and pattern[0] == pattern[-1] == "/"  # noqa: PLR2004 -- two slashes
    if column is None or not brace or (pattern and not slashed) or "/" in pattern[1:-1]:
        return None
    return column, pattern[1:-1]


_GREP = Grammar("e", "regexp", flags="viEFwxq", long_flags="invert-match ignore-case")


def _grep(stage: Sequence[Field]) -> tuple[str, bool] | None:
    """Give the pattern of the lines that grep leaves, empty for any, and whether it folds case."""
    options = read(stage, _GREP, permute=True)
    given = options.values("e", "regexp")
    patterns = given or options.operands[:1]
    files = options.operands if given else options.operands[1:]
    if not options.certain or files or len(patterns) != 1 or patterns[0] is None:
        return None
    if options.has("v", "invert-match"):
        return "", False
    pattern = patterns[0]
    extended = options.has("E") or (stage[0] or "").endswith("egrep")
    if options.has("F") and set(pattern) & set(".*[]^$\\+?|(){}"):
        return None
    if not extended and set(pattern) & set("\\+?|(){}"):
        return None
    return pattern, options.has("i", "ignore-case")


def _by_ps(stages: Sequence[Sequence[Field]], event: Event) -> Hits:
    """Give what `ps aux | grep NAME | awk '{print $2}'` lists."""
    first, *rest = stages
    if len(first) != 2 or not rest:  # noqa: PLR2004 -- the form alone
        return None
    column = 2 if first[1] in _BY_USER else 1 if first[1] in _BY_ID else 0
    last = _column(rest[-1]) if rest[-1] and rest[-1][0] in ("awk", "gawk", "mawk") else None
    if last is None or last[0] != column:
        return None
    wanted: list[tuple[str, bool]] = [(last[1], False)]
    for stage in rest[:-1]:
        found = _grep(stage) if stage and stage[0] in ("grep", "egrep") else None
        if found is None:
            return None
        wanted.append(found)
    users = (*_users(event), *_OTHER_WORDS)
    hits: Hits = list(event.facts.processes())
    for pattern, fold in wanted:
        matches = matcher(pattern, fold=fold) if pattern else None
        if matches is not None and _is_long(pattern) and not any(map(matches, users)):
            hits = [one for one in hits or () if matches(f"[{one.name}] {' '.join(one.command)}")]
    return hits


def _is_long(pattern: str) -> bool:
    """Whether a pattern can match nothing but a command or a user's name."""
    plain = pattern.replace("[", "").replace("]", "") if _brackets_one(pattern) else pattern
    run = longest = 0
    for char in plain:
        run = run + 1 if char.isalpha() else 0
        longest = max(longest, run)
    return longest >= _LEAST_LETTERS and not set("|*?{}()\\[]") & set(plain)


def _brackets_one(pattern: str) -> bool:
    """Whether brackets hold one character each, as in `[t]rain`."""
    pieces = pattern.split("[")[1:]
    return all(piece[1:2] == "]" and piece.count("]") == 1 for piece in pieces)


def _users(event: Event) -> list[str]:
    """Give the names that stand in the column of the user."""
    text = event.look("/etc/passwd").text
    return [line.partition(":")[0] for line in text.split("\n") if line]
