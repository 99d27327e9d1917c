"""Which partitions topics have."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from channels.errors import Problem
from router.closing import closed
from router.opening import opened

ANSWER_S = 5.0


class MissingTopics(Problem):
    """Topics that have to be read aren't there (yet)."""


async def partitions(bootstrap_servers: str, topics: Collection[str]) -> list[TopicPartition]:
    """Every partition of `topics`. Raises MissingTopics, KafkaError, TimeoutError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, client_id="router-gateway")
    try:
        async with asyncio.timeout(ANSWER_S):
            await opened(admin, None)
            described = await admin.describe_topics(sorted(topics))
    finally:
        await closed(admin)
    missing = [topic["topic"] for topic in described if topic["error_code"] or not topic["partitions"]]
    if missing:
        raise MissingTopics(f"topics missing: {', '.join(sorted(missing))}")
    return [
        TopicPartition(topic["topic"], partition["partition"])
        for topic in described
        for partition in topic["partitions"]
    ]
