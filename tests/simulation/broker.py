"""The simulated broker: logs, committed offsets, and when a batch is on them.

A batch of one topic's partition lands whole or not at all, and a producer's batches for a partition land in the order
in which they were sent. Whether and when one lands, and whether the producer hears of it, is chance.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from router.model.cloudevents import Message
from router.runtime.kafka_calls import ACK_SECONDS
from router.runtime.ports import Slot
from router.stages.contract import Record
from tests.simulation.chances import Chances, Fate
from tests.simulation.loop import Process, VirtualLoop, here

START = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
LEAVING = 0.05
"""Seconds within which a batch of a killed process may not have left it."""


class Listener(Protocol):
    def moved(self) -> None: ...


class Broker:
    def __init__(
        self, loop: VirtualLoop, chance: random.Random, chances: Chances, partitions: Mapping[str, int]
    ) -> None:
        self.loop = loop
        self.chance = chance
        self.chances = chances
        self.logs: dict[Slot, list[Record]] = {
            Slot(topic, number): [] for topic, count in partitions.items() for number in range(count)
        }
        self.partitions = partitions
        self.offsets: dict[tuple[str, Slot], int] = {}
        self.away_until = 0.0
        self.under_way = 0
        self.compacted: dict[Slot, set[int]] = {}
        self._made: dict[Slot, float] = {}
        self.landed_at = 0.0
        self.watchers: list[Callable[[Record], None]] = []
        self.on_landed: Callable[[Process, Sequence[Message]], None] = _unwatched
        self._held: defaultdict[Slot, list[_Sent]] = defaultdict(list)
        self._listeners: defaultdict[Slot, list[Listener]] = defaultdict(list)

    @property
    def away(self) -> bool:
        return self.loop.time() < self.away_until

    def now(self) -> datetime:
        """The broker's clock, in whole milliseconds as Kafka has it."""
        return START + timedelta(milliseconds=int(self.loop.time() * 1000))

    def end(self, slot: Slot) -> int:
        return len(self.logs[slot])

    def listen(self, slots: Sequence[Slot], listener: Listener) -> None:
        for slot in slots:
            self._listeners[slot].append(listener)

    def deaf(self, slots: Sequence[Slot], listener: Listener) -> None:
        for slot in slots:
            self._listeners[slot].remove(listener)

    def land(self, slot: Slot, messages: Sequence[Message]) -> int:
        """Puts a batch on its log; the offset of its last record."""
        log, at = self.logs[slot], self.now()
        for message in messages:
            record = Record(slot.topic, slot.partition, len(log), message.key, message.value, message.headers, at)
            log.append(record)
            for watching in self.watchers:
                watching(record)
        self.landed_at = self.loop.time()
        for listener in self._listeners[slot]:
            listener.moved()
        return len(log) - 1

    def compact(self, slot: Slot, lag: float) -> int:
        """As the cleaner does: of each key only the last record stays, of those that are older than `lag` seconds.

        `logs` keeps all for the checker; readers don't get what is gone. How many are gone now.
        """
        until = self.now() - timedelta(seconds=lag)
        last: dict[bytes | None, int] = {}
        gone = self.compacted.setdefault(slot, set())
        for record in self.logs[slot]:
            if record.timestamp > until:
                break
            if record.key in last:
                gone.add(last[record.key])
            last[record.key] = record.offset
        return len(gone)

    def make_anew(self, slot: Slot) -> None:
        """Deletes the topic's partition and makes an empty one: what was sent to the old one lands nowhere."""
        self.logs[slot] = []
        self.compacted.pop(slot, None)
        self._made[slot] = self.loop.time()

    def send(self, slot: Slot, messages: Sequence[Message], not_before: float) -> tuple[asyncio.Future[int], float]:
        """A batch on its way: what the producer hears of it, and when it should land."""
        heard: asyncio.Future[int] = self.loop.create_future()
        now, fate = self.loop.time(), self.chances.fate(self.chance)
        lands = max(now + fate.lands, not_before)
        self.under_way += 1
        sent = _Sent(slot, messages, heard, fate, here(), now)
        if fate.held:
            self._held[slot].append(sent)
        self.loop.after(lands - now, self._arrived, sent)
        return heard, lands

    def _arrived(self, sent: _Sent) -> None:
        now = self.loop.time()
        if sent.fate.held:
            if sent not in self._held[sent.slot]:
                return
            self._held[sent.slot].remove(sent)
        lost = sent.fate.lost or sent.at <= self._made.get(sent.slot, -1.0)
        if not lost and sent.sender is not None and sent.sender.gone and (self.away or now - sent.at < LEAVING):
            # Who was killed has perhaps never got it out.
            lost = self.chance.random() < 0.5
        until = max(self.away_until, 0.0 if sent.sender is None else sent.sender.cut_until)
        if not lost and now < until:
            # The producer asks again until it reaches the broker.
            self.loop.after(until - now + self.chance.random() * 0.2, self._arrived, sent)
            return
        self.under_way -= 1
        if lost:
            return
        self._overtake(sent.slot)
        last = self.land(sent.slot, sent.messages)
        if sent.sender is not None:
            self.on_landed(sent.sender, sent.messages)
        if sent.fate.heard is not None:
            self.loop.after(sent.fate.heard, _hear, sent.heard, last)

    def _overtake(self, slot: Slot) -> None:
        """What was given up long ago, and is still held somewhere, lands right before what lands now."""
        given_up = [held for held in self._held[slot] if self.loop.time() - held.at > ACK_SECONDS]
        for held in given_up:
            self._held[slot].remove(held)
            self.under_way -= 1
            if held.at > self._made.get(slot, -1.0):
                self.land(slot, held.messages)


class _Sent(NamedTuple):
    slot: Slot
    messages: Sequence[Message]
    heard: asyncio.Future[int]
    fate: Fate
    sender: Process | None
    at: float


def _hear(heard: asyncio.Future[int], last: int) -> None:
    if not heard.done():
        heard.set_result(last)


def _unwatched(sender: object, messages: object) -> None: ...
