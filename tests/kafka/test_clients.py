"""docs/clients.md is true: each of its clients, run as the page has it, tells of a contact that came in."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from router.model.ids import incident_id
from tests.clients.npm import installed
from tests.kafka.cluster import fresh_topic
from tests.kafka.platform import DESK, Process, client, up
from tests.kafka.test_stream import EVENTS, texts, watching
from tests.router.gateway.desktop import Desktop
from tests.until import PATIENCE_S

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "clients.md").read_text()
QUICKSTART = (DOCS / "quickstart.md").read_text()
TOPIC = "queue.emergency-vet"

NAMES = ("kcat", "confluent-kafka", "kafkajs")


@pytest.fixture(scope="module")
def process(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with up(kafka, tmp_path_factory.mktemp("clients")) as process:
        yield process


def code(name: str, kafka: str) -> str:
    """The page's code for a client; aiokafka's is in the quickstart, with an address that most machines have."""
    if name == "aiokafka":
        (found_there,) = re.findall(r"```python\n(.*?)```", QUICKSTART, re.DOTALL)
        return str(found_there).replace("127.0.0.1:9092", kafka)
    found = re.search(rf"^## (?:\w+: )?{name}\n.*?```\w+\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def command(name: str, text: str) -> list[str]:
    """Skips where the client can't be had."""
    match name:
        case "confluent-kafka" | "aiokafka":
            return [sys.executable, "-u", "-c", text]
        case "kafkajs":
            return [_needed("node"), "-e", text]
        case _:
            _needed(name)
            return ["sh", "-c", text]


def _needed(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


@asynccontextmanager
async def running(name: str, kafka: str, gateway: str = "", topic: str = TOPIC) -> AsyncIterator[AsyncIterator[str]]:
    """The page's client of a topic, as a group of processes of its own; its lines as they come."""
    environment = {**os.environ, "KAFKA": kafka, "GATEWAY": gateway, "TOKEN": DESK}
    if name == "kafkajs":
        environment["NODE_PATH"] = str(installed() / "node_modules")
    child = await asyncio.create_subprocess_exec(
        *command(name, code(name, kafka).replace(TOPIC, topic)),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
        limit=2**20,
    )
    try:
        yield _lines(child)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, 9)
        await child.wait()


async def _lines(child: asyncio.subprocess.Process) -> AsyncIterator[str]:
    assert child.stdout is not None
    while line := await child.stdout.readline():
        yield line.decode().rstrip("\n")


def incident_of(contact: str) -> str:
    return incident_id("petcare", contact)


async def told(lines: AsyncIterator[str], word: str) -> list[str]:
    """What it prints, up to the line with `word`."""
    found: list[str] = []
    async with asyncio.timeout(PATIENCE_S):
        async for line in lines:
            found.append(line)
            if word in line:
                return found
    raise AssertionError(f"it ended without {word}: {found[-3:]}")


@pytest.mark.parametrize("name", [*NAMES, "aiokafka"])
async def test_a_kafka_client_tells_of_a_contact_that_came_in(name: str, process: Process) -> None:
    async with client(process) as router, watching(router, EVENTS, Desktop()) as stream:
        contact = await texts(router)
        await stream.until_open([contact])
    async with running(name, process.kafka) as lines:
        line = (await told(lines, incident_of(contact)))[-1]
    assert "waiting" in line


async def test_curl_tells_of_a_contact_that_comes_in(process: Process) -> None:
    async with client(process) as router, running("curl", process.kafka, process.gateway) as lines:
        assert "event: reset" in await told(lines, "event: live")
        contact = await texts(router)
        assert "event: incident.opened" in await told(lines, contact)


@pytest.mark.parametrize("name", NAMES)
async def test_a_kafka_client_drops_what_was_written_late(name: str, kafka: str) -> None:
    topic = await fresh_topic(kafka)
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True) as producer:
        for key, epoch, revision, contact in (
            ("i_1", 9, 9, "c_first"),
            ("i_1", 10, 10, "c_newest"),
            ("i_1", 9, 11, "c_late"),
            ("i_1", 10, 9, "c_lower"),
            ("i_2", 1, 1, "c_gone"),
            ("i_2", 1, 2, None),
            ("i_3", 1, 1, "c_end"),
        ):
            headers = [("ce_epoch", str(epoch).encode()), ("ce_revision", str(revision).encode())]
            value = {"incident_id": key, "severity": "S1", "state": "waiting", "contact_ids": [contact]}
            content = None if contact is None else json.dumps(value).encode()
            await producer.send_and_wait(topic, content, key=key.encode(), headers=headers)
    async with running(name, kafka, topic=topic) as lines:
        seen: dict[str, list[str]] = {key: [] for key in ("i_1", "i_2", "i_3")}
        async with asyncio.timeout(PATIENCE_S):
            while not all(seen.values()) or "c_end" not in seen["i_3"][-1]:
                line = await anext(lines)
                seen[next(key for key in seen if key in line)].append(line)
    assert "c_newest" in seen["i_1"][-1]
    assert not [line for line in seen["i_1"] if "c_late" in line or "c_lower" in line]
    assert re.search("gone|no longer", seen["i_2"][-1])
