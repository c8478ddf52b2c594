"""The pages that are made from the command line: `docs/commands.md` and the man page.

    pytest tests/cli/test_pages.py --write-pages

writes them anew. argparse-manpage makes the part of the man page that the parsers tell; the rest
is `docs/man/sections.toml`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from argparse_manpage.manpage import Manpage  # type: ignore[import-untyped]  # it has no types

from kei_gates.cli.main import build_parser
from tests.cli.tree import commands

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS, MAN = DOCS / "commands.md", DOCS / "man/kei-gates.1"
SECTIONS: dict[str, Any] = tomllib.loads((DOCS / "man/sections.toml").read_text())
_HEAD = """# Commands

Made from the command line itself; `kei-gates COMMAND --help` prints the same, `man kei-gates` too
where the environment's `bin` is in PATH. What the capabilities are is in
[capabilities.md](capabilities.md).
"""


def markdown() -> str:
    """Give the page of all commands."""
    tree = commands(build_parser())
    told = {path: tree[path[:-1]].help[path[-1]] for path in tree if path}
    rows = [f"| [`{_full(path)}`](#{_full(path).replace(' ', '-')}) | {what} |"
            for path, what in told.items()]  # fmt: skip
    parts = [_HEAD, "| command | what it does |\n|---|---|\n" + "\n".join(rows) + "\n"]
    parts += [_section(path, one.parser) for path, one in tree.items() if path]
    return "\n".join(parts)


def _full(path: tuple[str, ...]) -> str:
    return " ".join(("kei-gates", *path))


def _section(path: tuple[str, ...], parser: argparse.ArgumentParser) -> str:
    usage = " ".join(parser.format_usage().split()).removeprefix("usage: ")
    lines = [f"## `{_full(path)}`", "", str(parser.description), "", "```", usage, "```"]
    rows = [_row(action) for action in parser._actions if action.dest != "help"]  # noqa: SLF001 -- argparse shows them nowhere else
    rows = [row for row in rows if row]
    if rows:
        lines += ["", "| argument | |", "|---|---|", *rows]
    if parser.epilog:
        lines += ["", "```text", parser.epilog.rstrip("\n"), "```"]
    return "\n".join(lines) + "\n"


def _row(action: argparse.Action) -> str:
    if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 -- the same
        return ""
    value = str(action.metavar or ("" if action.nargs == 0 else "|".join(action.choices or ())))
    shown = ", ".join(f"{name} {value}".rstrip() for name in action.option_strings) or value
    return f"| `{shown}` | {action.help} |".replace("{auto|", "{auto,")


def man() -> str:
    """Give the man page, as roff."""
    parser = build_parser()
    parser.epilog = parser.description = None
    for group in parser._action_groups:  # noqa: SLF001 -- the page is divided by their titles
        if any(isinstance(one, argparse._SubParsersAction) for one in group._group_actions):  # noqa: SLF001 -- the same
            group.title = "commands"
    page = Manpage(parser, format="single-commands-section", _data={
        "project_name": "kei-gates", "manual_title": "User Commands", "date": "November 28, 2026",
    })  # fmt: skip
    page.description = "hold each Claude Code agent to its role"
    page.add_section("description", "=", _roff(SECTIONS["description"]))
    for title, table in (("exit status", "exit-status"), ("files", "files"),
                         ("environment", "environment")):  # fmt: skip
        page.add_section(title, "=", _listed(SECTIONS[table]))
    examples = {one["command"]: one["what"] for one in SECTIONS["examples"]}
    page.add_section("examples", "=", _listed(examples))
    also = SECTIONS["see-also"]
    pages = ",\n".join(f".BR {one.replace('(', ' (')}" for one in also["pages"])
    page.add_section("see also", "=", f"{pages}\n.PP\n{_roff(also['text'])}")
    return _with_epilogs(str(page))


def _with_epilogs(page: str) -> str:
    """Put behind each command what its help says last, as it stands there."""
    tree = commands(build_parser())
    head, *rest = page.split("\n.SS ")
    end, tail = rest.pop().split("\n.SH ", 1)
    parts = []
    for path, part in zip([path for path in tree if path], [*rest, end], strict=True):
        assert part.startswith(f"\\fB{_roff(_full(path))}\\fR\n"), part
        parts.append(f"{part.rstrip()}\n.PP\n.nf\n{_roff(tree[path].parser.epilog or '')}\n.fi")
    return "\n.SS ".join([head, *parts]) + f"\n.SH {tail}"


def _listed(rows: dict[str, str]) -> str:
    return "\n".join(f".TP\n\\fB{_roff(name)}\\fR\n{_roff(what)}" for name, what in rows.items())


def _roff(text: str) -> str:
    """Write a text as roff: nothing in it is taken for a request or an escape."""
    text = text.strip("\n").replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")
    text = text.replace("'", "\\(aq").replace("~", "\\(ti")
    return "\n".join("\\&" + line if line[:1] in {".", "'"} else line for line in text.split("\n"))
