"""The one loop that serves every stage: fetch, step, publish, await the acknowledgements, keep, go on.

For each batch of a slot, in this order (docs/decisions/0001 says why it is right):
1. step each record on a layer over the state; what raises is dead-lettered;
2. send every output, await every acknowledgement;
3. let `progress` keep the changes and the place, in one write;
4. commit the offset now and then.
Where no state has to follow the outputs, nobody waits for 2: each leaves as soon as it is made, and a place is
committed behind its acknowledgement (docs/decisions/0016).
After a failed write nothing is retried on what was stepped: a new writer, every slot restored, and on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, NamedTuple

import structlog

from router.runtime.capped import Capped
from router.runtime.meters import Meters
from router.runtime.outbox import Outbox
from router.runtime.ports import BatchTooLarge, Cluster, LogAway, LogBroken, Member, SendFailed, Slot, Writer
from router.runtime.progress import Prepared, Progress
from router.runtime.steps import Stepped, step_all
from router.stages.contract import Record, Stage

MAX_RECORDS = 200
# Of a stage without state: in so many parts a turn's outputs leave, and so many may wait for acknowledgements.
PARTS = 16
UNDER_WAY = 400
# Bytes of a record: more may take 10 ms to judge, and are stepped beside the loop that heartbeats.
LONG = 20_000
WAIT = 0.1
COMMIT_SECONDS = 1.0
# Longer than a session: a stale worker has been told by then.
RETAKE_SECONDS = 10.0
# That a turn has left once it is told to stop: it may wait for a broker that is away.
LAST_TURN_SECONDS = 5.0
BACKOFF = (0.1, 0.2, 0.5, 1.0, 2.0)

log = structlog.get_logger()


class Runner:
    """Runs one stage in one worker.

    on_ready: called, again and again, while the group has spoken and every slot that it gave us is restored.
    """

    def __init__(
        self,
        stage: Stage,
        cluster: Cluster,
        progress: Progress,
        meters: Meters,
        on_ready: Callable[[], None],
    ) -> None:
        self._stage = stage
        self._cluster = cluster
        self._progress = progress
        self._meters = meters
        self._on_ready = on_ready
        self._member: Member = cluster.member(stage.name, stage.sources)
        self._writer: Writer | None = None
        self._outbox: Outbox | None = None
        self._capped = Capped(stage.name, cluster)
        self._assigned: frozenset[Slot] = frozenset()
        self._restored: dict[Slot, int] = {}
        self._uncommitted: dict[Slot, int] = {}
        self._committed_at = monotonic()
        self._committing: asyncio.Task[None] | None = None
        self._generation = 0
        self._lost: dict[Slot, float] = {}
        self._turning = asyncio.Lock()
        self._changed = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Raises LogBroken and TooManyDeadLetters, which a restart doesn't mend."""
        await self._progress.start()
        try:
            await self._join(stop)
            await _ending(stop, self._turns(stop))
        finally:
            await self._commit_last()
            await self._member.close()
            if self._outbox is not None:
                await self._outbox.close()
            if self._writer is not None:
                await self._writer.close()
            await self._capped.close()
            await self._progress.close()

    async def _turns(self, stop: asyncio.Event) -> None:
        failures = 0
        while not stop.is_set():
            try:
                await self._turn()
                failures = 0
            except (SendFailed, LogAway) as error:
                log.warning("stage.interrupted", stage=self._stage.name, reason=str(error))
                await self._give_up_writer()
                pause = BACKOFF[min(failures, len(BACKOFF) - 1)]
                failures += 1
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)

    def lost(self, slot: Slot) -> None:
        """Somebody else has taken `slot` over: stop it at once.

        The group says next whose it is; where it says nothing for RETAKE_SECONDS, it is still ours.
        """
        restored = self._restored.pop(slot, None) is not None
        if restored or slot in self._assigned:
            self._lost[slot] = monotonic() + RETAKE_SECONDS
            log.warning("stage.fenced", stage=self._stage.name, partition=slot.partition)

    async def _join(self, stop: asyncio.Event) -> None:
        """Joins the group, which takes a session's time where a member has died; `stop` ends the waiting."""
        joining = asyncio.ensure_future(self._member.start(self._on_assigned, self._on_revoked))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({joining, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not joining.done():
            joining.cancel()
        with suppress(asyncio.CancelledError):
            await joining

    def _on_assigned(self, slots: frozenset[Slot]) -> None:
        self._assigned = slots
        self._lost.clear()
        self._generation += 1
        self._changed.set()

    async def _on_revoked(self) -> None:
        self._assigned = frozenset()
        async with self._turning:
            await self._commit_last()
            self._forget()

    def _forget(self) -> None:
        for slot in list(self._restored):
            self._progress.release(slot)
        self._restored.clear()
        self._uncommitted.clear()
        self._generation += 1

    async def _give_up_writer(self) -> None:
        """What it sent may still land; only a new fence makes that harmless."""
        writer, self._writer = self._writer, None
        outbox, self._outbox = self._outbox, None
        self._forget()
        if outbox is not None:
            await outbox.close()
        if writer is not None:
            await writer.close()

    async def _turn(self) -> None:
        if self._writer is None:
            self._writer = await self._cluster.writer()
            self._outbox = None if self._stage.kinds else Outbox(self._writer)
        await self._restore(self._writer)
        if not self._restored:
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), WAIT)
            return
        fetched = await self._member.fetch(list(self._restored), MAX_RECORDS, WAIT)
        async with self._turning:
            if self._outbox is None:
                await self._process(fetched, self._writer)
            else:
                await self._pass_on(fetched, self._outbox)
            mended = await self._progress.mend(self._writer)
        if mended:
            log.warning("stage.rewritten", stage=self._stage.name, records=mended)
            self._meters.rewritten.labels(self._stage.name).inc(mended)
        if monotonic() - self._committed_at > COMMIT_SECONDS and (self._committing is None or self._committing.done()):
            # Beside the work: nobody waits for a coordinator that doesn't answer.
            self._committing = asyncio.create_task(self._commit())

    async def _restore(self, writer: Writer) -> None:
        began = monotonic()
        lost = {slot for slot, until in self._lost.items() if until > began}
        missing = sorted(self._assigned - self._restored.keys() - lost)
        if not missing:
            if self._generation and not lost:
                self._on_ready()
            return
        generation = self._generation
        starts = await asyncio.gather(
            *(self._progress.restore(slot, self._member, writer) for slot in missing), return_exceptions=True
        )
        for failed in starts:
            if isinstance(failed, BaseException):
                raise failed
        if generation != self._generation:
            for slot in missing:
                self._progress.release(slot)
            return
        meanwhile = {slot for slot, until in self._lost.items() if until > monotonic()}
        for slot in missing:
            if slot not in meanwhile:
                self._lost.pop(slot, None)
        for slot, start in zip(missing, starts, strict=True):
            if isinstance(start, int) and slot in self._assigned and slot not in meanwhile:
                self._member.seek(slot, start)
                self._restored[slot] = start
        log.info(
            "stage.taken_over",
            stage=self._stage.name,
            slots=[f"{slot.topic}/{slot.partition}" for slot in missing],
            ms=round((monotonic() - began) * 1000, 1),
        )

    async def _process(self, fetched: Mapping[Slot, Sequence[Record]], writer: Writer) -> None:
        """All slots' outputs go out together; what is too much for one batch goes in halves, one after the other."""
        began = monotonic()
        work: list[_Work] = []
        large: list[tuple[Slot, Sequence[Record]]] = []
        for slot, records in fetched.items():
            try:
                done = await self._stepped(slot, records, writer)
            except BatchTooLarge:
                if len(records) == 1:
                    raise
                large.append((slot, records))
            else:
                work += [] if done is None else [done]
        await self._capped.check(self._restored, [letter for done in work for letter in done.stepped.dead])
        await writer.append([message for done in work for message in done.stepped.messages])
        for failed in await asyncio.gather(*(self._keep(done, writer) for done in work), return_exceptions=True):
            if isinstance(failed, BaseException):
                raise failed
        for done in work:
            self._meters.batch(self._stage.name, done.records, done.stepped.dead, monotonic() - began)
        for slot, records in large:
            half = len(records) // 2
            await self._process({slot: records[:half]}, writer)
            await self._process({slot: records[half:]}, writer)

    async def _stepped(self, slot: Slot, records: Sequence[Record], writer: Writer) -> _Work | None:
        """None for a slot that is no longer ours. Raises BatchTooLarge."""
        expected = self._restored.get(slot)
        if expected is None or not records:
            return None
        _check_whole(slot, expected, records)
        layer = self._progress.layer(slot)
        stepped = step_all(self._stage.paced(len(records)), layer, records, self._progress.epoch(slot))
        prepared = self._progress.prepare(slot, writer, layer.changes, records[-1].offset)
        return _Work(slot, records, stepped, prepared)

    async def _pass_on(self, fetched: Mapping[Slot, Sequence[Record]], outbox: Outbox) -> None:
        """Of a stage without state: one record, or some where many wait, and they are on their way."""
        outbox.check()
        waiting = sum(map(len, fetched.values()))
        stage, some = self._stage.paced(waiting), max(1, waiting // PARTS)
        for slot, records in fetched.items():
            if slot not in self._restored:
                continue
            _check_whole(slot, self._restored[slot], records)
            for first in range(0, len(records), some):
                await self._sent_on(stage, slot, records[first : first + some], outbox)
            if len(outbox) > UNDER_WAY:
                await outbox.empty()

    async def _sent_on(self, stage: Stage, slot: Slot, records: Sequence[Record], outbox: Outbox) -> None:
        """Lets everybody else have their turn behind it."""
        began = monotonic()
        step = partial(step_all, stage, self._progress.layer(slot), records, self._progress.epoch(slot))
        long = any(len(record.value or b"") > LONG for record in records)
        stepped = await asyncio.to_thread(step) if long else step()
        if stepped.dead:
            await outbox.empty()  # the cap counts what is on the topic
            await self._capped.check(self._restored, stepped.dead)
        self._restored[slot] = records[-1].offset + 1
        outbox.put(stepped.messages, partial(self._passed_on, slot, records, stepped, began))
        await asyncio.sleep(0)

    def _passed_on(self, slot: Slot, records: Sequence[Record], stepped: Stepped, began: float) -> None:
        """The outputs are acknowledged."""
        self._uncommitted[slot] = records[-1].offset + 1
        self._meters.batch(self._stage.name, records, stepped.dead, monotonic() - began)

    async def _keep(self, done: _Work, writer: Writer) -> None:
        """Its outputs are acknowledged."""
        await self._progress.save(done.slot, writer, done.prepared)
        if done.slot in self._restored:
            following = done.records[-1].offset + 1
            self._restored[done.slot] = following
            self._uncommitted[done.slot] = following

    async def _commit(self) -> None:
        """What fails is tried again a second later, for as long as the slots are ours."""
        offsets, self._uncommitted = self._uncommitted, {}
        self._committed_at = monotonic()
        generation = self._generation
        if offsets and not await self._member.commit(offsets) and generation == self._generation:
            self._uncommitted = {**offsets, **self._uncommitted}

    async def _commit_last(self) -> None:
        if self._outbox is not None:
            with suppress(SendFailed):
                await self._outbox.empty()
        if self._committing is not None:
            await self._committing
        await self._commit()


class _Work(NamedTuple):
    """Records of a slot, stepped and not written yet."""

    slot: Slot
    records: Sequence[Record]
    stepped: Stepped
    prepared: Prepared | None


async def _ending(stop: asyncio.Event, turns: Coroutine[Any, Any, None]) -> None:
    """Awaits them; cut off LAST_TURN_SECONDS after `stop`, which is as good as a kill."""
    running, stopping = asyncio.ensure_future(turns), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({running}, timeout=LAST_TURN_SECONDS)
    finally:
        stopping.cancel()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def _check_whole(slot: Slot, expected: int, records: Sequence[Record]) -> None:
    """A topic that isn't compacted has no holes: a record that is missing was lost."""
    for offset, record in enumerate(records, expected):
        if record.offset != offset:
            raise LogBroken(
                f"{slot.topic}/{slot.partition}: {offset} comes next, but the log goes on at {record.offset}"
            )
