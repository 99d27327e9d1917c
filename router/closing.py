"""Clients of the broker are closed within a second or two, whatever state the broker is in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

STOP_S = 0.7

log = structlog.get_logger()


async def closed(closing: Awaitable[None]) -> None:
    """Awaits a client's `stop` or `close`, but not for long."""
    with contextlib.suppress(TimeoutError, KafkaError, OSError):
        async with asyncio.timeout(STOP_S):
            await closing


async def ended(task: asyncio.Task[None] | None) -> None:
    """Cancels a task, where there is one, and returns once it has ended."""
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def closed_producer(producer: AIOKafkaProducer) -> None:
    """Stops a producer, without what it can't send within STOP_S. Never raises."""
    try:
        try:
            async with asyncio.timeout(STOP_S):
                await producer.flush()
        except TimeoutError:
            await _drop(producer)
        else:
            await closed(producer.stop())
    except Exception as error:  # a client that can't even be closed must not keep its successor from starting
        log.debug("producer.close_failed", error=type(error).__name__)


async def _drop(producer: AIOKafkaProducer) -> None:
    """Closes it without what is still to be sent: `stop` waits for that without end, and nothing public doesn't."""
    producer._closed = True
    sending = producer._sender.sender_task
    if sending is not None:
        sending.cancel()
    await producer.client.close()
    if sending is not None:
        await asyncio.wait({sending}, timeout=STOP_S)
        if not sending.done():
            # It waits for a request of its own, which tries again; asked once more, it ends with that.
            sending.cancel()
            await asyncio.wait({sending}, timeout=STOP_S)
    await producer.client.close()
