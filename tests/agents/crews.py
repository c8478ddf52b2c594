"""A small library of agents for tests, and what is said of what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from kei_gates.agents.library import Library
from kei_gates.engine import catalogue
from kei_gates.hook import store
from kei_gates.hook.store import read_source
from kei_gates.policy.build import Builder
from kei_gates.policy.compiled import Policy

BLOCKS = ("baseline", "evidence-grading", "memory-protocol", "rule-review")

MANIFEST = """\
name = "one"
description = "Does one thing: well"
tools = ["Read", "Edit"]
model = "opus"
role = \"\"\"
You do \\
one thing.

And no other.
\"\"\"
substrate_role = "edit-local"
blocks = ["baseline", "evidence-grading", "memory-protocol", "rule-review"]
domain_in = ["Doing the thing"]
forbidden_domain = ["Running git", "Doing another thing", "Stopping a run, or being rude"]
output_extra_fields = ["Thing: <what>"]

[[enforcement]]
line = "Running git"
by = ["policy::no-git-ops"]

[[enforcement]]
line = "Doing another"
because = "nobody can see what a thing is"

[[enforcement]]
line = "Stopping"
by = ["safety::no-kill"]
because = "nothing hears a tone"

[[handoff]]
target = "two"
trigger = "the other thing"

[references]
extra = ["a book"]
"""
OTHER = MANIFEST.replace('name = "one"', 'name = "two"').replace('target = "two"', 'target = "one"')


def lay_out(folder: Path, **manifests: str) -> Path:
    """Write manifests and blocks, the two above where nothing else is given."""
    (folder / "blocks").mkdir(parents=True)
    for name in BLOCKS:
        (folder / f"blocks/{name}.md").write_text(f"# {name.upper()}\n\nWhat {name} says.\n")
    for name, text in ({"one": MANIFEST, "two": OTHER} | manifests).items():
        (folder / f"{name}.toml").write_text(text)
    return folder


def library(folder: Path) -> Library:
    """The library of a folder, with a short text for each capability."""
    texts = {}
    (folder / "texts").mkdir()
    for capability in catalogue.params():
        path = folder / "texts" / f"{capability.replace('::', '-')}.md"
        path.write_text(f"## About {capability}\n\nWhat {capability} says.\n")
        texts[capability] = str(path)
    return Library(
        read_source,
        {path.stem: str(path) for path in folder.glob("*.toml")},
        {path.stem: str(path) for path in folder.glob("blocks/*.md")},
        texts,
    )


def policy(folder: Path, text: str | None = None) -> tuple[Policy, Builder]:
    """The policy of a project, or of none."""
    path = None
    if text is not None:
        path = folder / "kei-gates.toml"
        path.write_text(f"version = 1\n{text}")
    return store.build(str(path) if path else None, str(folder / "home"))
