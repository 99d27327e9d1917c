"""Writes a few records, each acknowledged before the next, and never waits without end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from channels.errors import Problem
from router.cli.reading import NoBroker
from router.closing import closed_producer
from router.model.cloudevents import Message
from router.model.events import Position
from router.opening import opened

WITHIN_S = 10.0
LARGEST_REQUEST = 9 * 1024 * 1024


class NotWritten(Problem):
    """A record wasn't acknowledged."""


class Writer:
    """Use `async with writer(servers) as writing`."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def append(self, message: Message) -> Position:
        """Where it stands. Raises NotWritten: it can still land, and the same may be tried again."""
        try:
            async with asyncio.timeout(WITHIN_S):
                placed = await self._producer.send_and_wait(
                    message.topic, message.value, message.key, message.partition, headers=list(message.headers)
                )
        except (KafkaError, TimeoutError) as error:
            why = type(error).__name__
            raise NotWritten(f"{message.topic} didn't take a record ({why}); the same may be tried again.") from None
        return Position(topic=placed.topic, partition=placed.partition, offset=placed.offset)


@asynccontextmanager
async def writer(servers: str) -> AsyncIterator[Writer]:
    """Raises NoBroker."""
    producer = AIOKafkaProducer(
        bootstrap_servers=servers,
        client_id="router-dlq",
        acks="all",
        enable_idempotence=True,
        max_request_size=LARGEST_REQUEST,
    )
    try:
        await opened(producer, WITHIN_S)
    except (KafkaError, OSError, TimeoutError):
        await closed_producer(producer)
        raise NoBroker(f"no Kafka broker answers at {servers}") from None
    try:
        yield Writer(producer)
    finally:
        await closed_producer(producer)
