"""The gateway's own backlog on its disk, while the broker is away. All that waits is made durable in one transaction.

What fails here is tried again by itself: a disk that takes nothing, until it does; a database that is damaged is set
aside, and another begun with what can be read of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import structlog

from router.closing import ended
from router.gateway.log import TooLarge
from router.gateway.producer import LARGEST_REQUEST
from router.gateway.spool.backlog import END, Backlog
from router.gateway.spool.candidates import urgent
from router.gateway.spool.disk import Disk
from router.gateway.spool.folder_lock import SpoolTaken
from router.gateway.spool.row import Row
from router.gateway.spool.rows import DAMAGED, TOO_LARGE, Contents, SpoolDamaged, SpoolFailed, SpoolFull
from router.model.cloudevents import Message
from scoring.rules import load_rules

AGAIN_S = 1.0
PROBE_S = 2.0
"""How often a spool that doesn't work is tried."""

AT_ONCE = 50
"""Rows of an address that are read at once."""

T = TypeVar("T")

log = structlog.get_logger()


class Spool:
    """most_bytes: that it may hold. now_ms: Unix milliseconds.

    works: what came last was written, or read. held: contacts in it that can't be told. still: locked by who drains,
    and by who needs that nobody does.
    """

    def __init__(
        self, folder: Path, most_bytes: int, now_ms: Callable[[], int] = lambda: int(time.time() * 1000)
    ) -> None:
        self._most_bytes = most_bytes
        self._now_ms = now_ms
        self._disk = Disk(folder, now_ms)
        self._rows = self._disk.rows
        self._thread = ThreadPoolExecutor(1, "spool")
        self._opened = False
        self._new: list[tuple[Row, asyncio.Future[None]]] = []
        self._gone: list[tuple[int, int]] = []
        self._writer: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None
        # Higher than any earlier process has given, also where the database can't be read yet.
        self.backlog = Backlog(now_ms() << 10)
        self.size = 0
        self.taken = self.drained = self.failures = 0
        self.held = 0
        self.works = False
        self.damaged = False
        self.filled = asyncio.Event()
        self.still = asyncio.Lock()

    async def open(self) -> None:
        """What is in it from before waits again. Where the disk fails, that is tried again until it doesn't.

        Raises SpoolTaken.
        """
        try:
            await self._open()
        except SpoolFailed as problem:
            log.error("spool.failed", why=str(problem))  # noqa: TRY400 - no trace
        self._keeper = asyncio.create_task(self._keep(), name="spool-keeper")

    @property
    def broken(self) -> int:
        """Databases that were set aside, and are still there."""
        return self._disk.broken

    async def warm(self) -> None:
        """Loads the rules that say what is urgent, so that the first outage needn't."""
        try:
            await asyncio.to_thread(load_rules)  # the spool's own thread may have what waits to be read
        except Exception as error:  # whatever it is: contacts are taken all the same
            log.error("spool.unranked", error=type(error).__name__)  # noqa: TRY400 - no trace

    async def close(self) -> None:
        """Returns once what waits is written."""
        await ended(self._keeper)
        writer = self._writer
        if writer is not None:
            await asyncio.wait({writer}, timeout=2)
            writer.cancel()
        await self._run(self._disk.close)
        self._thread.shutdown(wait=False)

    def put(self, seq: int, message: Message) -> asyncio.Future[None]:
        """Done once it is on the disk. From now on its address waits.

        Raises SpoolFull; TooLarge for what the log wouldn't take either; SpoolFailed from here and from the future.
        """
        row = Row(seq, self._now_ms(), message)
        if row.size > LARGEST_REQUEST:
            raise TooLarge
        if self.damaged or not self._opened:
            self.failures += 1
            raise SpoolFailed
        if self.size + row.size > self._most_bytes:
            self.failures += 1
            raise SpoolFull
        self.size += row.size
        self.backlog.writing(message.key, seq)
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._new.append((row, written))
        self._write()
        return written

    async def read(self, address: bytes) -> tuple[Row, ...]:
        """The next of an address that may be told; none where none waits. Raises SpoolFailed."""
        line, before = self.backlog.lines[address], self.backlog.before(address)
        if not line.count:
            return ()
        rows, damaged = await self._read(lambda: self._rows.read(address, line.first, before, AT_ONCE))
        for seq in damaged:
            self.backlog.dropped(address)
            self._held(DAMAGED, seq=seq)
        if not rows and not damaged and before == END:
            self._broke()  # it doesn't have what was written into it
            raise SpoolFailed
        return rows

    def gone(self, row: Row) -> None:
        """The log has it: it isn't told again, and soon it is off the disk."""
        self.backlog.drained(row.message.key, row.seq)
        self._told(row)

    async def hold(self, row: Row) -> None:
        """It is too large for the log. Whoever is behind it goes on. Raises SpoolFailed."""
        await self._read(lambda: self._rows.hold(row.seq))
        self.backlog.drained(row.message.key, row.seq)
        subject = dict(row.message.headers).get("ce_subject", b"").decode("utf-8", "replace")
        self._held(TOO_LARGE, seq=row.seq, topic=row.message.topic, contact=subject, bytes=row.size)

    async def next_held(self, after: int) -> Row | None:
        """The first behind the number `after` that was too large. Raises SpoolFailed."""
        return await self._read(lambda: self._rows.held(after))

    def released(self, row: Row) -> None:
        """The log has what was held."""
        self.held -= 1
        self._told(row)
        log.info("spool.released", seq=row.seq, topic=row.message.topic)

    def _told(self, row: Row) -> None:
        self.drained += 1
        self._gone.append((row.seq, row.size))
        self._write()

    def _held(self, why: str, **what: object) -> None:
        self.held += 1
        log.error("spool.held", why=why, **what)

    def _write(self) -> None:
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all(), name="spool")

    async def _write_all(self) -> None:
        try:
            while (self._new or self._gone) and not self.damaged:
                new, self._new = self._new, []
                gone, self._gone = self._gone, []
                try:
                    rows = await self._run(lambda: self._commit([row for row, _ in new], [seq for seq, _ in gone]))  # noqa: B023 - awaited here
                except Exception as error:  # whoever waits must hear of it, whatever it is
                    self._refuse(new, error)
                    self._gone = gone + self._gone
                    if not self._new:
                        await asyncio.sleep(AGAIN_S)
                    continue
                self._worked()
                self.size -= sum(size for _, size in gone)
                self._took(new, rows)
                if not self.backlog.lines and not self._new and not self._gone:
                    self.filled.clear()
                    self.size = self.size if self.held else 0
                    with contextlib.suppress(SpoolFailed):
                        await self._run(self._rows.shrink)
        finally:
            self._writer = None

    def _took(self, new: list[tuple[Row, asyncio.Future[None]]], rows: list[Row]) -> None:
        for row, (_, written) in zip(rows, new, strict=True):
            self.taken += 1
            self.backlog.written(row.message.key, row.seq, row.at, urgent=row.urgent)
            if not written.done():
                written.set_result(None)
        if rows:
            self.filled.set()

    def _refuse(self, new: list[tuple[Row, asyncio.Future[None]]], error: Exception) -> None:
        self.failures += 1
        if isinstance(error, SpoolDamaged):
            self._broke()
            refused, self._new = [*new, *self._new], []
        else:
            self._failed(error)
            refused = new
        problem = SpoolFull() if isinstance(error, SpoolFull) else SpoolFailed()
        for row, written in refused:
            self.size -= row.size
            self.backlog.refused(row.message.key, row.seq)
            if not written.done():
                written.set_exception(problem)
                written.exception()  # they may all have given up

    def _commit(self, new: list[Row], gone: list[int]) -> list[Row]:
        ranked = [Row(row.seq, row.at, row.message, urgent(row.message)) for row in new]
        self._rows.write(ranked, gone)
        return ranked

    async def _read(self, call: Callable[[], T]) -> T:
        """Raises SpoolFailed."""
        try:
            return await self._run(call)
        except SpoolDamaged:
            self._broke()
            raise
        except SpoolFailed as problem:
            self._failed(problem)
            raise

    def _worked(self) -> None:
        if not self.works:
            self.works = True
            log.info("spool.works")

    def _failed(self, error: Exception) -> None:
        if self.works:
            self.works = False
            log.error("spool.failed", why=str(error) if isinstance(error, SpoolFailed) else type(error).__name__)

    def _broke(self) -> None:
        """Nothing more is written into it, or read; the keeper sets it aside."""
        if not self.damaged:
            self.works, self.damaged = False, True
            log.error("spool.damaged")

    async def _keep(self) -> None:
        """Tries what doesn't work until it does."""
        while True:
            await asyncio.sleep(PROBE_S)
            try:
                if not self._opened:
                    await self._open()
                elif self.damaged:
                    await self._mend()
                    self._worked()
                elif not self.works:
                    await self._run(self._rows.probe)
                    self._worked()
                elif self.broken:
                    await self._run(self._disk.count)
            except SpoolDamaged:
                self._broke()
            except (SpoolFailed, SpoolTaken, OSError) as problem:
                self._failed(problem)

    async def _open(self) -> None:
        """Raises SpoolTaken, SpoolFailed."""
        contents = await self._run(self._disk.open)
        async with self.still:
            self._load(contents)
        self._opened = True
        if contents.waiting or contents.held:
            log.info("spool.found", contacts=self.backlog.depth, addresses=len(contents.waiting), held=self.held)
        self._worked()

    async def _mend(self) -> None:
        """Sets the damaged database aside, and goes on with what can be read of it. Raises SpoolFailed."""
        async with self.still:
            if self._writer is not None:
                await asyncio.wait({self._writer})
            gone = {seq for seq, _ in self._gone}
            self._load(await self._run(lambda: self._disk.anew(gone)))
            self._gone = []
            self.damaged = False

    def _load(self, contents: Contents) -> None:
        self.size, self.held = contents.size, contents.held
        self.backlog.load(contents.waiting, contents.last)
        if contents.waiting:
            self.filled.set()

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)
