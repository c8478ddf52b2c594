"""Find the repository of a checkout, and those settings that only say how files lie in it.

Nothing is looked for above the given root, and nothing is believed that git itself would not need:
a linked worktree must be known to its repository, and one that the client has made for an agent
must belong to the checkout that it lies in.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from kei_gates.model import Fault, Value
from kei_gates.observe.checkouts import WORKTREES, folds_case
from kei_gates.observe.files import read_file
from kei_gates.verify.git import effective_config

if TYPE_CHECKING:
    from typing import Final

_LARGEST_POINTER = 1 << 16
# Settings that say how a file lies in the working tree, and that cannot run anything.
_CARRIED = (
    "core.autocrlf",
    "core.bigfilethreshold",
    "core.checkroundtripencoding",
    "core.eol",
    "core.filemode",
    "core.longpaths",
    "core.precomposeunicode",
    "core.symlinks",
)
_TRUE = ("", "true", "yes", "on", "1")


class RuleFile(Value):
    """A file of ignore rules outside the working tree.

    `changed_at` says when it, the way to it, or the setting that names it was last changed, in ns
    since the epoch. `is_shared` says that it is of the user and not of this repository.
    """

    __slots__ = ("changed_at", "is_shared", "path")

    def __init__(self, path: str, changed_at: int, *, is_shared: bool) -> None:
        self.path: Final = path
        self.changed_at: Final = changed_at
        self.is_shared: Final = is_shared


class Repository(Value):
    """A checkout and what git keeps for it.

    `root` is the folder of the checkout, absolute, links resolved. `git_dir` is its own git folder,
    `common` the one that it shares with other checkouts. `settings` are `KEY=VALUE` words for git
    that say how files lie there; `attributes` the files of attributes outside the working tree, the
    weakest first; `attributes_changed` says when each, or what names it, was last changed, in ns
    since the epoch, 0 for one that is not there.
    """

    __slots__ = (
        "attributes",
        "attributes_changed",
        "common",
        "git_dir",
        "is_sparse",
        "object_format",
        "root",
        "rule_files",
        "settings",
    )

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        root: str,
        *,
        git_dir: str,
        common: str,
        object_format: str,
        settings: tuple[str, ...],
        attributes: tuple[str, ...],
        attributes_changed: tuple[int, ...],
        rule_files: tuple[RuleFile, ...],
        is_sparse: bool,
    ) -> None:
        self.root: Final = root
        self.git_dir: Final = git_dir
        self.common: Final = common
        self.object_format: Final = object_format
        self.settings: Final = settings
        self.attributes: Final = attributes
        self.attributes_changed: Final = attributes_changed
        self.rule_files: Final = rule_files
        self.is_sparse: Final = is_sparse

    @property
    def is_linked(self) -> bool:
        """Whether it is a further worktree of a repository."""
        return self.git_dir != self.common

    def has(self, key: str) -> bool:
        """Say whether a setting that is carried over is true."""
        found = [word for word in self.settings if word.startswith(f"{key}=")]
        return bool(found) and found[-1].partition("=")[2].casefold() in _TRUE

    def lacks(self, key: str) -> bool:
        """Say whether a setting that is carried over is there, and false."""
        return any(word.startswith(f"{key}=") for word in self.settings) and not self.has(key)


def find(root: str) -> Repository:
    """Give the repository of a checkout, from the top folder of it.

    Raises `Fault` where that is none, or where git cannot read its settings.
    """
    root = os.path.realpath(root)
    git_dir = _git_dir(root)
    common = _common(root, git_dir)
    _refuse_devices({git_dir, common})
    settings = _Settings(effective_config(git_dir))
    words = [
        f"{key}={settings.last[key]}" for key in _CARRIED if settings.last.get(key) is not None
    ]
    # looked for, not asked for: a false word would let `target/` ignore `Target/`
    words.append(f"core.ignorecase={str(folds_case(root)).lower()}")
    attributes, changed = _attributes(root, settings, common)
    return Repository(
        root,
        git_dir=git_dir,
        common=common,
        object_format=settings.last.get("extensions.objectformat") or "sha1",
        settings=tuple(words),
        attributes=attributes,
        attributes_changed=changed,
        rule_files=tuple(_rule_files(root, settings, common)),
        is_sparse=(settings.last.get("core.sparsecheckout") or "false").casefold() in _TRUE,
    )


def is_checkout(root: str) -> bool:
    """Say whether a folder is the top of a checkout, or means to be."""
    return os.path.lexists(f"{root}/.git")


def top_of(path: str) -> str | None:
    """Give the checkout that a path lies in; none for none."""
    path = os.path.realpath(path)
    while not is_checkout(path):
        if path == "/":
            return None
        path = os.path.dirname(path)
    return path


def _git_dir(root: str) -> str:
    """Follow `.git`. Raises `Fault`."""
    at = f"{root}/.git"
    try:
        if stat.S_ISDIR(os.stat(at).st_mode):
            return _checked(os.path.realpath(at), root)
        text = os.fsdecode(read_file(at, _LARGEST_POINTER))
    except OSError as error:
        raise Fault(
            f"`{root}` is no checkout of git: {error.strerror or error}",
            "name the top folder of one, or mend its `.git`",
        ) from None
    if not text.startswith("gitdir: "):
        raise Fault(f"`{at}` names no git folder", "mend it with `git worktree repair`")
    leads = os.path.join(root, text.removeprefix("gitdir: ").rstrip("\r\n"))
    return _checked(os.path.realpath(leads), root)


def _checked(git_dir: str, root: str) -> str:
    if not os.path.lexists(f"{git_dir}/HEAD"):
        raise Fault(
            f"the `.git` of `{root}` leads to `{git_dir}`, which is no git folder",
            "mend it with `git worktree repair`",
        )
    return git_dir


def _common(root: str, git_dir: str) -> str:
    """Give the folder that checkouts share. Raises `Fault` where the two do not know each other."""
    try:
        text = os.fsdecode(read_file(f"{git_dir}/commondir", _LARGEST_POINTER)).rstrip("\r\n")
        common = os.path.realpath(os.path.join(git_dir, text))
        back = os.fsdecode(read_file(f"{git_dir}/gitdir", _LARGEST_POINTER)).rstrip("\r\n")
    except FileNotFoundError:
        common, back = git_dir, f"{root}/.git"
    except OSError as error:
        raise Fault(
            f"the git folder `{git_dir}` cannot be read: {error.strerror or error}",
            "mend it with `git worktree repair`",
        ) from None
    back = os.path.join(git_dir, back)
    if os.path.realpath(os.path.dirname(back)) != root:
        raise Fault(
            f"`{git_dir}` is the git folder of `{os.path.dirname(back)}`, not of `{root}`",
            "mend it with `git worktree repair`",
        )
    owner, inside, _ = root.partition(f"/{WORKTREES}/")
    if inside and is_checkout(owner) and common != _common(owner, _git_dir(owner)):
        raise Fault(
            f"`{root}` is no worktree of `{owner}`: its `.git` leads to `{common}`",
            "mend it with `git worktree repair`, or make the worktree again",
        )
    return common


def _refuse_devices(folders: set[str]) -> None:
    """Raise `Fault` where git would read from a pipe or a device, and wait for ever.

    That holds for what always lies at its place; a pipe among references and objects runs into the
    time limit of git's run.
    """
    for folder in sorted(folders):
        for part in ("", "/info", "/objects/info"):
            for name in _names(f"{folder}{part}"):
                path = f"{folder}{part}/{name}"
                try:
                    found = os.stat(path).st_mode
                except OSError:
                    continue  # it leads nowhere: git says so
                is_device = stat.S_ISFIFO(found) or stat.S_ISCHR(found) or stat.S_ISBLK(found)
                if is_device and os.path.realpath(path) != os.devnull:
                    raise Fault(f"`{path}` is a pipe or a device and no file", "remove it")


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


class _Settings:
    """The last value of each key, and of which file and scope it is."""

    __slots__ = ("last", "own", "shared")

    def __init__(self, listed: bytes) -> None:
        self.last: Final[dict[str, str]] = {}
        self.shared: Final[dict[str, tuple[str, str]]] = {}
        """Values and origins of the user's and the system's own."""
        self.own: Final[dict[str, tuple[str, str]]] = {}
        """Those of this repository."""
        fields = listed.split(b"\0")
        for scope, origin, entry in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
            key, has_value, value = os.fsdecode(entry).partition("\n")
            # a key without a value is true
            self.last[key] = value if has_value else "true"
            part = self.shared if scope in (b"system", b"global") else self.own
            part[key] = (self.last[key], os.fsdecode(origin).removeprefix("file:"))


def _user_file(name: str) -> str:
    folder = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return f"{folder}/git/{name}"


def _named(root: str, named: str | None, usual: str) -> str:
    """Give the file that a setting names, the usual one without such; an empty name is none."""
    if named is None:
        return _user_file(usual)
    return os.path.join(root, os.path.expanduser(named)) if named else os.devnull


def _attributes(
    root: str, settings: _Settings, common: str
) -> tuple[tuple[str, str], tuple[int, int]]:
    """Give the files of attributes outside the working tree, and when each was last changed."""
    key = "core.attributesfile"
    named, origin = settings.own.get(key) or settings.shared.get(key) or (None, "")
    user, local = _named(root, named, "attributes"), f"{common}/info/attributes"
    return (user, local), (_last_change(user, [origin]), _last_change(local, []))


def _rule_files(root: str, settings: _Settings, common: str) -> list[RuleFile]:
    """Give the files of ignore rules outside the working tree that are there."""
    named, origin = settings.shared.get("core.excludesfile", (None, ""))
    found = [_rule_file(_named(root, named, "ignore"), [origin], is_shared=True)]
    named, origin = settings.own.get("core.excludesfile", (None, ""))
    if named:
        found.append(_rule_file(_named(root, named, ""), [origin], is_shared=False))
    exclude = f"{common}/info/exclude"
    found.append(_rule_file(exclude, [os.path.dirname(exclude)], is_shared=False))
    return [one for one in found if one is not None]


def _rule_file(path: str, also: list[str], *, is_shared: bool) -> RuleFile | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return RuleFile(path, _last_change(path, also), is_shared=is_shared)


def _last_change(path: str, also: list[str]) -> int:
    """Say when a file, the way to it, or what names it was last changed; 0 without the file."""
    times = [0]
    for look, one in ((os.stat, path), *((os.lstat, one) for one in (path, *also))):
        try:
            times.append(look(one).st_ctime_ns)
        except OSError:
            if one == path:
                return 0
            continue  # a setting of a command line has no file
    return max(times)
