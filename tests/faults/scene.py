"""What a run has in its hands: the running system, the load, agents, the ledger, a reader of every topic."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from router.play.sender import Sender
from router.stages.pool import Pool
from tests.checker.check import check
from tests.checker.findings import Finding, Kind
from tests.faults.agents import Desk, work
from tests.faults.alarms import standing
from tests.faults.book import Book
from tests.faults.driver import Driver
from tests.faults.pools import router_yaml
from tests.faults.processes import Processes
from tests.faults.reader import Reader
from tests.faults.sequence import out_of_sequence

RATE = 15.0
AGENTS = 8
QUIET_S = 1.5
SETTLE_S = 60.0
HEARD_OUT_S = 90.0
TAKEN_BACK_S = 20.0

Tell = Callable[[str], None]


@dataclass
class Scene:
    """tell: shows how far the run is. rng: the run's chance, by its seed."""

    processes: Processes
    driver: Driver
    desk: Desk
    book: Book
    reader: Reader
    rng: Random
    tell: Tell
    _load: list[asyncio.Task[None]] = field(default_factory=list)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def begin(self, rate: float = RATE, agents: int = AGENTS) -> None:
        """Load that goes on until `end`; returns once some of it has come through."""
        self._load.append(asyncio.create_task(self.driver.offer(rate)))
        self._load.append(asyncio.create_task(work(self.desk, agents, self.rng, self._stop)))
        if not await self.reader.until(lambda: len(self.reader.seen) >= 5, 60):
            raise RuntimeError("nothing came through at the beginning")

    async def end(self) -> list[Finding]:
        """Hears everybody out, waits until nothing moves any more, and compares."""
        self._stop.set()
        try:
            async with asyncio.timeout(HEARD_OUT_S):
                await self.driver.stop()
                await asyncio.gather(*self._load)
        except TimeoutError:
            await self.driver.cancel()
        return await self.compared()

    async def read_anew(self) -> None:
        """From the beginnings of all topics, of which one was deleted and made again."""
        await self.reader.stop()
        self.reader = Reader(self.processes.told["kafka"])
        await self.reader.start()

    async def compared(self) -> list[Finding]:
        """What was found once it has settled; looked at again while anything acknowledged is still on its way."""
        deadline = time.monotonic() + SETTLE_S
        while True:
            await self.reader.settled(QUIET_S, SETTLE_S)
            found = await asyncio.to_thread(self._check)
            if time.monotonic() > deadline or not any(one.kind is Kind.LOST for one in found):
                await self.reader.until(lambda: not self.false_alarms(), TAKEN_BACK_S)
                return found
            await self.reader.until_more(2)

    def false_alarms(self) -> list[str]:
        """What the watchdog says that the checker, once it has settled, doesn't."""
        return standing(list(self.reader.records))

    def _check(self) -> list[Finding]:
        records = list(self.reader.records)
        return [*check(self.book.ledger(), records, Pool), *out_of_sequence(self.book.deliveries, records)]

    async def through(self, since: float, seconds: float = 60) -> bool:
        """Waits until everything that was acknowledged since then is on a queue."""

        def all_there() -> bool:
            return not self._open(since)

        return await self.reader.until(all_there, seconds)

    async def answered(self, since: float, count: int = 3, seconds: float = 60) -> float:
        """Waits until `count` contacts are accepted after `since`; when the last of them was.

        Raises TimeoutError.
        """
        async with asyncio.timeout(seconds):
            while True:
                newest = sorted(one.answered for one in self.book.deliveries if one.answered and one.answered > since)
                if len(newest) >= count:
                    return newest[count - 1]
                await asyncio.sleep(0.02)

    def _open(self, since: float) -> list[str]:
        """Calls' callbacks and mails by machines open nothing by themselves: messages only."""
        return [
            one.contact_id
            for one in self.book.deliveries
            if one.line is not None
            and one.answered
            and one.answered >= since
            and one.contact_id not in self.reader.seen
        ]

    def slowest(self, begin: float, end: float) -> float | None:
        """Seconds from `begin` until the last contact that was answered in between was on a queue; None without one."""
        seen = [
            self.reader.seen[one.contact_id] - begin
            for one in self.book.deliveries
            if one.answered and begin <= one.answered <= end and one.contact_id in self.reader.seen
        ]
        return max(seen, default=None)

    async def cleanup(self) -> None:
        self._stop.set()
        await self.driver.cancel()
        for task in self._load:
            task.cancel()
        await asyncio.gather(*self._load, return_exceptions=True)


@asynccontextmanager
async def scene(
    folder: Path,
    seed: int,
    tell: Tell,
    *,
    workers: int = 1,
    kafka: str | None = None,
    read_by: str | None = None,
    copies: int = 1,
    more: Mapping[str, str] | None = None,
    keep: bool = True,
) -> AsyncIterator[Scene]:
    """workers: beside the one of `up`. kafka: in place of `up`'s own broker; read_by: bootstrap servers for the reader
    where they are others. more: settings.

    keep: records, for the checker.
    """
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - before anything runs
    deployment = folder / "router.yaml"
    deployment.write_text(router_yaml())
    processes = Processes(folder / "data", kafka, {"ROUTER_CONFIG": str(deployment), **(more or {})})
    rng = Random(seed)
    tell("starting")
    try:
        await processes.start()
        reader = Reader(read_by or processes.told["kafka"], keep)
        with Book(folder / "ledger.jsonl") as book:
            async with (
                Sender(processes.ports.url, processes.ports.mail) as sender,
                httpx.AsyncClient(base_url=processes.ports.url, timeout=10, trust_env=False) as http,
            ):
                await reader.start()
                driver = Driver(sender, book, rng, seed, copies)
                made = Scene(processes, driver, Desk(http, book, rng), book, reader, rng, tell)
                try:
                    for _ in range(workers):
                        await processes.worker()
                    yield made
                finally:
                    await made.cleanup()
                    await made.reader.stop()
    finally:
        await processes.stop()
