"""`kei-gates schema`: a JSON Schema of policy files, for editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from kei_gates.model import Params

    Schema = dict[str, Any]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = commands.add_parser(
        "schema",
        help="print a JSON Schema of policy files",
        description="Print a JSON Schema of policy files, which editors use to complete and check.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 -- as for every subcommand
    """Print the schema."""
    print(json.dumps(whole(), indent=2))
    return 0


def whole() -> Schema:
    """Give the schema of a policy file, with the parameters of every capability."""
    from pydantic import create_model

    from kei_gates.engine import catalogue
    from kei_gates.policy import schema

    params = catalogue.params()
    role = create_model("Role", __base__=schema.RoleTable, **_tables(params))
    policy = create_model(
        "Policy", __base__=schema.PolicyTable, roles=(dict[schema.RoleName, role], {})
    )
    found: Schema = policy.model_json_schema()
    # A pattern for keys does not by itself refuse the others.
    found["properties"]["roles"]["additionalProperties"] = False
    return {"$schema": _DRAFT} | found | {"title": "kei-gates policy"}


def _tables(params: dict[str, type[Params]]) -> Schema:
    """Give the fields of a role that hold capabilities."""
    from pydantic import Field, create_model

    from kei_gates.policy import schema

    tables: Schema = {}
    for category, slugs in schema.slugs_by_category(params).items():
        names = {slug: schema.unalias(f"{category}::{slug}") for slug in slugs}
        fields: Schema = {
            slug.replace("-", "_"): (schema.written(params[name]) | None, Field(None, alias=slug))
            for slug, name in names.items()
        }
        if category == "scope":
            said = schema.RoleTable.model_fields["unknown_writes"].annotation
            fields["unknown_writes"] = (said, Field(None, alias=schema.SHARED))
        tables[category] = (
            create_model(category.title(), __base__=schema.Strict, **fields) | None,
            None,
        )
    for name, capability in schema.OWN_TABLES.items():
        tables[name] = (schema.params_model(params[capability]) | None, None)
    return tables
