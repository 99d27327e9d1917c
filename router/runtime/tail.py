"""Reads everything that a stage writes, for as long as the worker lives.

That makes each worker a standby of every partition, keeps an owner informed of stale writers, and tells it at
once when somebody else has taken a partition over.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from router.model.cloudevents import version
from router.runtime.changelog import Replica
from router.runtime.ports import LogAway, Reader, Slot
from router.runtime.written import Written
from router.stages.contract import Record

WAIT = 0.1


class Tail:
    """Folds changelogs into replicas and written topics into `written`.

    owned: epoch by partition, of those that this worker owns. An owner's replica has its batches merged as they
    are acknowledged, so its own records are held back here until then, and folded only if that never happens.
    repairs: (partition, topic, key) of what a stale worker has covered since; topic None for the changelog.
    """

    def __init__(
        self,
        reader: Reader,
        changelog: str,
        replicas: Mapping[int, Replica],
        written: Written,
        on_fenced: Callable[[int], None],
    ) -> None:
        self._reader = reader
        self._changelog = changelog
        self._replicas = replicas
        self._written = written
        self._on_fenced = on_fenced
        self._held: dict[int, deque[Record]] = {}
        self._durable: dict[int, int] = {}
        self._next: dict[int, int] = {}
        self._last: dict[int, tuple[int, Record | None]] = {}
        self._moved = asyncio.Event()
        self._error: Exception | None = None
        self.owned: dict[int, int] = {}
        self.repairs: set[tuple[int, str | None, str]] = set()

    async def run(self) -> None:
        """Until cancelled. An error ends it, and `reach` and `check` raise it."""
        try:
            while True:
                for record in await self._fetched():
                    self._take(record)
                self._wake()
        except Exception as error:
            self._error = error
            self._wake()
            raise

    async def reach_ends(self) -> None:
        """Returns once everything that is on the topics now has been folded."""
        for slot, end in (await self._reader.ends()).items():
            await self.reach(slot, end)

    async def reach(self, slot: Slot, end: int) -> None:
        """Returns once everything below the offset `end` has been folded."""
        while await self._reader.position(slot) < end:
            await self._progress()

    def own(self, partition: int, epoch: int) -> None:
        self.owned[partition] = epoch
        self._held[partition] = deque()
        self._durable[partition] = -1

    def merged(self, partition: int, last: int) -> None:
        """The owner's batch up to offset `last` is in its replica."""
        self._durable[partition] = last
        self._known(partition, last, None)
        self._settle(partition)

    def unread(self, partition: int, first: int) -> bool:
        """True if before the changelog's offset `first` something stands that is neither read nor the owner's."""
        return first > self._next.get(partition, 0)

    def begin_at(self, partition: int, following: int) -> None:
        """The partition's replica holds everything before the offset `following` already."""
        self._next[partition] = following

    def place(self, partition: int) -> tuple[int, Record | None] | None:
        """Offset and record of the last change that the replica holds; no record where that ends the owner's own batch.

        None where it holds nothing new, or where changes wait for what becomes of a batch.
        """
        return None if self._held.get(partition) else self._last.get(partition)

    def _known(self, partition: int, offset: int, record: Record | None) -> None:
        if offset >= self._next.get(partition, 0):
            self._next[partition] = offset + 1
            self._last[partition] = offset, record

    def disown(self, partition: int) -> None:
        """From here on the partition's replica follows the log again."""
        self.owned.pop(partition, None)
        for record in self._held.pop(partition, ()):
            self._replicas[partition].fold(record)
        self.repairs = {repair for repair in self.repairs if repair[0] != partition}

    @property
    def failed(self) -> bool:
        return self._error is not None

    def check(self) -> None:
        """Raises what has ended the reading."""
        if self._error is not None:
            raise self._error

    async def _fetched(self) -> Sequence[Record]:
        try:
            return await self._reader.fetch(WAIT)
        except LogAway:
            await asyncio.sleep(WAIT)
            return ()

    async def _progress(self) -> None:
        self.check()
        moved = self._moved
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT):
                await moved.wait()

    def _wake(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    def _take(self, record: Record) -> None:
        if record.topic == self._changelog:
            self._take_change(record)
        else:
            self._take_written(record)

    def _take_change(self, record: Record) -> None:
        partition = record.partition
        self._known(partition, record.offset, record)
        replica = self._replicas[partition]
        own = self.owned.get(partition)
        if own is None:
            replica.fold(record)
            return
        epoch = version(record.headers)[0]
        if epoch > own:
            self.disown(partition)
            replica.fold(record)
            self._on_fenced(partition)
        elif epoch < own or record.offset > self._durable[partition] or self._held[partition]:
            self._held[partition].append(record)
            self._settle(partition)

    def _settle(self, partition: int) -> None:
        held, own = self._held[partition], self.owned[partition]
        while held:
            mine = version(held[0].headers)[0] == own
            if mine and held[0].offset > self._durable[partition]:
                return
            record = held.popleft()
            if not mine:
                self._replicas[partition].fold(record)
                self.repairs.add((partition, None, (record.key or b"").decode("utf-8", "replace")))

    def _take_written(self, record: Record) -> None:
        partition, last = self._written.fold(record)
        own = None if partition is None else self.owned.get(partition)
        if partition is None or own is None:
            return
        if last.epoch < own:
            self.repairs.add((partition, record.topic, (record.key or b"").decode("utf-8", "replace")))
        elif last.epoch > own:
            self.disown(partition)
            self._on_fenced(partition)
