"""The log behind its spool: what the broker doesn't take is kept on the disk under the same id, and told to it later.

While an address has anything in the spool, its new contacts go behind it. A send that was given up can still land: its
twin has the same id, and the pool drops the second.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol

import structlog

from router.closing import ended
from router.gateway.log import Log, TooLarge, Unavailable
from router.gateway.spool.rows import Row, SpoolFailed
from router.gateway.spool.spool import Spool
from router.model.cloudevents import SPOOLED, Message

AT_ONCE = 8
"""Addresses that are drained beside each other, each in its order: what comes in meanwhile has the rest."""

AGAIN_S = 0.2

log = structlog.get_logger()


class Broker(Log, Protocol):
    @property
    def ready(self) -> bool: ...

    async def connected(self) -> None: ...


class SpoolingLog:
    """A log that refuses only where its spool does: SpoolFull, SpoolFailed."""

    def __init__(self, broker: Broker, spool: Spool) -> None:
        self._broker = broker
        self._spool = spool
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep(), name="spool-drain")

    async def stop(self) -> None:
        await ended(self._task)
        await self._spool.close()

    async def append(self, message: Message) -> None:
        backlog, address = self._spool.backlog, message.key
        seq = backlog.begin(address)
        try:
            if self._broker.ready and address not in backlog.lines:
                try:
                    await self._broker.append(message)
                except Unavailable:
                    pass
                else:
                    return
            written = self._spool.put(seq, message)
        finally:
            backlog.end(address, seq)
        # Whoever gives up doesn't take the others' writing with them.
        await asyncio.shield(written)

    async def _keep(self) -> None:
        while True:
            await self._spool.filled.wait()
            await self._broker.connected()
            before = self._spool.drained
            await asyncio.gather(*(self._drain() for _ in range(AT_ONCE)))
            if self._spool.drained > before:
                log.info("spool.drained", contacts=self._spool.drained - before, left=self._spool.backlog.depth)
            if not self._spool.backlog.lines:
                self._spool.filled.clear()
            await asyncio.sleep(AGAIN_S)

    async def _drain(self) -> None:
        """Address by address, until none waits or the broker fails."""
        while self._broker.ready and (address := self._spool.backlog.take()) is not None:
            try:
                while rows := await self._spool.read(address):
                    for row in rows:
                        await self._tell(row)
                        self._spool.gone(row)
            except (Unavailable, SpoolFailed) as problem:
                log.warning("spool.waits", why=type(problem).__name__)
                return
            finally:
                self._spool.backlog.release(address)

    async def _tell(self, row: Row) -> None:
        mark = (SPOOLED, str(row.at).encode())
        message = replace(row.message, headers=(*row.message.headers, mark))
        try:
            await self._broker.append(message)
        except TooLarge:  # never, by what the gateway makes
            log.error("spool.too_large", topic=message.topic, bytes=len(message.value or b""))  # noqa: TRY400 - no trace
            raise Unavailable from None
