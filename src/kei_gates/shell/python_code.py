"""Python code: what it starts and which files it changes.

The code is read and never run. What its names, attributes and texts may be is followed through
assignments, functions, classes and evaluated text; what could start something and is not followed
is unseen. A module of the project that is imported is a program like any other. Source: the Python
language and library references.
"""

from __future__ import annotations

from kei_gates.shell.python_parse import is_plain, parse
from kei_gates.shell.started import Started

MOST_LENGTH = 1_000_000

# Without one of these, code has only what is built in and starts nothing.
_WORDS = ("import", "__", "exec", "eval", "open", "compile", "attr", "globals", "locals", "vars",
          "breakpoint", "os", "sys", "subprocess", "get_ipython", "input", "type",
          "coding", "file(")  # fmt: skip
# Encodings under which a file is the text that was read.
_SAME_TEXT = ("utf-8", "utf8", "ascii", "latin", "iso-8859", "us-ascii", "cp1252", "utf_8")


def scan(code: str) -> Started:
    """Give what a piece of Python code starts and touches."""
    started = Started()
    if code.isascii() and not any(word in code for word in _WORDS):
        return started
    if len(code) > MOST_LENGTH:
        started.unseen.append("the Python code is too long")
    elif _is_encoded(code):
        started.unseen.append("the Python code is written in an encoding of its own")
    else:
        _read(code, started)
    return started


def _is_encoded(code: str) -> bool:
    """Whether one of the first two lines names an encoding that may turn the text into another."""
    for line in code.split("\n", 2)[:2]:
        comment = line.partition("#")[2].replace("=", ":").lower()
        name = comment.partition("coding:")[2].strip()
        if name and not name.startswith(_SAME_TEXT):
            return True
    return False


def _read(code: str, started: Started) -> None:
    tree = parse(code)
    if tree is None:
        if not is_plain(code):
            started.unseen.append("the Python code is not understood")
        return
    # Dear, and most code is over before.
    from kei_gates.shell.python_calls import Calls
    from kei_gates.shell.python_collect import Collector
    from kei_gates.shell.python_follow import Follower

    collector = Collector()
    try:
        collector.walk(tree, collector.root)
        Calls(Follower(collector), started).run()
    except RecursionError:
        started.unseen.append("the Python code is nested too deeply")
