"""The runner's ports on the simulated broker, as one process has them. Limits and errors are those of the real ones."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from zlib import crc32

from router.model.cloudevents import Message
from router.runtime.kafka_calls import ACK_SECONDS
from router.runtime.kafka_member import COMMIT_SECONDS
from router.runtime.ports import Batch, LogAway, OnAssigned, OnRevoked, SendFailed, Slot
from router.stages.contract import Record
from tests.simulation.broker import Broker
from tests.simulation.group import HEARTBEAT, SESSION, Answer, Group
from tests.simulation.loop import Process

FEW = 0.4
"""Of all answers, those that bring only some of what is there, as a broker may."""

IDLE = 20
IDLE_MEMBER = 4
"""Times as long as asked, at most, until an answer that says there is nothing."""


class Connection:
    """One process's way to the broker."""

    def __init__(self, broker: Broker, process: Process) -> None:
        self.broker = broker
        self.process = process

    async def trip(self, more: float = 0.0) -> None:
        """One way, and `more` seconds. Raises CancelledError in a process that is gone."""
        if self.process.gone:
            raise asyncio.CancelledError
        await asyncio.sleep(more + self.broker.chances.delay(self.broker.chance))

    @property
    def down(self) -> float:
        """For how many seconds the broker can't be reached from here; 0 if it can."""
        return max(self.broker.away_until, self.process.cut_until) - self.broker.loop.time()

    async def reach(self) -> None:
        """To the broker, once it is there. Raises LogAway where that takes too long."""
        await self.trip()
        left = self.down
        if left > 0:
            await asyncio.sleep(min(left, ACK_SECONDS))
            if left > ACK_SECONDS:
                raise LogAway("the broker doesn't answer: simulated")


@dataclass(frozen=True)
class SimulatedBatch:
    messages: tuple[Message, ...]

    def record_count(self) -> int:
        return len(self.messages)


class SimulatedWriter:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._broker = connection.broker
        self._last: dict[Slot, float] = {}

    async def append(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        found: dict[Slot, list[Message]] = {}
        for message in messages:
            found.setdefault(self._slot(message), []).append(message)
        await self._heard([self._send(slot, batch) for slot, batch in found.items()])

    def sent(self, message: Message) -> asyncio.Future[int]:
        """Done once it is acknowledged, which may be never."""
        return self._send(self._slot(message), [message])

    def batch(self, messages: Sequence[Message]) -> Batch:
        return SimulatedBatch(tuple(messages))

    async def append_batch(self, slot: Slot, batch: Batch) -> int:
        assert isinstance(batch, SimulatedBatch)
        return (await self._heard([self._send(slot, batch.messages)]))[0]

    async def close(self) -> None: ...

    def _send(self, slot: Slot, messages: Sequence[Message]) -> asyncio.Future[int]:
        if self._connection.process.gone:
            raise asyncio.CancelledError
        heard, self._last[slot] = self._broker.send(slot, messages, self._last.get(slot, 0.0))
        return heard

    async def _heard(self, sent: list[asyncio.Future[int]]) -> list[int]:
        try:
            async with asyncio.timeout(ACK_SECONDS):
                return [await each for each in sent]
        except TimeoutError:
            raise SendFailed("no acknowledgement in time") from None

    def _slot(self, message: Message) -> Slot:
        if message.partition is not None:
            return Slot(message.topic, message.partition)
        return Slot(message.topic, crc32(message.key) % self._broker.partitions[message.topic])


class _Fetching:
    """Positions, and waiting for something behind them."""

    def __init__(self, connection: Connection, slots: Collection[Slot]) -> None:
        self._connection = connection
        self._broker = connection.broker
        self._slots = list(slots)
        self._positions: dict[Slot, int] = {}
        self._waiting: asyncio.Future[None] | None = None
        self._broker.listen(self._slots, self)

    def moved(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _deaf(self) -> None:
        slots, self._slots = self._slots, []
        self._broker.deaf(slots, self)

    async def _something(self, slots: Sequence[Slot], wait: float) -> bool:
        """Whether there is something to fetch, as soon as there is, after `wait` seconds at the latest."""
        if self._connection.process.gone:
            raise asyncio.CancelledError
        loop = self._broker.loop
        until = loop.time() + wait
        while not self._there(slots):
            left = until - loop.time()
            if left <= 0:
                return False
            down = self._connection.down
            self._waiting = loop.create_future()
            timer = loop.call_later(min(left, down) if down > 0 else left, self.moved)
            try:
                await self._waiting
            finally:
                timer.cancel()
        return True

    def _there(self, slots: Sequence[Slot]) -> bool:
        if self._connection.down > 0:
            return False
        logs, positions = self._broker.logs, self._positions
        return any(positions[slot] < len(logs[slot]) for slot in slots)

    def _taken(self, slots: Sequence[Slot], most: int) -> dict[Slot, list[Record]]:
        found: dict[Slot, list[Record]] = {}
        if self._connection.down > 0:
            return found
        for slot in slots:
            start = self._positions[slot]
            if records := self._broker.logs[slot][start : start + most]:
                gone = self._broker.compacted.get(slot, ())
                found[slot] = [record for record in records if record.offset not in gone] if gone else records
                most -= len(records)
                self._positions[slot] = start + len(records)
            if not most:
                break
        return found


class SimulatedReader(_Fetching):
    """starts: where to begin, where that isn't the beginning."""

    def __init__(self, connection: Connection, slots: Collection[Slot], starts: Mapping[Slot, int]) -> None:
        super().__init__(connection, slots)
        self._starts = starts

    async def start(self) -> None:
        await self._connection.reach()
        self._positions = {slot: self._starts.get(slot, 0) for slot in self._slots}

    async def ends(self) -> Mapping[Slot, int]:
        await self._connection.reach()
        ends = {slot: self._broker.end(slot) for slot in self._slots}
        await self._connection.trip()
        return ends

    async def position(self, slot: Slot) -> int:
        return self._positions[slot]

    async def fetch(self, wait: float) -> Sequence[Record]:
        # Nobody does anything after an empty answer but ask again: so one comes seldom.
        if not await self._something(self._slots, wait * IDLE):
            return ()
        # The broker gathers for a while what is for those who only read along (router.runtime.kafka).
        await self._connection.trip(self._broker.chance.random() * 0.1)
        most = 1 + int(self._broker.chance.random() * 200)
        return [record for records in self._taken(self._slots, most).values() for record in records]

    async def close(self) -> None:
        self._deaf()


class SimulatedMember(_Fetching):
    def __init__(self, connection: Connection, group: Group, topics: Collection[str]) -> None:
        partitions = connection.broker.partitions
        super().__init__(connection, [Slot(topic, at) for topic in sorted(topics) for at in range(partitions[topic])])
        self._group = group
        self._name = self._new_name()
        self._generation = 0
        self._given: frozenset[Slot] = frozenset()
        self._belonging: asyncio.Task[None] | None = None
        self._joined = asyncio.Event()

    async def start(self, on_assigned: OnAssigned, on_revoked: OnRevoked) -> None:
        self._belonging = asyncio.create_task(self._belong(on_assigned, on_revoked))
        try:
            async with asyncio.timeout(ACK_SECONDS + 2 * SESSION):
                await self._joined.wait()
        except TimeoutError:
            await self.close()
            raise LogAway("the broker doesn't answer: no group") from None

    async def fetch(self, slots: Collection[Slot], max_records: int, wait: float) -> Mapping[Slot, Sequence[Record]]:
        mine = sorted(slot for slot in slots if slot in self._given and slot in self._positions)
        if not await self._something(mine, wait * (1 + (IDLE_MEMBER - 1) * self._broker.chance.random())):
            return {}
        await self._connection.trip()
        few = self._broker.chance.random() < FEW
        most = 1 + int(self._broker.chance.random() * 4) if few else max_records
        return self._taken([slot for slot in mine if slot in self._given], most)

    def seek(self, slot: Slot, offset: int) -> None:
        self._positions[slot] = offset

    async def committed(self, slot: Slot) -> int | None:
        await self._connection.reach()
        found = self._broker.offsets.get((self._group.name, slot))
        await self._connection.trip()
        return found

    async def commit(self, offsets: Mapping[Slot, int]) -> bool:
        if self._connection.process.gone:
            return False
        with suppress(TimeoutError, LogAway):
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._connection.reach()
                done = self._group.commit(self._name, self._generation, offsets)
                await self._connection.trip()
                return done
        return False

    async def bounds(self, slot: Slot) -> tuple[int, int]:
        await self._connection.reach()
        end = self._broker.end(slot)
        await self._connection.trip()
        return 0, end

    async def close(self) -> None:
        if self._belonging is not None:
            self._belonging.cancel()
            await asyncio.gather(self._belonging, return_exceptions=True)
        self._deaf()
        if not self._connection.process.gone:
            self._group.leave(self._name)

    async def _belong(self, on_assigned: OnAssigned, on_revoked: OnRevoked) -> None:
        while True:
            try:
                await self._reached()
                self._generation, self._given = await self._group.join(self._name)
            except asyncio.CancelledError:
                if asyncio.current_task().cancelling():  # type: ignore[union-attr]  # there is one
                    raise
                # The coordinator has forgotten the member.
                self._name = self._new_name()
                continue
            await self._connection.trip()
            on_assigned(self._given)
            self._joined.set()
            answer = await self._heartbeats()
            await on_revoked()
            self._given = frozenset()
            if answer is Answer.UNKNOWN:
                self._name = self._new_name()

    async def _heartbeats(self) -> Answer:
        while True:
            await asyncio.sleep(HEARTBEAT)
            await self._reached()
            answer = self._group.heartbeat(self._name, self._generation)
            await self._connection.trip()
            if answer is not Answer.OK:
                return answer

    async def _reached(self) -> None:
        while True:
            with suppress(LogAway):
                return await self._connection.reach()

    def _new_name(self) -> str:
        return f"{self._connection.process.name}-{int(self._broker.chance.random() * 1e9):09}"


class SimulatedCluster:
    """groups: those of the broker, by name."""

    def __init__(self, connection: Connection, groups: Mapping[str, Group]) -> None:
        self._connection = connection
        self._groups = groups

    async def writer(self) -> SimulatedWriter:
        await self._connection.reach()
        return SimulatedWriter(self._connection)

    def reader(self, slots: Collection[Slot], starts: Mapping[Slot, int] | None = None) -> SimulatedReader:
        return SimulatedReader(self._connection, slots, starts or {})

    def member(self, group: str, topics: Collection[str]) -> SimulatedMember:
        return SimulatedMember(self._connection, self._groups[group], topics)
