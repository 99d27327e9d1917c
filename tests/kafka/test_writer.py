"""What a stage writes at once: few batches, and every record where any other producer would put it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from router.model.cloudevents import Message
from router.runtime.kafka import BATCH_BYTES, KafkaCluster
from router.runtime.ports import SendFailed, Writer
from tests.kafka.cluster import fresh_topic

PARTITIONS = 4


@pytest.fixture
async def writer(kafka: str) -> AsyncIterator[Writer]:
    writer = await KafkaCluster(kafka, "test").writer()
    yield writer
    await writer.close()


async def read(kafka: str, topic: str, count: int) -> list[tuple[int, bytes, bytes]]:
    """(partition, key, value) of the first `count` records."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, number) for number in range(PARTITIONS)])
        await consumer.seek_to_beginning()
        found = [await consumer.getone() for _ in range(count)]
        return [(record.partition, record.key, record.value) for record in found]
    finally:
        await consumer.stop()


def message(topic: str, key: str, value: bytes, partition: int | None = None) -> Message:
    return Message(topic, key.encode(), value, (("ce_epoch", b"1"),), partition)


async def test_each_key_goes_where_any_producer_puts_it_in_order(kafka: str, writer: Writer) -> None:
    topic = await fresh_topic(kafka, partitions=PARTITIONS)
    keys = [f"key-{number % 9}" for number in range(40)]
    await writer.append([message(topic, key, str(number).encode()) for number, key in enumerate(keys)])
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    theirs = {key: (await producer.send_and_wait(topic, b"theirs", key.encode())).partition for key in set(keys)}
    await producer.stop()
    records = await read(kafka, topic, len(keys) + len(theirs))
    ours = [(partition, key.decode(), int(value)) for partition, key, value in records if value != b"theirs"]
    assert sorted(number for _, _, number in ours) == list(range(len(keys)))
    assert {(key, partition) for partition, key, _ in ours} == set(theirs.items())
    for partition in range(PARTITIONS):
        numbers = [number for each, _, number in ours if each == partition]
        assert numbers == sorted(numbers)


async def test_more_than_a_batch_holds_goes_in_several(kafka: str, writer: Writer) -> None:
    topic = await fresh_topic(kafka, config={"max.message.bytes": BATCH_BYTES + 2**20})
    values = [bytes([number]) * (BATCH_BYTES // 3) for number in range(8)]
    await writer.append([message(topic, "key", value, partition=0) for value in values])
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([TopicPartition(topic, 0)])
    await consumer.seek_to_beginning()
    assert [(await consumer.getone()).value[:1] for _ in values] == [value[:1] for value in values]
    await consumer.stop()


async def test_what_the_broker_refuses_is_no_success(kafka: str, writer: Writer) -> None:
    topic = await fresh_topic(kafka, config={"max.message.bytes": 1000})
    with pytest.raises(SendFailed):
        await writer.append([message(topic, "small", b"1", 0), message(topic, "large", b"1" * 10_000, 0)])
