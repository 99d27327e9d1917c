"""Workers that keep their state on a disk, for the tests of how they do that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from router.runtime.keeping import Keeper, Kept
from router.runtime.ports import Slot
from router.stages.contract import Entry
from tests.router.runtime.counting import Counting, Worker, letter, until
from tests.router.runtime.memory_log import MemoryCluster, MemoryLog

SLOT = Slot("letters", 0)
CHANGELOG = Slot("counting.changelog", 0)
STAGE = Counting()

Made = Callable[[Path, str, Mapping[str, type[Entry]], Callable[[], datetime]], Keeper]


class Clock:
    """Whatever time a test wants."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def now(self) -> datetime:
        return self.at


class Kafka(MemoryCluster):
    """Remembers where changelogs were read from."""

    def __init__(self, log: MemoryLog) -> None:
        super().__init__(log, frozenset({SLOT}))
        self.starts: list[int] = []

    def kept(self, made: Made, folder: Path, now: Callable[[], datetime]) -> Kept:
        def reader(slots, starts=None):  # type: ignore[no-untyped-def]
            self.starts.append((starts or {}).get(CHANGELOG, 0))
            return self.reader(slots, starts)

        return Kept(made(folder, STAGE.name, STAGE.kinds, now), reader)


async def counted(
    made: Made, log: MemoryLog, folder: Path, letters: str, clock: Clock | None = None
) -> tuple[int, dict[str, int]]:
    """Runs a worker until it has counted these, too; where it began to read the changelog, and its counts."""
    kafka = Kafka(log)
    worker = Worker(kafka, uuid4().hex, kept=kafka.kept(made, folder, (clock or Clock()).now))
    async with worker.running():
        await until(worker.ready.is_set)
        for each in letters:
            log.append(letter(each))
        await until(lambda: sum(worker.counts().values()) == len(log.slots[SLOT]))
        counts = worker.counts()
    return kafka.starts[-1], counts
