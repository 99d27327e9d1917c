"""How far the stages are behind, and how much lies on the dead-letter topics; asked of the broker now and then."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from router.closing import closed, ended
from router.gateway.metrics import Metrics
from router.gateway.settled import Settled
from router.model.dead_letters import TOPIC_END
from router.opening import opened

GROUPS = ("intake", "pool")
EVERY_S = 5.0
ANSWER_S = 3.0

log = structlog.get_logger()


class Sampler:
    """A task that keeps gauges of `metrics` up to date while the broker answers.

    settled: of the dead letters; kept by somebody else.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        metrics: Metrics,
        settled: Settled,
        groups: Sequence[str] = GROUPS,
        every_s: float = EVERY_S,
    ) -> None:
        self._servers = bootstrap_servers
        self._metrics = metrics
        self._settled = settled
        self._groups = groups
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="lag")

    async def stop(self) -> None:
        await ended(self._task)

    async def _run(self) -> None:
        while True:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._servers, client_id="router-gateway-lag", group_id=None, enable_auto_commit=False
            )
            admin = AIOKafkaAdminClient(bootstrap_servers=self._servers, client_id="router-gateway-lag")
            try:
                async with asyncio.timeout(ANSWER_S):
                    await opened(consumer, None)
                    await opened(admin, None)
                while True:
                    async with asyncio.timeout(ANSWER_S):
                        await self._sample(consumer, admin)
                    await asyncio.sleep(self._every_s)
            except Exception as error:  # whatever it is: figures can wait for the next round
                log.debug("lag.unknown", why=type(error).__name__)
            finally:
                await asyncio.gather(closed(consumer), closed(admin))
            await asyncio.sleep(self._every_s)

    async def _sample(self, consumer: AIOKafkaConsumer, admin: AIOKafkaAdminClient) -> None:
        for group in self._groups:
            committed = {
                partition: known.offset
                for partition, known in (await admin.list_consumer_group_offsets(group)).items()
                if known.offset >= 0
            }
            ends = await consumer.end_offsets(list(committed)) if committed else {}
            behind = Counter[str]()
            for partition, offset in committed.items():
                behind[partition.topic] += max(0, ends[partition] - offset)
            for topic, lag in behind.items():
                self._metrics.lag.labels(group, topic).set(lag)
        await self._dead_letters(consumer)

    async def _dead_letters(self, consumer: AIOKafkaConsumer) -> None:
        topics = [topic for topic in await consumer.topics() if topic.endswith(TOPIC_END)]
        places = [TopicPartition(topic, 0) for topic in topics]
        if not places:
            return
        first, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
        for place in places:
            self._metrics.dead_letters.labels(place.topic).set(ends[place] - first[place])
            left = self._settled.open(place.topic, first[place], ends[place])
            self._metrics.open_letters.labels(place.topic.removesuffix(TOPIC_END)).set(left)
