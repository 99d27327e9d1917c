"""The AsyncAPI document: whole, valid by AsyncAPI's own schema, and true of every sample."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from router.cli.contract import samples
from router.contract import asyncapi
from router.model.catalogue import ALL
from router.runtime.topics import load
from tests.clients.npm import installed

TOPICS = load()
SAMPLES = list(samples())
DOCUMENT: dict[str, Any] = json.loads(json.dumps(asyncapi.document(TOPICS, SAMPLES)))
MESSAGES = DOCUMENT["components"]["messages"]


def at(reference: str) -> Any:
    """What stands there. Raises KeyError where nothing does."""
    found = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def valid(value: Any, schema: Any) -> bool:
    """By a schema of the document, whose references lead into the document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    return jsonschema.Draft7Validator(whole, format_checker=jsonschema.FormatChecker()).is_valid(value)


def test_it_is_valid_by_the_schema_that_asyncapi_publishes() -> None:
    folder = installed() / "node_modules" / "@asyncapi" / "specs" / "schemas"
    schema = json.loads((folder / "3.0.0-without-$id.json").read_text())
    problems = jsonschema.Draft7Validator(schema).iter_errors(DOCUMENT)
    assert [f"{problem.json_path}: {problem.message[:200]}" for problem in problems] == []


def test_every_reference_leads_somewhere_and_every_part_is_used() -> None:
    found = set(references(DOCUMENT))
    for reference in found:
        at(reference)
    parts = {f"#/components/{kind}/{name}" for kind, held in DOCUMENT["components"].items() for name in held}
    assert parts - found == set()


def test_every_topic_is_a_channel_with_its_partitions_and_settings() -> None:
    assert {name: channel["address"] for name, channel in DOCUMENT["channels"].items()} == {n: n for n in TOPICS}
    for name, topic in TOPICS.items():
        kafka = DOCUMENT["channels"][name]["bindings"]["kafka"]
        assert kafka["partitions"] == topic.partitions
        told = {
            key: ",".join(value) if isinstance(value, list) else str(value)
            for key, value in kafka["topicConfiguration"].items()
        }
        assert told.items() <= topic.settings(3).items()


def test_every_event_type_is_a_message_of_the_channels_it_stands_on() -> None:
    for kind in ALL:
        on = {name for name, channel in DOCUMENT["channels"].items() if kind in channel["messages"]}
        assert on == {name for name, topic in TOPICS.items() if kind in topic.types}
        assert on


def test_who_sends_and_who_receives_is_as_topics_yaml_says() -> None:
    operations = DOCUMENT["operations"]
    sent = {
        (each["channel"]["$ref"].split("/")[-1], each["tags"][0]["name"], each["action"])
        for each in operations.values()
    }
    assert sent == {
        *((name, who, "send") for name, topic in TOPICS.items() for who in topic.writers),
        *((name, who, "receive") for name, topic in TOPICS.items() for who in topic.readers),
    }
    claim = [message["$ref"] for message in operations["gateway.sends.pool"]["messages"]]
    assert "#/channels/pool/messages/command.claim" in claim
    assert "#/channels/pool/messages/contact.scored" not in claim


def test_compacted_topics_have_tombstones_and_no_other_has() -> None:
    having = {name for name, channel in DOCUMENT["channels"].items() if "tombstone" in channel["messages"]}
    assert having == {name for name, topic in TOPICS.items() if topic.cleanup == "compact"}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_valid_by_the_payload_and_headers_of_its_message(sample: Any) -> None:
    message = MESSAGES[sample.type]
    assert sample.name in [example["name"] for example in message["examples"]]
    assert valid(sample.value, message["payload"])
    assert valid(sample.headers, message["headers"])


def test_a_queues_record_without_its_version_or_with_another_type_is_not_valid() -> None:
    headers = next(sample.headers for sample in SAMPLES if sample.type == "incident.opened")
    schema = MESSAGES["incident.opened"]["headers"]
    assert not valid({name: value for name, value in headers.items() if name != "ce_revision"}, schema)
    assert not valid({**headers, "ce_epoch": "three"}, schema)
    assert not valid({**headers, "ce_type": "incident.moved"}, schema)


def test_the_key_is_told_by_topic_where_it_differs() -> None:
    key = MESSAGES["contact.received"]["bindings"]["kafka"]["key"]["description"]
    assert "inbound.call: the provider's id of the call" in key
    assert MESSAGES["incident.opened"]["bindings"]["kafka"]["key"]["description"] == "incident"
