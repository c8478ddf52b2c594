"""Rakefiles: what of their text runs for some tasks. Source: rake(1), the Rake documentation.

Blocks are told apart by their indentation, as everybody writes them; where a file is written in
another way, more of it is taken to run.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kei_gates.shell.expand import Field

RAKEFILES = ("Rakefile", "rakefile", "Rakefile.rb", "rakefile.rb")
"""The names under which a file of tasks is found."""
TASK_FOLDERS = ("rakelib/*.rake", "lib/tasks/*.rake")
"""Where more of them lie."""
_TASK = frozenset(("task", "multitask", "file", "directory", "rule"))
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
_DEFAULT, _ANY = "default", "*"


class Block:
    """A task or a method: its name, its text, and the words of its first line."""

    __slots__ = ("head", "is_task", "name", "text")

    def __init__(self, name: str, head: str, text: str, *, is_task: bool) -> None:
        """Take the fields."""
        self.name = name
        self.head = head
        self.text = text
        self.is_task = is_task


def text_for(source: str, tasks: Sequence[Field]) -> str:
    """Give what of a Rakefile's text runs for the tasks that are asked for.

    An unknown task may be any. What stands outside of tasks always runs.
    """
    blocks, rest = _blocks(source.split("\n"))
    named = [task for task in tasks if task is None or ("=" not in task and task[:1] != "-")]
    wanted = {_last_part(task) for task in named or [_DEFAULT]}
    chosen: list[str] = ["\n".join(rest)]
    left = blocks
    while True:
        words = wanted | _words(chosen[-1:])
        taken = [
            block
            for block in left
            if block.name in (wanted if block.is_task else words) or _ANY in wanted
        ]
        if not taken:
            return "\n".join(chosen)
        left = [block for block in left if block not in taken]
        text = "\n".join(block.text for block in taken)
        chosen.append(text)
        # What a task depends on, and what its block invokes, stands there as a word or a text.
        wanted |= _words(block.head for block in taken) | _words([text])


def _last_part(task: Field) -> str:
    """Give a task's own name, without its namespace and its arguments; `*` when it may be any."""
    if task is None or "\0" in task:
        return _ANY
    return task.partition("[")[0].rpartition(":")[2]


def _blocks(lines: Sequence[str]) -> tuple[list[Block], list[str]]:
    """Split a file into its tasks and methods, and what stands outside of them."""
    blocks: list[Block] = []
    rest: list[str] = []
    at = 0
    while at < len(lines):
        words = lines[at].split(None, 2)
        is_task = bool(words) and words[0].partition("(")[0] in _TASK
        if not is_task and words[:1] != ["def"]:
            rest.append(lines[at])
            at += 1
            continue
        end = _end(lines, at)
        head = lines[at].strip()
        name = _first_name(head[len(words[0].partition("(")[0]) :])
        blocks.append(Block(name, head, "\n".join(lines[at:end]), is_task=is_task))
        at = end
    return blocks, rest


def _end(lines: Sequence[str], start: int) -> int:
    """Give where the block ends that a line starts: behind the `end` or `}` below it."""
    first = lines[start]
    margin = len(first) - len(first.lstrip())
    opens = first.lstrip().startswith("def ") or first.rstrip().endswith(("do", "{", "|"))
    at = start + 1
    while not opens and at < len(lines) and lines[at - 1].rstrip().endswith((",", "=>", "[", "\\")):
        opens = lines[at].rstrip().endswith(("do", "{", "|"))
        at += 1
    if not opens:
        return at
    while at < len(lines):
        line = lines[at]
        text = line.lstrip()
        if text and len(line) - len(text) <= margin:
            closes = text.startswith(("end", "}"))
            return at + 1 if closes else at
        at += 1
    return at


def _first_name(text: str) -> str:
    """Give the first name in a text: that of `:name`, `"name"`, `name:` or `[:name]`."""
    at = 0
    while at < len(text) and text[at] not in _NAME:
        at += 1
    end = at
    while end < len(text) and text[end] in _NAME:
        end += 1
    return text[at:end]


def _words(texts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for text in texts:
        at = 0
        for end, char in enumerate(f"{text} "):
            if char not in _NAME:
                if end > at:
                    found.add(text[at:end])
                at = end + 1
    return found
