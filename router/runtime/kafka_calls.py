"""What the adapters of aiokafka share: limits, and calls that end."""

from __future__ import annotations

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from router.closing import closed
from router.opening import opened
from router.runtime.ports import LogAway

ACK_SECONDS = 5.0
TAKING_SECONDS = 1.0


async def started(consumer: AIOKafkaConsumer, seconds: float = ACK_SECONDS) -> None:
    """Raises LogAway.

    From here on the consumer fetches only once all that it has was taken, for up to TAKING_SECONDS. By itself it waits
    a tenth of a second, then asks for the other partitions alone; where those have nothing the broker holds that
    fetch, and a partition whose records were taken meanwhile waits for its end (500 ms with aiokafka's defaults).
    """
    try:
        await opened(consumer, seconds)
        consumer._fetcher._prefetch_backoff = TAKING_SECONDS  # nothing public sets it
    except (KafkaError, TimeoutError, OSError) as error:
        await closed(consumer)
        raise LogAway(f"the broker doesn't answer: {type(error).__name__}") from None


async def answered(call: Any) -> Any:
    """What the broker answers. Raises LogAway."""
    try:
        async with asyncio.timeout(ACK_SECONDS):
            return await call
    except (KafkaError, TimeoutError) as error:
        raise LogAway(f"the broker doesn't answer: {type(error).__name__}") from None
