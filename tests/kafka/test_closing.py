from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from router.closing import closed, closed_producer
from router.opening import opened
from tests.kafka.cluster import fresh_topic


@pytest.fixture
async def joining(kafka: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A member whom the group lets wait, as after a worker's death: it would wait on in its own `stop`, too."""
    topic, group = await fresh_topic(kafka), f"g-{uuid4().hex}"
    # It hears that somebody wants to come in only with its next heartbeat.
    inside = AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, group_id=group, heartbeat_interval_ms=60_000, session_timeout_ms=120_000
    )
    await inside.start()
    made = AIOKafkaConsumer(topic, bootstrap_servers=kafka, group_id=group)
    starting = asyncio.create_task(made.start())
    try:
        async with asyncio.timeout(20):
            while not asks_to_join(made):  # noqa: ASYNC110 - a client's state: it can't notify
                await asyncio.sleep(0.02)
        starting.cancel()
        await asyncio.wait({starting})
        yield made
    finally:
        await closed(inside)


def asks_to_join(consumer: AIOKafkaConsumer) -> bool:
    """Sent, and not answered."""
    coordinator = consumer._coordinator
    connections = consumer._client._conns.values()
    asked = [type(request).__name__ for each in connections for _, request, _ in each._requests]
    return coordinator is not None and any(name.startswith("JoinGroup") for name in asked)


def is_open(client: AIOKafkaClient) -> bool:
    return any(connection.connected() for connection in client._conns.values())


def left(before: set[asyncio.Task[object]]) -> set[str]:
    """What runs in this loop that didn't before."""
    return {str(task.get_coro()) for task in asyncio.all_tasks() - before}


async def test_a_consumer_that_would_wait_for_its_group_is_closed_with_its_connections(
    joining: AIOKafkaConsumer,
) -> None:
    assert is_open(joining._client)
    async with asyncio.timeout(20):
        await closed(joining)
    assert not is_open(joining._client)
    running = (joining._fetcher._fetch_task, joining._coordinator._coordination_task, joining._client._sync_task)
    assert all(task is None or task.done() for task in running)


async def test_one_whose_closing_is_cancelled_is_closed_all_the_same(joining: AIOKafkaConsumer) -> None:
    closing = asyncio.create_task(closed(joining))
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert not is_open(joining._client)


async def test_clients_leave_nothing_running(kafka: str) -> None:
    before = asyncio.all_tasks()
    consumer, producer = AIOKafkaConsumer(bootstrap_servers=kafka), AIOKafkaProducer(bootstrap_servers=kafka)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    for client in (consumer, producer, admin):
        await opened(client, 20)
    await producer.send_and_wait(await fresh_topic(kafka), b"value")
    await asyncio.gather(closed(consumer), closed(admin), closed_producer(producer))
    assert not any(map(is_open, (consumer._client, admin._client, producer.client)))
    assert not left(before)


async def test_clients_that_nobody_answers_are_closed(unused_tcp_port: int) -> None:
    away = f"127.0.0.1:{unused_tcp_port}"
    before = asyncio.all_tasks()
    consumer, producer = AIOKafkaConsumer(bootstrap_servers=away), AIOKafkaProducer(bootstrap_servers=away)
    for client in (consumer, producer):
        with pytest.raises(KafkaError):
            await opened(client, 20)
    await closed(consumer)
    await closed_producer(producer)
    assert not left(before)
