"""The log behind its spool: what the broker doesn't take is kept on the disk under the same id, and told to it later.

While an address has anything in the spool, its new contacts go behind it. A send that was given up can still land: its
twin has the same id, and the pool drops the second. What the broker finds too large stays on the disk, and is tried
again now and then.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol

import structlog

from router.closing import ended
from router.gateway.log import Log, TooLarge, Unavailable
from router.gateway.spool.row import Row
from router.gateway.spool.rows import SpoolFailed
from router.gateway.spool.spool import Spool
from router.model.cloudevents import SPOOLED, Message

AT_ONCE = 8
"""Addresses that are drained beside each other, each in its order: what comes in meanwhile has the rest."""

AGAIN_S = 0.2
HELD_AGAIN_S = 300.0
"""Seldom: the broker's refusal costs the producer, too."""

log = structlog.get_logger()


class Broker(Log, Protocol):
    @property
    def ready(self) -> bool: ...

    async def connected(self) -> None: ...


class SpoolingLog:
    """A log that refuses only where its spool does: SpoolFull, SpoolFailed; and TooLarge."""

    def __init__(self, broker: Broker, spool: Spool) -> None:
        self._broker = broker
        self._spool = spool
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._keep(), name="spool-drain"),
            asyncio.create_task(self._retry(), name="spool-held"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            await ended(task)
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
            async with self._spool.still:
                await asyncio.gather(*(self._drain() for _ in range(AT_ONCE)))
            if self._spool.drained > before:
                log.info("spool.drained", contacts=self._spool.drained - before, left=self._spool.backlog.depth)
            if not self._spool.backlog.lines:
                self._spool.filled.clear()
            await asyncio.sleep(AGAIN_S)

    async def _drain(self) -> None:
        """Address by address, until none waits or the broker fails."""
        while self._goes_on and (address := self._spool.backlog.take()) is not None:
            try:
                while self._goes_on and (rows := await self._spool.read(address)):
                    for row in rows:
                        try:
                            await self._tell(row)
                        except TooLarge:
                            await self._spool.hold(row)
                        else:
                            self._spool.gone(row)
            except (Unavailable, SpoolFailed) as problem:
                log.warning("spool.waits", why=type(problem).__name__)
                return
            finally:
                self._spool.backlog.release(address)

    @property
    def _goes_on(self) -> bool:
        return self._broker.ready and not self._spool.damaged

    async def _retry(self) -> None:
        after = 0
        while True:
            await self._broker.connected()
            after = await self._try_held(after)
            await asyncio.sleep(HELD_AGAIN_S)

    async def _try_held(self, after: int) -> int:
        """One by one from behind the number `after`, until one is still too large: its number, 0 where none is left."""
        begun = False
        while self._goes_on and self._spool.held:
            try:
                async with self._spool.still:
                    row = await self._spool.next_held(after)
                    if row is None and not begun:
                        row = await self._spool.next_held(0)
                    if row is None:
                        return 0
                    begun, after = True, row.seq
                    await self._tell(row)
                    self._spool.released(row)
            except (TooLarge, Unavailable, SpoolFailed):
                return after
        return after

    async def _tell(self, row: Row) -> None:
        mark = (SPOOLED, str(row.at).encode())
        await self._broker.append(replace(row.message, headers=(*row.message.headers, mark)))
