"""What a member of a group is given: all that came while it worked, at once and whole."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from router.model.cloudevents import Message
from router.runtime.kafka import KafkaCluster
from router.runtime.ports import Member, Slot, Writer
from tests.kafka.cluster import fresh_topic
from tests.until import until

PARTITIONS = 3


@pytest.fixture
async def topic(kafka: str) -> str:
    return await fresh_topic(kafka, partitions=PARTITIONS)


@pytest.fixture
async def writer(kafka: str) -> AsyncIterator[Writer]:
    writer = await KafkaCluster(kafka, "test").writer()
    yield writer
    await writer.close()


@pytest.fixture
async def member(kafka: str, topic: str) -> AsyncIterator[Member]:
    member = KafkaCluster(kafka, "test").member(topic, [topic])
    given: set[Slot] = set()

    async def nothing() -> None: ...

    await member.start(given.update, nothing)
    await until(lambda: len(given) == PARTITIONS)
    for slot in given:
        member.seek(slot, 0)
    yield member
    await member.close()


async def written(writer: Writer, topic: str, *values: bytes) -> None:
    """One after the other, each acknowledged, in turn to each partition."""
    for number, value in enumerate(values):
        await writer.append([Message(topic, b"key", value, (), number % PARTITIONS)])


async def fetched(member: Member, topic: str, most: int = 100) -> list[bytes]:
    """What is handed out at once, and never nothing."""
    slots = [Slot(topic, number) for number in range(PARTITIONS)]
    found: list[bytes] = []
    while not found:
        batches = (await member.fetch(slots, most, 0.1)).values()
        found = [record.value or b"" for batch in batches for record in batch]
    return sorted(found)


async def test_what_comes_while_a_batch_is_worked_on_is_one_next_batch(
    topic: str, writer: Writer, member: Member
) -> None:
    await written(writer, topic, b"a")
    assert await fetched(member, topic) == [b"a"]
    await written(writer, topic, b"b", b"c", b"d", b"e")
    assert await fetched(member, topic) == [b"b", b"c", b"d", b"e"]


async def test_what_is_too_much_for_one_batch_comes_in_the_next(topic: str, writer: Writer, member: Member) -> None:
    await writer.append([Message(topic, b"key", b"%d" % number, (), 0) for number in range(5)])
    assert [await fetched(member, topic, most=2) for _ in range(3)] == [[b"0", b"1"], [b"2", b"3"], [b"4"]]
