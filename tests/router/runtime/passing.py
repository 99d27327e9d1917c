"""A stage without state for the runner's tests: passes each letter on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pydantic import BaseModel

from router.runtime.meters import Meters
from router.runtime.ports import Cluster
from router.runtime.progress import Committed
from router.runtime.runner import Runner
from router.stages.contract import Entries, Entry, Outcome, Record, Step, Undecodable


class Passed(BaseModel):
    letter: str
    offset: int


@dataclass(frozen=True)
class Passing:
    """slow: its steps are taken beside the loop."""

    takes_long: bool = False
    name: str = "passing"
    sources: tuple[str, ...] = ("letters",)
    kinds: Mapping[str, type[Entry]] = field(default_factory=dict)
    told: tuple[str, ...] = ()

    def slow(self, record: Record) -> bool:
        return self.takes_long

    def paced(self, waiting: int) -> Passing:
        return self

    def step(self, entries: Entries, record: Record) -> Step:
        letter = (record.value or b"").decode()
        if letter == "?":
            raise Undecodable("unreadable", "letter", "a letter", "a question mark")
        passed = Passed(letter=letter, offset=record.offset)
        return Step(entries, (Outcome("passed", letter, "passed", letter, letter, record.timestamp, passed),))

    def truth(self, entries: Mapping[str, Entry], partition: int) -> Iterator[Outcome]:
        return iter(())

    def retold(self, entries: Mapping[str, Entry]) -> Iterator[Outcome]:
        return iter(())


@dataclass
class Passer:
    """One runner of the passing stage, as a worker would hold it."""

    cluster: Cluster
    stage: Passing = field(default_factory=Passing)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def build(self) -> Runner:
        return Runner(self.stage, self.cluster, Committed(), Meters(), lambda: None)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Passer]:
        running = asyncio.create_task(self.build().run(self.stop))
        try:
            yield self
        finally:
            self.stop.set()
            await running
