"""Following a program to the command that it was given, as its row in the tables says."""

from __future__ import annotations

from kei_gates.shell import options
from kei_gates.shell.bindings import actions
from kei_gates.shell.errors import MOST_NESTING
from kei_gates.shell.use import split_plain
from kei_gates.shell.values import COMPUTED, is_unknown
from kei_gates.shell.wrappers import Tool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.shell.expand import Field
    from kei_gates.shell.options import Options
    from kei_gates.shell.state import State
    from kei_gates.shell.use import Use
    from kei_gates.shell.wrappers import Wrapper

SHELLS = frozenset(("sh", "bash", "zsh", "dash", "ksh", "ash", "mksh", "rbash"))
"""Shells whose grammar is looked into."""
_NO_SHELLS = frozenset(("nologin", "false", "true"))
_NO_FILES = frozenset(("/dev/null", "none"))


def unwrap(use: Use, row: Wrapper | Tool) -> bool:
    """Follow a program; say whether it is only what its row says, and no other thing beside."""
    while isinstance(row, Tool):
        chosen = _choose(use, row)
        if chosen is None:
            return False
        use, row = chosen
    found, rest = _read(use.words, row)
    if not _beside(use, row, found):
        return True
    if row.how == "nothing" and not found.ended:
        return False
    if not found.strange and found.has_exactly(*row.without.split()):
        return True
    if found.strange:
        use.miss(f"it is not known whether `{found.strange}` of `{use.name}` takes a value")
        return True
    _follow(use, row, found, rest)
    return True


def _choose(use: Use, tool: Tool) -> tuple[Use, Wrapper | Tool] | None:
    """Give the way of a subcommand, and the words behind it; none for one that runs nothing."""
    words = use.words
    found = options.read(words, tool.grammar, permute=False)
    if found.at >= len(words) or use.asks():
        return None
    first = words[found.at]
    if first is not None and first.startswith(tool.skips) and found.at + 1 < len(words):
        return _choose(use.reworded([words[0], *words[found.at + 1 :]]), tool)
    if first is None or (found.strange and any(word in tool.ways for word in words)):
        use.miss(f"it is not known what `{use.name}` does here")
        return None
    state = use.state
    if found.has(*tool.folder.split()):
        state = state.copy()
        state.enter(state.paths(found.value(*tool.folder.split())))
    row = tool.ways.get(first)
    if row is not None:
        return use.reworded([words[0], *words[found.at + 1 :]], state), row
    if tool.other is not None:
        return use.reworded([words[0], *words[found.at :]], state), tool.other
    return None


def _read(words: list[Field], row: Wrapper) -> tuple[Options, list[Field]]:
    """Read a program's options; give them and the words from its operands on."""
    if row.behind:
        end = words.index("--") if "--" in words else len(words)
        found = options.read(words[:end], row.grammar, permute=True)
        if end == len(words):
            return found, found.operands if row.operands else []
        return found, [*found.operands[: row.operands], *words[end + 1 :]]
    found = options.read(words, row.grammar, permute=row.how == "nothing")
    rest = found.rest(words)
    if row.resumes and not found.ended and len(rest) > row.operands:
        first = rest[: row.operands]
        again = options.read([words[0], *rest[row.operands :]], row.grammar, permute=False)
        found.given += again.given
        found.ended = again.ended
        found.strange = found.strange or again.strange
        rest = [*first, *again.rest([words[0], *rest[row.operands :]])]
    return found, rest


def _beside(use: Use, row: Wrapper, found: Options) -> bool:
    """Follow what stands in the options; say whether a command may follow."""
    hidden = [value for value in found.values(*row.hides.split()) if value not in _NO_FILES]
    shells = [value for value in found.values(*row.shells.split()) if not _is_shell(value)]
    if hidden or shells or row.hides == "*":
        use.miss(f"`{use.name}` is used in a way that is not followed")
        return False
    for value in found.values(*row.output.split()):
        if value is None or value[:1] not in ("|", "!"):
            use.ev.touch("write", value, use.name, use.state)
    _also(use, row, found)
    if not found.has(*row.texts.split()):
        return True
    state = _inner_state(use, row, found)
    for value in found.values(*row.texts.split()):
        use.source(value, state, use.stdin)
    return False


def _is_shell(path: Field) -> bool:
    name = (path or "").rpartition("/")[2]
    return name in SHELLS or name in _NO_SHELLS


def _also(use: Use, row: Wrapper, found: Options) -> None:
    """Follow the texts in the options that run beside a command, or where there is none."""
    for value in found.values(*row.pipes.split()):
        if value is not None and value[:1] in ("|", "!"):
            use.source(value[1:])
    for value in found.values(*row.also.split()):
        if value != "":
            use.source(value)
    for value in found.values(*row.binds.split()):
        for text in actions(value):
            use.source(text)
    _keyed(use, row, found)


def _keyed(use: Use, row: Wrapper, found: Options) -> None:
    """Follow the values of options like ssh's `-o ProxyCommand=...`."""
    names, _, keys = row.keyed.partition(":")
    for value in found.values(*names.split()):
        at = next((at for at, char in enumerate(value or "") if char in "= "), None)
        if value and at is not None and value[:at].lower() in keys.split():
            text = value[at + 1 :].strip("= ")
            if text.lower() != "none":
                use.source(text)
    names, _, program = row.prefixed.partition(":")
    for value in found.values(*names.split()):
        use.source(None if value is None else f"{program} {value}")


def _inner_state(use: Use, row: Wrapper, found: Options) -> State:
    """Give the state in which a program's command runs."""
    inner = use.own_state()
    if found.has(*row.folder.split()):
        inner.enter(inner.paths(found.value(*row.folder.split())))
    if row.elsewhere:
        inner = inner.new_shell()
        inner.enter((None,))
        inner.assign("HOME", None)
    return inner


def _follow(use: Use, row: Wrapper, found: Options, rest: list[Field]) -> None:
    """Run the command that stands behind a program's options."""
    state = _inner_state(use, row, found)
    if row.splits and found.ended:
        _split_again(use, row, rest, state)
        return
    command = _environment(use, rest, state) if row.assignments else list(rest)
    operands = 0 if found.has(*row.direct.split()) else row.operands
    if None in command[:operands] and len(command) <= operands and not row.entry:
        use.miss(f"it is not known what `{use.name}` runs")
        return
    command = [*_entry(row, found, command[:operands]), *command[operands:]]
    while command and (command[0] or "").startswith(row.skips):
        del command[0]
    if row.skips and command[:1] == ["--"]:
        del command[0]
    if not command and row.default:
        command = [row.default]
    if command:
        _start(use, row, found, command, state)
    elif row.interactive == "<":
        use.input()
    elif row.interactive == "*" or found.has(*row.interactive.split()):
        use.shell_of_user(state)


def _entry(row: Wrapper, found: Options, operands: list[Field]) -> list[Field]:
    """Give the program that an option or an image names, of which the words are the arguments."""
    if found.has(*row.entry.split()):
        return [found.value(*row.entry.split())]
    image = operands[-1] if operands else None
    program = row.image(image) if row.image is not None and image is not None else ""
    return [program] if program else []


def _split_again(use: Use, row: Wrapper, rest: list[Field], state: State) -> None:
    """Follow `env -S 'name=value program word'`, whose words are read once more."""
    words = split_plain(rest[0]) if rest and rest[0] is not None else None
    if words is None or any(
        (word or "")[:1] == "-" and "S" in (word or "").upper() for word in words
    ):
        use.miss(f"`{use.name}` splits text that is not plain")
        return
    use.ev.depth += 1
    if use.ev.depth > MOST_NESTING:
        use.miss("wrappers are nested too deeply")
    else:
        unwrap(use.reworded([use.words[0], *words, *rest[1:]], state), row)
    use.ev.depth -= 1


def _environment(use: Use, words: list[Field], state: State) -> list[Field]:
    """Take the `name=value` words that stand before a command: it runs with them."""
    at = 0
    while at < len(words):
        word = words[at]
        if word is None or "=" not in word:
            break
        name, _, value = word.partition("=")
        use.ev.hide(name, value, use.span, followed=True, state=state)
        state.assign(name, None if is_unknown(value) and name != "PATH" else value)
        at += 1
    return words[at:]


def _start(use: Use, row: Wrapper, found: Options, command: list[Field], state: State) -> None:
    """Run a command's words as their row says."""
    how = row.how
    if found.has(*row.direct.split()) or found.ended:
        how = "words"
    elif found.has(*row.joins.split()):
        how = "text"
    if how == "each":
        for word in command:
            use.source(word, state)
    elif how == "first":
        use.source(command[0], state, use.stdin)
    elif how == "text" or (how == "lone" and len(command) == 1):
        use.source(joined(command), state, use.stdin)
    elif how == "shell":
        use.run(["sh", *command], state, use.stdin)
    else:
        _words(use, row, found, command, state)


def joined(words: Sequence[Field]) -> Field:
    """Give the text that words make, joined by blanks; none when one is not known."""
    known = [word for word in words if word is not None and COMPUTED not in word]
    return " ".join(known) if len(known) == len(words) else None


def _words(use: Use, row: Wrapper, found: Options, command: list[Field], state: State) -> None:
    """Run words as a command, its program named in the way of its row."""
    first = command[0]
    if first is not None and first.startswith("-") and first != "-":
        use.miss(f"it is not known what `{first}` of `{use.name}` means")
        return
    if row.rename is not None and first is not None:
        first = row.rename(first)
        if first is None:
            use.miss(f"what `{use.name}` runs of `{command[0]}` is not known")
            return
        if not first:
            return
        command = [first, *command[2 if command[1:2] == ["--"] else 1 :]]
    if row.scripts:
        command = _by_python(found, command)
    if row.appends:
        command = _completed(command)
    for name in found.values(*row.names.split()):
        _under_another_name(use, name, command)
    use.run(command, state, use.stdin)


def _under_another_name(use: Use, name: Field, command: list[Field]) -> None:
    """Note a program by the name that it is told to have: some act by it."""
    if name is None:
        use.miss("the program's name is not known")
        return
    via, use.ev.via = use.ev.via, (*use.ev.via, use.name)
    use.ev.invoke([name, *command[1:]], use.span)
    use.ev.via = via


def _by_python(found: Options, command: list[Field]) -> list[Field]:
    """Give the command with which Python runs a module, a script, or what it reads."""
    first = command[0] or ""
    if found.has_exactly("m", "module"):
        return ["python", "-m", *command]
    if first == "-" or first.endswith(".py") or found.has_exactly("s", "script"):
        return ["python", *command]
    return command


def _completed(words: list[Field]) -> list[Field]:
    """Give fd's command: up to a `;`, names put where a mark stands or else behind it."""
    words = words[: words.index(";")] if ";" in words else words
    marked: list[Field] = [None if word is None or _has_mark(word) else word for word in words]
    return marked if marked != words else [*words, None]


def _has_mark(word: str) -> bool:
    return any(mark in word for mark in ("{}", "{/}", "{//}", "{.}", "{/.}"))
