"""A sample of every event type ever written, as it stood on its topic. What was written once must parse for ever.

A sample is never edited; an event that gains a field gets another sample beside it: `<type>.<what>.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from router.contract.schemas import together
from router.model.catalogue import ALERTS, ALL, DESK, INBOUND, POOL, QUEUES, SETTLED
from router.model.cloudevents import attributes

FILES = sorted((Path(__file__).parent / "events").glob("*.json"))


def type_of(path: Path) -> str:
    return ".".join(path.name.split(".")[:2])


def headers_of(sample: dict[str, Any]) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in sample["headers"].items()]


def missing(written: Any, read: Any, where: str = "value") -> list[str]:
    """Paths of what was written and isn't there, or is something else, once it was read."""
    if isinstance(written, dict) and isinstance(read, dict):
        return [path for key, value in written.items() for path in missing(value, read.get(key), f"{where}.{key}")]
    if isinstance(written, list) and isinstance(read, list) and len(written) == len(read):
        pairs = enumerate(zip(written, read, strict=True))
        return [path for place, (one, other) in pairs for path in missing(one, other, f"{where}.{place}")]
    return [] if written == read else [where]


def test_there_is_a_sample_of_every_event_type() -> None:
    assert {type_of(path) for path in FILES} == set(ALL)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_written_once_still_parses_and_loses_nothing(path: Path) -> None:
    sample = json.loads(path.read_text())
    found = attributes(headers_of(sample))
    read = ALL[found.type].model_validate_json(json.dumps(sample["value"]))
    assert found.type == type_of(path)
    assert missing(sample["value"], read.model_dump(mode="json")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_sample_stands_on_a_topic_of_its_kind(path: Path) -> None:
    topic = json.loads(path.read_text())["topic"]
    kinds = {"inbound": INBOUND, "pool": POOL, "queue": QUEUES, "desk": DESK, "dlq": SETTLED, "alerts": ALERTS}
    assert type_of(path) in kinds[topic.partition(".")[0]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_field_that_a_later_version_adds_disturbs_nobody(path: Path) -> None:
    sample = json.loads(path.read_text())
    value = sample["value"] | {"added_later": {"anything": 1}}
    assert ALL[type_of(path)].model_validate(value) == ALL[type_of(path)].model_validate(sample["value"])


@pytest.mark.parametrize(
    "path", [path for path in FILES if type_of(path) in {**QUEUES, **DESK}], ids=lambda path: path.stem
)
def test_what_any_kafka_client_may_read_names_nobody(path: Path) -> None:
    text = path.read_text()
    assert "+1206" not in text
    assert "seizure," not in text


def shown(read: Any, written: Any) -> Iterator[tuple[str, str]]:
    """Model and field of everything that was written."""
    if isinstance(read, BaseModel):
        for name in written.keys() & type(read).model_fields.keys():
            yield type(read).__name__, name
            yield from shown(getattr(read, name), written[name])
    elif isinstance(read, tuple):
        for one, other in zip(read, written, strict=True):
            yield from shown(one, other)


def test_every_field_is_in_some_sample() -> None:
    """So whoever adds one adds a sample, and nobody can take it away again."""
    seen: set[tuple[str, str]] = set()
    for path in FILES:
        value = json.loads(path.read_text())["value"]
        seen |= set(shown(ALL[type_of(path)].model_validate(value), value))
    _, schemas = together("")
    there = {(name, each) for name, schema in schemas.items() for each in schema.get("properties", ())}
    assert there - seen == set()
