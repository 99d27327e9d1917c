"""What `router topics doc` prints: the AsyncAPI document, or the events' JSON Schemas."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from channels.errors import Problem
from router.contract import asyncapi, schemas
from router.contract.messages import Example
from router.runtime.topics import load

HERE = Path(__file__).parents[1]
# Of the installed package, or of the checkout.
SAMPLES = (HERE / "golden", HERE.parent / "tests" / "golden" / "events")


class UnknownType(Problem):
    """No event has that type."""


def document(*, as_json: bool) -> str:
    """The AsyncAPI document; else as YAML."""
    found = asyncapi.document(load(), samples())
    if as_json:
        return _json(found)
    # Without aliases, which few readers of the document expect: parts that are one value here are written out.
    return yaml.safe_dump(json.loads(json.dumps(found)), sort_keys=False, allow_unicode=True, width=120)


def json_schemas(kind: str | None) -> str:
    """By event type; of one type only that. Raises UnknownType."""
    found = schemas.alone()
    if kind is None:
        return _json(found)
    if kind not in found:
        close = difflib.get_close_matches(kind, found, 3)
        hint = f" Did you mean {' or '.join(close)}?" if close else f" There are {', '.join(found)}."
        raise UnknownType(f"no event has the type {kind}.{hint}")
    return _json(found[kind])


def samples() -> Iterator[Example]:
    """The golden samples, in the order of their names: `<type>.json`, `<type>.<variant>.json`."""
    folder = next(place for place in SAMPLES if place.is_dir())
    for file in sorted(folder.glob("*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        yield Example(file.stem, told["headers"]["ce_type"], told["headers"], told["value"])


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
