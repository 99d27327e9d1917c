"""A consumer that takes what has come as one, and rests in between: a fetch costs more than a record.

Nothing is asked for between what was handed out and the call for more, nor within the rest; then the next fetch asks
for all partitions, and the broker answers as soon as one has something. Who comes after a pause waits for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

MANY = 200
"""Records: who is given so many is behind, and doesn't rest."""

TAKING_SECONDS = 1.0


class Batched:
    """seconds: of the rest. The consumer isn't paused, resumed or read by anybody else."""

    def __init__(self, consumer: AIOKafkaConsumer, seconds: float) -> None:
        self._consumer = consumer
        self._seconds = seconds
        self._resting: list[TopicPartition] = []
        self._until = monotonic()

    async def getmany(
        self, *partitions: TopicPartition, wait: float, most: int | None = None
    ) -> Mapping[TopicPartition, Sequence[Any]]:
        """As the consumer's: of `partitions`, or of all; at most `most` records; empty after `wait` seconds."""
        await self._rested()
        call = self._consumer.getmany(*partitions, timeout_ms=int(wait * 1000), max_records=most)
        fetched: Mapping[TopicPartition, Sequence[Any]] = await call
        if fetched:
            # At once: before the consumer hears that it may ask for more.
            self._rest(partitions, sum(map(len, fetched.values())))
        return fetched

    def _rest(self, partitions: Sequence[TopicPartition], records: int) -> None:
        assigned = self._consumer.assignment()
        self._resting = [each for each in partitions or assigned if each in assigned]
        self._consumer.pause(*self._resting)
        self._until = monotonic() + (self._seconds if records < MANY else 0)

    async def _rested(self) -> None:
        left = self._until - monotonic()
        if left > 0:
            await asyncio.sleep(left)
        # Those that were taken away meanwhile and given back aren't paused any more.
        assigned = self._consumer.assignment()
        self._consumer.resume(*(each for each in self._resting if each in assigned))
        self._resting = []


def takes_all(consumer: AIOKafkaConsumer) -> None:
    """From here on a started consumer fetches only once all that it has was taken, for up to TAKING_SECONDS.

    By itself it waits a tenth of a second, then asks for the other partitions alone; where those have nothing the
    broker holds that fetch, and a partition whose records were taken meanwhile waits for its end (500 ms with
    aiokafka's defaults).
    """
    consumer._fetcher._prefetch_backoff = TAKING_SECONDS  # nothing public sets it
