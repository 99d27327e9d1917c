"""A gateway on a log, a blob store and positions in memory, and a client of it. People and secrets are invented."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from random import Random
from typing import Any

import httpx

from channels.contract import Channel
from channels.registry import CHANNELS
from router import deployment
from router.gateway.app import Assembled, Gateway, build
from router.gateway.body_files import BodyFiles
from router.gateway.fetching import Fetcher
from router.gateway.log import TooLarge, Unavailable
from router.gateway.places import Places
from router.model.cloudevents import Message
from router.model.events import ContactReceived, ContactScored
from router.play.people import Person, Place
from router.play.sample import Keys, Sample
from router.settings import SecretFiles, Settings
from router.stages.contract import Outcome, Record
from tests.router.stages.situations import Table

TOKEN = "twilio-token-of-tests"
BASIC = "postmark:password-of-tests"
DESK = "desk-token-of-tests"
PUBLIC = "https://router.example.com"
KEYS = Keys(PUBLIC, TOKEN, BASIC)
ID_KEY = b"id-key-of-tests!"
ANN = Person("Ann Example", "+12065550142", "ann@example.com", Place("206", "SEATTLE", "WA", "98101"))
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BEARER = {"Authorization": f"Bearer {DESK}"}


@dataclass
class MemoryLog:
    """away: refuses everything. largest: of a value, in bytes. hold: appends wait for it."""

    messages: list[Message] = field(default_factory=list)
    away: bool = False
    largest: int = 8 * 1024 * 1024
    hold: asyncio.Event | None = None

    async def append(self, message: Message) -> None:
        if self.hold is not None:
            await self.hold.wait()
        if self.away:
            raise Unavailable
        if len(message.value or b"") > self.largest:
            raise TooLarge
        self.messages.append(message)

    def on(self, topic: str) -> list[Message]:
        return [message for message in self.messages if message.topic == topic]

    def contacts(self) -> list[ContactReceived]:
        return [
            ContactReceived.model_validate_json(message.value or b"")
            for message in self.messages
            if message.topic.startswith("inbound.")
        ]


@dataclass
class MemoryBlobs:
    """order: what the log held when each blob came."""

    log: MemoryLog
    kept: dict[str, bytes] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    fails: Exception | None = None

    async def put(self, content: bytes) -> str:
        if self.fails is not None:
            raise self.fails
        digest = hashlib.sha256(content).hexdigest()
        self.kept[digest] = content
        self.order.append(len(self.log.messages))
        return digest

    async def adopt(self, path: Path, sha256: str) -> None:
        if sha256 not in self.kept:
            assert await self.put(await asyncio.to_thread(path.read_bytes)) == sha256

    async def get(self, sha256: str) -> bytes | None:
        return self.kept.get(sha256)


@dataclass
class MemoryPositions:
    records: dict[tuple[int, int], ContactScored] = field(default_factory=dict)
    away: bool = False

    async def contact(self, partition: int, offset: int) -> ContactScored | None:
        if self.away:
            raise Unavailable
        return self.records.get((partition, offset))


@dataclass
class Running:
    """A gateway that is up, its client, and what lies behind it."""

    gateway: Gateway
    parts: Assembled
    log: MemoryLog
    blobs: MemoryBlobs
    positions: MemoryPositions
    environ: dict[str, str]

    def client(self, **settings: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.parts.app), base_url="http://gateway.internal:8080", **settings
        )

    async def post(self, sample: Sample, **headers: str) -> httpx.Response:
        async with self.client() as client:
            return await client.request(
                sample.method, sample.path, content=sample.body, headers=[*sample.headers, *headers.items()]
            )

    async def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        async with self.client(headers=BEARER) as client:
            return await client.request(method, path, **request)

    def metric(self, name: str, **labels: str) -> float:
        return self.gateway.metrics.registry.get_sample_value(name, labels) or 0.0


def running(
    data: Path,
    *,
    channels: Sequence[Channel] = CHANNELS,
    log: MemoryLog | None = None,
    places: Places | None = None,
    fetcher: Fetcher | None = None,
    environ: dict[str, str] | None = None,
    result_s: float = 0.05,
    **settings: Any,
) -> Running:
    log = log or MemoryLog()
    blobs, positions = MemoryBlobs(log), MemoryPositions()
    if environ is None:
        environ = {
            "ROUTER_TWILIO_AUTH_TOKENS": TOKEN,
            "ROUTER_POSTMARK_BASIC_AUTH": BASIC,
            "ROUTER_DESK_TOKENS": DESK,
        }
    gateway = Gateway(
        settings=Settings(data_dir=data, smtp_allow=(ip_network("127.0.0.0/8"),), **settings),
        deployment=deployment.load(),
        secrets=SecretFiles(data, environ),
        id_key=ID_KEY,
        log=log,
        blobs=blobs,
        files=BodyFiles(data / "blobs" / "incoming"),
        positions=positions,
        channels=channels,
        public_url=PUBLIC + "/",
        clock=lambda: NOW,
        result_s=result_s,
        places=places or Places(),
        fetcher=fetcher or Fetcher(),
    )
    return Running(gateway, build(gateway), log, blobs, positions, environ)


def rng() -> Random:
    return Random(7)


@dataclass
class PoolLog(MemoryLog):
    """A log on which a pool is at work: what is appended to it is stepped, and told to the gateway."""

    table: Table = field(default_factory=Table)
    gateway: Gateway | None = None
    ends: dict[str, int] = field(default_factory=dict)

    async def append(self, message: Message) -> None:
        await super().append(message)
        if message.topic == "pool":
            offset = len(self.table.log) + 1
            taken = Record("pool", 0, offset, message.key, message.value, message.headers, NOW)
            self.tell(*self.table.take_record(taken).outcomes)

    def tell(self, *outcomes: Outcome) -> None:
        assert self.gateway is not None
        for outcome in outcomes:
            self.ends[outcome.topic] = self.ends.get(outcome.topic, -1) + 1
            self.gateway.handle(told(outcome, offset=self.ends[outcome.topic]), live=True)


def told(outcome: Outcome, *, epoch: int = 1, offset: int = 0, at: datetime = NOW) -> Record:
    """The record that a reader sees of an outcome that a worker with `epoch` published."""
    headers = [("ce_type", outcome.type), ("ce_id", outcome.id), ("ce_epoch", str(epoch))]
    if outcome.revision is not None:
        headers.append(("ce_revision", str(outcome.revision)))
    return Record(
        topic=outcome.topic,
        partition=0,
        offset=offset,
        key=outcome.key.encode(),
        value=None if outcome.value is None else outcome.value.model_dump_json().encode(),
        headers=tuple((name, value.encode()) for name, value in headers),
        timestamp=at,
    )
