"""What agents are built from: manifests, blocks and texts, and whether they fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kei_gates.agents import manifest
from kei_gates.model import Fault
from kei_gates.policy.nearest import nearest
from kei_gates.policy.validating import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Final

    from kei_gates.agents.manifest import Read
    from kei_gates.policy.compiled import Reader

MOST_WORDS = 200
"""How many words the text of a capability may have."""


class Library:
    """The files of a library by name: manifests, blocks, and texts by the id of a capability.

    `others` are agents that are declared elsewhere; a handoff may name them.
    """

    def __init__(
        self,
        read: Reader,
        manifests: Mapping[str, str],
        blocks: Mapping[str, str],
        texts: Mapping[str, str],
        others: frozenset[str] = frozenset(),
    ) -> None:
        self._read: Final = read
        self._manifests: Final = manifests
        self._blocks: Final = blocks
        self._texts: Final = texts
        self._others: Final = others

    @property
    def names(self) -> list[str]:
        """The agents that there are."""
        return sorted(self._manifests)

    def agent(self, name: str) -> Read:
        """Read one manifest. Raises `Fault`, also where it names what there is not."""
        if name not in self._manifests:
            raise Fault(f"there is no agent `{name}`", nearest(name, self.names))
        found = manifest.read(self._manifests[name], self._read)
        known = {*self._manifests, *self._others}
        for at, handoff in enumerate(found.manifest.handoff):
            key = ("handoff", at, "target")
            what = f"there is no agent `{handoff.target}` to hand off to"
            check_name(handoff.target, known, found.where, key, what)
            if handoff.target == name:
                raise found.where.fault(
                    key, f"`{name}` hands off to itself", "name the agent that goes on"
                )
        for at, block in enumerate(found.manifest.blocks):
            check_name(
                block, self._blocks, found.where, ("blocks", at), f"there is no block `{block}`"
            )
        return found

    def block(self, name: str) -> str:
        """Give a block: a heading `# TITLE`, and what stands below it. Raises `Fault`."""
        return self._text(self._blocks[name], "# ")

    def text(self, capability: str) -> str:
        """Give the text of a capability: a heading `## Title` and the rule. Raises `Fault`."""
        path = self._texts.get(capability)
        if path is None:
            raise Fault(f"there is no text for `{capability}`", "install kei-gates again")
        text = self._text(path, "## ")
        if len(text.split()) > MOST_WORDS:
            raise Fault(f"`{path}` has more than {MOST_WORDS} words", "shorten it")
        return text

    def _text(self, path: str, heading: str) -> str:
        try:
            raw = self._read(path)
            text = (raw or b"").decode("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Fault(f"`{path}` cannot be read: {error}", "mend or restore it") from None
        if not text.startswith(heading) or "{{" in text:
            raise Fault(
                f"`{path}` is no text: it does not begin with `{heading.strip()} TITLE`, or holds "
                "`{{`",
                "mend it",
            )
        return text
