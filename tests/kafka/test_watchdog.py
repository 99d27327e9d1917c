"""The watchdog beside a running `up`: who waits with nobody to take it is told, once, and so is the end of it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.kafka.numbers import phone
from tests.kafka.platform import Process, Up, client, up
from tests.kafka.test_main_path import POISON, sms
from tests.until import until

QUEUE = "queue.emergency-vet"


@pytest.fixture(scope="module")
def process(own_kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with up(own_kafka, tmp_path_factory.mktemp("up") / "data") as running:
        yield running


class Alerts:
    """What an independent reader of `alerts` has seen, in order: type and value."""

    def __init__(self) -> None:
        self.records: list[tuple[str, dict[str, Any]]] = []

    def of(self, kind: str, subject: str) -> list[str]:
        return [type_ for type_, told in self.records if (told["kind"], told["subject"]) == (kind, subject)]

    async def until(self, holds: Callable[[], bool]) -> None:
        await until(holds)


@asynccontextmanager
async def alerts(kafka: str) -> AsyncIterator[Alerts]:
    seen = Alerts()
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([TopicPartition("alerts", 0)])
    await consumer.seek_to_beginning()

    async def follow() -> None:
        async for raw in consumer:
            if raw.value is not None:
                seen.records.append((dict(raw.headers)["ce_type"].decode(), json.loads(raw.value)))

    task = asyncio.create_task(follow())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await consumer.stop()


async def presence(platform: Up, agent: str, presence: str, capacity: int = 3) -> None:
    body = {"presence": presence, "skills": {"emergency-vet": 5, "lang-en": 5}, "capacity": capacity}
    assert (await platform.desk("POST", f"/agents/{agent}/presence", body)).status_code == 200


async def restarted(platform: Up) -> None:
    old = platform.child("watchdog")
    os.kill(old, signal.SIGKILL)
    await until(lambda: not Path(f"/proc/{old}").exists())
    await until(lambda: started(platform))


def started(platform: Up) -> bool:
    try:
        return platform.child("watchdog") > 0
    except LookupError:
        return False


async def test_who_waits_with_nobody_is_told_once_and_it_is_over_when_an_agent_comes(process: Process) -> None:
    agent = f"agent-{uuid4().hex[:8]}"
    async with client(process) as platform, alerts(process.kafka) as seen:
        answer = await platform.twilio("sms", sms(phone(), POISON))
        assert answer.status_code == 200
        await seen.until(lambda: seen.of("nobody-can-take", QUEUE) == ["alert.raised"])
        told = next(told for _, told in seen.records if told["subject"] == QUEUE)
        assert (told["severity"], told["count"]) == ("S1", 1)
        assert told["incident_id"].startswith("i_petcare_")
        assert "chocolate" not in json.dumps(seen.records)

        await restarted(platform)
        lost = "My dog escaped from the sitter's garden and is missing right now!"
        assert (await platform.twilio("sms", sms(phone(), lost))).status_code == 200
        await seen.until(lambda: seen.of("nobody-can-take", "queue.lost-pet") == ["alert.raised"])
        assert seen.of("nobody-can-take", QUEUE) == ["alert.raised"]
        await presence(platform, agent, "available")
        await seen.until(lambda: seen.of("nobody-can-take", QUEUE) == ["alert.raised", "alert.cleared"])

        place = f"/incidents/{told['incident_id']}"
        assert (await platform.desk("POST", f"{place}/claim", {"agent_id": agent})).status_code == 200
        await presence(platform, agent, "offline")
        await seen.until(lambda: seen.of("owner-absent", agent) == ["alert.raised"])
        await presence(platform, agent, "available")
        await seen.until(lambda: seen.of("owner-absent", agent) == ["alert.raised", "alert.cleared"])
        assert not {told["kind"] for _, told in seen.records} & {"contact-lost", "two-queues"}
