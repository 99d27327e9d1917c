"""Makes a partition's changelog anew of its log: for when it was deleted, or cut.

The log is the truth. It is folded from its first record, and what the queues should say is compared with what they do.
The new changelog begins with a fence above every epoch seen on the topics that the stage writes, so that readers go on
dropping what is older. A former owner may have died before it told what isn't on a queue: that is told once more.
`applied` comes last, so that half a rebuild is none.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from channels.errors import Problem
from router.model.cloudevents import version
from router.runtime import changelog, takeover
from router.runtime.changelog import Replica
from router.runtime.outcomes import encode
from router.runtime.ports import Cluster, LogBroken, Reader, Slot, Writer
from router.runtime.steps import step_all
from router.runtime.takeover import Identity
from router.runtime.written import Written
from router.stages.contract import Entry, Outcome, Record, Stage
from router.stages.entries import Layer, Store, bodies

WAIT = 0.1
AT_ONCE = 500

T = TypeVar("T")


class NotNeeded(Problem):
    """The changelog is whole."""


class Rebuilt(NamedTuple):
    """records: folded. refused: dead letters, then and now. entries: of the new state. differing: keys of queues that
    say something else; the next owner writes those again. retold: records of what isn't on a queue."""

    records: int
    refused: int
    entries: int
    differing: int
    retold: int
    epoch: int


Progressed = Callable[[int, int], None]


class Rebuild:
    """of one stage. written_topics: the compacted topics that it writes. seed: what a new log's state begins with."""

    def __init__(
        self,
        stage: Stage,
        cluster: Cluster,
        written_topics: Collection[str],
        partition_of: Callable[[str], int | None],
        identity: Identity,
    ) -> None:
        self._stage = stage
        self._cluster = cluster
        self._queues = [Slot(topic, 0) for topic in written_topics]
        self._partition_of = partition_of
        self._identity = identity

    async def run(
        self, slot: Slot, seed: Mapping[str, Entry | None], writer: Writer, progressed: Progressed
    ) -> Rebuilt:
        """Nobody may own the slot. progressed(done, all) is called now and then.

        Raises NotNeeded where the changelog says up to where it goes, LogBroken where the log has lost its beginning.
        """
        place = Slot(changelog.topic_of(self._stage.name), slot.partition)
        replica = Replica(self._stage.kinds)
        async for record in self._read([place]):
            replica.fold(record)
        if replica.applied is not None:
            raise NotNeeded(f"{place.topic}/{place.partition} is whole; there is nothing to rebuild.")
        written = Written(self._partition_of)
        async for record in self._read(self._queues):
            written.fold(record)
        store = Store()
        store.merge(seed)
        count, refused = await self._folded(slot, store, progressed)
        retold = list(self._stage.retold(store))
        epoch = max(replica.fence, written.epochs.get(slot.partition, 0), await self._highest(retold)) + 1
        truth = [encode(self._stage.name, each, epoch) for each in self._stage.truth(store, slot.partition)]
        told = {(each.topic, each.key.decode()) for each in truth}
        gone = written.there(slot.partition) - told
        differing = len(takeover.missing(truth, written)) + len(gone)
        stale = [key for key in replica.store if key not in store]
        await self._fence(place, epoch, writer)
        for outcomes in _chunks(retold):
            await writer.append([encode(self._stage.name, each, epoch) for each in outcomes])
        await self._write(place, store, stale, epoch, count - 1, writer)
        return Rebuilt(count, refused, len(store), differing, len(retold), epoch)

    async def _highest(self, retold: Sequence[Outcome]) -> int:
        """The highest epoch on the topics of what is told once more, whichever partition it was written for."""
        topics = sorted({each.topic for each in retold})
        return max([version(each.headers)[0] async for each in self._read([Slot(topic, 0) for topic in topics])] + [0])

    async def _folded(self, slot: Slot, store: Store, progressed: Progressed) -> tuple[int, int]:
        reader = self._cluster.reader([slot])
        await reader.start()
        try:
            end = (await reader.ends())[slot]
            following = refused = 0
            while following < end:
                for records in _chunks(await reader.fetch(WAIT)):
                    _check_whole(slot, following, records)
                    layer = Layer(store)
                    refused += len(step_all(self._stage, layer, records, 0).dead)
                    store.merge(layer.changes)
                    following += len(records)
                    progressed(following, end)
            return following, refused
        finally:
            await reader.close()

    async def _fence(self, place: Slot, epoch: int, writer: Writer) -> None:
        fence = changelog.fence_message(place, epoch, self._identity.worker, self._identity.now())
        await writer.append_batch(place, writer.batch([fence]))

    async def _write(
        self, place: Slot, store: Store, stale: Sequence[str], epoch: int, applied: int, writer: Writer
    ) -> None:
        keys = iter([*store, *stale])
        while chosen := list(islice(keys, AT_ONCE)):
            written = bodies({key: store.get(key) for key in chosen})
            await writer.append_batch(place, writer.batch(changelog.entry_messages(place, epoch, written, None)))
        await writer.append_batch(place, writer.batch(changelog.entry_messages(place, epoch, {}, applied)))

    async def _read(self, slots: Sequence[Slot]) -> AsyncIterator[Record]:
        """Up to where they end now."""
        if not slots:
            return
        reader: Reader = self._cluster.reader(slots)
        await reader.start()
        try:
            for slot, end in (await reader.ends()).items():
                while await reader.position(slot) < end:
                    for record in await reader.fetch(WAIT):
                        yield record
        finally:
            await reader.close()


def _chunks(several: Sequence[T]) -> Sequence[Sequence[T]]:
    return [several[start : start + AT_ONCE] for start in range(0, len(several), AT_ONCE)]


def _check_whole(slot: Slot, expected: int, records: Sequence[Record]) -> None:
    for offset, record in enumerate(records, expected):
        if record.offset != offset:
            raise LogBroken(
                f"{slot.topic}/{slot.partition} has {record.offset} where {offset} should be: of a log without its "
                "beginning no state can be rebuilt. Restore the topics from a copy."
            )
