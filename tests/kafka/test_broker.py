"""The embedded broker: started, stopped, killed. These run on brokers of their own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from channels.errors import Problem
from router.runtime.broker import Broker
from tests.kafka.cluster import fresh_topic


async def append(bootstrap: str, topic: str, values: range) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(topic, str(value).encode())


async def read(bootstrap: str, topic: str, count: int) -> list[int]:
    found: list[int] = []
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        while len(found) < count:
            record = await consumer.getone()
            found.append(int(record.value))
    return found


async def test_the_shared_broker_takes_and_gives(kafka: str) -> None:
    topic = await fresh_topic(kafka)
    await append(kafka, topic, range(3))
    assert await read(kafka, topic, 3) == [0, 1, 2]


async def test_a_broker_killed_with_9_comes_back_with_everything_it_acknowledged(tmp_path: Path) -> None:
    broker = Broker(tmp_path, port=0)
    await broker.start()
    try:
        topic = await fresh_topic(broker.bootstrap, config={"flush.messages": 1})
        await append(broker.bootstrap, topic, range(50))
        assert broker.pid is not None
        os.kill(broker.pid, signal.SIGKILL)
        assert await broker.ended() == -signal.SIGKILL

        before = broker.bootstrap
        await broker.start()
        assert broker.bootstrap == before
        await append(broker.bootstrap, topic, range(50, 60))
        assert await read(broker.bootstrap, topic, 60) == list(range(60))
    finally:
        await broker.stop()


async def test_the_port_is_kept_with_the_data_and_the_data_survives_a_stop(tmp_path: Path) -> None:
    broker = Broker(tmp_path, port=0)
    await broker.start()
    try:
        first = broker.bootstrap
        topic = await fresh_topic(first)
        await append(first, topic, range(5))
    finally:
        await broker.stop()

    again = Broker(tmp_path)
    await again.start()
    try:
        assert again.bootstrap == first
        assert await read(first, topic, 5) == list(range(5))

        rival = Broker(tmp_path / "rival", port=int(first.rpartition(":")[2]))
        with pytest.raises(Problem, match=rf"port \d+ is in use by pid {again.pid} \(Kafka\)\. Stop it, or choose"):
            await rival.start()
    finally:
        await again.stop()
    assert again.pid is None


async def test_a_start_that_fails_says_why_in_one_sentence_and_leaves_nothing_running(tmp_path: Path) -> None:
    broker = Broker(tmp_path, port=0)
    (tmp_path / "kafka" / "data").mkdir(parents=True)  # looks formatted, and isn't
    with pytest.raises(Problem) as caught:
        await broker.start()
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "logs" / "kafka.log") in str(caught.value)
    assert broker.pid is None
