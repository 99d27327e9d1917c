"""Single records of the pool's log, read where a queue event says they stand."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError
from pydantic import ValidationError

from router.closing import closed
from router.gateway.log import Unavailable
from router.gateway.partitions import ANSWER_S, MissingTopics, partitions
from router.gateway.reader import FETCH_WAIT_MS
from router.model.events import ContactScored
from router.opening import opened

POOL = "pool"
KEPT = 512
READ_S = 2.0


class Positions(Protocol):
    async def contact(self, partition: int, offset: int) -> ContactScored | None:
        """The contact that stands there, None where the log doesn't hold it any more. Raises Unavailable."""
        ...


class KafkaPositions:
    """One consumer, one read at a time, and the last records kept."""

    def __init__(self, bootstrap_servers: str, topic: str = POOL) -> None:
        self._servers = bootstrap_servers
        self._topic = topic
        self._consumer: AIOKafkaConsumer | None = None
        self._lock = asyncio.Lock()
        self._kept: OrderedDict[tuple[int, int], ContactScored] = OrderedDict()

    async def stop(self) -> None:
        async with self._lock:
            await self._drop()

    async def contact(self, partition: int, offset: int) -> ContactScored | None:
        place = (partition, offset)
        if place in self._kept:
            self._kept.move_to_end(place)
            return self._kept[place]
        async with self._lock:
            try:
                async with asyncio.timeout(READ_S):
                    value = await self._value(partition, offset)
            except OffsetOutOfRangeError:
                return None
            except (KafkaError, MissingTopics, TimeoutError, OSError):
                await self._drop()
                raise Unavailable from None
        try:
            found = ContactScored.model_validate_json(value or b"")
        except ValidationError:
            return None
        self._kept[place] = found
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    async def _value(self, partition: int, offset: int) -> bytes | None:
        consumer = self._consumer or await self._made()
        place = TopicPartition(self._topic, partition)
        if place not in consumer.assignment():
            raise OffsetOutOfRangeError
        consumer.seek(place, offset)
        consumer.resume(place)
        try:
            while True:
                fetched = await consumer.getmany(place, timeout_ms=int(READ_S * 1000), max_records=1)
                for record in fetched.get(place, ()):
                    return record.value if record.offset == offset else None
        finally:
            consumer.pause(place)

    async def _made(self) -> AIOKafkaConsumer:
        """A consumer that is assigned everything, and fetches nothing until it is told to."""
        self._consumer = consumer = AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            client_id="router-gateway-positions",
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_wait_ms=FETCH_WAIT_MS,
            max_partition_fetch_bytes=128 * 1024,
        )
        async with asyncio.timeout(ANSWER_S):
            await opened(consumer, None)
            places = await partitions(self._servers, (self._topic,))
        consumer.assign(places)
        consumer.pause(*places)
        return consumer

    async def _drop(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await closed(consumer)
