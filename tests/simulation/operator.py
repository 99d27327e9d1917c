"""Somebody who looks at the dead letters now and then, and resubmits them as `router dlq resubmit` does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from router.model import cloudevents, dead_letters, retries
from router.model.cloudevents import Attributes, Message
from router.model.dead_letters import TOPIC_END, Place
from router.model.events import LetterSettled
from router.model.letters import ACTIONS
from router.runtime.ports import SendFailed
from router.stages.contract import Record
from tests.simulation.broker import Broker
from tests.simulation.cluster import Connection, SimulatedWriter
from tests.simulation.loop import Process

TRIES = 2
"""Refusals of one record, after which it is left alone."""

DELAY_S = 12.0


class Operator:
    def __init__(self, broker: Broker, chance: random.Random, say: Callable[[str], None]) -> None:
        self._broker = broker
        self._chance = chance
        self._say = say
        self._tasks: list[asyncio.Task[None]] = []
        self._connection = Connection(broker, Process("operator"))
        broker.watchers.append(self._watch)

    @property
    def settled(self) -> bool:
        """Whether no letter is left that anybody would resubmit."""
        return all(task.done() for task in self._tasks)

    def _watch(self, record: Record) -> None:
        if not record.topic.endswith(TOPIC_END):
            return
        letter = dead_letters.letter_of(record.headers)
        name = Place(record.topic, record.partition, record.offset)
        again = retries.retry(letter, name, record.key, record.value, record.headers)
        if letter.tries <= TRIES and again is not None and not retries.passed(record.headers):
            self._tasks.append(self._broker.loop.create_task(self._resubmit(again, str(name), letter.stage)))

    async def _resubmit(self, again: Message, name: str, stage: str) -> None:
        """The letter first, then the trace of it; a crash between the two leaves it open, and it is done once more."""
        await asyncio.sleep(self._chance.random() * DELAY_S)
        self._say(f"{name} is resubmitted")
        done = False
        while not done:
            done = await self._done(again, _action(name, stage, self._broker))
            await asyncio.sleep(self._chance.random() * 3)

    async def _done(self, again: Message, trace: Message) -> bool:
        return await self._sent(again) and not self._crashes() and await self._sent(trace)

    def _crashes(self) -> bool:
        return self._chance.random() < 0.1

    async def _sent(self, message: Message) -> bool:
        try:
            await SimulatedWriter(self._connection).append([message])
        except SendFailed:
            return False
        return True


def _action(name: str, stage: str, broker: Broker) -> Message:
    value = LetterSettled(letter=name, stage=stage, by="night", why="simulated", at=broker.now())
    kind = "letter.resubmitted"
    return cloudevents.message(ACTIONS, name, value, Attributes(f"{kind}:{name}", kind, "/dlq", name, broker.now()))
