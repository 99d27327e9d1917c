"""The port Writer on an idempotent producer. It never gives up by itself, so every wait is bounded here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.partitioner import DefaultPartitioner

from router.closing import closed_producer
from router.model.cloudevents import Message
from router.runtime.kafka_calls import ACK_SECONDS
from router.runtime.ports import Batch, BatchTooLarge, SendFailed, Slot

PARTITIONER = DefaultPartitioner()


class KafkaWriter:
    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._partitions: dict[str, list[int]] = {}

    async def append(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        try:
            async with asyncio.timeout(ACK_SECONDS):
                acks = [
                    await self._producer.send_batch(batch, slot.topic, partition=slot.partition)
                    for slot, batch in await self._batches(messages)
                ]
                await asyncio.gather(*acks)
        except TimeoutError:
            raise SendFailed(f"no acknowledgement within {ACK_SECONDS:g} s") from None
        except KafkaError as error:
            raise SendFailed(f"the broker refused a record: {type(error).__name__}") from error

    def batch(self, messages: Sequence[Message]) -> Batch:
        builder = self._producer.create_batch()
        for message in messages:
            if not _added(builder, message):
                raise BatchTooLarge
        # Else a later send() to the partition slips in.
        builder.close()
        batch: Batch = builder
        return batch

    async def _batches(self, messages: Sequence[Message]) -> list[tuple[Slot, Batch]]:
        """One a partition, more where that is full. Records that are sent one by one cost four times the CPU."""
        full: list[tuple[Slot, Any]] = []
        open_: dict[Slot, Any] = {}
        for message in messages:
            slot = await self._slot(message)
            builder = open_.get(slot)
            if builder is None or not _added(builder, message):
                if builder is not None:
                    full.append((slot, builder))
                builder = open_[slot] = self._producer.create_batch()
                if not _added(builder, message):
                    raise MessageSizeTooLargeError
        found = [*full, *open_.items()]
        for _, builder in found:
            builder.close()
        return found

    async def _slot(self, message: Message) -> Slot:
        """As any producer has it: the partition that is named, else the key's."""
        if message.partition is not None:
            return Slot(message.topic, message.partition)
        partitions = self._partitions.get(message.topic)
        if partitions is None:
            found = await self._producer.partitions_for(message.topic)
            partitions = self._partitions[message.topic] = sorted(found)
        if len(partitions) == 1:
            return Slot(message.topic, partitions[0])
        return Slot(message.topic, PARTITIONER(message.key, partitions, partitions))

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


def _added(builder: Any, message: Message) -> bool:
    """False where the batch is full."""
    headers = list(message.headers)
    return builder.append(timestamp=None, key=message.key, value=message.value, headers=headers) is not None
