"""A gateway in this process, on sockets of its own, and a client that reads topics without it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from router.gateway.partitions import partitions
from router.gateway.serve import serve
from router.model.cloudevents import Message
from router.play.sample import Keys, Sample
from router.runtime import topics
from router.settings import Settings
from tests.until import PATIENCE_S

SECRETS = {"twilio_auth_tokens": "token", "postmark_basic_auth": "user:password", "desk_tokens": "desk"}


@dataclass
class Served:
    """up: set once it can serve. stop: ends it."""

    url: str
    smtp_port: int
    http: httpx.AsyncClient
    up: asyncio.Event
    stop: asyncio.Event
    task: asyncio.Task[None]

    @property
    def keys(self) -> Keys:
        return Keys(self.url, SECRETS["twilio_auth_tokens"], SECRETS["postmark_basic_auth"])

    async def ready(self, seconds: float = PATIENCE_S) -> None:
        async with asyncio.timeout(seconds):
            await self.up.wait()

    async def post(self, sample: Sample) -> httpx.Response:
        return await self.http.request(sample.method, sample.path, content=sample.body, headers=list(sample.headers))

    async def desk(self, method: str, path: str, **request: Any) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {SECRETS['desk_tokens']}"}
        return await self.http.request(method, f"/desk{path}", headers=bearer, **request)

    async def mail(self, content: bytes) -> str:
        """Status and text of the listener's last answer."""
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self.smtp_port, start_tls=False, timeout=PATIENCE_S)
        try:
            async with client:
                await client.mail("ann@example.com")
                await client.rcpt("safety@example.com")
                answer = await client.data(content)
        except aiosmtplib.SMTPResponseException as refused:
            return f"{refused.code} {refused.message}"
        return f"{answer.code} {answer.message}"


def bound() -> socket.socket:
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen(128)
    return made


@asynccontextmanager
async def serving(kafka: str, data: Path) -> AsyncIterator[Served]:
    """Not ready yet: see `ready`. It must end once it is told so."""
    secrets = data / "secrets"
    secrets.mkdir(parents=True, exist_ok=True)
    for name, value in SECRETS.items():
        (secrets / name).write_text(value)
    settings = Settings.model_validate({"data_dir": data, "KAFKA_BOOTSTRAP_SERVERS": kafka})
    http, smtp, up, stop = bound(), bound(), asyncio.Event(), asyncio.Event()
    url = f"http://127.0.0.1:{http.getsockname()[1]}"
    smtp_port = smtp.getsockname()[1]
    task = asyncio.create_task(serve(settings, http=http, smtp=smtp, ready=up.set, stop=stop))
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S, trust_env=False) as client:
        try:
            yield Served(url, smtp_port, client, up, stop, task)
        finally:
            stop.set()
            async with asyncio.timeout(PATIENCE_S):
                await task


async def with_topics(kafka: str) -> None:
    """Creates every topic of topics.yaml that isn't there."""
    async with topics.connected(kafka) as admin:
        await admin.create(topics.load())


async def all_of(kafka: str, topic: str) -> list[ConsumerRecord[bytes, bytes]]:
    """Every record that is on a topic now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = await partitions(kafka, [topic])
        ends = await consumer.end_offsets(places)
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        found: list[ConsumerRecord[bytes, bytes]] = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += records
        return found
    finally:
        await consumer.stop()


@asynccontextmanager
async def producing(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all")
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def write(producer: AIOKafkaProducer, message: Message) -> tuple[int, int]:
    """Partition and offset of the record."""
    placed = await producer.send_and_wait(
        message.topic, message.value, message.key, message.partition, headers=list(message.headers)
    )
    return placed.partition, placed.offset


def headers(record: ConsumerRecord[bytes, bytes]) -> Mapping[str, str]:
    return {name: value.decode() for name, value in record.headers}
