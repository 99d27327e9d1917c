"""What the adapters of aiokafka share: limits, records, and calls that end."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaError

from router.closing import closed
from router.runtime.ports import LogAway
from router.stages.contract import Record

ACK_SECONDS = 5.0


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
