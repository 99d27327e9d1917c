"""Clients of the broker are closed within a second or two, whatever state the broker is in.

What their own `stop` or `close` doesn't manage in STOP_S is ended here: what they have running is cancelled, and their
connections are closed. Left alone they would go on asking the broker, for nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Coroutine
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient

STOP_S = 0.7

log = structlog.get_logger()


async def closed(client: AIOKafkaConsumer | AIOKafkaAdminClient) -> None:
    """Closes a client. Never raises; where it is cancelled, it closes it before it ends."""
    await _to_the_end(_closed(client))


async def closed_producer(producer: AIOKafkaProducer) -> None:
    """The same for a producer, without what it can't send within STOP_S."""
    await _to_the_end(_closed_producer(producer))


async def ended(task: asyncio.Task[None] | None) -> None:
    """Cancels a task, where there is one, and returns once it has ended."""
    if task is not None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _to_the_end(closing: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(closing)
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
    if not task.cancelled() and (error := task.exception()):
        # A client that can't even be closed must not keep its successor from starting.
        log.debug("client.close_failed", error=type(error).__name__)


async def _closed(client: AIOKafkaConsumer | AIOKafkaAdminClient) -> None:
    if isinstance(client, AIOKafkaAdminClient):
        await _within_limit(client.close())
        await _cut_off(client._client)
        return
    await _within_limit(client.stop())
    await _stopped(*_running(client))
    await _cut_off(client._client)


async def _closed_producer(producer: AIOKafkaProducer) -> None:
    if await _within_limit(producer.flush()):
        await _within_limit(producer.stop())
    else:
        producer._closed = True  # `stop` waits without end for what is still to be sent, and nothing public doesn't
    sending = producer._sender.sender_task
    await _stopped(sending)
    await _cut_off(producer.client)
    # It may have waited for a request of its own, which tries again; asked once more, it ends with that.
    await _stopped(sending)
    await _cut_off(producer.client)


def _running(consumer: AIOKafkaConsumer) -> list[asyncio.Future[Any] | None]:
    """What a consumer that didn't stop still does."""
    coordinator, fetcher = consumer._coordinator, consumer._fetcher
    names = ("_coordination_task", "_heartbeat_task", "_commit_refresh_task", "_reset_committed_task")
    found = [getattr(coordinator, name, None) for name in names]
    return found if fetcher is None else [*found, fetcher._fetch_task, *fetcher._pending_tasks]


async def _within_limit(closing: Awaitable[None]) -> bool:
    """False where it was ended by the limit. A client's own failure to close is none of its caller's."""
    task = asyncio.ensure_future(closing)
    await asyncio.wait({task}, timeout=STOP_S)
    in_time = task.done()
    await _stopped(task)
    return in_time


async def _stopped(*tasks: asyncio.Future[Any] | None) -> None:
    made = {task for task in tasks if task is not None}
    for task in made:
        task.cancel()
    if made:
        await asyncio.wait(made, timeout=STOP_S)
    for task in made:
        if task.done() and not task.cancelled() and (error := task.exception()):
            log.debug("client.stop_failed", error=type(error).__name__)


async def _cut_off(client: AIOKafkaClient) -> None:
    """Closes every connection; what is still to be sent on it goes nowhere."""
    await _stopped(client._sync_task)
    for connection in client._conns.values():
        if connection.connected():
            connection._writer.transport.abort()
        connection.close()
