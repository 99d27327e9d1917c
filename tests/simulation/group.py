"""A consumer group on the simulated broker: eager rebalances, sessions, generations, the range assignor."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from enum import Enum

from router.runtime.kafka_member import HEARTBEAT_MS, SESSION_MS
from router.runtime.ports import Slot
from tests.simulation.broker import Broker

SESSION = SESSION_MS / 1000
HEARTBEAT = HEARTBEAT_MS / 1000


class Answer(Enum):
    OK = "ok"
    REBALANCE = "rebalance"
    UNKNOWN = "unknown"


class Joining:
    """A member as the coordinator knows it. waiting: its join, not answered yet."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.waiting: asyncio.Future[tuple[int, frozenset[Slot]]] | None = None


class Group:
    def __init__(self, broker: Broker, name: str, topics: Collection[str]) -> None:
        self._broker = broker
        self._loop = broker.loop
        self.name = name
        self._topics = sorted(topics)
        self._members: dict[str, Joining] = {}
        self.generation = 0
        self._rebalancing = False

    def join(self, member: str) -> asyncio.Future[tuple[int, frozenset[Slot]]]:
        """The generation and what the member gets of it, once all have joined."""
        joining = self._members.get(member)
        if joining is None:
            joining = self._members[member] = Joining(0.0)
            self._loop.after(SESSION, self._expire, member)
        joining.deadline = self._loop.time() + SESSION
        joining.waiting = self._loop.create_future()
        waiting = joining.waiting
        self._rebalance()
        return waiting

    def heartbeat(self, member: str, generation: int) -> Answer:
        joining = self._members.get(member)
        if joining is None or (generation != self.generation and not self._rebalancing):
            return Answer.UNKNOWN
        joining.deadline = self._loop.time() + SESSION
        return Answer.REBALANCE if self._rebalancing else Answer.OK

    def leave(self, member: str) -> None:
        gone = self._members.pop(member, None)
        if gone is not None:
            if gone.waiting is not None:
                gone.waiting.cancel()
            self._rebalance()

    def commit(self, member: str, generation: int, offsets: Mapping[Slot, int]) -> bool:
        """False where the member isn't one any more, or of another generation."""
        if member not in self._members or generation != self.generation:
            return False
        for slot, offset in offsets.items():
            self._broker.offsets[self.name, slot] = offset
        return True

    def deleted(self) -> None:
        """Somebody has removed the group, with its members and offsets."""
        for key in [key for key in self._broker.offsets if key[0] == self.name]:
            del self._broker.offsets[key]
        for joining in self._members.values():
            if joining.waiting is not None:
                joining.waiting.cancel()
        self._members.clear()
        self.generation = 0
        self._rebalancing = False

    def _expire(self, member: str) -> None:
        joining = self._members.get(member)
        if joining is None:
            return
        now = self._loop.time()
        if self._broker.away or joining.waiting is not None:
            joining.deadline = now + SESSION
        if joining.deadline <= now:
            self.leave(member)
        else:
            self._loop.after(joining.deadline - now, self._expire, member)

    def _rebalance(self) -> None:
        if not self._members:
            self._rebalancing = False
        elif all(joining.waiting is not None for joining in self._members.values()):
            self._complete()
        elif not self._rebalancing:
            self._rebalancing = True
            self._loop.after(SESSION, self._overdue, self.generation)

    def _overdue(self, generation: int) -> None:
        """Who hasn't joined by now is no member any more."""
        if self._rebalancing and generation == self.generation:
            for member in [name for name, joining in self._members.items() if joining.waiting is None]:
                del self._members[member]
            if self._members:
                self._complete()
            else:
                self._rebalancing = False

    def _complete(self) -> None:
        self._rebalancing = False
        self.generation += 1
        names = sorted(self._members)
        for number, name in enumerate(names):
            joining = self._members[name]
            given = frozenset(slot for topic in self._topics for slot in self._range(topic, number, len(names)))
            joining.deadline = self._loop.time() + SESSION
            waiting, joining.waiting = joining.waiting, None
            if waiting is not None and not waiting.done():
                waiting.set_result((self.generation, given))

    def _range(self, topic: str, number: int, members: int) -> list[Slot]:
        count = self._broker.partitions[topic]
        each, more = divmod(count, members)
        first = number * each + min(number, more)
        return [Slot(topic, first + at) for at in range(each + (number < more))]
