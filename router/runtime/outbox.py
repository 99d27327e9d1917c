"""What was made and is on its way: while one write waits for its acknowledgement, the next one gathers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from router.model.cloudevents import Message
from router.runtime.ports import Writer


class Outbox:
    """Writes in the order of `put`, one write at a time. After a failed one it is of no use any more."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._waiting: list[tuple[Sequence[Message], Callable[[], None]]] = []
        self._more = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._sending = asyncio.create_task(self._send(), name="outbox")

    def __len__(self) -> int:
        """How many messages wait behind the write that is under way."""
        return sum(len(messages) for messages, _ in self._waiting)

    def put(self, messages: Sequence[Message], acknowledged: Callable[[], None]) -> None:
        """Returns at once. acknowledged: called when these, and whatever was put in before, are on the log."""
        self._waiting.append((messages, acknowledged))
        self._idle.clear()
        self._more.set()

    def check(self) -> None:
        """Raises SendFailed where a write wasn't acknowledged."""
        if self._sending.done():
            self._sending.result()

    async def empty(self) -> None:
        """Returns once everything that was put in is acknowledged. Raises SendFailed."""
        idle = asyncio.ensure_future(self._idle.wait())
        try:
            await asyncio.wait({idle, self._sending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            idle.cancel()
        self.check()

    async def close(self) -> None:
        """What is under way may still land."""
        self._sending.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await self._sending

    async def _send(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            going, self._waiting = self._waiting, []
            await self._writer.append([message for messages, _ in going for message in messages])
            for _, acknowledged in going:
                acknowledged()
            if not self._waiting:
                self._idle.set()
