"""How large our own records are, so that the bare loop moves as many bytes."""

from __future__ import annotations

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.latency.bare import PARTITIONS, Sizes
from bench.latency.webhooks import QUEUES

LOOK = 300
INBOUND = ("inbound.sms", "inbound.email", "inbound.call", "inbound.ticket", "inbound.social")


async def measured(kafka: str, contacts: int) -> Sizes:
    """Of what stands on the topics now. contacts: how many went through so far."""
    async with AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False) as consumer:
        first, _ = await _mean(consumer, INBOUND, PARTITIONS)
        second, _ = await _mean(consumer, ("pool",), PARTITIONS)
        third, _ = await _mean(consumer, QUEUES, 1)
        state, states = await _mean(consumer, ("pool.changelog",), PARTITIONS)
    return Sizes(first, second, third, state, max(1, round(states / max(1, contacts))))


async def _mean(consumer: AIOKafkaConsumer, topics: tuple[str, ...], partitions: int) -> tuple[int, int]:
    """Mean size of the last values in bytes, and how many records there ever were."""
    slots = [TopicPartition(topic, partition) for topic in topics for partition in range(partitions)]
    consumer.assign(slots)
    ends = await consumer.end_offsets(slots)
    sizes: list[int] = []
    for slot in slots:
        if ends[slot]:
            consumer.seek(slot, max(0, ends[slot] - LOOK))
        else:
            consumer.pause(slot)
    for _ in range(20):
        for records in (await consumer.getmany(timeout_ms=200)).values():
            sizes += [len(record.value) for record in records if record.value]
    return round(sum(sizes) / max(1, len(sizes))), sum(ends.values())
