"""The bare loop to compare with: the same broker, as many hops and writes of the same sizes, and nothing else.

Producer with acks=all to a first topic; a consumer that sends each batch on to a second and awaits it; another that
sends on to a third, awaits it, writes a batch of state records and awaits that; and a client that reads the third.
Both consumers share a process, as the stages do in a worker. Topics' settings are as those of inbound.*, pool,
queue.* and the changelog.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from bench.latency.tail import Tail
from bench.latency.way import Answered, Arrived

FIRST, SECOND, THIRD, STATE = "bench.first", "bench.second", "bench.third", "bench.state"
PARTITIONS = 4
BATCH_BYTES = 8 * 1024 * 1024
LARGE = {"max.message.bytes": str(9 * 1024 * 1024)}
FLUSHED = {**LARGE, "flush.messages": "1", "message.timestamp.type": "LogAppendTime"}


@dataclass(frozen=True)
class Sizes:
    """Bytes of a record's value on each topic; and how many state records a contact makes."""

    first: int
    second: int
    third: int
    state: int
    states: int


async def create(kafka: str) -> None:
    """Makes the topics. Raises KafkaError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics(
            [
                NewTopic(FIRST, PARTITIONS, 1, topic_configs=FLUSHED),
                NewTopic(SECOND, PARTITIONS, 1, topic_configs=FLUSHED),
                NewTopic(THIRD, 1, 1, topic_configs={**LARGE, "cleanup.policy": "compact"}),
                NewTopic(STATE, PARTITIONS, 1, topic_configs={**LARGE, "cleanup.policy": "compact"}),
            ]
        )
    finally:
        await admin.close()


def producer(kafka: str) -> AIOKafkaProducer:
    return AIOKafkaProducer(
        bootstrap_servers=kafka,
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
        max_request_size=2 * BATCH_BYTES,
    )


class Bare:
    """The generator's side: sends to the first topic, reads the third."""

    def __init__(self, kafka: str, sizes: Sizes) -> None:
        self._producer = producer(kafka)
        self._tail = Tail(kafka, (THIRD,))
        self._value = bytes(sizes.first)
        self._sending: set[asyncio.Task[None]] = set()

    async def start(self, arrived: Arrived) -> None:
        def read(key: bytes, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> None:
            arrived(int(key))

        await self._producer.start()
        await self._tail.start(read)

    def send(self, number: int, answered: Answered) -> None:
        task = asyncio.create_task(self._send(number, answered))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def stop(self) -> None:
        await self._producer.stop()
        await self._tail.stop()

    async def _send(self, number: int, answered: Answered) -> None:
        try:
            await self._producer.send_and_wait(FIRST, self._value, b"%d" % number)
        except KafkaError:
            answered(503)
        else:
            answered(200)


async def forward(kafka: str, sizes: Sizes) -> None:
    """Both hops, until cancelled."""
    sending = producer(kafka)
    await sending.start()
    try:
        async with asyncio.TaskGroup() as hops:
            hops.create_task(_first_hop(kafka, sending, bytes(sizes.second)))
            hops.create_task(_second_hop(kafka, sending, sizes))
    finally:
        await sending.stop()


def _consumer(kafka: str) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, fetch_max_wait_ms=20)


async def _first_hop(kafka: str, sending: AIOKafkaProducer, value: bytes) -> None:
    async with _consumer(kafka) as consumer:
        consumer.assign([TopicPartition(FIRST, number) for number in range(PARTITIONS)])
        await consumer.seek_to_end()
        while True:
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                # As a pool's log is: all of one pool stands on one partition.
                acks = [await sending.send(SECOND, value, record.key, partition=0) for record in records]
                await asyncio.gather(*acks)


async def _second_hop(kafka: str, sending: AIOKafkaProducer, sizes: Sizes) -> None:
    value, state = bytes(sizes.third), bytes(sizes.state)
    async with _consumer(kafka) as consumer:
        consumer.assign([TopicPartition(SECOND, number) for number in range(PARTITIONS)])
        await consumer.seek_to_end()
        while True:
            for partition, records in (await consumer.getmany(timeout_ms=1000, max_records=500)).items():
                acks = [await sending.send(THIRD, value, record.key) for record in records]
                await asyncio.gather(*acks)
                await _write(sending, partition.partition, [record.key for record in records], state, sizes.states)


async def _write(sending: AIOKafkaProducer, partition: int, keys: Sequence[bytes], state: bytes, times: int) -> None:
    batch = sending.create_batch()
    for key in keys:
        for number in range(times):
            batch.append(timestamp=None, key=b"%s/%d" % (key, number), value=state)
    batch.close()
    await (await sending.send_batch(batch, STATE, partition=partition))
