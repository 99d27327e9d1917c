"""A runner with one mistake in it, each one that somebody could make. The simulation has to find them all.

They stand here only: nothing in the router can be switched to behave so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from router.gateway.log import Unavailable
from router.gateway.spool.row import Row
from router.gateway.spool.spooling import SpoolingLog
from router.model.cloudevents import Message
from router.runtime.changelog import Fence
from router.runtime.changelogged import Changelogged
from router.runtime.outbox import Outbox
from router.runtime.ports import Batch, Member, SendFailed, Slot, Writer
from router.runtime.runner import Runner
from router.stages.contract import Record, Stage
from tests.simulation.cluster import Connection, SimulatedCluster, SimulatedWriter
from tests.simulation.disk import SimulatedSpool
from tests.simulation.group import Group
from tests.simulation.operator import Operator
from tests.simulation.parts import Parts


class KeepsBeforeItTells(Runner):
    """The state is kept before the outputs are acknowledged."""

    async def _process(self, fetched: Mapping[Slot, Sequence[Record]], writer: Writer) -> None:
        stepped = [await self._stepped(slot, records, writer) for slot, records in fetched.items()]
        work = [done for done in stepped if done is not None]
        await asyncio.gather(*(self._keep(done, writer) for done in work))
        await writer.append([message for done in work for message in done.stepped.messages])


class CommitsWhatIsUnderWay(Runner):
    """A stage without state commits a place before what it has made of it is acknowledged."""

    async def _sent_on(self, stage: Stage, slot: Slot, records: Sequence[Record], outbox: Outbox) -> None:
        self._uncommitted[slot] = records[-1].offset + 1
        await super()._sent_on(stage, slot, records, outbox)


class TakesOverWithoutAFence(Changelogged):
    """The next epoch is taken for granted."""

    async def restore(self, slot: Slot, member: Member, writer: Writer) -> int:
        return await super().restore(slot, member, _Fenceless(writer, self._tail_end))

    def _tail_end(self, slot: Slot, epoch: int, worker: str) -> None:
        replica = self._replicas[slot.partition]
        replica.fence, replica.fence_worker = epoch, worker


class TrustsTheGroup(Changelogged):
    """A slot goes on from the group's offset, not from where the state stands."""

    async def restore(self, slot: Slot, member: Member, writer: Writer) -> int:
        start = await super().restore(slot, member, writer)
        committed = await member.committed(slot)
        return start if committed is None else committed


class MergesUnread(Changelogged):
    """What is acknowledged is merged, though a fence that nobody has read yet may stand before it."""

    async def _append(self, partition: int, writer: Writer, batch: Batch) -> int:
        return await writer.append_batch(Slot(self._topic, partition), batch)


class TriesAgain(SimulatedCluster):
    """What wasn't acknowledged is sent once more, under the same epoch, by a new producer."""

    async def writer(self) -> SimulatedWriter:
        return _Again(self._connection)


class _Again(SimulatedWriter):
    async def append(self, messages: Sequence[Message]) -> None:
        try:
            await super().append(messages)
        except SendFailed:
            await SimulatedWriter(self._connection).append(messages)

    async def append_batch(self, slot: Slot, batch: Batch) -> int:
        try:
            return await super().append_batch(slot, batch)
        except SendFailed:
            return await SimulatedWriter(self._connection).append_batch(slot, batch)


class ForgetsWhatItTold(SpoolingLog):
    """A row that was told to the broker is gone, though it wasn't acknowledged."""

    async def _tell(self, row: Row) -> None:
        with suppress(Unavailable):
            await super()._tell(row)


class OvertakesTheSpool(SpoolingLog):
    """What comes while the address has something in the spool goes past it, once the broker is back."""

    async def append(self, message: Message) -> None:
        if self._broker.ready:
            with suppress(Unavailable):
                await self._broker.append(message)
                return
        await super().append(message)


class SaysWrittenTooEarly(SimulatedSpool):
    """A contact is acknowledged before it is on the disk."""

    def put(self, seq: int, message: Message) -> asyncio.Future[None]:
        written = super().put(seq, message)
        written.set_result(None)
        return written


class SettlesFirst(Operator):
    """The trace of a letter is written before the letter; who is interrupted between the two never comes back to it."""

    async def _done(self, again: Message, trace: Message) -> bool:
        if not await self._sent(trace):
            return False
        if not self._crashes():
            await self._sent(again)
        return True


class _Fenceless:
    """A writer whose fences reach nobody; the one who writes them takes them for written."""

    def __init__(self, writer: Writer, taken: Any) -> None:
        self._writer = writer
        self._taken = taken
        self.append = writer.append
        self.batch = writer.batch
        self.close = writer.close

    async def append_batch(self, slot: Slot, batch: Any) -> int:
        first = batch.messages[0]
        if not first.key.startswith(b"fence/"):
            return await self._writer.append_batch(slot, batch)
        self._taken(slot, int(first.key.removeprefix(b"fence/")), _worker_of(first))
        return -1


def _worker_of(fence: Message) -> str:
    return Fence.model_validate_json(fence.value or b"").worker


def _always(about: object, fence: object, last: object) -> bool:
    """A checkpoint is used though the log that it is of is gone."""
    return True


def _again(connection: Connection, groups: Mapping[str, Group]) -> SimulatedCluster:
    return TriesAgain(connection, groups)


MUTATIONS: Mapping[str, Parts] = {
    "keeps-before-it-tells": Parts(runner=KeepsBeforeItTells),
    "commits-under-way": Parts(runner=CommitsWhatIsUnderWay),
    "no-fence": Parts(kept=TakesOverWithoutAFence),
    "same-epoch-after-failure": Parts(cluster=_again),
    "merges-unread": Parts(kept=MergesUnread),
    "trusts-the-group": Parts(kept=TrustsTheGroup),
    "spool-forgets": Parts(spooling=ForgetsWhatItTold),
    "spool-overtaken": Parts(spooling=OvertakesTheSpool),
    "spool-acknowledges-early": Parts(spool=SaysWrittenTooEarly),
    "checkpoint-unchecked": Parts(is_of=_always),
    "settles-before-it-writes": Parts(operator=SettlesFirst),
}
