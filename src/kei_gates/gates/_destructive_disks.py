"""Which commands for disks and file systems destroy what is on them.

Sources: the manual pages of util-linux 2.38, e2fsprogs 1.47, gdisk 1.0, parted 3.5, cryptsetup 2.6,
lvm2, mdadm 4.2, hdparm, nvme-cli 2.3, OpenZFS 2.1 and btrfs-progs 6.2; diskutil(8) of macOS 14.
"""

from __future__ import annotations

from kei_gates.gates._wording import shorten
from kei_gates.shell.options import Grammar, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Final

    from kei_gates.model import Event, Invocation
    from kei_gates.shell.expand import Field

INSTEAD = "leave disks and file systems as they are"
# Disks and what they are made of, by how the name behind `/dev/` begins. Where a letter or a number
# must follow, `a` or `0` stands for it.
_DISKS = (
    "bcache0", "block/", "disk0", "disk/", "dm-0", "drbd0", "hda", "loop0", "mapper/", "md0",
    "md/", "mmcblk0", "mtd0", "mtdblock0", "nbd0", "nvme0", "pmem0", "ram0", "rbd0", "rdisk0",
    "sda", "sg0", "sr0", "ubi0", "vda", "xvda", "zd0", "zvol/",
)  # fmt: skip
_NO_DISKS = frozenset(("/dev/null", "/dev/random", "/dev/urandom", "/dev/zero"))
_MEMORY = frozenset(("kmem", "mem", "port"))
_DEVICES = "/dev/"


def is_disk(path: str) -> bool:
    """Say whether a path is that of a disk, a part of one, or the machine's memory."""
    name = path[len(_DEVICES) :] if path.startswith(_DEVICES) else ""
    return name in _MEMORY or any(_matches(name, known) for known in _DISKS)


def _matches(name: str, known: str) -> bool:
    if known.endswith("/"):
        return name.startswith(known) and name not in ("mapper/", "mapper/control")
    follows = name[len(known) - 1 : len(known)]
    if not name.startswith(known[:-1]):
        return False
    return follows.isdecimal() if known.endswith("0") else follows.isalpha()


class Row:
    """How a program destroys what is on a disk.

    It does so only with one of the options `needs` and without any of `unless`, or with one of the
    `verbs` (in small letters) as its operand number `at`. With `names`, its operands are no devices
    but names of what it destroys; without, one of them must be a device, or not known.
    """

    __slots__ = ("at", "grammar", "names", "needs", "unless", "verbs")

    def __init__(  # noqa: PLR0913 -- a record has as many arguments as fields
        self,
        grammar: Grammar | None = None,
        *,
        needs: str = "",
        unless: str = "",
        verbs: str = "",
        at: int = 0,
        names: bool = False,
    ) -> None:
        """Take sets as strings, separated by blanks, or by `|` for verbs."""
        self.grammar: Final = grammar or Grammar()
        self.needs: Final = tuple(needs.split())
        self.unless: Final = ("help", "version", *unless.split())
        self.verbs: Final = [verb.split() for verb in verbs.split("|") if verb]
        self.at: Final = at
        self.names: Final = names


_FORMAT = Row(Grammar("tLbCmMONEGgIiJjlrTUdeos"), unless="V h")
_REMOVE = Row(Grammar("AS"), names=True, unless="t test h")
ROWS: dict[str, Row] = {
    "mkfs": _FORMAT,
    "mke2fs": _FORMAT,
    "mkdosfs": _FORMAT,
    "mkntfs": _FORMAT,
    "newfs": _FORMAT,
    "mkswap": Row(Grammar("pLUv"), unless="V h"),
    "wipefs": Row(Grammar("ot", "offset types"), needs="a all o offset", unless="n no-act"),
    "blkdiscard": Row(Grammar("olp", "offset length step")),
    "fdisk": Row(Grammar("bCHLStou"), unless="l list x s getsz V h"),
    "cfdisk": Row(Grammar("L"), unless="r read-only h V"),
    "sfdisk": Row(
        Grammar("NXYWwOo"),
        unless="l list d dump J json F list-free V verify T list-types s show-size "
        "g show-geometry n no-act h v",
    ),
    "gdisk": Row(unless="l"),
    "sgdisk": Row(
        Grammar("abcdeAikmnNprtTu"),
        needs="Z z o d n t g m R zap zap-all clear delete new typecode mbrtogpt gpttombr replicate "
        "load-backup largest-new",
        unless="P pretend",
    ),
    "parted": Row(
        Grammar("a"), verbs="mklabel|mktable|mkpart|mkpartfs|rm|resize|resizepart|rescue", at=1
    ),
    "badblocks": Row(Grammar("bcdepto"), needs="w"),
    "hdparm": Row(
        needs="security-erase security-erase-enhanced trim-sector-ranges make-bad-sector "
        "dco-restore write-sector"
    ),
    "mdadm": Row(Grammar("lnxc"), needs="zero-superblock C create"),
    "nvme": Row(verbs="format|sanitize|write-zeroes|dsm|delete-ns"),
    "sg_format": Row(needs="F format"),
    "sg_sanitize": Row(needs="B block C crypto O overwrite"),
    "nwipe": Row(),
    "flashrom": Row(Grammar("pc"), needs="w write E erase", names=True),
    "cryptsetup": Row(
        Grammar("chslipb", "type cipher hash key-size key-file uuid"),
        verbs="luksformat|lukserase|erase|luksremovekey|lukskillslot|reencrypt",
    ),
    "diskutil": Row(
        verbs="erasedisk|erasevolume|eraseoptical|erasecd|zerodisk|randomdisk|secureerase|reformat"
        "|partitiondisk|splitpartition|mergepartitions|apfs deletecontainer|apfs deletevolume"
        "|apfs erasevolume|appleraid delete|corestorage delete|corestorage deletevolume",
        names=True,
    ),
    "asr": Row(Grammar(long="source target"), needs="erase", names=True),
    "zpool": Row(verbs="destroy|labelclear", names=True),
    "zfs": Row(verbs="destroy|rollback", names=True, unless="n"),
    "btrfs": Row(verbs="subvolume delete|device delete|device remove", names=True),
    "dmsetup": Row(verbs="remove|remove_all|wipe_table", names=True),
    "lvremove": _REMOVE,
    "vgremove": _REMOVE,
    "pvremove": _REMOVE,
}
# Programs whose words are `name=value`, and the names of what they write to.
_WRITING = {"dcfldd": ("of",), "dc3dd": ("of", "hof", "wipe", "hwipe")}


def objection(name: str, invocation: Invocation, event: Event) -> tuple[str, str] | None:
    """Give what a command for disks destroys, and what to do instead."""
    del event
    words = [*invocation.argv]
    if name == "lvm" and len(words) > 1:
        name, words = words[1] or "", words[1:]
    if not _destroys(name, words):
        return None
    return f"`{shorten(str(invocation))}` destroys what is on a disk", INSTEAD


def _destroys(name: str, words: Sequence[Field]) -> bool:
    if name in _WRITING:
        written = [(word or "").partition("=") for word in words[1:]]
        return any(key in _WRITING[name] and is_disk(value) for key, _, value in written)
    if name == "ddrescue":
        targets = read(words, Grammar("bcT"), permute=True).operands[1:2]
        return any(is_disk(word or "") for word in targets)
    row = _FORMAT if name.startswith(("mkfs.", "newfs_")) else ROWS.get(name)
    if row is None:
        return False
    found = read(words, row.grammar, permute=True)
    if found.has_exactly(*row.unless) or (row.needs and not found.has(*row.needs)):
        return False
    if row.verbs and not any(_begins(found.operands[row.at :], verb) for verb in row.verbs):
        return False
    operands = found.operands
    return bool(operands) if row.names else any(_is_device(word) for word in words[1:])


def _begins(operands: Sequence[Field], verb: Sequence[str]) -> bool:
    return [(word or "").casefold() for word in operands[: len(verb)]] == [*verb]


def _is_device(word: Field) -> bool:
    """Whether a word is a device, or one that is not known."""
    if word is None:
        return True
    device = word if word.startswith("/") else f"{_DEVICES}{word}"  # macOS takes both
    return is_disk(device) or (word.startswith(_DEVICES) and word not in _NO_DISKS)
