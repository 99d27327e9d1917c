"""The pool's changelog is deleted: a worker refuses to start, `router rebuild` makes it anew, and all is as it was."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from bench.restart import SCORED, many
from router.runtime import topics
from tests.kafka.platform import Queues, queues
from tests.until import PATIENCE_S


async def said(kafka: str, data: Path, *command: str) -> tuple[int, str]:
    """Exit status and all output of a command."""
    process = await _started(kafka, data, *command)
    async with asyncio.timeout(PATIENCE_S):
        output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def _started(kafka: str, data: Path, *command: str) -> asyncio.subprocess.Process:
    env = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka, "ROUTER_LOG_LEVEL": "warning"}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "router", *command, "--data", str(data)),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


@asynccontextmanager
async def working(kafka: str, data: Path) -> AsyncIterator[None]:
    worker = await _started(kafka, data, "worker")
    try:
        assert worker.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            while b'"ready"' not in (line := await worker.stdout.readline()):
                assert line, "the worker ended"
        yield
        worker.terminate()
        async with asyncio.timeout(PATIENCE_S):
            await worker.wait()
    finally:
        if worker.returncode is None:
            worker.kill()
            await worker.wait()


async def send(kafka: str, first: int, count: int, address: str | None = None) -> list[str]:
    """Scored contacts, each of somebody else, or all of `address`; their ids."""
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        ids = []
        for message in many(count, first):
            headers = dict(message.headers)
            value = message.value or b""
            if address is not None:
                value = value.replace(f"person{first:015d}".encode(), address.encode())
            await producer.send_and_wait(
                message.topic, value, message.key, message.partition, headers=list(message.headers)
            )
            ids.append(headers["ce_subject"].decode())
        return ids


async def deleted(kafka: str) -> None:
    """Deletes the topic and makes it anew, as a careless hand would."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.delete_topics(["pool.changelog"])
        async with asyncio.timeout(PATIENCE_S):
            while "pool.changelog" in await admin.list_topics():  # noqa: ASYNC110 - the broker's state: it can't notify
                await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def test_a_deleted_changelog_is_made_anew_of_the_log(own_kafka: str, tmp_path: Path) -> None:
    async with topics.connected(own_kafka) as admin:
        await admin.create(topics.load())
    start = uuid4().int % 10**9
    async with queues(own_kafka) as seen:
        async with working(own_kafka, tmp_path):
            ids = await send(own_kafka, start, 20)
            await seen.until(lambda: all(seen.holding(each) for each in ids))
            status, text = await said(own_kafka, tmp_path, "rebuild", "--yes")
            assert (status, "a worker runs" in text) == (2, True)
        before = shown(seen)
        assert "is whole" in (await said(own_kafka, tmp_path, "rebuild", "--yes"))[1]
        await deleted(own_kafka)
        async with topics.connected(own_kafka) as admin:
            await admin.create({"pool.changelog": topics.load()["pool.changelog"]})
        status, text = await said(own_kafka, tmp_path, "worker")
        assert status == 78
        assert "`router rebuild --partition 0`" in text
        status, text = await said(own_kafka, tmp_path, "rebuild", "--yes")
        assert status == 0, text
        assert "0 queue records differ" in text
        records = len(seen.records)
        async with working(own_kafka, tmp_path):
            # The same words again: they join whatever the first ones opened.
            (joined,) = await send(own_kafka, start + SCORED, 1, f"person{start:015d}")
            await seen.until(lambda: bool(seen.holding(joined)))
        epochs = [version[0] for _, _, version, _ in seen.records]
        assert epochs == sorted(epochs)
        (incident,) = seen.holding(joined)
        assert {key for _, key, _, _ in seen.records[records:]} == {incident["incident_id"]}
        assert ids[0] in incident["contact_ids"]
        assert {key: value for key, value in shown(seen).items() if key != incident["incident_id"]} == {
            key: value for key, value in before.items() if key != incident["incident_id"]
        }


def shown(seen: Queues) -> dict[str, object]:
    return {key: (topic, value["state"], value["contact_ids"]) for key, (topic, value) in seen.now().items()}
