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
from router.runtime.ports import Cluster, Member, Slot, Writer
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
        start = takeover.start_of(slot, replica, self._written.epochs.get(partition, 0), first, end)
        epoch = await takeover.fence(
            Slot(self._topic, partition), replica, self._written, self._tail, writer, self._identity
        )
        self._tail.own(partition, epoch)
        if replica.applied is None:
            seed = await self._genesis(slot, writer)
            await self.save(slot, writer, self.prepare(slot, writer, seed, first - 1))
        truth = await self._truth(partition)
        if truth is not None:
            await self._rewrite(partition, writer, replica.covered, takeover.missing(truth, self._written))
        return first if start is None else start

    def epoch(self, slot: Slot) -> int | None:
        return self._tail.owned[slot.partition]

    def layer(self, slot: Slot) -> Layer:
        return Layer(self._replicas[slot.partition].store)

    def prepare(self, slot: Slot, writer: Writer, changes: Changes, last: int) -> Prepared | None:
        place = Slot(self._topic, slot.partition)
        written = bodies(changes)
        records = changelog.entry_messages(place, self._tail.owned[slot.partition], written, last)
        return Prepared(changes, written, writer.batch(records), last)

    async def save(self, slot: Slot, writer: Writer, prepared: Prepared | None) -> None:
        if prepared is None:
            raise TypeError("a stage with state saves a batch")
        end = await writer.append_batch(Slot(self._topic, slot.partition), prepared.batch)
        if slot.partition in self._tail.owned:
            self._replicas[slot.partition].merge(prepared.changes, prepared.written, prepared.last)
            self._tail.merged(slot.partition, end)

    async def mend(self, writer: Writer) -> int:
        self._tail.check()
        repairs, self._tail.repairs = self._tail.repairs, set()
        count = 0
        for partition in {repair[0] for repair in repairs} & self._tail.owned.keys():
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

    async def _truth(self, partition: int) -> list[Message] | None:
        """What each key should say; None where the partition was lost meanwhile. It reads the whole state, which may be
        seconds of work, so others on the loop get their turns."""
        epoch = self._tail.owned[partition]
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
        wanted = [live[key] for key in keys if key in live]
        gone = [
            takeover.tombstone(topic, key, self._tail.owned[partition], last)
            for topic, key in keys - live.keys()
            if (last := self._written.last(topic, key)) is not None
        ]
        return takeover.missing(wanted, self._written) + gone

    async def _rewrite(self, partition: int, writer: Writer, entries: Collection[str], messages: list[Message]) -> int:
        """Topics first, then the changelog, as ever."""
        await writer.append(messages)
        if entries:
            replica = self._replicas[partition]
            changes = bodies({key: replica.store.get(key) for key in entries if key != changelog.APPLIED})
            place = Slot(self._topic, partition)
            records = changelog.entry_messages(place, self._tail.owned[partition], changes, replica.applied)
            end = await writer.append_batch(place, writer.batch(records))
            self._tail.merged(partition, end)
            replica.covered.difference_update(entries)
        return len(messages) + len(entries)
