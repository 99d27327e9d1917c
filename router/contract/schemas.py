"""JSON Schemas of the events' values, as readers should take them.

A field that has a default may be missing, since older records lack what was added later; further fields may come. So
nothing forbids additional properties, and a reader shouldn't either.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from channels.contact import Frozen
from router.model.catalogue import ALL

Schema = dict[str, Any]

DIALECT = GenerateJsonSchema.schema_dialect


class Untitled(GenerateJsonSchema):
    """A field's name says as much as the title that would be made of it."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def alone() -> dict[str, Schema]:
    """By event type: a schema that stands alone, with its parts under `$defs`."""
    return {kind: schema_of(kind) for kind in ALL}


def schema_of(kind: str) -> Schema:
    """The schema of one event type. Raises KeyError for a type that there isn't."""
    return {
        "$schema": DIALECT,
        **ALL[kind].model_json_schema(mode="serialization", schema_generator=Untitled),
        "title": kind,
    }


def together(prefix: str) -> tuple[Mapping[str, Schema], dict[str, Schema]]:
    """By event type a reference to its schema, and all schemas by name; `prefix` is where they will stand."""
    models: tuple[type[Frozen], ...] = tuple(dict.fromkeys(ALL.values()))
    found, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template=prefix + "{model}", schema_generator=Untitled
    )
    references = {kind: found[model, "serialization"] for kind, model in ALL.items()}
    return references, {name: _plain(schema) for name, schema in definitions["$defs"].items()}


def _plain(schema: Any) -> Any:
    """The same for draft 7, in which nothing may stand beside a reference."""
    if isinstance(schema, list):
        return [_plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {name: _plain(value) for name, value in schema.items()}
    reference = inside.pop("$ref", None)
    if reference is None:
        return inside
    return {"$ref": reference} if not inside else {**inside, "allOf": [{"$ref": reference}]}
