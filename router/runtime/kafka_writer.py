"""The port Writer on an idempotent producer. It never gives up by itself, so every wait is bounded here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from router.closing import closed_producer
from router.model.cloudevents import Message
from router.runtime.kafka_calls import ACK_SECONDS
from router.runtime.ports import Batch, BatchTooLarge, SendFailed, Slot


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
