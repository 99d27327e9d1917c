"""What the adapters of aiokafka share: limits, and calls that end."""

from __future__ import annotations

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from router.batched import takes_all
from router.closing import closed
from router.opening import opened
from router.runtime.ports import LogAway

ACK_SECONDS = 5.0


async def started(consumer: AIOKafkaConsumer, seconds: float = ACK_SECONDS) -> None:
    """Raises LogAway. From here on it fetches as batched.takes_all says."""
    try:
        await opened(consumer, seconds)
        takes_all(consumer)
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
