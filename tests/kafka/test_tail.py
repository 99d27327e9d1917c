"""`router tail` on a real broker."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiokafka import AIOKafkaProducer

from router.cli.following import follow
from router.cli.reading import UnknownTopic, topic_named, topic_reader
from router.cli.rows import as_json
from router.stages.contract import Record
from tests.kafka.cluster import fresh_topic


async def append(kafka: str, topic: str, *values: bytes | None) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True) as producer:
        for number, value in enumerate(values):
            headers = [("ce_type", b"incident.opened")]
            await producer.send_and_wait(topic, value, key=f"k{number}".encode(), headers=headers)


async def test_from_start_until_end_gives_every_record_and_ends(kafka: str) -> None:
    topic = await fresh_topic(kafka, partitions=2)
    await append(kafka, topic, b'{"a": 1}', None, b"no json")
    seen: list[Record] = []
    await follow(kafka, topic, seen.append, from_start=True, until_end=True)
    told = sorted((json.loads(as_json(record)) for record in seen), key=lambda line: str(line["key"]))
    assert [(line["key"], line["value"]) for line in told] == [("k0", {"a": 1}), ("k1", None), ("k2", "no json")]
    assert all(line["headers"] == {"ce_type": "incident.opened"} for line in told)


async def test_until_end_of_an_empty_topic_ends_at_once(kafka: str) -> None:
    topic = await fresh_topic(kafka)
    seen: list[Record] = []
    await follow(kafka, topic, seen.append, from_start=True, until_end=True)
    assert seen == []


async def test_without_from_start_only_what_comes_later_is_shown(kafka: str) -> None:
    topic = await fresh_topic(kafka)
    await append(kafka, topic, b'"before"')
    async with topic_reader(kafka) as reader:
        await reader.take([topic], from_start=False)
        await reader.ends()
        task = asyncio.ensure_future(anext(reader.records()))
        while not task.done():
            await append(kafka, topic, b'"after"')
            await asyncio.wait([task], timeout=0.1)
        assert task.result().value == b'"after"'


async def test_an_unknown_name_is_told_with_the_closest_ones(kafka: str) -> None:
    topic = await fresh_topic(kafka, "queue.emergency-vet")
    with pytest.raises(UnknownTopic, match=topic):
        await follow(kafka, topic.replace("vet", "vett"), print, from_start=True, until_end=True)


def test_a_queue_is_named_by_its_skill() -> None:
    topics = {"queue.claims", "claims.dlq", "pool"}
    assert topic_named("claims", topics) == "queue.claims"
    assert topic_named("queue.claims", topics) == "queue.claims"
    assert topic_named("pool", topics) == "pool"
    with pytest.raises(UnknownTopic, match="did you mean claims"):
        topic_named("claim", topics)
