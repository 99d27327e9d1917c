"""A log in memory behind the runner's ports, so that a test can crash it at any write."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from router.model.cloudevents import Message
from router.runtime.ports import Batch, OnAssigned, OnRevoked, SendFailed, Slot
from router.stages.contract import Record

START = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


@dataclass
class MemoryLog:
    """Topics by slot. fail_after: writes that still succeed; then each raises SendFailed.

    lands: whether the write that fails is on the log all the same. commits_fail: how many commits fail first.
    """

    slots: dict[Slot, list[Record]] = field(default_factory=lambda: defaultdict(list))
    offsets: dict[tuple[str, Slot], int] = field(default_factory=dict)
    fail_after: int | None = None
    lands: bool = False
    commits_fail: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def append(self, message: Message) -> Record:
        slot = Slot(message.topic, message.partition or 0)
        count = len(self.slots[slot])
        at = START + timedelta(milliseconds=sum(len(records) for records in self.slots.values()))
        record = Record(slot.topic, slot.partition, count, message.key, message.value, message.headers, at)
        self.slots[slot].append(record)
        self.moved.set()
        self.moved = asyncio.Event()
        return record

    def write(self) -> None:
        """One write is asked for. Raises SendFailed when it is time to fail."""
        if self.fail_after is not None:
            if self.fail_after == 0:
                raise SendFailed
            self.fail_after -= 1

    def texts(self, topic: str) -> list[str]:
        return [
            (record.value or b"-").decode()
            for slot, records in self.slots.items()
            for record in records
            if slot.topic == topic
        ]


@dataclass(frozen=True)
class MemoryBatch:
    messages: tuple[Message, ...]

    def record_count(self) -> int:
        return len(self.messages)


@dataclass
class MemoryWriter:
    log: MemoryLog

    async def append(self, messages: Sequence[Message]) -> None:
        await asyncio.sleep(0)
        if not messages:
            return
        try:
            self.log.write()
        except SendFailed:
            if self.log.lands:
                for message in messages:
                    self.log.append(message)
            raise
        for message in messages:
            self.log.append(message)

    def batch(self, messages: Sequence[Message]) -> Batch:
        return MemoryBatch(tuple(messages))

    async def append_batch(self, slot: Slot, batch: Batch) -> int:
        assert isinstance(batch, MemoryBatch)
        await self.append(batch.messages)
        return len(self.log.slots[slot]) - 1

    async def close(self) -> None: ...


@dataclass
class MemoryReader:
    log: MemoryLog
    slots: Collection[Slot]
    positions: dict[Slot, int] = field(default_factory=lambda: defaultdict(int))

    async def start(self) -> None: ...

    async def ends(self) -> Mapping[Slot, int]:
        return {slot: len(self.log.slots[slot]) for slot in self.slots}

    async def position(self, slot: Slot) -> int:
        return self.positions[slot]

    async def fetch(self, wait: float) -> Sequence[Record]:
        found: list[Record] = []
        for slot in self.slots:
            found += self.log.slots[slot][self.positions[slot] :]
            self.positions[slot] = len(self.log.slots[slot])
        if not found:
            await _moved(self.log, wait)
        return found

    async def close(self) -> None: ...


@dataclass
class MemoryMember:
    log: MemoryLog
    group: str
    given: frozenset[Slot]
    positions: dict[Slot, int] = field(default_factory=dict)
    max_records: int = 2

    async def start(self, on_assigned: OnAssigned, on_revoked: OnRevoked) -> None:
        self.assign, self.revoke = on_assigned, on_revoked
        on_assigned(self.given)

    async def fetch(self, slots: Collection[Slot], max_records: int, wait: float) -> Mapping[Slot, Sequence[Record]]:
        found = {}
        for slot in slots:
            start = self.positions[slot]
            records = self.log.slots[slot][start : start + self.max_records]
            if records:
                found[slot] = records
                self.positions[slot] = start + len(records)
        if not found:
            await _moved(self.log, wait)
        return found

    def seek(self, slot: Slot, offset: int) -> None:
        self.positions[slot] = offset

    async def committed(self, slot: Slot) -> int | None:
        return self.log.offsets.get((self.group, slot))

    async def commit(self, offsets: Mapping[Slot, int]) -> bool:
        if self.log.commits_fail:
            self.log.commits_fail -= 1
            return False
        for slot, offset in offsets.items():
            self.log.offsets[self.group, slot] = offset
        return True

    async def bounds(self, slot: Slot) -> tuple[int, int]:
        return 0, len(self.log.slots[slot])

    async def close(self) -> None: ...


@dataclass
class MemoryCluster:
    """given: the slots that every member is assigned at once (two members with the same slot are a split brain)."""

    log: MemoryLog
    given: frozenset[Slot]
    members: list[MemoryMember] = field(default_factory=list)

    async def writer(self) -> MemoryWriter:
        return MemoryWriter(self.log)

    def reader(self, slots: Collection[Slot], starts: Mapping[Slot, int] | None = None) -> MemoryReader:
        """A start behind the log's end is its beginning, as on Kafka."""
        there = {slot: at for slot, at in (starts or {}).items() if at <= len(self.log.slots[slot])}
        return MemoryReader(self.log, list(slots), defaultdict(int, there))

    def member(self, group: str, topics: Collection[str]) -> MemoryMember:
        self.members.append(MemoryMember(self.log, group, self.given))
        return self.members[-1]


async def _moved(log: MemoryLog, wait: float) -> None:
    try:
        async with asyncio.timeout(wait):
            await log.moved.wait()
    except TimeoutError:
        return
