"""topics.yaml against a real broker. On a broker of its own: the names are fixed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from router.runtime import topics
from router.runtime.kafka import BATCH_BYTES


async def test_create_makes_what_is_missing_once_and_check_then_finds_no_difference(own_kafka: str) -> None:
    wanted = topics.load()
    async with topics.connected(own_kafka) as admin:
        missing = await admin.differences(wanted)
        assert [str(difference) for difference in missing] == [f"{name}: missing" for name in wanted]
        assert await admin.create(wanted) == tuple(wanted)
        assert await admin.create(wanted) == ()
        assert await admin.differences(wanted) == []


async def test_check_names_every_difference(own_kafka: str) -> None:
    desk = topics.load()["desk"]
    name = "check-names-every-difference"
    other = desk.model_copy(update={"partitions": 3, "retention_days": 2})
    async with topics.connected(own_kafka) as admin:
        await admin.create({name: desk})
        found = await admin.differences({name: other}, replication=2)
        assert [replace(difference, topic="") for difference in found] == [
            topics.Difference("", "partitions", "3", "1"),
            topics.Difference("", "replication", "2", "1"),
            topics.Difference("", "retention.ms", "172800000", "86400000"),
        ]
        assert [difference.fatal for difference in found] == [True, False, False]


async def test_a_refusal_names_the_topic_and_the_brokers_reason(own_kafka: str) -> None:
    desk = topics.load()["desk"]
    async with topics.connected(own_kafka) as admin:
        with pytest.raises(topics.WrongTopics, match=r"refuses to create too-many-copies: .*replication factor"):
            await admin.create({"too-many-copies": desk}, replication=3)


async def test_two_who_create_the_same_topics_at_once_both_succeed(own_kafka: str) -> None:
    desk = topics.load()["desk"]
    client = AIOKafkaAdminClient(bootstrap_servers=own_kafka)
    async with topics.connected(own_kafka) as admin:
        listed = admin._client.list_topics
        await client.start()

        async def after_a_rival() -> list[str]:
            before: list[str] = await listed()
            await client.create_topics([NewTopic("at-once", 1, 1)])
            return before

        admin._client.list_topics = after_a_rival
        await admin.create({"at-once": desk})
    await client.close()


def test_every_topic_takes_a_batch_as_large_as_the_writers_make_them() -> None:
    for name, topic in topics.load().items():
        assert topic.config["max.message.bytes"] > BATCH_BYTES, name


async def test_nobody_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(topics.KafkaAway, match=r"^Kafka doesn't answer at 127\.0\.0\.1:9\.$"):
        async with topics.connected("127.0.0.1:9"):
            pytest.fail("connected to nobody")
