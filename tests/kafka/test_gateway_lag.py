"""How far a group is behind, as the broker knows it."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition

from router.gateway.lag import Sampler
from router.gateway.metrics import Metrics
from router.gateway.settled import Settled
from tests.kafka.cluster import fresh_topic
from tests.kafka.gateways import producing
from tests.until import PATIENCE_S


async def test_lag_is_what_a_group_has_yet_to_take_over_all_partitions(kafka: str) -> None:
    topic, group = await fresh_topic(kafka, "lag", partitions=2), f"lag-{uuid4().hex}"
    async with producing(kafka) as producer:
        for number in range(10):
            await producer.send_and_wait(topic, b"v", b"k", number % 2)
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, group_id=group, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([TopicPartition(topic, 0), TopicPartition(topic, 1)])
    await consumer.commit({TopicPartition(topic, 0): 2, TopicPartition(topic, 1): 5})
    await consumer.stop()
    metrics = Metrics()
    sampler = Sampler(kafka, metrics, Settled(), groups=("nobody", group), every_s=0.1)
    sampler.start()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while metrics.registry.get_sample_value("router_consumer_lag", {"group": group, "topic": topic}) != 3:  # noqa: ASYNC110 - counted by a task of the gateway
                await asyncio.sleep(0.05)
    finally:
        await sampler.stop()
