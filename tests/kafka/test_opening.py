from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from router.closing import closed, closed_producer
from router.opening import opened


async def close(client: AIOKafkaConsumer | AIOKafkaProducer | AIOKafkaAdminClient) -> None:
    await (closed_producer(client) if isinstance(client, AIOKafkaProducer) else closed(client))


@pytest.mark.parametrize("kind", [AIOKafkaConsumer, AIOKafkaProducer, AIOKafkaAdminClient])
async def test_a_client_that_starts_can_be_used(kafka: str, kind: Callable[..., Any]) -> None:
    client = kind(bootstrap_servers=kafka)
    await opened(client, 20)
    inner = client.client if isinstance(client, AIOKafkaProducer) else client._client
    assert (await inner.fetch_all_metadata()).brokers()
    await close(client)


@pytest.mark.parametrize("kind", [AIOKafkaConsumer, AIOKafkaProducer, AIOKafkaAdminClient])
async def test_a_start_that_is_cut_short_leaves_no_connection(kafka: str, kind: Callable[..., Any]) -> None:
    """The broker tells its versions, and then nothing more: as one that is just starting, or stopping."""
    host, _, port = kafka.partition(",")[0].rpartition(":")
    silent, gone = asyncio.Event(), asyncio.Event()

    async def one_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host.strip("[]"), int(port))
        back.write(await frame(reader))
        writer.write(await frame(there))
        await frame(reader)
        silent.set()
        assert await reader.read() == b""
        gone.set()
        for each in (writer, back):
            each.close()
            await each.wait_closed()

    server = await asyncio.start_server(one_answer, "127.0.0.1", 0)
    try:
        client = kind(bootstrap_servers=f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        starting = asyncio.create_task(opened(client, 60))
        async with asyncio.timeout(20):
            await silent.wait()
        starting.cancel()
        with warnings.catch_warnings(record=True) as told, pytest.raises(asyncio.CancelledError):
            warnings.simplefilter("always")
            await starting
            gc.collect()
        assert not told
        async with asyncio.timeout(20):
            await gone.wait()
        await close(client)
    finally:
        server.close()
        await server.wait_closed()


async def frame(reader: asyncio.StreamReader) -> bytes:
    """One request or answer, its length before it."""
    length = await reader.readexactly(4)
    return length + await reader.readexactly(int.from_bytes(length, "big"))
