"""Reads topics without a group, for as long as the gateway lives: some from their starts, some from their ends.

It is caught up once it has read what was there when it started; only then may anybody rely on it. A broker that
goes away is waited for, and reading goes on where it stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError

from router.batched import Batched, takes_all
from router.closing import closed, ended
from router.gateway.partitions import ANSWER_S, MissingTopics, partitions
from router.opening import opened
from router.records import record_of
from router.stages.contract import Record

# Else each record costs a fetch of every topic.
REST_S = 0.02
# How long the broker holds a fetch where there is nothing new.
FETCH_WAIT_MS = 500
RETRY_S = 0.3
AT_ONCE = 500

log = structlog.get_logger()

Handle = Callable[[Record, bool], None]


class Reader:
    """handle: called with each record, and whether it came after the reader had caught up; it must not raise."""

    def __init__(
        self, bootstrap_servers: str, *, from_start: Collection[str], from_end: Collection[str], handle: Handle
    ) -> None:
        self._servers = bootstrap_servers
        self._from_start = frozenset(from_start)
        self._from_end = frozenset(from_end)
        self._handle = handle
        self._positions: dict[TopicPartition, int] = {}
        self._targets: dict[TopicPartition, int] = {}
        self._caught_up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        return self._caught_up.is_set()

    async def caught_up(self) -> None:
        await self._caught_up.wait()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="reader")

    async def stop(self) -> None:
        await ended(self._task)

    async def _run(self) -> None:
        said = ""
        while True:
            consumer = AIOKafkaConsumer(
                bootstrap_servers=self._servers,
                client_id="router-gateway-reader",
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="none",
                fetch_max_wait_ms=FETCH_WAIT_MS,
                max_partition_fetch_bytes=4 * 1024 * 1024,
            )
            try:
                await opened(consumer, ANSWER_S)
                takes_all(consumer)
                await self._assign(consumer)
                batched = Batched(consumer, REST_S)
                said = ""
                while True:
                    await self._read(consumer, batched)
            except OffsetOutOfRangeError as error:
                self._forget(error)
            except Exception as error:  # whatever it is: without a reader nothing is seen, so it is tried again
                why = str(error) if isinstance(error, MissingTopics) else type(error).__name__
                if why != said:
                    log.warning("reader.waiting", why=why)
                    said = why
            finally:
                await closed(consumer)
            await asyncio.sleep(RETRY_S)

    async def _assign(self, consumer: AIOKafkaConsumer) -> None:
        """Fixes every position and the ends that have to be reached."""
        async with asyncio.timeout(ANSWER_S):
            places = await partitions(self._servers, self._from_start | self._from_end)
            # Assigned first, since asking for the offsets of topics that it doesn't know takes aiokafka a tenth of
            # a second each; paused, and with a position, so that it fetches nothing yet.
            consumer.assign(places)
            consumer.pause(*places)
            for place in places:
                consumer.seek(place, 0)
            starts = await consumer.beginning_offsets(places)
            ends = await consumer.end_offsets(places)
        for place in places:
            first = starts[place] if place.topic in self._from_start else ends[place]
            consumer.seek(place, self._positions.setdefault(place, first))
        consumer.resume(*places)
        if not self._caught_up.is_set():
            self._targets = dict(ends)
            await self._settle(consumer)

    async def _read(self, consumer: AIOKafkaConsumer, batched: Batched) -> None:
        fetched = await batched.getmany(wait=0.2, most=AT_ONCE)
        for partition, records in fetched.items():
            for raw in records:
                self._positions[partition] = raw.offset + 1
                self._handle(record_of(raw), self._caught_up.is_set())
        if fetched:
            await asyncio.sleep(0)  # what is fetched already comes without a pause, and others are on this loop
        if not self._caught_up.is_set():
            await self._settle(consumer)

    async def _settle(self, consumer: AIOKafkaConsumer) -> None:
        """Marks as reached what has been read to its end. A compacted topic may end in a hole, so it is the
        consumer's own position that counts."""
        for partition, end in list(self._targets.items()):
            if await consumer.position(partition) >= end:
                del self._targets[partition]
        if not self._targets:
            self._caught_up.set()

    def _forget(self, error: OffsetOutOfRangeError) -> None:
        """A position that is no longer there: the topic was trimmed or made anew, so it is read from its start."""
        for partition in error.args[0] if error.args and isinstance(error.args[0], dict) else list(self._positions):
            log.warning("reader.position_lost", topic=partition.topic, partition=partition.partition)
            self._positions.pop(partition, None)
