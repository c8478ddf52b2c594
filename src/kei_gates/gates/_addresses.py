"""Which host an address of a repository leads to.

Sources: git-clone(1), GIT URLS; gitremote-helpers(7).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from kei_gates.shell.expand import Field

LOCAL = ""
"""Stands for a folder of this machine."""

_THROUGH_SSH = frozenset(("ssh", "git+ssh", "ssh+git"))
_PATHS = ("/", "./", "../", "~")


def host_of(address: Field) -> str | None:
    """Give the host of an address, `LOCAL` for a path; none where it cannot be known.

    A plain word is the name of a remote, or of a host that ssh's own configuration may send
    anywhere.
    """
    if address is None or "::" in address or "\\" in address or "%" in address:
        return None
    scheme, separator, rest = address.partition("://")
    if separator:
        if scheme.casefold() == "file":
            return LOCAL
        return _host(_until(rest, "/?#"), named=scheme.casefold() in _THROUGH_SSH)
    if address.startswith(_PATHS) or address in (".", ".."):
        return LOCAL
    before, colon, _ = address.partition(":")
    if address.startswith("[") or "@[" in before:
        return None
    return _host(before, named=True) if colon and "/" not in before else None


def public_host(address: Field, hosts: Iterable[str]) -> str | None:
    """Say why an address may be one of the public hosts; none when it surely is not."""
    host = host_of(address)
    if host is None:
        return f"where `{address or '...'}` leads is not known"
    for public in hosts:
        if host == public or host.endswith(f".{public}"):
            return f"`{host}` is a public host"
    return None


def _until(text: str, ends: str) -> str:
    for end in ends:
        text = text.partition(end)[0]
    return text


def _host(authority: str, *, named: bool) -> str | None:
    """Give the host of `user@host:port`; with `named`, one without a dot may be an alias."""
    host = authority.rpartition("@")[2]
    if host.startswith("["):
        return host
    host = host.partition(":")[0].casefold().rstrip(".")
    if not host or (named and "." not in host and host != "localhost"):
        return None
    return host
