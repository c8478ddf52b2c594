"""Whether the gate of a project is whole: each thing that can be wrong, looked at for real."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

from kei_gates.archive import builder
from kei_gates.audit import log
from kei_gates.cli import health_settings, scoped, trust
from kei_gates.cli.condition import INSTALL, Condition
from kei_gates.hook import store
from kei_gates.hook import trust as accepted
from kei_gates.install.errors import InstallError
from kei_gates.install.scopes import PROJECT
from kei_gates.model import Fault
from kei_gates.observe.files import write_file
from kei_gates.observe.installation import environment
from kei_gates.observe.paths import exists
from kei_gates.protocol.answer import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kei_gates.model import Places

OLDEST_CLIENT = (2, 1, 295)
"""The first client that has hooks in exec form and `onFailure` (measured)."""

_SECONDS = 20.0
_MEND = "mend the value, then see what `claude doctor` says"
_ROOM = 1 << 16
"""Bytes that must still fit on the disk of the state."""


def conditions(where: Places, started: str) -> list[Condition]:
    """Look at all of it. `started` is the folder that a person is in."""
    found = [_folder(where, started)]
    for name, look in _LOOKS.items():
        try:
            found += look(where)
        except Fault as error:
            found.append(Condition(name, "wrong", error.reason, error.remedy))
        except (InstallError, OSError, ValueError, subprocess.SubprocessError) as error:
            what, _, remedy = str(error).partition("; ")
            found.append(Condition(name, "wrong", what, remedy or INSTALL))
    return found


def _folder(where: Places, started: str) -> Condition:
    """Say where to start: the client runs no hook when it is started further down (measured)."""
    if os.path.realpath(started) == where.project:
        return Condition("folder", "ok", where.project)
    only_project = all(one.scope is PROJECT for one in scoped.holders(where.project))
    lost = "run no hooks of" if only_project else "not hold to the policy of"
    return Condition(
        "folder",
        "note",
        f"started in `{started}`, the client would {lost} `{where.project}`",
        "start it in the project's own folder",
    )


def _policy(where: Places) -> Iterator[Condition]:
    """See that the policy can be read, and that a person has accepted it as it is."""
    path = store.policy_file(where.project)
    if not exists(path) and any(map(exists, store.above(where.home).values())):
        store.build(None, where.home)
        held = " and ".join(filter(exists, store.above(where.home).values()))
        if not accepted.is_known(where):
            yield Condition("policy", "ok", f"{held}; the project has none of its own")
            return
    else:
        store.build(path, where.home)
    if trust.difference(where):
        yield Condition(
            "policy", "wrong", f"nobody has accepted `{path}` as it is", "run `kei-gates trust`"
        )
    else:
        yield Condition("policy", "ok", f"{path}, accepted")


def _state(where: Places) -> Iterator[Condition]:
    """See that what is kept of sessions can be written."""
    folder = where.state
    mark = f"{folder}/doctor"
    write_file(mark, b"\0" * _ROOM)
    os.unlink(mark)
    audit = f"{folder}/{log.FILE}"
    if os.path.lexists(audit):
        _append_nothing(audit)
    yield Condition("state", "ok", folder)


def _append_nothing(path: str) -> None:
    """Open the audit as a decision does, which is denied where that fails. Raises `Fault`."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK))
        regular = os.path.isfile(path)
    except OSError as error:
        why = error.strerror or str(error)
        raise Fault(
            f"`{path}` cannot be written: {why.lower()}", "mend it: until then calls are blocked"
        ) from None
    if not regular:
        raise Fault(f"`{path}` is not a regular file", "move it away: until then calls are blocked")


def _git(_: Places) -> Iterator[Condition]:
    """See that there is git: looking at returns needs it."""
    from kei_gates.verify.git import require

    yield Condition("git", "ok", require())


def _archive(_: Places) -> Iterator[Condition]:
    """See that the hook need not look for its modules one by one."""
    if builder.is_fresh(environment()):
        yield Condition("archive", "ok", "the hook reads the package from one file")
    else:
        what = "the hook reads the package's modules one by one, which takes about twice the time"
        yield Condition("archive", "note", what, INSTALL)


def _client(_: Places) -> Iterator[Condition]:
    """See that the client is one that runs the hooks as they are written."""
    program = shutil.which("claude")
    if program is None:
        yield Condition("client", "note", "there is no `claude` on the PATH", "look at its version")
        return
    done = subprocess.run(
        [program, "--version"],
        capture_output=True,
        check=False,
        timeout=_SECONDS,
        stdin=subprocess.DEVNULL,
    )
    found = re.match(rb"(\d+)\.(\d+)\.(\d+)", done.stdout)
    oldest = ".".join(map(str, OLDEST_CLIENT))
    if found is None or tuple(map(int, found.groups())) < OLDEST_CLIENT:
        said = found[0].decode() if found else "a client that does not say its version"
        yield Condition(
            "client", "wrong", f"`{program}` is {said}", f"update it to {oldest} or later"
        )
    else:
        yield Condition("client", "ok", f"{program}, {found[0].decode()}")


def _values(where: Places) -> Iterator[Condition]:
    """Ask the client which settings it refuses: one value, and it drops the whole file.

    `claude doctor` runs nothing that a project names (measured on client 2.1.330: no hook, server,
    helper or start-up file).
    """
    program = shutil.which("claude")
    if program is None:
        return  # said by `client`
    try:
        done = subprocess.run(
            [program, "doctor"],
            capture_output=True,
            check=False,
            cwd=where.project,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        yield Condition("values", "note", "the client does not say which settings it takes", _MEND)
        return
    refused = re.search(rb"^Invalid settings\n- ([^\n]*)", done.stdout, re.MULTILINE)
    if refused is None:
        yield Condition("values", "ok", "the client takes all settings")
    else:
        told = one_line(refused[1].decode("utf-8", "replace"))
        yield Condition("values", "wrong", f"the client drops a whole file: {told}", _MEND)


_LOOKS: dict[str, Callable[[Places], Iterator[Condition]]] = {
    **health_settings.LOOKS,
    "policy": _policy,
    "state": _state,
    "archive": _archive,
    "git": _git,
    "client": _client,
    "values": _values,
}
