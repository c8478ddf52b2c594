"""Deny what destroys work or the machine for good.

What it does: for every role, asks the person in the main thread, and denies to subagents: deleting
all of the machine, a folder of the system, the home folder, the project, a repository or its
`.git`; deleting a path that would be one of these if a variable in it were empty; writing to a
disk, new file systems and partitions; changing modes or owners of all of these; and what git
throws away: changes that are not committed, stashes, branches and what others have pushed. What
anything is called or how it is spelled makes no difference. Single files, folders of the project
and temporary ones pass. What cannot be seen is left to the gates that allow only what they know.
Why: nothing of this can be undone, and it is one wrong path away from what is done all day.
Instead: name the folder plainly, keep changes with `git stash` or a commit, or report what should
be removed and why.
"""

from __future__ import annotations

from kei_gates.model import Abstain, Ask, Deny
from kei_gates.model import Params as BaseParams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from kei_gates.model import Event, Verdict

ALWAYS = "last"


class Params(BaseParams):
    """No parameters."""


# Which tables are needed; the rest is loaded only for these.
_GIT = ("git", "hub", "yadm", "hg", "chg", "rhg", "sl", "jj", "svn", "gh", "glab", "bfg")
_DEVICES = "/dev/"
_DELETES = "delete"


def check(event: Event, params: Params) -> Verdict:  # noqa: ARG001 -- the gates' common signature
    """Judge every command and every target; ask a person where there is one."""
    found = _in_commands(event) or _in_targets(event)
    if found is None:
        return Abstain()
    reason, instead = found
    if event.call.principal.is_subagent:
        return Deny(reason, f"{instead}, or report what should be done and why")
    return Ask(reason, f"{instead}, or let the person decide")


def _in_commands(event: Event) -> tuple[str, str] | None:
    """Give what a command destroys, and what to do instead."""
    for invocation in event.analysis.invocations:
        name = invocation.program.casefold().removesuffix(".exe")
        if name in _GIT or name.startswith("git-"):
            from kei_gates.gates._destructive_git import objection  # noqa: PLC0415 -- see above
        elif name in _DISKS or name.startswith(("mkfs.", "newfs_")):
            from kei_gates.gates._destructive_disks import objection  # noqa: PLC0415 -- see above
        else:
            continue
        found = objection(name, invocation, event)
        if found is not None:
            return found
    return None


def _in_targets(event: Event) -> tuple[str, str] | None:
    """Give what is destroyed with a file or folder, and what to do instead."""
    analysis = event.analysis
    if (
        analysis.if_empty
        or any(one.kind == _DELETES or one.by in _CHANGING for one in analysis.effects)
        or any(f"{one.real} {one.spelled}".find(_DEVICES) >= 0 for one in event.targets)
    ):
        from kei_gates.gates._destructive_files import objection  # noqa: PLC0415 -- see above

        return objection(event)
    return None


# Programs that change what files may be used for.
_CHANGING = frozenset(("chattr", "chgrp", "chmod", "chown", "setfacl"))
# Programs for disks and file systems: those of `_destructive_disks`.
_DISKS = frozenset(
    (
        "asr", "badblocks", "blkdiscard", "btrfs", "cfdisk", "cryptsetup", "dc3dd", "dcfldd",
        "ddrescue", "diskutil", "dmsetup", "fdisk", "flashrom", "gdisk", "hdparm", "lvm",
        "lvremove", "mdadm", "mke2fs", "mkdosfs", "mkfs", "mkntfs", "mkswap", "newfs", "nvme",
        "nwipe", "parted", "pvremove", "sfdisk", "sg_format", "sg_sanitize", "sgdisk", "vgremove",
        "wipefs", "zfs", "zpool",
    )
)  # fmt: skip
