"""Reads `gateway.retry`: the gateways' group shares it, so that each resubmitted delivery is read by one of them.

Its place is committed only once the log has what became of the delivery; one that comes twice has the same ids.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from aiokafka import AIOKafkaConsumer

from channels.contract import Channel
from channels.errors import Problem
from router.closing import closed, ended
from router.gateway.again import again, blob_of
from router.gateway.blobs import Blobs
from router.gateway.edge import Edge
from router.model.retries import TOPICS
from router.opening import opened
from router.records import record_of
from router.stages.contract import Record

TOPIC = TOPICS["gateway"]
GROUP = "gateway"
RETRY_S = 1.0
FETCH_WAIT_MS = 500

log = structlog.get_logger()


class Retrying:
    """A task, for as long as the gateway lives."""

    def __init__(
        self, bootstrap_servers: str, edge: Edge, blobs: Blobs, channels: Sequence[Channel], public_url: str
    ) -> None:
        self._servers = bootstrap_servers
        self._edge = edge
        self._blobs = blobs
        self._channels = {channel.name: channel for channel in channels}
        self._public_url = public_url
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="retrying")

    async def stop(self) -> None:
        await ended(self._task)

    async def _run(self) -> None:
        while True:
            consumer = AIOKafkaConsumer(
                TOPIC,
                bootstrap_servers=self._servers,
                client_id="router-gateway-retrying",
                group_id=GROUP,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                fetch_max_wait_ms=FETCH_WAIT_MS,
            )
            try:
                await opened(consumer, None)
                async for raw in consumer:
                    await self.take(record_of(raw))
                    await consumer.commit()
            except Exception as error:  # whatever it is: what was resubmitted waits, and is tried again
                log.debug("retrying.waiting", why=type(error).__name__)
            finally:
                await closed(consumer)
            await asyncio.sleep(RETRY_S)

    async def take(self, record: Record) -> None:
        """Returns once the log has its contacts, or its next dead letter."""
        while True:
            try:
                await self._take(record)
            except Problem as problem:  # the log or the store is away
                log.warning("retrying.waiting", why=type(problem).__name__, offset=record.offset)
                await asyncio.sleep(RETRY_S)
            else:
                return

    async def _take(self, record: Record) -> None:
        blob = blob_of(record)
        raw = (record.value or b"") if blob is None else await self._blobs.get(blob)
        found = again(record, raw, self._channels, self._public_url)
        if found is None:
            log.error("retrying.unreadable", offset=record.offset)
            return
        contacts = await self._edge.take(found.delivery, found.parse, slow=True)
        log.info("delivery.retried", channel=found.delivery.channel, tries=found.delivery.tries, contacts=contacts)
