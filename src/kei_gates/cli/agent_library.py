"""Open the manifests, blocks and texts that agents are built from, and a project's policy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kei_gates.cli.usage import UsageError
from kei_gates.engine import catalogue
from kei_gates.hook import places, store
from kei_gates.observe.installation import data
from kei_gates.observe.paths import exists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Final

    from kei_gates.agents.coverage import Rule
    from kei_gates.agents.library import Library
    from kei_gates.agents.render import Agent
    from kei_gates.model import Places
    from kei_gates.policy.build import Builder
    from kei_gates.policy.compiled import Policy

_AGENTS, _BLOCKS, _TEXTS = "policies/agents", "policies/blocks", "policies/texts"


class Workshop:
    """A library of agents, and the policy that says what they are held to."""

    def __init__(
        self, library: Library, paths: Mapping[str, str], project: str, policy: Policy,
        builder: Builder,
    ) -> None:  # fmt: skip
        self.project: Final = project
        self.library: Final = library
        self.policy: Final = policy
        self.builder: Final = builder
        self.notes: Final[list[str]] = []
        """What a person should know of what was built."""
        self._paths: Final = paths

    @property
    def names(self) -> list[str]:
        """The agents of the library."""
        return sorted(self._paths)

    def path(self, name: str) -> str:
        """Give where a manifest lies."""
        return self._paths[name]

    def chosen(self, names: Sequence[str]) -> list[str]:
        """Give the agents that are meant: those named, or all."""
        return list(dict.fromkeys(names)) or self.names

    def agent(self, name: str) -> Agent:
        """Give an agent as the policy holds it. Raises `Fault`."""
        from kei_gates.agents.assemble import assemble

        return assemble(self.library.agent(name), self.policy, self.builder)

    def text(self, name: str) -> str:
        """Give an agent's file. Raises `Fault`."""
        from kei_gates.agents.render import agent_file

        return agent_file(self.agent(name), self.library, catalogue.params())

    def covered(self, name: str) -> tuple[Agent, list[Rule]]:
        """Give an agent with its rules and what holds them. Raises `Fault`."""
        from kei_gates.agents.coverage import rules_of

        agent = self.agent(name)
        return agent, rules_of(agent, catalogue.params())

    def built(self, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Give agents' files by name, and note what a person should know. Raises `Fault`."""
        for name in self.chosen(names):
            agent, rules = self.covered(name)
            yield name, self.text(name)
            self.notes.extend(_notes(agent, rules))


def _notes(agent: Agent, rules: list[Rule]) -> Iterator[str]:
    manifest, held = agent.read.manifest, agent.held
    if manifest.substrate_role is None:
        yield f"`{manifest.name}` has no `substrate_role`: it is built as `{held.role}`"
    elif held.role != manifest.substrate_role:
        yield f"the policy gives `{manifest.name}` the role `{held.role}`"
    if len(agent.tools) < len(manifest.tools):
        gone = [tool for tool in manifest.tools if tool not in agent.tools]
        yield f"the policy takes {', '.join(f'`{one}`' for one in gone)} from `{manifest.name}`"
    unmapped = sum(rule.kind == "not mapped" for rule in rules)
    if unmapped:
        yield (
            f"of {unmapped} rules of `{manifest.name}` nothing says what holds them: see "
            f"`kei-gates agents coverage {manifest.name}`"
        )


def opened(folder: str, source: str | None) -> Workshop:
    """Open a project's policy, and the manifests in `source`, or the shipped ones.

    Raises `Fault`, and `UsageError` for what is no folder.
    """
    for one in (folder, *([source] if source else [])):
        if not os.path.isdir(one):
            raise UsageError(f"`{one}` is no folder")
    where = places.find(os.path.abspath(folder))
    policy, builder = store.build(policy_or_none(where), where.home)
    manifests = _named(os.path.abspath(source) if source else data(_AGENTS), ".toml")
    if not manifests:
        raise UsageError(f"there is no manifest in `{source}`")
    return Workshop(library(source, manifests), manifests, where.project, policy, builder)


def policy_or_none(where: Places) -> str | None:
    """Give the project's policy file where there is one."""
    file = store.policy_file(where.project)
    return file if exists(file) else None


def library(source: str | None, manifests: Mapping[str, str]) -> Library:
    """Give the library of a folder of manifests, with the shipped blocks and texts."""
    from kei_gates.agents.library import Library

    own = _named(f"{os.path.abspath(source)}/blocks", ".md") if source else {}
    return Library(
        store.read_source,
        manifests,
        _named(data(_BLOCKS), ".md") | own,
        texts(),
        frozenset(_named(data(_AGENTS), ".toml")),
    )


def texts() -> dict[str, str]:
    """Give the texts of capabilities: their ids with their files."""
    top = data(_TEXTS)
    return {
        f"{category}::{slug}": path
        for category in sorted(os.listdir(top))
        if os.path.isdir(f"{top}/{category}")
        for slug, path in _named(f"{top}/{category}", ".md").items()
    }


def _named(folder: str, ending: str) -> dict[str, str]:
    """Give the files of a folder by their names, without the ending."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return {}
    return {one.removesuffix(ending): f"{folder}/{one}" for one in names if one.endswith(ending)}
