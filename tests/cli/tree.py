"""The tree of commands, as argparse holds it."""

from __future__ import annotations

import argparse
import re
import shlex
from typing import NamedTuple

Path = tuple[str, ...]
"""The words of a command behind `kei-gates`."""


class Command(NamedTuple):
    """One command: its parser, the commands below it by name, what is said of each in a line."""

    parser: argparse.ArgumentParser
    choices: dict[str, argparse.ArgumentParser]
    help: dict[str, str]


def commands(parser: argparse.ArgumentParser, path: Path = ()) -> dict[Path, Command]:
    """Give every command by its words, the whole program by none."""
    below = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]  # noqa: SLF001 -- argparse shows them nowhere else
    choices = {name: one for action in below for name, one in action.choices.items()}
    told = {one.dest: one.help or "" for action in below for one in action._choices_actions}  # noqa: SLF001 -- the same
    found = {path: Command(parser, choices, told)}
    for name, one in choices.items():
        found |= commands(one, (*path, name))
    return found


def examples(parser: argparse.ArgumentParser) -> list[str]:
    """Give the examples of a command's help as they would be typed, without what is said of them.

    They are the indented lines behind `examples:`; what is said stands two blanks away, outside
    of quotes.
    """
    section = re.search(r"^examples?:\n((?:(?:  .*)?\n)+)", f"{parser.epilog}\n", re.MULTILINE)
    if section is None:
        return []
    text = section[1].replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [_typed(line) for line in lines if line.startswith("kei-gates ")]


def _typed(line: str) -> str:
    return re.match(r"""(?:'[^']*'|"[^"]*"|\S| (?! ))+""", re.sub(r"(?<=\S) +$", "", line))[
        0
    ].strip()  # type: ignore[index]  # not empty


def words_of(example: str) -> list[str]:
    """Give the words that the program is given: without redirections, pipes and its own name."""
    words = shlex.split(example)
    end = next((i for i, word in enumerate(words) if word in {"<", ">", "|", "&&", ";"}), None)
    return words[1:end]


def exit_codes(parser: argparse.ArgumentParser) -> dict[int, str]:
    """Give the exit codes that a command's help tells of, with what each means."""
    told = re.search(r"^exit codes: (.*(?:\n\S.*)*)", parser.epilog or "", re.MULTILINE)
    parts = re.split(r",\s+(?=\d)", told[1].replace("\n", " ")) if told else []
    return {int(part.split()[0]): part.partition(" ")[2] for part in parts}
