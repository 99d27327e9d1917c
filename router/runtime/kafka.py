"""The ports on aiokafka. Settings as measured in docs/decisions/0001: low latency, one outstanding truth."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from router.closing import closed, closed_producer
from router.model.cloudevents import Message
from router.runtime.ports import (
    Batch,
    BatchTooLarge,
    LogAway,
    LogBroken,
    Member,
    OnAssigned,
    OnRevoked,
    Reader,
    SendFailed,
    Slot,
    Writer,
)
from router.stages.contract import Record

BATCH_BYTES = 8 * 1024 * 1024
ACK_SECONDS = 5.0
CLOSE_SECONDS = 1.0
SESSION_MS = 6000
HEARTBEAT_MS = 1500
# A hot partition's next fetch names only the idle ones and is held this long: 500 (the default) showed as stalls.
FETCH_WAIT_MS = 20


def record_of(raw: ConsumerRecord[bytes | None, bytes | None]) -> Record:
    return Record(
        topic=raw.topic,
        partition=raw.partition,
        offset=raw.offset,
        key=raw.key,
        value=raw.value,
        headers=tuple((name, value or b"") for name, value in raw.headers),
        timestamp=datetime.fromtimestamp(raw.timestamp / 1000, UTC),
    )


class KafkaWriter:
    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def append(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        try:
            async with asyncio.timeout(ACK_SECONDS):
                acks = [
                    await self._producer.send(
                        message.topic,
                        message.value,
                        message.key,
                        message.partition,
                        headers=list(message.headers),
                    )
                    for message in messages
                ]
                await asyncio.gather(*acks)
        except TimeoutError:
            raise SendFailed(f"no acknowledgement within {ACK_SECONDS:g} s") from None
        except KafkaError as error:
            raise SendFailed(f"the broker refused a record: {type(error).__name__}") from error

    def batch(self, messages: Sequence[Message]) -> Batch:
        builder = self._producer.create_batch()
        for message in messages:
            added = builder.append(timestamp=None, key=message.key, value=message.value, headers=list(message.headers))
            if added is None:
                raise BatchTooLarge
        # Else a later send() to the partition slips in.
        builder.close()
        batch: Batch = builder
        return batch

    async def append_batch(self, slot: Slot, batch: Batch) -> int:
        try:
            async with asyncio.timeout(ACK_SECONDS):
                future = await self._producer.send_batch(batch, slot.topic, partition=slot.partition)
                placed = await future
        except TimeoutError:
            raise SendFailed(f"no acknowledgement within {ACK_SECONDS:g} s") from None
        except KafkaError as error:
            raise SendFailed(f"the broker refused a batch: {type(error).__name__}") from error
        return int(placed.offset) + batch.record_count() - 1

    async def close(self) -> None:
        await closed_producer(self._producer)


class KafkaReader:
    def __init__(self, consumer: AIOKafkaConsumer, slots: Collection[Slot]) -> None:
        self._consumer = consumer
        self._partitions = [TopicPartition(*slot) for slot in slots]

    async def start(self) -> None:
        await started(self._consumer)
        self._consumer.assign(self._partitions)
        await self._consumer.seek_to_beginning(*self._partitions)

    async def ends(self) -> Mapping[Slot, int]:
        ends = await answered(self._consumer.end_offsets(self._partitions))
        return {Slot(*partition): end for partition, end in ends.items()}

    async def position(self, slot: Slot) -> int:
        return int(await answered(self._consumer.position(TopicPartition(*slot))))

    async def fetch(self, wait: float) -> Sequence[Record]:
        try:
            fetched = await self._consumer.getmany(timeout_ms=int(wait * 1000))
        except KafkaError as error:
            raise LogAway(f"the broker doesn't hand out records: {type(error).__name__}") from None
        return [record_of(raw) for batch in fetched.values() for raw in batch]

    async def close(self) -> None:
        await closed(self._consumer.stop())


class KafkaMember:
    def __init__(self, consumer: AIOKafkaConsumer, topics: Collection[str]) -> None:
        self._consumer = consumer
        self._topics = list(topics)

    async def start(self, on_assigned: OnAssigned, on_revoked: OnRevoked) -> None:
        self._consumer.subscribe(self._topics, listener=_Listener(on_assigned, on_revoked))
        # A join waits for the session of a member that died.
        await started(self._consumer, ACK_SECONDS + 2 * SESSION_MS / 1000)

    async def fetch(self, slots: Collection[Slot], max_records: int, wait: float) -> Mapping[Slot, Sequence[Record]]:
        """Raises LogBroken where a position isn't on the log any more."""
        partitions = [TopicPartition(*slot) for slot in slots]
        try:
            fetched = await self._consumer.getmany(*partitions, timeout_ms=int(wait * 1000), max_records=max_records)
        except NoOffsetForPartitionError:
            # Left over from before the slot was given its position.
            return {}
        except OffsetOutOfRangeError as error:
            raise LogBroken(f"a position is no longer on the log: {error}") from None
        except KafkaError as error:
            raise LogAway(f"the broker doesn't hand out records: {type(error).__name__}") from None
        return {Slot(*partition): [record_of(raw) for raw in batch] for partition, batch in fetched.items()}

    def seek(self, slot: Slot, offset: int) -> None:
        self._consumer.seek(TopicPartition(*slot), offset)

    async def committed(self, slot: Slot) -> int | None:
        found: int | None = await answered(self._consumer.committed(TopicPartition(*slot)))
        return found

    async def commit(self, offsets: Mapping[Slot, int]) -> None:
        """For lag, and where a stage without state goes on: what fails is committed next time."""
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._consumer.commit({TopicPartition(*slot): offset for slot, offset in offsets.items()})

    async def bounds(self, slot: Slot) -> tuple[int, int]:
        partition = TopicPartition(*slot)
        first = await answered(self._consumer.beginning_offsets([partition]))
        end = await answered(self._consumer.end_offsets([partition]))
        return first[partition], end[partition]

    async def close(self) -> None:
        await closed(self._consumer.stop())


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka publishes no types
    def __init__(self, assigned: OnAssigned, revoked: OnRevoked) -> None:
        self._assigned = assigned
        self._revoked = revoked

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._revoked()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        self._assigned(frozenset(Slot(*partition) for partition in assigned))


@dataclass(frozen=True)
class KafkaCluster:
    """Clients of one cluster. client_id names them on the broker and in its logs."""

    bootstrap: str
    client_id: str

    async def writer(self) -> Writer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap,
            client_id=self.client_id,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            max_batch_size=BATCH_BYTES,
            max_request_size=2 * BATCH_BYTES,
        )
        try:
            async with asyncio.timeout(ACK_SECONDS):
                await producer.start()
        except (KafkaError, TimeoutError, OSError) as error:
            await KafkaWriter(producer).close()
            raise LogAway(f"the broker doesn't answer: {type(error).__name__}") from None
        return KafkaWriter(producer)

    def reader(self, slots: Collection[Slot]) -> Reader:
        return KafkaReader(self._consumer(group_id=None, fetch_max_wait_ms=100, auto_offset_reset="earliest"), slots)

    def member(self, group: str, topics: Collection[str]) -> Member:
        consumer = self._consumer(
            group_id=group,
            auto_offset_reset="none",
            partition_assignment_strategy=[RangePartitionAssignor],
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            rebalance_timeout_ms=SESSION_MS,
        )
        return KafkaMember(consumer, topics)

    def _consumer(self, **settings: Any) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            client_id=self.client_id,
            enable_auto_commit=False,
            **{"fetch_max_wait_ms": FETCH_WAIT_MS, **settings},
        )


async def started(consumer: AIOKafkaConsumer, seconds: float = ACK_SECONDS) -> None:
    """Raises LogAway."""
    try:
        async with asyncio.timeout(seconds):
            await consumer.start()
    except (KafkaError, TimeoutError, OSError) as error:
        await closed(consumer.stop())
        raise LogAway(f"the broker doesn't answer: {type(error).__name__}") from None


async def answered(call: Any) -> Any:
    """What the broker answers. Raises LogAway."""
    try:
        async with asyncio.timeout(ACK_SECONDS):
            return await call
    except (KafkaError, TimeoutError) as error:
        raise LogAway(f"the broker doesn't answer: {type(error).__name__}") from None
