"""Reads topics from their ends on, as news come."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

Read = Callable[[bytes, "bytes | None", Sequence[tuple[str, bytes]]], None]


class Tail:
    def __init__(self, kafka: str, topics: Sequence[str]) -> None:
        # With the default of 500 ms a fetch of the idle topics holds up the busy one's next (notes on aiokafka).
        self._consumer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, fetch_max_wait_ms=20)
        self._topics = topics
        self._task: asyncio.Task[None] | None = None

    async def start(self, read: Read) -> None:
        """Returns once it stands at the ends."""
        await self._consumer.start()
        self._consumer.assign([TopicPartition(topic, 0) for topic in self._topics])
        await self._consumer.seek_to_end()
        self._task = asyncio.create_task(self._follow(read))

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._consumer.stop()

    async def _follow(self, read: Read) -> None:
        while True:
            for records in (await self._consumer.getmany(timeout_ms=1000)).values():
                for record in records:
                    read(record.key, record.value, record.headers)
