"""Reading topics from the terminal: without a group, from given places, up to given ends or for ever."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from channels.errors import Problem
from router.closing import closed
from router.opening import opened
from router.records import record_of
from router.stages.contract import Record
from scoring.model import Skill

QUEUE = "queue."
_FETCH_MS = 50


class NoBroker(Problem):
    """No Kafka broker answers."""


class UnknownTopic(Problem):
    """There is no such topic."""


class TopicReader:
    """One consumer. Use `async with topic_reader(servers) as reader`."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def topics(self) -> frozenset[str]:
        """Names of all topics but the broker's own."""
        return frozenset(name for name in await self._consumer.topics() if not name.startswith("__"))

    async def take(self, topics: Collection[str], *, from_start: bool) -> None:
        """What `records` reads from here on: all partitions of `topics`, from their starts or their ends."""
        # Asking for the ends of every first partition makes the client learn how many there are.
        firsts = [TopicPartition(topic, 0) for topic in topics]
        self._consumer.assign(firsts)
        await self.ends()
        slots = [TopicPartition(topic, part) for topic in topics for part in self._partitions(topic)]
        self._consumer.assign(slots)
        if slots:
            await (self._consumer.seek_to_beginning(*slots) if from_start else self._consumer.seek_to_end(*slots))

    async def ends(self) -> Mapping[TopicPartition, int]:
        """The offset after the last record of each partition taken, as it is now."""
        slots = list(self._consumer.assignment())
        return await self._consumer.end_offsets(slots) if slots else {}

    async def reached(self, ends: Mapping[TopicPartition, int]) -> bool:
        for slot, end in ends.items():
            if await self._consumer.position(slot) < end:
                return False
        return True

    async def fetch(self, timeout_ms: int = 200) -> list[Record]:
        """What is there, in the order of time as far as one fetch goes; empty after `timeout_ms`."""
        fetched = await self._consumer.getmany(timeout_ms=timeout_ms)
        found = [record_of(record) for records in fetched.values() for record in records]
        return sorted(found, key=lambda record: record.timestamp) if len(fetched) > 1 else found

    async def records(self, until: Mapping[TopicPartition, int] | None = None) -> AsyncIterator[Record]:
        """Each record; ends when every partition has been read up to `until`, never without it."""
        while until is None or not await self.reached(until):
            for record in await self.fetch():
                if until is None or record.offset < until[TopicPartition(record.topic, record.partition)]:
                    yield record

    async def at(self, topic: str, partition: int, offset: int) -> Record | None:
        """The record at one place, None where it is gone (retention) or never was."""
        slot = TopicPartition(topic, partition)
        self._consumer.assign([slot])
        first = (await self._consumer.beginning_offsets([slot]))[slot]
        end = (await self._consumer.end_offsets([slot]))[slot]
        if not first <= offset < end:
            return None
        self._consumer.seek(slot, offset)
        while True:
            fetched = await self._consumer.getmany(slot, timeout_ms=500, max_records=1)
            for record in fetched.get(slot, ()):
                return record_of(record) if record.offset == offset else None
            if await self._consumer.position(slot) > offset:
                return None

    def _partitions(self, topic: str) -> list[int]:
        return sorted(self._consumer.partitions_for_topic(topic) or ())


@asynccontextmanager
async def topic_reader(servers: str) -> AsyncIterator[TopicReader]:
    """Raises NoBroker."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_FETCH_MS,
        request_timeout_ms=10_000,
    )
    try:
        await opened(consumer, 15)
    except (KafkaError, OSError, TimeoutError):
        await closed(consumer)
        raise NoBroker(f"no Kafka broker answers at {servers}") from None
    try:
        yield TopicReader(consumer)
    finally:
        await closed(consumer)


def topic_named(name: str, topics: Collection[str]) -> str:
    """A topic by its name, or a queue's by its skill. Raises UnknownTopic with the closest names."""
    for candidate in (QUEUE + name, name):
        if candidate in topics:
            return candidate
    known = sorted(set(topics) | {topic.removeprefix(QUEUE) for topic in topics if topic.startswith(QUEUE)})
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {_or(close)}?" if close else "see `router topics list` for all."
    raise UnknownTopic(f"there is no queue or topic {name!r}; {hint}")


def skill_of(topic: str) -> Skill | None:
    """The skill whose queue `topic` is."""
    name = topic.removeprefix(QUEUE)
    return Skill(name) if topic.startswith(QUEUE) and name in Skill.__members__.values() else None


def _or(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
