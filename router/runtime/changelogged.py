"""Progress of a stage with state: entries in memory, kept by a changelog that says who owns each partition."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Protocol

from router.model.cloudevents import Message
from router.runtime import changelog, takeover
from router.runtime.catching_up import SLICE, CatchingUp
from router.runtime.changelog import Replica
from router.runtime.comparison import Comparison
from router.runtime.keeping import Keeping, Kept
from router.runtime.ports import Batch, Cluster, Member, Reader, SendFailed, Slot, Writer
from router.runtime.progress import Changes, Prepared
from router.runtime.tail import Tail
from router.runtime.takeover import Identity
from router.runtime.written import Written
from router.stages.contract import Entry, Stage
from router.stages.entries import Layer, bodies

AT_ONCE = 2000  # entries


class Genesis(Protocol):
    """What a new log's state begins with: entries, taken from the log itself."""

    async def __call__(self, slot: Slot, writer: Writer) -> Mapping[str, Entry | None]: ...


class Changelogged:
    def __init__(
        self,
        stage: Stage,
        cluster: Cluster,
        slots: Collection[Slot],
        written_topics: Collection[str],
        partition_of: Callable[[str], int | None],
        genesis: Genesis,
        identity: Identity,
        on_lost: Callable[[Slot], None],
        kept: Kept | None = None,
    ) -> None:
        """kept: where checkpoints lie; None: nowhere."""
        self._stage = stage
        self._source = next(iter(stage.sources))
        self._genesis = genesis
        self._identity = identity
        self._on_lost = on_lost
        self._topic = changelog.topic_of(stage.name)
        self._replicas = {slot.partition: Replica(stage.kinds) for slot in slots}
        self._written = Written(partition_of)
        self._comparison = Comparison(stage, self._written)
        self._catching_up = CatchingUp(self._comparison, self._written)
        changelogs = [Slot(self._topic, partition) for partition in self._replicas]
        self._slots = [*changelogs, *(Slot(topic, 0) for topic in written_topics)]
        self._cluster = cluster
        self._kept = kept
        self._keeping: Keeping | None = None
        self._reader: Reader | None = None
        self._tail: Tail
        self._tailing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        try:
            await self._begin()
        except BaseException:
            if self._kept is not None and self._keeping is None:
                self._kept.checkpoints.close()
            raise

    async def _begin(self) -> None:
        following = {} if self._kept is None else await self._kept.begin(self._topic, self._replicas)
        starts = {Slot(self._topic, partition): offset for partition, offset in following.items()}
        if self._kept is None:
            reader = self._cluster.reader(self._slots)
        else:
            reader = self._kept.reader_from(self._slots, starts)
        self._reader = reader
        self._tail = Tail(reader, self._topic, self._replicas, self._written, self._fenced)
        for partition, offset in following.items():
            self._tail.begin_at(partition, offset)
        await reader.start()
        self._tailing = asyncio.create_task(self._tail.run(), name=f"{self._stage.name}-tail")
        if self._kept is not None:
            self._keeping = Keeping(self._kept.checkpoints, self._tail, self._replicas)

    async def restore(self, slot: Slot, member: Member, writer: Writer) -> int:
        partition = slot.partition
        replica = self._replicas[partition]
        self._tail.disown(partition)
        await self._tail.reach_ends()
        stood = replica.applied
        first, end = await member.bounds(slot)
        if replica.applied is not None and replica.applied != stood:
            # What a former owner has applied meanwhile is on the log, beyond the end as it was asked for.
            end = max(end, replica.applied + 1)
        # Before the fence, since a state that can't be this log's is nothing to take over.
        takeover.start_of(slot, replica, self._written.epochs.get(partition, 0), first, end)
        epoch = await takeover.fence(
            Slot(self._topic, partition), replica, self._written, self._tail, writer, self._identity
        )
        self._tail.own(partition, epoch)
        # A former owner's last batch may have landed just before the fence: only now it is known where to go on.
        start = first if replica.applied is None else replica.applied + 1
        if replica.applied is None:
            seed = await self._genesis(slot, writer)
            await self.save(slot, writer, self.prepare(slot, writer, seed, first - 1))
        await self._compare(partition, writer)
        return start

    def epoch(self, slot: Slot) -> int | None:
        return self._epoch(slot.partition)

    def layer(self, slot: Slot) -> Layer:
        return Layer(self._replicas[slot.partition].store)

    def prepare(self, slot: Slot, writer: Writer, changes: Changes, last: int) -> Prepared | None:
        place = Slot(self._topic, slot.partition)
        written = bodies(changes)
        records = changelog.entry_messages(place, self._epoch(slot.partition), written, last)
        return Prepared(changes, written, writer.batch(records), last)

    async def save(self, slot: Slot, writer: Writer, prepared: Prepared | None) -> None:
        if prepared is None:
            raise TypeError("a stage with state saves a batch")
        end = await self._append(slot.partition, writer, prepared.batch)
        if slot.partition in self._tail.owned:
            self._replicas[slot.partition].merge(prepared.changes, prepared.written, prepared.last)
            self._tail.merged(slot.partition, end)
            self._catching_up.changed(slot.partition, prepared.changes)

    async def mend(self, writer: Writer) -> int:
        self._tail.check()
        repairs, self._tail.repairs = self._tail.repairs, set()
        count = 0
        for partition in {repair[0] for repair in repairs} & self._tail.owned.keys():
            if partition not in self._tail.owned:
                continue
            here = {repair for repair in repairs if repair[0] == partition}
            entries = {key for _, topic, key in here if topic is None}
            keys = {(topic, key) for _, topic, key in here if topic is not None}
            store = self._replicas[partition].store
            messages = self._comparison.of_records(store, partition, self._epoch(partition), keys)
            count += await self._rewrite(partition, writer, entries, messages)
        for partition in self._catching_up.partitions:
            count += await self._caught_up(partition, writer)
        return count

    def release(self, slot: Slot) -> None:
        self._catching_up.end(slot.partition)
        self._tail.disown(slot.partition)

    async def close(self) -> None:
        if self._tailing is not None:
            self._tailing.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._tailing
        if self._reader is not None:
            await self._reader.close()
        if self._keeping is not None:
            try:
                for partition in list(self._tail.owned):
                    self._tail.disown(partition)
                await self._keeping.close()
            finally:
                self._keeping.checkpoints.close()

    def _fenced(self, partition: int) -> None:
        self._on_lost(Slot(self._source, partition))

    async def _append(self, partition: int, writer: Writer, batch: Batch) -> int:
        """Returns the offset of the batch's last record, once it is known whether the partition is still owned.

        Where somebody else has written right before it, that may have been a fence: then the batch counts for nobody.
        """
        place = Slot(self._topic, partition)
        end = await writer.append_batch(place, batch)
        if self._tail.unread(partition, end - batch.record_count() + 1):
            await self._tail.reach(place, end + 1)
        return end

    def _epoch(self, partition: int) -> int:
        """Raises SendFailed where somebody else has taken the partition over: nothing that was begun counts."""
        epoch = self._tail.owned.get(partition)
        if epoch is None:
            raise SendFailed(f"{self._topic}/{partition} was taken over meanwhile")
        return epoch

    async def _compare(self, partition: int, writer: Writer) -> None:
        """A small state at once, the most of a large one later (router.runtime.catching_up)."""
        replica = self._replicas[partition]
        self._catching_up.begin(partition, replica.store)
        await self._rewrite(partition, writer, replica.covered, [])
        if not replica.store.more_than(AT_ONCE):
            while partition in self._catching_up.partitions:
                await self._caught_up(partition, writer, AT_ONCE)

    async def _caught_up(self, partition: int, writer: Writer, entries: int = SLICE) -> int:
        """The next slice."""
        if partition not in self._tail.owned:
            self._catching_up.end(partition)
            return 0
        store = self._replicas[partition].store
        messages = self._catching_up.slice(partition, store, self._epoch(partition), entries)
        return await self._rewrite(partition, writer, (), messages)

    async def _rewrite(self, partition: int, writer: Writer, entries: Collection[str], messages: list[Message]) -> int:
        """Topics first, then the changelog, as ever."""
        keys = sorted(entries)
        await writer.append(messages)
        if keys and partition in self._tail.owned:
            replica = self._replicas[partition]
            changes = bodies({key: replica.store.get(key) for key in keys if key != changelog.APPLIED})
            place = Slot(self._topic, partition)
            records = changelog.entry_messages(place, self._epoch(partition), changes, replica.applied)
            end = await self._append(partition, writer, writer.batch(records))
            if partition in self._tail.owned:
                self._tail.merged(partition, end)
                replica.covered.difference_update(keys)
        return len(messages) + len(keys)
