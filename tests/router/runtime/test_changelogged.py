"""What stands on the changelog right before a worker's own write decides whether that counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from router.model.cloudevents import Message
from router.runtime.changelog import entry_messages, fence_message
from router.runtime.ports import Batch, Slot
from tests.router.runtime.counting import Worker, letter, until
from tests.router.runtime.memory_log import START, MemoryBatch, MemoryCluster, MemoryLog, MemoryWriter

LETTERS = Slot("letters", 0)
COUNTS = Slot("counts", 0)
CHANGES = Slot("counting.changelog", 0)


@dataclass
class CrowdedWriter(MemoryWriter):
    """Right before a batch for the changelog lands what `before` gives for it, once; nobody can have read that yet."""

    before: list[Callable[[MemoryBatch], list[Message]]] = field(default_factory=list)

    async def append_batch(self, slot: Slot, batch: Batch) -> int:
        assert isinstance(batch, MemoryBatch)
        await asyncio.sleep(0)
        others = self.before[0](batch) if self.before else []
        if others:
            self.before.clear()
        for message in (*others, *batch.messages):
            self.log.append(message)
        return len(self.log.slots[slot]) - 1


@dataclass
class CrowdedCluster(MemoryCluster):
    before: list[Callable[[MemoryBatch], list[Message]]] = field(default_factory=list)

    async def writer(self) -> CrowdedWriter:
        return CrowdedWriter(self.log, self.before)


def log_with(text: str) -> MemoryLog:
    log = MemoryLog()
    for each in text:
        log.append(letter(each))
    return log


def counted(each: str, number: int) -> dict[str, bytes | None]:
    return {f"count/{each}": b'{"count":%d,"at":"2026-01-01T00:00:00Z"}' % number}


async def test_what_was_written_behind_a_fence_that_nobody_has_read_yet_is_no_state() -> None:
    def taken_over(batch: MemoryBatch) -> list[Message]:
        if batch.messages[0].key.startswith(b"fence/") or len(batch.messages) < 2:
            return []
        fence = fence_message(CHANGES, 2, "another", START)
        return [fence, *entry_messages(CHANGES, 2, counted("a", 1), 0)]

    worker = Worker(CrowdedCluster(log_with("ab"), frozenset({LETTERS}), before=[taken_over]), "one")
    async with worker.running():
        await until(lambda: worker.counts() != {} and worker.runner._restored == {})
        assert worker.counts() == {"a": 1}


async def test_a_late_batch_right_before_the_fence_is_not_taken_in_again() -> None:
    log = log_with("a")
    async with Worker(MemoryCluster(log, frozenset({LETTERS})), "one").running() as first:
        await until(lambda: first.counts() == {"a": 1})
    log.append(letter("b"))

    def late(batch: MemoryBatch) -> list[Message]:
        return list(entry_messages(CHANGES, 1, counted("b", 1), 1))

    second = Worker(CrowdedCluster(log, frozenset({LETTERS}), before=[late]), "two")
    async with second.running():
        log.append(letter("c"))
        await until(lambda: second.counts().get("c") == 1)
        assert second.counts() == {"a": 1, "b": 1, "c": 1}


async def test_what_only_a_stale_worker_told_while_nobody_was_there_is_removed() -> None:
    log = log_with("a")
    async with Worker(MemoryCluster(log, frozenset({LETTERS})), "one").running() as first:
        await until(lambda: first.counts() == {"a": 1})
    stale = (("ce_epoch", b"1"), ("ce_revision", b"1"))
    log.append(Message("counts", b"z", b'{"count":1}', stale, 0))
    second = Worker(MemoryCluster(log, frozenset({LETTERS})), "two")
    async with second.running():
        await until(second.ready.is_set)
        assert [record.value for record in log.slots[COUNTS] if record.key == b"z"] == [b'{"count":1}', None]
