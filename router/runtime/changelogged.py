"""Progress of a stage with state: entries in memory, kept by a changelog that says who owns each partition."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Protocol

from router.model.cloudevents import Message
from router.runtime import changelog, takeover
from router.runtime.changelog import Replica
from router.runtime.outcomes import encode
from router.runtime.ports import Batch, Cluster, Member, SendFailed, Slot, Writer
from router.runtime.progress import Changes, Prepared
from router.runtime.tail import Tail
from router.runtime.takeover import Identity
from router.runtime.written import Written
from router.stages.contract import Entry, Stage
from router.stages.entries import Layer, bodies

AT_ONCE = 100


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
    ) -> None:
        self._stage = stage
        self._source = next(iter(stage.sources))
        self._genesis = genesis
        self._identity = identity
        self._on_lost = on_lost
        self._topic = changelog.topic_of(stage.name)
        self._replicas = {slot.partition: Replica(stage.kinds) for slot in slots}
        self._written = Written(partition_of)
        changelogs = [Slot(self._topic, partition) for partition in self._replicas]
        self._reader = cluster.reader([*changelogs, *(Slot(topic, 0) for topic in written_topics)])
        self._tail = Tail(self._reader, self._topic, self._replicas, self._written, self._fenced)
        self._tailing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self._reader.start()
        self._tailing = asyncio.create_task(self._tail.run(), name=f"{self._stage.name}-tail")

    async def restore(self, slot: Slot, member: Member, writer: Writer) -> int:
        partition = slot.partition
        replica = self._replicas[partition]
        self._tail.disown(partition)
        await self._tail.reach_ends()
        first, end = await member.bounds(slot)
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
        truth = await self._truth(partition)
        if truth is not None:
            keys = {(message.topic, message.key.decode()) for message in truth}
            gone = self._gone(partition, self._written.there(partition) - keys)
            await self._rewrite(partition, writer, replica.covered, takeover.missing(truth, self._written) + gone)
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
            truth = await self._truth(partition) if keys else []
            if truth is not None:
                count += await self._rewrite(partition, writer, entries, self._differing(partition, truth, keys))
        return count

    def release(self, slot: Slot) -> None:
        self._tail.disown(slot.partition)

    async def close(self) -> None:
        if self._tailing is not None:
            self._tailing.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._tailing
        await self._reader.close()

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

    async def _truth(self, partition: int) -> list[Message] | None:
        """What each key should say; None where the partition was lost meanwhile. It reads the whole state, which may be
        seconds of work, so others on the loop get their turns."""
        epoch = self._epoch(partition)
        store = self._replicas[partition].store
        found: list[Message] = []
        for outcome in self._stage.truth(store, partition):
            found.append(encode(self._stage.name, outcome, epoch))
            if len(found) % AT_ONCE == 0:
                await asyncio.sleep(0)
                if self._tail.owned.get(partition) != epoch:
                    return None
        return found

    def _differing(self, partition: int, truth: list[Message], keys: set[tuple[str, str]]) -> list[Message]:
        """What the given keys' last records should be, where they aren't; tombstones for those that are gone."""
        live = {(message.topic, message.key.decode()): message for message in truth}
        wanted = [live[key] for key in sorted(keys) if key in live]
        return takeover.missing(wanted, self._written) + self._gone(partition, keys - live.keys())

    def _gone(self, partition: int, keys: set[tuple[str, str]]) -> list[Message]:
        """Tombstones for those of `keys` that are there."""
        return [
            takeover.tombstone(topic, key, self._epoch(partition), last)
            for topic, key in sorted(keys)
            if (last := self._written.last(topic, key)) is not None
        ]

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
