"""Which contacts lie on the topic of mails, and how often."""

from __future__ import annotations

import asyncio
from collections import Counter

from aiokafka import AIOKafkaConsumer, TopicPartition

from router.runtime import topics

TOPIC = "inbound.email"
WITHIN_S = 30.0


async def arrived(kafka: str) -> Counter[str]:
    """Reads the topic once, from start to end. Raises TimeoutError."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    found: Counter[str] = Counter()
    try:
        async with asyncio.timeout(WITHIN_S):
            partitions = [TopicPartition(TOPIC, each) for each in range(topics.load()[TOPIC].partitions)]
            consumer.assign(partitions)
            await consumer.seek_to_beginning()
            ends = await consumer.end_offsets(partitions)
            while any([await consumer.position(each) < ends[each] for each in partitions]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found.update(dict(record.headers)["ce_subject"].decode() for record in records)
    finally:
        await consumer.stop()
    return found
