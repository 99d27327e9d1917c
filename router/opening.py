"""Clients of the broker are started within a limit, and leave nothing open where they don't start in time."""

from __future__ import annotations

import asyncio
import traceback

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient


async def opened(client: AIOKafkaConsumer | AIOKafkaProducer | AIOKafkaAdminClient, seconds: float | None) -> None:
    """Starts a client. Raises KafkaError, OSError, TimeoutError; it is for the caller to close it then, too.

    seconds: None for as long as it takes.
    """
    async with asyncio.timeout(seconds):
        try:
            await client.start()
        except asyncio.CancelledError as cancelled:
            _close_first(cancelled)
            raise


def _close_first(cancelled: asyncio.CancelledError) -> None:
    """Closes the connection by which the client asked for the cluster's brokers: where that is cancelled, aiokafka
    (0.14) neither closes it nor keeps it, so that only the cancelled frame has it."""
    for frame, _ in traceback.walk_tb(cancelled.__traceback__):
        connection = frame.f_locals.get("bootstrap_conn")
        if connection is not None:
            connection.close()
