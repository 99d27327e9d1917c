"""The watchdog's way to the broker: one consumer without a group, one admin client, one producer.

Some topics it reads from their starts, the log of the pool from a minute ago; of the rest it asks only where they end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from router.closing import closed, closed_producer
from router.model.cloudevents import Message
from router.opening import opened
from router.records import record_of
from router.stages.contract import Record
from router.watchdog.facts.incidents import PREFIX
from router.watchdog.facts.known import DESK, INBOUND, POOL, POOL_DEAD, STAGES
from router.watchdog.facts.progress import Sample
from router.watchdog.facts.rhythm import HOUR, hour_of
from router.watchdog.findings import DEAD_WITHIN
from router.watchdog.messages import TOPIC

CLIENT = "router-watchdog"
ANSWER_S = 5.0
# It answers nobody: two fetches a second, not one for every record. Half of it is what a finding waits on average.
FETCH_WAIT_MS = 500
FETCH_MIN_BYTES = 512 * 1024
FETCH_BYTES = 4 * 1024 * 1024
PARTITION_BYTES = 256 * 1024
AT_ONCE = 500
LOOK_BACK = timedelta(minutes=1)
DAYS = 7
DEAD = ".dlq"


def from_start(topic: str) -> bool:
    return topic.startswith(PREFIX) or topic in (DESK, TOPIC)


def read(topic: str) -> bool:
    return from_start(topic) or topic in (POOL, POOL_DEAD)


def watched(topic: str) -> bool:
    return read(topic) or topic.startswith(INBOUND) or topic.endswith(DEAD)


class Watched:
    """The topics, on one connection. Whatever fails, a new one is made, and reading goes on where it was."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        admin: AIOKafkaAdminClient,
        producer: AIOKafkaProducer,
        places: Collection[TopicPartition],
    ) -> None:
        self._consumer = consumer
        self._admin = admin
        self._producer = producer
        self._places = places
        self._targets: dict[TopicPartition, int] = {}

    async def begin(self, positions: dict[TopicPartition, int]) -> None:
        """Assigns everything; reads on from `positions`, and fixes the ends that have to be reached."""
        async with asyncio.timeout(ANSWER_S):
            # With a position, and paused: so that the ends can be asked for before anything is fetched.
            self._consumer.assign(list(self._places))
            self._consumer.pause(*self._places)
            for place in self._places:
                self._consumer.seek(place, 0)
            wanted = [place for place in self._places if read(place.topic)]
            starts = await self._consumer.beginning_offsets(wanted)
            self._targets = dict(await self._consumer.end_offsets(wanted))
            lately = [place for place in wanted if not from_start(place.topic)]
            recent = await self._since(lately, LOOK_BACK, self._targets)
        for place in wanted:
            first = starts[place] if from_start(place.topic) else recent[place]
            self._consumer.seek(place, max(positions.get(place, first), starts[place]))
        self._consumer.resume(*wanted)

    async def fetch(self, positions: dict[TopicPartition, int]) -> Sequence[Record]:
        """What has come, at most AT_ONCE records, waiting half a second for the first; `positions` moves on."""
        fetched = await self._consumer.getmany(timeout_ms=500, max_records=AT_ONCE)
        found: list[Record] = []
        for place, records in fetched.items():
            positions[place] = records[-1].offset + 1
            found += [record_of(raw) for raw in records]
        return found

    async def caught_up(self) -> bool:
        """True once everything is read that was there when it began. A compacted topic may end in a hole, so it is the
        consumer's own position that counts."""
        for place, end in list(self._targets.items()):
            if await self._consumer.position(place) >= end:
                del self._targets[place]
        return not self._targets

    async def sample(self) -> Sample:
        async with asyncio.timeout(ANSWER_S):
            ends = await self._consumer.end_offsets([place for place in self._places if _counted(place.topic)])
            dead = [place for place in self._places if place.topic.endswith(DEAD)]
            before = await self._since(dead, DEAD_WITHIN, ends)
            committed = {group: await self._committed(group) for group in STAGES}
        return Sample(
            ends={(place.topic, place.partition): end for place, end in ends.items() if place not in before},
            committed=committed,
            dead={place.topic: max(0, ends[place] - first) for place, first in before.items()},
        )

    async def hourly(self, now: datetime) -> AsyncIterator[tuple[str, Mapping[datetime, int]]]:
        """Of each inbound topic how many records came in each whole hour of a week, from its first one on."""
        places = [place for place in self._places if place.topic.startswith(INBOUND)]
        hours = [hour_of(now) - HOUR * number for number in range(24 * DAYS, -1, -1)]
        ends = await self._consumer.end_offsets(places)
        at: dict[datetime, Mapping[TopicPartition, int]] = {}
        for hour in hours:
            found = await self._consumer.offsets_for_times({place: _ms(hour) for place in places})
            at[hour] = {place: ends[place] if found[place] is None else found[place].offset for place in places}
            await asyncio.sleep(0.02)  # nobody is in a hurry for it
        for topic in sorted({place.topic for place in places}):
            totals = [sum(found[place] for place in places if place.topic == topic) for found in at.values()]
            counts = {hour: after - here for hour, here, after in zip(hours, totals, totals[1:], strict=False)}
            first = next((hour for hour, count in counts.items() if count), now)
            yield topic, {hour: count for hour, count in counts.items() if hour > first}

    async def send(self, messages: Sequence[Message]) -> None:
        """Returns once all are acknowledged. Raises KafkaError, TimeoutError."""
        async with asyncio.timeout(ANSWER_S):
            for message in messages:
                await self._producer.send_and_wait(
                    message.topic, value=message.value, key=message.key, headers=list(message.headers)
                )

    async def _since(
        self, places: Sequence[TopicPartition], ago: timedelta, ends: Mapping[TopicPartition, int]
    ) -> dict[TopicPartition, int]:
        """The offsets of the first records that are no older; of `ends` where there is none."""
        if not places:
            return {}
        at = _ms(datetime.now(UTC) - ago)
        found = await self._consumer.offsets_for_times(dict.fromkeys(places, at))
        return {place: ends[place] if found[place] is None else found[place].offset for place in places}

    async def _committed(self, group: str) -> dict[tuple[str, int], int]:
        found = await self._admin.list_consumer_group_offsets(group)
        return {(place.topic, place.partition): known.offset for place, known in found.items() if known.offset >= 0}


@asynccontextmanager
async def watching(bootstrap: str, places: Collection[TopicPartition]) -> AsyncIterator[Watched]:
    """Raises KafkaError, OSError, TimeoutError."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        client_id=CLIENT,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=FETCH_WAIT_MS,
        fetch_min_bytes=FETCH_MIN_BYTES,
        fetch_max_bytes=FETCH_BYTES,
        max_partition_fetch_bytes=PARTITION_BYTES,
    )
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, client_id=CLIENT)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, client_id=CLIENT, acks="all")
    try:
        async with asyncio.timeout(ANSWER_S):
            await opened(consumer, None)
            await opened(admin, None)
            await opened(producer, None)
        yield Watched(consumer, admin, producer, places)
    finally:
        await asyncio.gather(closed(consumer), closed(admin), closed_producer(producer))


def _counted(topic: str) -> bool:
    return topic.startswith(INBOUND) or topic == POOL or topic.endswith(DEAD)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
