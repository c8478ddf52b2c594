"""What Python's library starts and touches, from the arguments of its functions.

Source: the Python 3 library reference (`subprocess`, `os`, `pty`, `asyncio`, `pathlib`, `shutil`).
"""

from __future__ import annotations

from kei_gates.shell.python_danger import kind_of
from kei_gates.shell.python_items import as_paths
from kei_gates.shell.python_names import (
    DEFAULT_FOLDER,
    EFFECTS,
    METHOD_STARTS,
    OPENERS,
    PATH_EFFECTS,
    each_of,
)
from kei_gates.shell.python_starts import HANDLERS
from kei_gates.shell.python_values import (
    ANY,
    Arguments,
    Ref,
    Seq,
    Unknown,
    texts,
)
from kei_gates.shell.splitting import split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import EffectKind
    from kei_gates.shell.expand import Field
    from kei_gates.shell.python_calls import Calls
    from kei_gates.shell.python_follow import Follower
    from kei_gates.shell.python_values import Values
    from kei_gates.shell.started import Started

_MOST_WAYS = 16


class Sinks:
    """Writes down what calls start and touch."""

    def __init__(self, follower: Follower, started: Started, calls: Calls) -> None:
        """Take where values come from and where what is found goes."""
        self.follower = follower
        self.started = started
        self.calls = calls
        self.folders: list[Field] = []
        self.links: list[Field] = []
        self._seen: set[object] = set()

    # --- which calls --------------------------------------------------------------------------

    def call(self, path: str, function: Ref, args: Arguments) -> bool:
        """Write down what a call of a function of a module does; say whether it is known."""
        kind = kind_of(path)
        if kind is not None:
            if self.calls.reports or kind == "text":
                HANDLERS[kind](self, path, args)
            return True
        if (
            path in OPENERS
            or path in EFFECTS
            or path in ("os.open", "os.chdir", "contextlib.chdir")
        ):
            if self.calls.reports:
                self._touch(path, args)
            return path not in EFFECTS or True
        if path.startswith("pathlib.Path"):
            return self._call_path(path, function, args)
        return False

    def method(self, name: str, function: object, args: Arguments) -> bool:
        """Write down what a method does by its name, whatever it belongs to."""
        if name in METHOD_STARTS:
            kind, behind = METHOD_STARTS[name]
            if self.calls.reports:
                HANDLERS[kind](self, name, args.behind(behind))
            return True
        if not isinstance(function, Unknown) or "pathlib" not in self.follower.code.modules:
            return False
        if name == "open" and len(args.positional) == 1 and self._writes(args, 0):
            self._add("write", [None])
        if name in ("rename", "replace") and (len(args.positional) != 1 or args.keywords):
            return False
        if name in PATH_EFFECTS and self.calls.reports:
            self._path_effect(name, [None], args)
        return False

    def _call_path(self, path: str, function: Ref, args: Arguments) -> bool:
        name = path.rpartition(".")[2]
        unbound = path == f"pathlib.Path.{name}"
        if not self.calls.reports or (name not in PATH_EFFECTS and name != "open"):
            return name in PATH_EFFECTS
        if unbound:
            of = texts(as_paths(self.follower.at(args, 0) or ANY))
            args = args.behind(1)
        elif path == f"pathlib.Path().{name}" and function.given is not None:
            of = texts(as_paths(self.follower.force(function.given.positional[0])))
        elif _PATH_GIVING.issuperset(path.split(".")[2:-1]):
            of = [None]
        else:
            return False
        if name in PATH_EFFECTS:
            self._path_effect(name, of, args)
        elif self._writes(args, 0):
            self._add("write", of)
        return True

    def _path_effect(self, name: str, of: list[Field], args: Arguments) -> None:
        kind, tree = PATH_EFFECTS[name]
        self._add(kind, of, tree=tree)
        if name in ("rename", "replace", "hardlink_to"):
            self._add(
                "write", texts(as_paths(self.follower.at(args, 0, "target") or ANY)), tree=tree
            )
        if name == "symlink_to":
            self.links += of

    # --- files --------------------------------------------------------------------------------

    def _touch(self, path: str, args: Arguments) -> None:
        if path in ("os.chdir", "contextlib.chdir"):
            self.folders += texts(as_paths(self.follower.at(args, 0, "path") or ANY))
            return
        if path == "os.open":
            flags = self.follower.at(args, 1, "flags") or ANY
            if not all(isinstance(each, Ref) and each.path == "os.O_RDONLY" for each in flags):
                self._add("write", self._paths(args, 0, "path"))
            return
        if path in OPENERS:
            if self._writes(args, OPENERS[path]):
                names = ("file", "filename", "path", "name")
                name = next((each for each in names if each in args.keywords), "file")
                self._add("write", self._paths(args, 0, name))
            return
        for kind, place, name, tree in EFFECTS[path]:
            missing = self.follower.at(args, place, name) is None
            if missing and path == "urllib.request.urlretrieve":
                continue
            default: list[Field] = ["."] if missing and path in DEFAULT_FOLDER else [None]
            self._add(kind, default if missing else self._paths(args, place, name), tree=tree)
        if path == "os.symlink":
            self.links += self._paths(args, 1, "dst")

    def _paths(self, args: Arguments, place: int, name: str) -> list[Field]:
        values = as_paths(self.follower.at(args, place, name) or ANY)
        return texts(tuple(value for value in values if not isinstance(value, int)))

    def _writes(self, args: Arguments, place: int) -> bool:
        """Whether a mode, if there is one, may be one that writes."""
        modes = self.follower.at(args, place, "mode")
        if modes is None:
            return False
        return any(not isinstance(mode, str) or set(mode) & set("wax+") for mode in modes)

    def touch_unknown(self, path: str) -> None:
        """Note a function that changes files and is handed on."""
        if self.calls.reports:
            for kind, _, _, tree in EFFECTS[path]:
                self._add(kind, [None], tree=tree)

    def _add(self, kind: EffectKind, paths: list[Field], *, tree: bool = False) -> None:
        if self.calls.reports:
            self.started.effects += [(kind, path, tree) for path in paths]

    def finish(self) -> None:
        """Add where else relative paths may lead, and what was only mentioned."""
        for name in self.follower.loaded:
            self.program([name.rpartition(".")[2].replace("?", "") or None, None])
        found: dict[tuple[EffectKind, Field, bool], None] = {}
        for kind, path, tree in self.started.effects:
            found[kind, path, tree] = None
            if path is not None and not path.startswith("/"):
                for folder in dict.fromkeys(self.folders):
                    known = folder is not None and len(set(self.folders)) == 1
                    found[kind, f"{folder}/{path}" if known else None, tree] = None
            if path is not None and any(_lies_behind(path, link) for link in self.links):
                found[kind, None, tree] = None
        self.started.effects = list(found)
        self.started.unseen = list(dict.fromkeys([*self.started.unseen, *self.follower.unseen]))

    # --- programs -----------------------------------------------------------------------------

    def program(self, words: list[Field]) -> None:
        """Note a program, once."""
        if words and self._is_new(("program", *words)):
            self.started.programs.append(words)

    def source(self, text: Field) -> None:
        """Note a shell source, once."""
        if self._is_new(("source", text)):
            self.started.sources.append(text)

    def script(self, path: Field) -> None:
        """Note a file of Python code, once."""
        if self._is_new(("script", path)):
            self.started.scripts.append(path)

    def _is_new(self, found: tuple[Field, ...]) -> bool:
        new = found not in self._seen
        self._seen.add(found)
        return new

    def miss(self, why: str) -> None:
        """Note what was not seen."""
        self.started.unseen.append(why)

    def given_texts(self, args: Arguments, place: int, *names: str) -> list[Field]:
        """Give what a text in the arguments may be."""
        values = self.follower.at(args, place, next((n for n in names if n in args.keywords), ""))
        return [None] if values is None else texts(as_paths(values))

    def lists(self, values: Values | None) -> list[list[Field]]:
        """Give the words that an argument may hold."""
        found: list[list[Field]] = []
        for value in ANY if values is None else values:
            if isinstance(value, Seq):
                found += _ways(value)
            else:
                found += [_split(text) for text in texts(as_paths((value,)))]
        return found

    def rest(self, args: Arguments, place: int) -> list[Field]:
        """Give the words that stand in the arguments themselves."""
        words: list[Field] = []
        for thunk in args.positional[place:]:
            each = texts(as_paths(self.follower.force(thunk)))
            words.append(each[0] if len(each) == 1 else None)
        return [*words, None] if args.more else words


# What leads from a path to another one.
_PATH_GIVING = frozenset(
    each_of(
        "parent with_suffix() with_name() with_stem() joinpath() resolve() absolute() "
        "expanduser() home() relative_to() readlink() rename() replace()"
    )
)


def _lies_behind(path: str, link: Field) -> bool:
    return link is None or path == link or path.startswith(f"{link}/")


def _split(text: Field) -> list[Field]:
    """Give the words of a command that is one text."""
    if text is None:
        return [None]
    words = split(text)
    return [text] if words is None else [*words]


def _ways(of: Seq) -> list[list[Field]]:
    """Give the lists of words that a list may be."""
    if not of.items:
        return [[None]] if of.rest else []
    ways: list[list[Field]] = [[]]
    for item in of.items:
        choices = texts(as_paths(item)) or [None]
        if len(choices) * len(ways) > _MOST_WAYS:
            choices = [None]
        ways = [[*way, choice] for way in ways for choice in choices]
    return [[*way, None] for way in ways] if of.rest else ways
