"""Keeps a worker's replicas on its disk, beside its work, and begins with what is there.

Standbys keep theirs, too: whoever takes a partition over has read its changelog already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

import structlog

from router.runtime.changelog import Replica
from router.runtime.checkpoint import About
from router.runtime.ports import Reader, Slot, StateUnreadable
from router.runtime.standing import Place, is_of
from router.runtime.tail import Tail
from router.stages.contract import Record

LOOK_SECONDS = 1.0
# A checkpoint is of use for as long as its last change isn't compacted, five minutes at least (topics.yaml).
EVERY_SECONDS = 60.0
ANYWAY_SECONDS = 3600.0
# At most a hundredth of the time goes into writing.
SHARE = 100
WAIT = 0.1

log = structlog.get_logger()

ReaderFrom = Callable[[list[Slot], Mapping[Slot, int]], Reader]


class Keeper(Protocol):
    """What a worker has on its disk of each partition: a file of all (router.runtime.checkpoints), or a database that
    the entries rest in (router.runtime.on_disk)."""

    def load(self, partition: int) -> About | None:
        """Blocks. What is there, where it may be of use."""
        ...

    def begin(self, partition: int, replica: Replica, about: About | None) -> None:
        """The replica begins with what was loaded, or, without `about`, with nothing. It may take some milliseconds."""
        ...

    def pressing(self, partition: int) -> bool:
        """Whether so much isn't saved yet that it should be, soon."""
        ...

    def taken(self, partition: int, replica: Replica, place: Place) -> Any:
        """The replica as it stands now, for `save`; None where there is nothing to save. Raises StateUnreadable."""
        ...

    def save(self, taken: Any) -> bool:
        """Blocks. False, and a log line, where it couldn't be written: what was there before still is."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Kept:
    """Where checkpoints lie, and how the changelog is read from given offsets."""

    checkpoints: Keeper
    reader_from: ReaderFrom

    async def begin(self, changelog: str, replicas: Mapping[int, Replica]) -> dict[int, int]:
        """Fills the replicas for which there is a checkpoint; the offset that comes next of each. Raises LogAway."""
        found: dict[Slot, About] = {}
        for partition in replicas:
            about = await asyncio.to_thread(self.checkpoints.load, partition)
            if about is not None:
                found[Slot(changelog, partition)] = about
        last = await self._at({slot: each.offset for slot, each in found.items()})
        fences = await self._at({slot: each.fence_at for slot, each in found.items()})
        for slot, about in list(found.items()):
            if not is_of(about, fences.get(slot), last.get(slot)):
                log.warning("checkpoint.foreign", topic=changelog, partition=slot.partition)
                del found[slot]
        for partition, replica in replicas.items():
            about = found.get(Slot(changelog, partition))
            self.checkpoints.begin(partition, replica, about)
        return {slot.partition: about.offset + 1 for slot, about in found.items()}

    async def _at(self, offsets: Mapping[Slot, int]) -> dict[Slot, Record]:
        """The record at each offset, or one after it, or of another place where the offset isn't on the log."""
        if not offsets:
            return {}
        reader = self.reader_from(list(offsets), offsets)
        await reader.start()
        try:
            found: dict[Slot, Record] = {}
            for slot, end in (await reader.ends()).items():
                while slot not in found and await reader.position(slot) < end:
                    for record in await reader.fetch(WAIT):
                        found.setdefault(Slot(record.topic, record.partition), record)
            return found
        finally:
            await reader.close()


class Keeping:
    """Writes what has changed, once in a while and at the end."""

    def __init__(self, checkpoints: Keeper, tail: Tail, replicas: Mapping[int, Replica]) -> None:
        self.checkpoints = checkpoints
        self._tail = tail
        self._replicas = replicas
        self._saved: dict[int, int] = {}
        self._again: dict[int, float] = dict.fromkeys(replicas, monotonic() + EVERY_SECONDS)
        self._stop = asyncio.Event()
        self._running = asyncio.create_task(self._run(), name="checkpoints")

    async def close(self) -> None:
        """Once the tail has ended: keeps the rest."""
        self._stop.set()
        await self._running
        for partition in self._replicas:
            await self._keep(partition)

    async def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), LOOK_SECONDS)
            for partition, due in list(self._again.items()):
                if not self._stop.is_set() and (due <= monotonic() or self.checkpoints.pressing(partition)):
                    anyway = due + ANYWAY_SECONDS <= monotonic()
                    await self._keep(partition, anyway=anyway)

    async def _keep(self, partition: int, *, anyway: bool = False) -> None:
        place = None if self._tail.failed else self._tail.place(partition)
        if place is None or (place[0] == self._saved.get(partition) and not anyway):
            return
        began = monotonic()
        try:
            taken = self.checkpoints.taken(partition, self._replicas[partition], place)
        except StateUnreadable as error:
            # Who reads of it next hears the same, and ends.
            log.warning("checkpoint.failed", partition=partition, reason=str(error))
            taken = None
        if taken is not None and await asyncio.to_thread(self.checkpoints.save, taken):
            self._saved[partition] = place[0]
        took = monotonic() - began
        self._again[partition] = monotonic() + max(EVERY_SECONDS, SHARE * took)
