"""A project whose agents are held to its tests, and what is left behind of their returns."""

import json
from collections.abc import Sequence

from .calls import edit, read
from .client import Session
from .project import Project
from .scripted_api import MAIN, Call, Json, content_text

POLICY = """\
version = 1

[agents]
main = "orchestrator"
builder = "edit-local"

[roles.edit-local]
extends = "builtin:edit-local"

[roles.edit-local.scope]
files-whitelist = ["src/**"]

[roles.edit-local.verification]
test-commands = ["python3 -m unittest discover -s src"]
test-count-min = 2
"""
CALC = "def add(a, b):\n    return a + b\n"
TEST = """\
import unittest

from calc import add


class Adds(unittest.TestCase):
    def test_small(self):
        self.assertEqual(add(1, 2), 3)

    def test_none(self):
        self.assertEqual(add(0, 0), 0)
"""
CLAIM = "All tests pass:\n\nRan 2 tests in 0.001s\n\nOK\n"


def lay_out(project: Project) -> Project:
    """Add a package with tests to a fresh project, and commit it."""
    project.policy.write_text(POLICY)
    for name, text in {
        "src/calc.py": CALC,
        "src/test_calc.py": TEST,
        ".gitignore": "*.pyc\n",
    }.items():
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    project.commit_all()
    return project


def break_it(label: str) -> Sequence[Call]:
    return [
        read(f"{label}_read", "src/calc.py"),
        edit(f"{label}_break", "src/calc.py", "a + b", "a - b"),
    ]


def told(requests: list[Json], route: str, words: str) -> list[str]:
    """The messages of a route's requests that hold some words, once each."""
    found: dict[str, None] = {}
    for request in requests:
        texts = [content_text(message["content"]) for message in request["messages"]]
        if any(f"[[{route}]]" in text for text in texts[:1]) or route == MAIN:
            texts += [content_text(request.get("system", ""))]
            found |= dict.fromkeys(text for text in texts if words in text)
    return list(found)


def feedback(session: Session, route: str) -> list[str]:
    """What an agent was sent back with; the client shows it once more in a message of its own."""
    found = told(session.requests, route, "kei-gates: this does not hold")
    return [text for text in found if text.startswith("Stop hook feedback")]


def audit(project: Project) -> list[Json]:
    path = project.home / ".local/state/kei-gates/audit.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def returns(project: Project) -> list[Json]:
    return [record for record in audit(project) if record["event"] == "return"]
