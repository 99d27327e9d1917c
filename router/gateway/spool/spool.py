"""The gateway's own backlog on its disk, while the broker is away. All that waits is made durable in one transaction.

One gateway has a spool: its folder is locked.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import structlog

from channels.errors import Problem
from router.gateway.spool.backlog import Backlog
from router.gateway.spool.candidates import urgent
from router.gateway.spool.rows import Row, Rows, SpoolFailed, SpoolFull
from router.model.cloudevents import Message
from scoring.rules import load_rules

AGAIN_S = 1.0
LOCK_S = 3.0
AT_ONCE = 50
"""Rows of an address that are read at once."""

T = TypeVar("T")

log = structlog.get_logger()


class SpoolTaken(Problem):
    """Another gateway has this spool."""


class Spool:
    """most_bytes: that it may hold. now_ms: Unix milliseconds."""

    def __init__(
        self, folder: Path, most_bytes: int, now_ms: Callable[[], int] = lambda: int(time.time() * 1000)
    ) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._now_ms = now_ms
        self._rows = Rows(folder / "spool.db")
        self._thread = ThreadPoolExecutor(1, "spool")
        self._lock = -1
        self._new: list[tuple[Row, asyncio.Future[None]]] = []
        self._gone: list[tuple[int, int]] = []
        self._writer: asyncio.Task[None] | None = None
        self.backlog = Backlog()
        self.size = 0
        self.taken = self.drained = self.failures = 0
        self.works = False
        self.filled = asyncio.Event()

    async def open(self) -> None:
        """What is in it from before waits again. Raises SpoolTaken, SpoolFailed."""
        self._lock = await asyncio.to_thread(self._locked)
        held, last, self.size = await self._run(self._rows.held)
        self.backlog.load(held, last)
        self.works = True
        if held:
            self.filled.set()
            log.info("spool.found", contacts=self.backlog.depth, addresses=len(held))

    async def warm(self) -> None:
        """Loads the rules that say what is urgent, so that the first outage needn't."""
        await self._run(load_rules)

    async def close(self) -> None:
        """Returns once what waits is written."""
        writer = self._writer
        if writer is not None:
            await asyncio.wait({writer}, timeout=2)
            writer.cancel()
        await self._run(self._rows.close)
        self._thread.shutdown(wait=False)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def put(self, seq: int, message: Message) -> asyncio.Future[None]:
        """Done once it is on the disk. From now on its address waits. Raises SpoolFull; SpoolFailed from the future."""
        row = Row(seq, self._now_ms(), message)
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
        """The next of an address that may be told. Raises SpoolFailed."""
        line = self.backlog.lines[address]
        return await self._run(lambda: self._rows.read(address, line.first, self.backlog.before(address), AT_ONCE))

    def gone(self, row: Row) -> None:
        """The log has it: it isn't told again, and soon it is off the disk."""
        self.drained += 1
        self._gone.append((row.seq, row.size))
        self.backlog.drained(row.message.key, row.seq)
        self._write()

    def _write(self) -> None:
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all(), name="spool")

    async def _write_all(self) -> None:
        try:
            while self._new or self._gone:
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
                self.works = True
                self.size -= sum(size for _, size in gone)
                self._took(new, rows)
                if not self.backlog.lines and not self._new and not self._gone:
                    self.filled.clear()
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
        self.works = False
        self.failures += 1
        log.error("spool.failed", error=type(error).__name__)
        problem = error if isinstance(error, SpoolFailed) else SpoolFailed()
        for row, written in new:
            self.size -= row.size
            self.backlog.refused(row.message.key, row.seq)
            if not written.done():
                written.set_exception(problem)
                written.exception()  # they may all have given up

    def _commit(self, new: list[Row], gone: list[int]) -> list[Row]:
        ranked = [Row(row.seq, row.at, row.message, urgent(row.message)) for row in new]
        self._rows.write(ranked, gone)
        return ranked

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _locked(self) -> int:
        """Raises SpoolTaken; SpoolFailed where there is no folder."""
        deadline = time.monotonic() + LOCK_S
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise SpoolFailed(f"the spool {self._folder} failed: {error.strerror}") from None
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > deadline:
                    os.close(handle)
                    raise SpoolTaken(
                        f"another gateway has the spool {self._folder}: give each a data folder of its own"
                    ) from None
                time.sleep(0.05)
            else:
                return handle
