"""A stage for the runner's tests: counts each key, and says the count on a compacted topic."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import BaseModel

from router.model.cloudevents import Message, version
from router.runtime.changelogged import Changelogged
from router.runtime.keeping import Kept
from router.runtime.meters import Meters
from router.runtime.ports import Cluster, Slot, Writer
from router.runtime.runner import Runner
from router.runtime.takeover import Identity
from router.stages.contract import Entries, Entry, Outcome, Record, Step, Undecodable
from router.stages.entries import Layer
from tests.router.runtime.memory_log import MemoryLog
from tests.until import PATIENCE_S


class Count(Entry):
    count: int
    at: datetime


class Said(BaseModel):
    count: int


@dataclass(frozen=True)
class Counting:
    name: str = "counting"
    source: str = "letters"
    out: str = "counts"

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,)

    @property
    def kinds(self) -> Mapping[str, type[Entry]]:
        return {"count": Count}

    @property
    def told(self) -> tuple[str, ...]:
        return ("count",)

    def paced(self, waiting: int) -> Counting:
        return self

    def step(self, entries: Entries, record: Record) -> Step:
        letter = (record.value or b"").decode()
        if letter == "?":
            raise Undecodable("unreadable", "letter", "a letter", "a question mark")
        if letter == "!":
            raise ZeroDivisionError(letter)
        key = f"count/{letter}"
        before = entries.get(key)
        count = Count(count=(before.count if isinstance(before, Count) else 0) + 1, at=record.timestamp)
        return Step(entries.put(key, count), (self._said(letter, count),))

    def truth(self, entries: Mapping[str, Entry], partition: int) -> Iterator[Outcome]:
        for key, entry in entries.items():
            if isinstance(entry, Count):
                yield self._said(key.partition("/")[2], entry)

    def retold(self, entries: Mapping[str, Entry]) -> Iterator[Outcome]:
        return iter(())

    def _said(self, letter: str, count: Count) -> Outcome:
        return Outcome(
            topic=self.out,
            key=letter,
            type="counted",
            id=f"{letter}:{count.count}",
            subject=letter,
            time=count.at,
            value=Said(count=count.count),
            revision=count.count,
        )


def letter(text: str, topic: str = "letters") -> Message:
    return Message(topic, text.encode(), text.encode(), (), 0)


def log_with(letters: Iterable[str]) -> MemoryLog:
    """A log of a letter each."""
    log = MemoryLog()
    for each in letters:
        log.append(letter(each))
    return log


async def no_genesis(slot: Slot, writer: Writer) -> Mapping[str, Entry | None]:
    return {}


@asynccontextmanager
async def running(runner: Runner, stop: asyncio.Event) -> AsyncIterator[None]:
    """The runner at work until the end of the block."""
    task = asyncio.create_task(runner.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


@dataclass
class Worker:
    """One runner of the counting stage, as a worker would hold it."""

    cluster: Cluster
    name: str
    stage: Counting = field(default_factory=Counting)
    slot: Slot = field(default_factory=lambda: Slot("letters", 0))
    meters: Meters = field(default_factory=Meters)
    kept: Kept | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def build(self) -> Runner:
        self.progress = Changelogged(
            self.stage,
            self.cluster,
            [self.slot],
            [self.stage.out],
            lambda _: 0,
            no_genesis,
            Identity(self.name, lambda: datetime.now(UTC)),
            lambda slot: self.runner.lost(slot),  # noqa: PLW0108 - the runner is made below
            self.kept,
        )
        self.runner = Runner(self.stage, self.cluster, self.progress, self.meters, self.ready.set)
        return self.runner

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Worker]:
        async with running(self.build(), self.stop):
            yield self

    def crash(self, running: asyncio.Task[None]) -> None:
        running.cancel()

    def counts(self) -> dict[str, int]:
        layer: Layer = self.progress.layer(self.slot)
        return {key.partition("/")[2]: entry.count for key, entry in layer.items() if isinstance(entry, Count)}


def read_counts(records: list[Record]) -> dict[str, int]:
    """What a reader of the compacted topic knows: the highest (epoch, revision) of each key."""
    best: dict[str, tuple[tuple[int, int], int]] = {}
    for record in records:
        key, seen = (record.key or b"").decode(), version(record.headers)
        if record.value is not None and (key not in best or seen >= best[key][0]):
            best[key] = (seen, Said.model_validate_json(record.value).count)
    return {key: count for key, (_, count) in best.items()}


async def until(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Returns once `condition` holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - any condition, on parts that have no event for it
            await asyncio.sleep(0.005)
