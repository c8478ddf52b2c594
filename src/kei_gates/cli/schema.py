"""`kei-gates schema`: a JSON Schema of policy files and of agents' manifests, for editors."""

from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from kei_gates.model import Params

    Schema = dict[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


_EXAMPLES = """examples:
  kei-gates schema > policy.schema.json
  kei-gates schema --manifest > manifest.schema.json

exit codes: 0 printed, 64 bad usage
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "schema",
        help="print a JSON Schema of policy files",
        description="Print a JSON Schema of policy files, which editors use to complete and check.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--manifest", action="store_true", help="of the manifests that agents are built from"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the schema."""
    print(json.dumps(of_manifest() if args.manifest else whole(), indent=2))
    return 0


def of_manifest() -> Schema:
    """Give the schema of an agent's manifest."""
    from kei_gates.agents.manifest import Manifest

    found: Schema = Manifest.model_json_schema()
    return {"$schema": _DRAFT} | found | {"title": "kei-gates agent manifest"}


def whole() -> Schema:
    """Give the schema of a policy file, with the parameters of every capability."""
    from pydantic import create_model

    from kei_gates.engine import catalogue
    from kei_gates.policy import schema

    role = create_model("Role", __base__=schema.RoleTable, **_tables(catalogue.params()))
    policy = create_model(
        "Policy", __base__=schema.PolicyTable, roles=(dict[schema.RoleName, role], {})
    )
    found: Schema = policy.model_json_schema()
    # A pattern for keys does not by itself refuse the others.
    found["properties"]["roles"]["additionalProperties"] = False
    return {"$schema": _DRAFT} | found | {"title": "kei-gates policy"}


def _tables(known: dict[str, type[Params]]) -> Schema:
    """Give the fields of a role that hold capabilities."""
    from pydantic import create_model

    from kei_gates.policy import capabilities, params, schema, validating

    fields = _fields(known)
    for table in capabilities.SHORTHANDS:
        fields.setdefault(table, {}).update(_shorthands(table, known))
    tables: Schema = {}
    for name, of in fields.items():
        base = schema.Verification if name == "verification" else validating.Strict
        tables[name] = (create_model(name.title(), __base__=base, **of) | None, None)
    for name, capability in capabilities.OWN_TABLES.items():
        tables[name] = (params.params_model(known[capability]) | None, None)
    return tables


def _fields(known: dict[str, type[Params]]) -> dict[str, Schema]:
    """Give the fields of each table of capabilities."""
    from pydantic import Field

    from kei_gates.policy import capabilities, params, schema

    tables: dict[str, Schema] = {}
    for category, slugs in schema.slugs_by_category(known).items():
        names = {slug: capabilities.unalias(f"{category}::{slug}") for slug in slugs}
        tables[category] = {
            slug.replace("-", "_"): (params.written(known[name]) | None, Field(None, alias=slug))
            for slug, name in names.items()
        }
    said = schema.RoleTable.model_fields["unknown_writes"].annotation
    tables["scope"]["unknown_writes"] = (said, Field(None, alias=schema.SHARED))
    return tables


def _shorthands(table: str, known: dict[str, type[Params]]) -> Schema:
    """Give the fields of a table that set a parameter of a capability."""
    from pydantic import Field

    from kei_gates.policy import params

    return {
        short.replace("-", "_"): (
            params.written_type(known[capability], name) | None,
            Field(None, alias=short),
        )
        for short, (capability, name) in params.shorthands_of(table, known).items()
    }
