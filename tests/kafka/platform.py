"""`router up` as a process of its own, as a user starts it, and an independent client of the queues' topics."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiosmtplib
import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition

from channels.twilio.signature import sign
from scoring.model import Skill
from tests.until import PATIENCE_S

TOKEN = "twilio-token"
DESK = "desk-token"
BASIC = ("postmark", "secret")
SECRETS = {
    "ROUTER_TWILIO_AUTH_TOKENS": f"old-token,{TOKEN}",
    "ROUTER_POSTMARK_BASIC_AUTH": ":".join(BASIC),
    "ROUTER_DESK_TOKENS": DESK,
}


@dataclass
class Process:
    """A running `up`, and what its one line of stdout says."""

    pid: int
    gateway: str
    smtp: str
    kafka: str


@dataclass
class Up:
    """A running `up` and a client of its gateway."""

    process: Process
    http: httpx.AsyncClient

    async def twilio(self, hook: str, form: Mapping[str, str]) -> httpx.Response:
        signature = sign(f"{self.process.gateway}/hooks/twilio/{hook}", dict(form), TOKEN)
        return await self.http.post(f"/hooks/twilio/{hook}", data=dict(form), headers={"X-Twilio-Signature": signature})

    async def postmark(self, body: Mapping[str, Any]) -> httpx.Response:
        return await self.http.post("/hooks/postmark/inbound", json=body, auth=BASIC)

    async def mail(self, content: bytes, sender: str, to: str) -> str:
        """Sends by SMTP; returns what the listener said."""
        host, _, port = self.process.smtp.rpartition(":")
        _, said = await aiosmtplib.send(
            content, sender=sender, recipients=[to], hostname=host, port=int(port), start_tls=False
        )
        return said

    async def desk(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
    ) -> httpx.Response:
        """A command that nobody answers in time, as on a busy machine, is tried again, as the same."""
        bearer = {"Authorization": f"Bearer {DESK}", **headers}
        if method == "POST":
            bearer = {"Idempotency-Key": uuid4().hex, **bearer}
        async with asyncio.timeout(PATIENCE_S):
            while True:
                answer = await self.http.request(method, f"/desk{path}", json=body, headers=bearer)
                if answer.status_code != HTTPStatus.GATEWAY_TIMEOUT:
                    return answer

    def child(self, part: str) -> int:
        """The pid of a part. Raises LookupError while there is none."""
        for pid in _children(self.process.pid):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if part.encode() in words:
                return pid
        raise LookupError(part)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(each) for each in (task / "children").read_text().split()]
    return found


@contextmanager
def up(kafka: str, data: Path) -> Iterator[Process]:
    """`router up` on free ports, on the tests' broker; stopped by SIGTERM, which must leave exit status 0."""
    env = {**os.environ, **SECRETS, "KAFKA_BOOTSTRAP_SERVERS": kafka}
    command = [sys.executable, "-m", "router", "up", "--data", str(data), "--port", "0", "--smtp-port", "0"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said, "it ended before it was ready"
            line = json.loads(said)
            assert line.pop("ready") is True
            yield Process(process.pid, **line)
            process.terminate()
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()


@asynccontextmanager
async def client(process: Process) -> AsyncIterator[Up]:
    async with httpx.AsyncClient(base_url=process.gateway, timeout=PATIENCE_S, trust_env=False) as http:
        yield Up(process, http)


@dataclass
class Queues:
    """What an independent consumer that reads every queue topic from the start has seen, in order."""

    records: list[tuple[str, str, tuple[int, int], dict[str, Any] | None]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Incident by id, with its topic, as a reader that drops lower (epoch, revision) of a topic's key knows it."""
        last: dict[tuple[str, str], tuple[tuple[int, int], dict[str, Any] | None]] = {}
        for topic, key, version, value in self.records:
            if (topic, key) not in last or version >= last[topic, key][0]:
                last[topic, key] = (version, value)
        return {
            key: (topic, value)
            for (topic, key), (_, value) in last.items()
            if value is not None and value["state"] != "moved"
        }

    def holding(self, contact_id: str) -> list[dict[str, Any]]:
        """The incidents that hold a contact; one, if all is well."""
        return [value for _, value in self.now().values() if contact_id in value["contact_ids"]]

    async def until(self, condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self.arrived.clear()
                await self.arrived.wait()


@asynccontextmanager
async def queues(kafka: str) -> AsyncIterator[Queues]:
    seen = Queues()
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([TopicPartition(f"queue.{skill.value}", 0) for skill in Skill])
    await consumer.seek_to_beginning()

    async def follow() -> None:
        async for raw in consumer:
            headers = dict(raw.headers)
            version = int(headers["ce_epoch"]), int(headers["ce_revision"])
            value = None if raw.value is None else json.loads(raw.value)
            seen.records.append((raw.topic, raw.key.decode(), version, value))
            seen.arrived.set()

    task = asyncio.create_task(follow())
    try:
        yield seen
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await consumer.stop()
