"""Put the contents of the page of `kei-gates report` into its template.

A call may hold any markup. The template escapes whatever it is given, and the page's own policy
(Content-Security-Policy) lets nothing run or load but the style and the script that are known here
by their hashes.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from time import time
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from kei_gates import __version__
from kei_gates.cli.audit_options import local

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from kei_gates.cli.page_contents import Contents

_FOLDER = "page"
_KEPT = frozenset("\n\t")


def render(contents: Contents, unread: int) -> bytes:
    """Give the page as UTF-8; `unread` lines of the audit are said to be left out."""
    style, script = _own("page.css"), _own("page.js")
    text = (
        _environment()
        .from_string(_own("page.html.jinja"))
        .render(
            **contents.values(),
            csp=_policy(style, script),
            style=Markup(style),  # noqa: S704 -- our own file
            script=Markup(script),  # noqa: S704 -- our own file
            made=time(),
            zone=f"{local(time()):%Z}",
            version=__version__,
            unread=unread,
        )
    )
    return text.encode("utf-8")


def _environment() -> Environment:
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        time=lambda at: f"{local(at):%Y-%m-%d %H:%M:%S}",
        counted=lambda count, what: f"{count} {what}{'' if count == 1 else 's'}",
        decided=lambda decision: {"ask": "asked", "deny": "denied"}.get(decision, decision),
        share=_share,
    )
    return made


def _shown(value: object) -> object:
    """Show what is not printable (control, direction, lone surrogates) as an escape."""
    if type(value) is not str or value.isprintable():
        return value
    return "".join(
        char
        if char.isprintable() or char in _KEPT
        else char.encode("unicode_escape").decode("ascii")
        for char in value
    )


def _share(counts: Counter[str], all_: Sequence[tuple[str, Counter[str]]]) -> str:
    """Give the length of a bar, in percent of the longest."""
    return f"{100 * counts.total() / max(one.total() for _, one in all_):.1f}"


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}'"


def _own(name: str) -> str:
    return files("kei_gates.cli").joinpath(_FOLDER, name).read_text("utf-8")
