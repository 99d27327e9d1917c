"""The gateway in the simulation: the real log behind the real spool, in a process that is killed and started again.

What isn't real: HTTP (a provider's request is a call that breaks off when the process dies), aiokafka's producer, the
spool's database.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from router.gateway.log import Log, TooLarge, Unavailable
from router.gateway.producer import KafkaLog
from router.model.cloudevents import Message
from router.runtime.ports import LogAway
from tests.simulation.broker import START, Broker
from tests.simulation.cluster import Connection, SimulatedWriter
from tests.simulation.disk import MemoryRows
from tests.simulation.loop import OUTSIDE, Process
from tests.simulation.parts import Parts

PATIENCE_S = 10.0
"""Within which a provider wants its answer."""


class Gateway:
    """rows: what is on its disk. full_until: when its disk takes something again."""

    def __init__(self, broker: Broker, parts: Parts, chance: random.Random, say: Callable[[str], None]) -> None:
        self._broker = broker
        self._loop = broker.loop
        self._parts = parts
        self._chance = chance
        self._say = say
        self._killed: list[Process] = []
        self._waiting: dict[asyncio.Future[bool], None] = {}
        self._contacts: Log | None = None
        self._commands: Log | None = None
        self.full_until = 0.0
        self.rows = MemoryRows(lambda: self._loop.time() < self.full_until)
        self.process = Process("gateway")
        self._start()

    async def take(self, contact: Message) -> bool:
        """A provider's request; whether it is acknowledged."""
        return await self._asked(lambda: self._contacts, contact)

    async def tell(self, command: Message) -> bool:
        """A desktop's request; whether it is on the log."""
        return await self._asked(lambda: self._commands, command)

    def kill(self) -> None:
        """As kill -9; its supervision starts another soon."""
        if self.process.gone:
            return
        self._say(f"the gateway is killed, {len(self.rows.rows)} on its disk")
        self._loop.kill(self.process)
        self._killed.append(self.process)
        self._contacts = self._commands = None
        waiting, self._waiting = self._waiting, {}
        for answer in waiting:
            _hear(answer, False)
        self._loop.after(0.2 + self._chance.random() * 3, self._start)

    @property
    def settled(self) -> bool:
        return not self.rows.rows and not self._waiting

    async def end(self) -> None:
        self._loop.kill(self.process)
        for process in (*self._killed, self.process):
            await self._loop.bury(process)

    def _start(self) -> None:
        self.process = Process("gateway")
        self._loop.start(self.process, self._serve(self.process))

    async def _serve(self, process: Process) -> None:
        log = SimulatedLog(Connection(self._broker, process))
        spool = self._parts.spool(self.rows, lambda: int((START.timestamp() + self._loop.time()) * 1000))
        spooling = self._parts.spooling(log, spool)
        log.start()
        await spool.open()
        spooling.start()
        self._contacts, self._commands = spooling, log

    async def _asked(self, log: Callable[[], Log | None], message: Message) -> bool:
        await asyncio.sleep(self._broker.chances.delay(self._chance))
        there = log()
        if there is None:
            return False
        answer: asyncio.Future[bool] = self._loop.create_future()
        self._waiting[answer] = None
        appending = self._loop.start(self.process, _appended(there, message))
        appending.add_done_callback(lambda done: self._answered(done, answer), context=OUTSIDE)
        await asyncio.wait({answer}, timeout=PATIENCE_S)
        self._waiting.pop(answer, None)
        return answer.done() and answer.result()

    def _answered(self, done: asyncio.Task[bool], answer: asyncio.Future[bool]) -> None:
        """Until the answer has arrived, the gateway can still be killed."""
        if not done.cancelled():
            self._loop.after(self._broker.chances.delay(self._chance), _hear, answer, done.result())


async def _appended(log: Log, message: Message) -> bool:
    try:
        await log.append(message)
    except (Unavailable, TooLarge):
        return False
    return True


def _hear(answer: asyncio.Future[bool], acknowledged: bool) -> None:
    if not answer.done():
        answer.set_result(acknowledged)


class SimulatedLog(KafkaLog):
    """The real one, on producers of the simulation."""

    def __init__(self, connection: Connection) -> None:
        super().__init__("simulated")
        self._connection = connection

    async def _made(self) -> Any:
        while True:
            with suppress(LogAway):
                await self._connection.reach()
                return _Producer(self._connection)


class _Producer:
    """What of aiokafka's producer the gateway uses. What it was given can land after it was closed, too."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._writer = SimulatedWriter(connection)
        self.client = self

    async def send(
        self, topic: str, value: bytes, key: bytes, partition: int | None, headers: list[tuple[str, bytes]]
    ) -> asyncio.Future[int]:
        return self._writer.sent(Message(topic, key, value, tuple(headers), partition))

    async def fetch_all_metadata(self) -> None:
        await self._connection.reach()


async def closed_producer(producer: object) -> None:
    """Instead of router.closing's."""
