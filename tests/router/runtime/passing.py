"""A stage without state for the runner's tests: passes each letter on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pydantic import BaseModel

from router.runtime.meters import Meters
from router.runtime.ports import Cluster
from router.runtime.progress import Committed
from router.runtime.runner import Runner
from router.stages.contract import Entries, Entry, Outcome, Record, Step, Undecodable
from tests.router.runtime.counting import running


class Passed(BaseModel):
    letter: str
    offset: int


@dataclass(frozen=True)
class Passing:
    """threads: of each letter, the thread that it was stepped in."""

    threads: dict[str, threading.Thread] = field(default_factory=dict)
    name: str = "passing"
    sources: tuple[str, ...] = ("letters",)
    kinds: Mapping[str, type[Entry]] = field(default_factory=dict)
    told: tuple[str, ...] = ()

    def paced(self, waiting: int) -> Passing:
        return self

    def step(self, entries: Entries, record: Record) -> Step:
        letter = (record.value or b"").decode()
        if letter == "?":
            raise Undecodable("unreadable", "letter", "a letter", "a question mark")
        self.threads[letter] = threading.current_thread()
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
        async with running(self.build(), self.stop):
            yield self
