"""The runner on a real broker: nothing lost and nothing twice, whoever dies."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from router.model.letters import ACTIONS
from router.records import record_of
from router.runtime import farewell, topics
from router.runtime.kafka import KafkaCluster
from router.runtime.ports import Slot
from router.stages.contract import Record
from tests.kafka.cluster import topics_named
from tests.kafka.counting_worker import worker
from tests.router.runtime.counting import Said, read_counts, until


@pytest.fixture
async def suffix(kafka: str) -> str:
    """Fresh topics of the counting stage, by their common ending."""
    ending = uuid4().hex[:10]
    compacted = {f"counting-{ending}.changelog": {"max.message.bytes": 9437184}, f"counts-{ending}": {}}
    await topics_named(kafka, {f"letters-{ending}": {}, f"counting-{ending}.dlq": {}}, compacted)
    async with topics.connected(kafka) as admin:
        await admin.create({ACTIONS: topics.load()[ACTIONS]})
    return ending


@asynccontextmanager
async def producing(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


class Following:
    """All records of a topic's partition 0, as they come, by a plain consumer."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def counts(self) -> dict[str, int]:
        return read_counts(self.records)

    def last(self) -> dict[bytes | None, bytes | None]:
        """The last value of each key, as compaction would leave it."""
        return {record.key: record.value for record in self.records}


@asynccontextmanager
async def following(kafka: str, topic: str) -> AsyncIterator[Following]:
    seen = Following()
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([TopicPartition(topic, 0)])
    await consumer.seek_to_beginning()

    async def follow() -> None:
        async for raw in consumer:
            seen.records.append(record_of(raw))

    task = asyncio.create_task(follow())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await consumer.stop()


async def until_more(seen: Following, records: int) -> None:
    """Returns once so many more records have come."""
    enough = len(seen.records) + records
    await until(lambda: len(seen.records) >= enough)


async def send(producer: AIOKafkaProducer, suffix: str, letters: str) -> None:
    for each in letters:
        await producer.send_and_wait(f"letters-{suffix}", each.encode(), each.encode(), 0)


async def test_a_worker_that_stops_hands_over_at_once(kafka: str, suffix: str) -> None:
    async with producing(kafka) as producer, following(kafka, f"counts-{suffix}") as seen:
        async with worker(kafka, suffix, "one").running() as first:
            await until(first.ready.is_set)
            await send(producer, suffix, "ab")
            await until(lambda: seen.counts() == {"a": 1, "b": 1})
        await send(producer, suffix, "a")
        # Nobody has to wait for its session to run out.
        assert await farewell.members(kafka, f"counting-{suffix}") == 0
        async with worker(kafka, suffix, "two").running():
            await until(lambda: seen.counts() == {"a": 2, "b": 1})


async def test_killed_again_and_again_under_load_each_is_counted_once_and_every_count_is_told(
    kafka: str, suffix: str
) -> None:
    letters = "".join(random.Random(7).choice("abcdefgh") for _ in range(400))
    async with producing(kafka) as producer, following(kafka, f"counts-{suffix}") as seen:
        for number in range(4):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.kafka.counting_worker", kafka, suffix, f"w{number}"
            )
            sending = asyncio.create_task(send(producer, suffix, letters[number * 100 : number * 100 + 100]))
            await until_more(seen, 30)
            process.kill()
            await process.wait()
            await sending
        async with worker(kafka, suffix, "last").running():
            await until(lambda: seen.counts() == Counter(letters))
    said = {(each.key, Said.model_validate_json(each.value).count) for each in seen.records if each.value}
    for each, count in Counter(letters).items():
        assert {(each.encode(), number) for number in range(1, count + 1)} <= said


async def test_a_stale_workers_late_writes_are_ignored_and_written_over(kafka: str, suffix: str) -> None:
    changelog, counts = f"counting-{suffix}.changelog", f"counts-{suffix}"
    async with (
        producing(kafka) as producer,
        following(kafka, counts) as seen,
        following(kafka, changelog) as changes,
    ):
        async with worker(kafka, suffix, "one").running() as first:
            await until(first.ready.is_set)
            await send(producer, suffix, "aa")
            await until(lambda: seen.counts() == {"a": 2})
        async with worker(kafka, suffix, "two").running() as second:
            await until(second.ready.is_set)
            old = [("ce_epoch", b"1"), ("ce_revision", b"9")]
            entry = b'{"count":9,"at":"2026-01-01T00:00:00Z"}'
            before = len(changes.records), len(seen.records)
            await producer.send_and_wait(changelog, entry, b"count/a", 0, headers=old)
            await producer.send_and_wait(changelog, b'{"offset":0}', b"applied", 0, headers=old)
            await producer.send_and_wait(counts, b'{"count":9}', b"a", 0, headers=old)
            await until(lambda: len(changes.records) >= before[0] + 4 and len(seen.records) >= before[1] + 2)
            assert seen.last()[b"a"] == b'{"count":2}'
            assert b'"count":2' in (changes.last()[b"count/a"] or b"")
            assert changes.last()[b"applied"] == b'{"offset":1}'
            assert second.counts() == {"a": 2}
            await send(producer, suffix, "a")
            await until(lambda: seen.counts() == {"a": 3})


async def test_a_long_backlog_is_counted_in_whole_batches(kafka: str, suffix: str) -> None:
    async with (
        producing(kafka) as producer,
        following(kafka, f"counts-{suffix}") as seen,
        following(kafka, f"counting-{suffix}.changelog") as changes,
    ):
        for _ in range(500):
            await producer.send(f"letters-{suffix}", b"a", b"a", 0)
        await producer.flush()
        async with worker(kafka, suffix, "one").running():
            await until(lambda: seen.counts() == {"a": 500} and changes.last().get(b"applied") == b'{"offset":499}')
    assert changes.records[-1].key == b"applied"


async def test_the_group_is_told_its_place_for_lag(kafka: str, suffix: str) -> None:
    async with (
        producing(kafka) as producer,
        following(kafka, f"counts-{suffix}") as seen,
        worker(kafka, suffix, "one").running(),
    ):
        await send(producer, suffix, "abc")
        await until(lambda: len(seen.counts()) == 3)
    member = KafkaCluster(kafka, "reader").member(f"counting-{suffix}", [f"letters-{suffix}"])
    await member.start(lambda _: None, _nothing)
    try:
        assert await member.committed(Slot(f"letters-{suffix}", 0)) == 3
    finally:
        await member.close()


async def _nothing() -> None: ...
