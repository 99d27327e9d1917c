"""What every way in shares: bytes on the disk, then events on the log, then the answer. In that order.

What can't be parsed is kept raw and dead-lettered, and counts as taken: a provider drops what we refuse.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from channels.contact import Contact
from channels.errors import Malformed, NotTheirs, PartlyMalformed
from router.gateway.blobs import Blobs
from router.gateway.delivery import LARGEST_EVENT, Delivery, Ready, dead_letter, ready
from router.gateway.large import Found, Large, LargeDelivery, Parse
from router.gateway.log import Log, TooLarge
from router.gateway.metrics import Metrics
from router.gateway.workshop import JobFailed

OFF_THE_LOOP = 64 * 1024

log = structlog.get_logger()


class ParseFailed(Malformed):
    """The channel's parser failed in a way that it shouldn't; `got` is the error's type."""


class Edge:
    """id_key: the key of the address keys (ROUTER_ID_KEY)."""

    def __init__(self, log_: Log, blobs: Blobs, id_key: bytes, metrics: Metrics) -> None:
        self._log = log_
        self._blobs = blobs
        self._id_key = id_key
        self._metrics = metrics

    async def take(
        self, delivery: Delivery, parse: Callable[[], Sequence[Contact]], *, slow: bool = False
    ) -> tuple[str, ...]:
        """Ids of the delivery's contacts, once the log has them; those that can be read where it was dead-lettered.

        slow: parsing may take long whatever the size. Raises NotTheirs, Unavailable, StoreFailed.
        """
        try:
            found = await self._read(delivery, parse, slow=slow)
            return await self._accept(delivery, found)
        except ParseFailed as problem:
            await self._dead_letter(delivery, "parse-failed", problem)
        except PartlyMalformed as problem:
            others = problem.contacts
            taken = await self.take(delivery, lambda: others, slow=slow)
            await self._dead_letter(delivery, "malformed", problem)
            return taken
        except Malformed as problem:
            await self._dead_letter(delivery, "malformed", problem)
        except TooLarge:
            await self._dead_letter(delivery, "too-large")
        return ()

    async def take_large(self, delivery: LargeDelivery, large: Large, parse: Parse) -> tuple[str, ...]:
        """As `take`, for a body in a file: the store takes the file over."""
        try:
            found = await self._read_large(delivery, large, parse)
            return await self._accept_large(delivery, large, found)
        except ParseFailed as problem:
            await self._dead_letter_large(delivery, large, "parse-failed", problem)
        except Malformed as problem:
            await self._dead_letter_large(delivery, large, "malformed", problem)
        except TooLarge:
            await self._dead_letter_large(delivery, large, "too-large")
        return ()

    async def _read(
        self, delivery: Delivery, parse: Callable[[], Sequence[Contact]], *, slow: bool
    ) -> tuple[Ready, ...]:
        def read() -> tuple[Ready, ...]:
            return ready(delivery, parse(), self._id_key)

        try:
            if slow or len(delivery.raw) > OFF_THE_LOOP:
                return await asyncio.to_thread(read)
            return read()
        except (Malformed, NotTheirs):
            raise
        except Exception as error:
            raise _failed(delivery, type(error).__name__) from None

    async def _read_large(self, delivery: LargeDelivery, large: Large, parse: Parse) -> Found:
        try:
            return await large.read(delivery, parse, self._id_key)
        except JobFailed as problem:
            raise _failed(delivery, problem.kind) from None

    async def _accept(self, delivery: Delivery, found: Sequence[Ready]) -> tuple[str, ...]:
        if not found:
            return ()
        attachments = [content for one in found for content in one.attachments]
        if attachments:
            await asyncio.gather(*(self._blobs.put(content) for content in (delivery.raw, *attachments)))
        else:  # as a rule: one alone needs no task
            await self._blobs.put(delivery.raw)
        return await self._append(delivery, found)

    async def _accept_large(self, delivery: LargeDelivery, large: Large, found: Found) -> tuple[str, ...]:
        if not found.ready:
            return ()
        files = [(large.path, delivery.sha256), *((file.path, file.sha256) for file in found.files)]
        await asyncio.gather(*(self._blobs.adopt(path, sha256) for path, sha256 in files))
        return await self._append(delivery, found.ready)

    async def _append(self, delivery: Delivery, found: Sequence[Ready]) -> tuple[str, ...]:
        for one in found:
            await self._log.append(one.message)
            self._metrics.contacts.labels(delivery.channel, one.outcome).inc()
        return tuple(one.contact_id for one in found)

    async def _dead_letter(self, delivery: Delivery, reason: str, problem: Malformed | None = None) -> None:
        await self._blobs.put(delivery.raw)
        await self._bury(delivery, reason, problem)

    async def _dead_letter_large(
        self, delivery: LargeDelivery, large: Large, reason: str, problem: Malformed | None = None
    ) -> None:
        await self._blobs.adopt(large.path, delivery.sha256)
        raw = await self._blobs.get(delivery.sha256) if delivery.size <= LARGEST_EVENT else None
        await self._bury(replace(delivery, raw=raw or b""), reason, problem)

    async def _bury(self, delivery: Delivery, reason: str, problem: Malformed | None) -> None:
        await self._log.append(dead_letter(delivery, reason, problem))
        self._metrics.contacts.labels(delivery.channel, "dead-lettered").inc()
        log.warning(
            "contact.dead_lettered",
            channel=delivery.channel,
            reason=reason,
            field=problem and problem.field,
            expected=problem and problem.expected,
            raw=delivery.sha256,
        )


def _failed(delivery: Delivery, kind: str) -> ParseFailed:
    """A parser that raises what it shouldn't is our fault, and the delivery must not suffer for it. Only the error's
    type is told: its message may quote the content.
    """
    log.error("parse.failed", channel=delivery.channel, error=kind, raw=delivery.sha256)
    return ParseFailed("body", "what the channel can parse", kind)
