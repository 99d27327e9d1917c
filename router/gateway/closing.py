"""Clients of the broker are closed within a second, whatever state the broker is in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable

from aiokafka.errors import KafkaError

STOP_S = 0.7


async def closed(closing: Awaitable[None]) -> None:
    """Awaits a client's `stop` or `close`, but not for long."""
    with contextlib.suppress(TimeoutError, KafkaError, OSError):
        async with asyncio.timeout(STOP_S):
            await closing
