"""The log on Kafka: one idempotent producer, replaced whenever it wedges.

An idempotent producer never gives up a send by itself, and neither does its `stop()`. So each append is bounded
in time, and one that runs out, or fails, makes a new producer in the background; until that stands, appends are
refused at once. A send given up can still land: ids are deterministic, so the pool drops the second one.
"""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from router.closing import closed_producer, ended
from router.gateway.limits import Limits
from router.gateway.log import TooLarge, Unavailable
from router.model.cloudevents import Message
from router.opening import opened

LARGEST_REQUEST = 9 * 1024 * 1024
RETRY_S = 0.3
PROBE_S = 2.0

log = structlog.get_logger()


class KafkaLog:
    """timeout_s: how long an append may wait for its acknowledgement."""

    def __init__(self, bootstrap_servers: str, *, timeout_s: float = 1.5) -> None:
        self._servers = bootstrap_servers
        self._timeout_s = timeout_s
        self._producer: AIOKafkaProducer | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._wedged = asyncio.Event()
        self._up = asyncio.Event()
        self._closing: set[asyncio.Task[None]] = set()
        self._limits = Limits(timeout_s)

    @property
    def ready(self) -> bool:
        """True while the broker answers."""
        return self._up.is_set()

    async def connected(self) -> None:
        """Returns once the broker answers."""
        await self._up.wait()

    def start(self) -> None:
        self._keeper = asyncio.create_task(self._keep(), name="producer")

    async def stop(self) -> None:
        """Waits a second for what is under way, then lets it go."""
        await ended(self._keeper)
        self._up.clear()
        producer, self._producer = self._producer, None
        if producer is not None:
            await closed_producer(producer)
        await asyncio.gather(*self._closing)

    async def append(self, message: Message) -> None:
        producer = self._producer
        if producer is None or self._wedged.is_set():
            raise Unavailable
        limit = self._limits.begin()
        try:
            async with limit:
                acknowledged = await producer.send(
                    message.topic,
                    value=message.value,
                    key=message.key,
                    partition=message.partition,
                    headers=list(message.headers),
                )
                await acknowledged
        except MessageSizeTooLargeError:
            raise TooLarge from None
        except (TimeoutError, KafkaError) as error:
            if producer is self._producer:
                self._wedge(type(error).__name__)
            raise Unavailable from None
        finally:
            self._limits.over(limit)

    def _wedge(self, why: str) -> None:
        if not self._wedged.is_set():
            log.warning("log.away", why=why)
        self._up.clear()
        self._wedged.set()
        # Whatever waits for this producer fails now, before anything that comes later is taken.
        self._limits.end_all()

    async def _keep(self) -> None:
        """Makes a producer, watches that the broker answers, and makes another once it doesn't."""
        while True:
            self._producer = producer = await self._made()
            self._wedged.clear()
            self._up.set()
            log.info("log.connected")
            while not self._wedged.is_set():
                await self._probe(producer)
            self._producer = None
            closing = asyncio.create_task(closed_producer(producer), name="producer-close")
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def _made(self) -> AIOKafkaProducer:
        said = False
        while True:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._servers,
                client_id="router-gateway",
                acks="all",
                enable_idempotence=True,
                linger_ms=0,
                max_request_size=LARGEST_REQUEST,
            )
            try:
                await opened(producer, 5)
            except Exception as error:  # whatever it is: without a producer nothing works, so it is tried again
                await closed_producer(producer)
                if not said:
                    log.warning("log.waiting", why=type(error).__name__)
                    said = True
                await asyncio.sleep(RETRY_S)
            except asyncio.CancelledError:
                await closed_producer(producer)
                raise
            else:
                return producer

    async def _probe(self, producer: AIOKafkaProducer) -> None:
        """Asks the broker for its metadata now and then, so that readiness is known without traffic."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PROBE_S):
                await self._wedged.wait()
        if self._wedged.is_set():
            return
        try:
            async with asyncio.timeout(self._timeout_s):
                await producer.client.fetch_all_metadata()
        except Exception as error:  # whatever it is: a new producer is the answer
            self._wedge(type(error).__name__)
