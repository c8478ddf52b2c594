"""Requests in code to the services that run compute: with `requests`, `fetch`, `Net::HTTP` or any.

Which requests count is told by `_kill_rest`; here it is found, in any language, which address code
names, and whether it sends more there than reads. Sources: the references of requests 2.32, httpx
0.27, aiohttp 3.10 and urllib of Python 3.13; of fetch and axios 1.7; of Ruby's Net::HTTP.
"""

from __future__ import annotations

from kei_gates.gates._kill_rest import HOSTS, counts

# Whether a code with one of these parts of names is looked at more closely.
_PARTS = tuple(host.removeprefix("*.") for host in HOSTS)
_ADDRESS = (
    r"(?:https?://)?(?:[\w*-]+\.)+[a-z]{2,}(?::\d+)?(?:/[^\s'\"`<>,]*)?|localhost:\d+[^\s'\"`<>,]*"
)
# What sends more than a read, and what deletes.
_WRITES = (
    r"\.\s*(?:post|put|patch|delete)(?:_async|Async)?\s*\(|\bNet::HTTP::(?:Post|Put|Patch|Delete)\b"
    r"|(?P<q>['\"`])(?:POST|PUT|PATCH|DELETE)(?P=q)|\burlopen\([^()]*,\s*(?:data\s*=|[^)\s])"
)
_DELETES = r"\.\s*delete(?:_async|Async)?\s*\(|Net::HTTP::Delete\b|['\"`]DELETE['\"`]"
# How far from its address a method may stand.
_BEFORE, _BEHIND = 60, 160


def ended(code: str) -> str | None:
    """Give the first address that a code sends an end to; none where there is none."""
    if not any(part in code for part in _PARTS) and "localhost:" not in code:
        return None
    import re  # noqa: PLC0415 -- only for code that names such a service

    if re.search(_WRITES, code, re.IGNORECASE) is None:
        return None
    for match in re.finditer(_ADDRESS, code):
        near = code[max(match.start() - _BEFORE, 0) : match.end() + _BEHIND]
        method = "DELETE" if re.search(_DELETES, near, re.IGNORECASE) else "POST"
        if counts(method, match.group(), code):
            return f"{method} {match.group()}"
    return None
