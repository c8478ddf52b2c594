"""Which words can only mean processes that the command itself has started by then.

Sources: lsof(8) 4.95; fuser(1) of psmisc 23.6; ip(7), `ip_local_port_range`.
"""

from __future__ import annotations

from kei_gates.shell.origins import PIPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from kei_gates.model import Event
    from kei_gates.particulars import Origin
    from kei_gates.shell.expand import Field

_OF_PORTS = frozenset(("fuser", "kill-port", "lsof"))
# Below are those of services elsewhere; from the other on, Linux gives them to clients.
_LEAST_PORT, _FIRST_PASSING = 1024, 32768


def are_own(origins: Sequence[Origin], event: Event) -> bool:
    """Say whether what words come from are jobs of the command's own.

    A file that is not there yet holds nothing but what the command itself writes into it.
    """
    rest = [origin for origin in origins if origin.kind != "job"]
    files = [origin.words[0] if origin.kind == "file" else None for origin in rest]
    return len(rest) < len(origins) and all(
        path is not None and path[:1] == "/" and event.look(path).kind == "missing"
        for path in files
    )


def is_by_port(words: Sequence[Field]) -> bool:
    """Say whether a command finds processes by ports on which only servers are found."""
    program = (words[0] or "").rpartition("/")[2] if words else ""
    if program not in _OF_PORTS or None in words:
        return False
    text = "".join(
        char if char.isdecimal() and char.isascii() else " "
        for word in words[1:]
        if word != PIPE
        for char in f"{word} "
    )
    ports = [int(number[:6]) for number in text.split()]
    return bool(ports) and all(_LEAST_PORT <= port < _FIRST_PASSING for port in ports)
