"""An agent's manifest: its shape, and what must hold in it by itself. Cold path.

The shape is that of the agent manifests which kei-gates was made for, with two keys more:
`substrate_role`, the role that the agent is held to, and `[[enforcement]]`, which says of a line of
`forbidden_domain` what holds it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

from kei_gates.model import Fault
from kei_gates.policy.documents import Documents
from kei_gates.policy.nearest import nearest
from kei_gates.policy.schema import RoleName
from kei_gates.policy.validating import Strict, validate
from kei_gates.policy.where import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Final

    from kei_gates.policy.compiled import Reader
    from kei_gates.policy.where import Key, Where

OBLIGATORY = ("baseline", "evidence-grading", "memory-protocol")
"""The blocks that every agent has, in this order before all others."""

EDITS = frozenset(("Edit", "MultiEdit", "NotebookEdit", "Write"))
"""The tools of an agent that changes files."""

_MODELS = ("opus", "sonnet", "haiku", "inherit")
_FULL_MODEL = re.compile(r"[a-z][\w.:/@\[\]-]*-[\w.:/@\[\]-]+")
_FENCE = "---"
_SHAPE = "compare it with a shipped manifest, as that of `kei-critic`"
# What somebody meant to write later. `<what>` within a line is a template of a report's.
_LEFT_OVER = re.compile(
    r"\{\{.*?\}\}|\A(?:todo|tbd|fixme|xxx)\b:?[^\n]{0,40}\Z|\A(?:\.{3}|…|<[^<>]*>|\?+)\Z",
    re.IGNORECASE,
)

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Line = Annotated[str, Field(pattern=r"^\S(.*\S)?$")]
Lines = Annotated[list[Line], Field(min_length=1)]


class Handoff(Strict):
    """`[[handoff]]`: to which agent, and when."""

    target: Name
    trigger: Line


class References(Strict):
    """`[references]`: what stands below those that every agent has."""

    extra: list[Line] = Field(default_factory=list)


class Enforcement(Strict):
    """`[[enforcement]]`: what holds the line that begins so.

    `by` are capabilities; where they hold it only with one of their parameters set, `needs` names
    that, or several of which one is enough. `because` says why nothing holds it, or what of it
    nothing holds.
    """

    line: Line
    by: list[str] = Field(default_factory=list)
    needs: Annotated[
        list[str],
        BeforeValidator(
            lambda v: [v] if isinstance(v, str) else v, json_schema_input_type=str | list[str]
        ),
    ] = Field(default_factory=list)
    because: str = ""


class Manifest(Strict):
    """A whole manifest."""

    name: Name
    description: Line
    tools: Lines
    model: str
    role: str
    substrate_role: RoleName | None = None
    blocks: list[Name]
    domain_in: Lines
    forbidden_domain: Lines
    output_extra_fields: list[Line] = Field(default_factory=list)
    enforcement: list[Enforcement] = Field(default_factory=list)
    handoff: Annotated[list[Handoff], Field(min_length=1)]
    references: References = References()


_TABLES: Mapping[str, type[Strict]] = {
    "handoff": Handoff,
    "references": References,
    "enforcement": Enforcement,
}


class Read:
    """A manifest that was read, and where it stands."""

    def __init__(self, manifest: Manifest, where: Where) -> None:
        self.manifest: Final = manifest
        self.where: Final = where

    @property
    def role(self) -> str:
        """The role that it declares; without one, the narrowest shipped one for its tools."""
        declared = self.manifest.substrate_role
        return declared or ("edit-local" if EDITS & set(self.manifest.tools) else "read-only")

    def enforcement(self, line: str) -> Enforcement | None:
        """Give what is said of a line of `forbidden_domain`."""
        said = (one for one in self.manifest.enforcement if line.startswith(one.line))
        return next(said, None)


def read(path: str, reader: Reader) -> Read:
    """Read a manifest. Raises `Fault` naming file, line, key and the nearest right name."""
    found = Documents(reader, "manifest").find(path)
    if found is None:
        raise Fault(f"there is no manifest `{path}`", "restore it, or name another")
    document, where = found
    _check_order(document, where)
    manifest = validate(Manifest, document, where, (), _SHAPE)
    for check in (_check_name, _check_words, _check_blocks, _check_enforcement):
        check(manifest, where)
    return Read(manifest, where)


def _check_order(document: Mapping[str, object], where: Where) -> None:
    """Refuse a key of the manifest itself below a table: TOML takes it for one of that table."""
    for name, model in _TABLES.items():
        given = document.get(name)
        for at, table in enumerate(given if isinstance(given, list) else [given]):
            for key in table if isinstance(table, dict) else ():
                if key in Manifest.model_fields and key not in model.model_fields:
                    place = (name, at, key) if isinstance(given, list) else (name, key)
                    raise where.fault(
                        place,
                        f"`{key}` stands below a table and so belongs to `{name}`",
                        "move it above the first table",
                    )


def _check_name(manifest: Manifest, where: Where) -> None:
    file = where.path.rpartition("/")[2]
    if file != f"{manifest.name}.toml":
        raise where.fault(
            ("name",),
            f"the manifest of `{manifest.name}` is called `{file}`",
            f"call it `{manifest.name}.toml`",
        )
    if manifest.model not in _MODELS and not _FULL_MODEL.fullmatch(manifest.model):
        raise where.fault(
            ("model",),
            f"there is no model `{manifest.model}`",
            nearest(manifest.model, list(_MODELS)),
        )


def _check_words(manifest: Manifest, where: Where) -> None:
    """Refuse what was left over to be filled in, twice there, or would end the front matter."""
    if _FENCE in manifest.description:
        raise where.fault(
            ("description",),
            f"`description` holds `{_FENCE}`, which ends a front matter",
            "write a dash",
        )
    for key, text in _texts(manifest):
        found = _LEFT_OVER.search(text.strip())
        if found or not text.strip():
            what = f"holds `{found[0]}`, which was left over" if found else "is empty"
            raise where.fault(key, f"`{shown(key)}` {what}", "write what belongs there")
    for name in ("tools", "blocks", "domain_in", "forbidden_domain", "output_extra_fields"):
        seen: set[str] = set()
        for at, one in enumerate(getattr(manifest, name)):
            if one in seen:
                raise where.fault((name, at), f"`{name}` holds `{one}` twice", "keep one")
            seen.add(one)


def _texts(manifest: Manifest) -> Iterator[tuple[Key, str]]:
    yield ("description",), manifest.description
    yield ("role",), manifest.role
    for name in ("domain_in", "forbidden_domain", "output_extra_fields"):
        for at, text in enumerate(getattr(manifest, name)):
            yield (name, at), text
    for at, handoff in enumerate(manifest.handoff):
        yield ("handoff", at, "trigger"), handoff.trigger
    for at, text in enumerate(manifest.references.extra):
        yield ("references", "extra", at), text


def _check_blocks(manifest: Manifest, where: Where) -> None:
    missing = [name for name in OBLIGATORY if name not in manifest.blocks]
    if missing:
        raise where.fault(
            ("blocks",),
            f"the block `{missing[0]}` is missing, which every agent has",
            f"begin with {', '.join(f'`{name}`' for name in OBLIGATORY)}",
        )
    if tuple(manifest.blocks[: len(OBLIGATORY)]) != OBLIGATORY:
        raise where.fault(
            ("blocks",),
            "the blocks that every agent has do not come first",
            f"begin with {', '.join(f'`{name}`' for name in OBLIGATORY)}",
        )


def _check_enforcement(manifest: Manifest, where: Where) -> None:
    """Refuse what is said of no line, of more than one, or says nothing."""
    told: dict[str, str] = {}
    for at, one in enumerate(manifest.enforcement):
        key = ("enforcement", at, "line")
        lines = [line for line in manifest.forbidden_domain if line.startswith(one.line)]
        if not lines:
            raise where.fault(
                key,
                f"no line of `forbidden_domain` begins with `{one.line}`",
                nearest(one.line, list(manifest.forbidden_domain)),
            )
        if len(lines) > 1:
            raise where.fault(
                key,
                f"{len(lines)} lines of `forbidden_domain` begin with `{one.line}`",
                "write more of the line",
            )
        if lines[0] in told:
            raise where.fault(key, f"`{lines[0]}` is enforced twice", "keep one")
        if not one.by and not one.because.strip():
            raise where.fault(
                key,
                f"nothing is said of `{one.line}`",
                "name capabilities in `by`, or say in `because` why there is none",
            )
        told[lines[0]] = one.line
