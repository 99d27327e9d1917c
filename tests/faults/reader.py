"""An independent client that reads every topic while a run goes on, so that no compaction hides a record."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from router.closing import closed
from router.gateway.partitions import partitions
from router.records import record_of
from router.runtime import topics
from router.stages.contract import Record

_CONTACTS = re.compile(rb'"contact_ids":\[([^\]]*)\]')


@dataclass
class Reader:
    """records: in the order of each partition; none without `keep`. Survives the broker's restarts.

    seen: a contact's id to the time (seconds since the epoch) at which a queue's topic first told of it; incidents: to
    the incident that it was in then. logged: contacts in the pool's log.
    """

    kafka: str
    keep: bool = True
    records: list[Record] = field(default_factory=list)
    seen: dict[str, float] = field(default_factory=dict)
    incidents: dict[str, str] = field(default_factory=dict)
    logged: set[str] = field(default_factory=set)
    read: int = 0
    _consumer: AIOKafkaConsumer | None = None
    _places: list[TopicPartition] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        self._places = await partitions(self.kafka, list(topics.load()))
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self.kafka, enable_auto_commit=False, auto_offset_reset="earliest", fetch_max_wait_ms=50
        )
        await self._consumer.start()
        self._consumer.assign(self._places)
        await self._consumer.seek_to_beginning()
        self._task = asyncio.create_task(self._follow(self._consumer))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._consumer is not None:
            await closed(self._consumer)

    def twins(self) -> int:
        """Deliveries of which an inbound topic has more than one record."""
        ids = Counter(
            (record.header("ce_source"), record.header("ce_id"))
            for record in self.records
            if record.topic.startswith("inbound.")
        )
        return sum(count > 1 for count in ids.values())

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """False where it didn't hold in time."""
        end = time.monotonic() + seconds
        while not holds():
            left = end - time.monotonic()
            if left <= 0:
                return False
            self._arrived.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), min(left, 1))
        return True

    async def until_more(self, seconds: float) -> bool:
        """Waits for the next record; False where none came in time."""
        before = self.read
        return await self.until(lambda: self.read > before, seconds)

    async def settled(self, quiet: float, seconds: float) -> bool:
        """Returns once it has read all, and nothing new has come for `quiet` seconds; False where that takes longer."""
        end = time.monotonic() + seconds
        count, since = -1, time.monotonic()
        while time.monotonic() < end:
            if count != self.read or not await self._at_end():
                count, since = self.read, time.monotonic()
            elif time.monotonic() - since >= quiet:
                return True
            await asyncio.sleep(0.2)
        return False

    async def _at_end(self) -> bool:
        if self._consumer is None:
            raise ValueError("not started")
        try:
            async with asyncio.timeout(5):
                ends = await self._consumer.end_offsets(self._places)
                return all([await self._consumer.position(place) >= end for place, end in ends.items()])
        except (KafkaError, TimeoutError):
            return False

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            try:
                fetched = await consumer.getmany(timeout_ms=200)
            except KafkaError:
                await asyncio.sleep(0.1)
                continue
            for batch in fetched.values():
                for raw in batch:
                    self._take(record_of(raw))
            if fetched:
                self._arrived.set()

    def _take(self, record: Record) -> None:
        self.read += 1
        if self.keep:
            self.records.append(record)
        if record.topic == "pool" and record.header("ce_type") == "contact.scored":
            self.logged.add(record.header("ce_subject") or "")
        if record.topic.startswith("queue.") and record.value is not None:
            found = _CONTACTS.search(record.value)
            for quoted in found[1].split(b",") if found and found[1] else ():
                contact = quoted.strip(b' "').decode()
                if contact not in self.seen:
                    self.seen[contact] = record.timestamp.timestamp()
                    self.incidents[contact] = (record.key or b"").decode()
