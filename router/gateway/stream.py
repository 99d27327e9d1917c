"""One reader of an event stream: what it gets first, and what waits until its socket takes it.

What waits is bounded. Who doesn't keep up is cut off, and may come back with the last id that it saw.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from enum import StrEnum

MOST_EVENTS = 1000
MOST_BYTES = 1024 * 1024
PIECE_BYTES = 64 * 1024


class Cut(StrEnum):
    """Why the gateway ended a stream that its reader would have kept."""

    BEHIND = "behind"  # too much waited for it
    STUCK = "stuck"  # its socket took nothing for a while
    ANEW = "made-anew"  # its topic was


class Stream:
    """first: what it begins with, in pieces; not counted among what waits. sending_since: the clock's time since when
    a piece is being sent, None while none is."""

    def __init__(self, first: Iterable[bytes] = ()) -> None:
        self.first = first
        self.sending_since: float | None = None
        self.cut_off: Cut | None = None
        self._waiting: deque[tuple[bytes, int]] = deque()
        self._bytes = 0
        self._events = 0
        self._ending = False
        self._awaited: asyncio.Future[None] | None = None

    @property
    def idle(self) -> bool:
        return not self._waiting and self.sending_since is None

    def offer(self, chunk: bytes, events: int) -> bool:
        """Lets it wait to be sent, from the next `wake` on. False where too much waits, or the stream has ended."""
        if self._ending or self.cut_off:
            return False
        if self._waiting and (self._events + events > MOST_EVENTS or self._bytes + len(chunk) > MOST_BYTES):
            return False
        self._waiting.append((chunk, events))
        self._bytes += len(chunk)
        self._events += events
        return True

    async def piece(self) -> bytes | None:
        """What is to be sent next, as much as fits one piece; None once the stream is to end."""
        while not self._waiting:
            if self._ending or self.cut_off:
                return None
            self._awaited = asyncio.get_running_loop().create_future()
            await self._awaited
        taken: list[bytes] = []
        size = 0
        while self._waiting and (not taken or size + len(self._waiting[0][0]) <= PIECE_BYTES):
            chunk, events = self._waiting.popleft()
            self._bytes -= len(chunk)
            self._events -= events
            size += len(chunk)
            taken.append(chunk)
        return taken[0] if len(taken) == 1 else b"".join(taken)

    def end(self) -> None:
        """Lets it end once everything that waits has been sent."""
        self._ending = True
        self.wake()

    def cut(self, why: Cut) -> None:
        """Drops what waits; whoever sends sees `cut_off`."""
        self.cut_off = self.cut_off or why
        self._waiting.clear()
        self.wake()

    def wake(self) -> None:
        """Whoever awaits a piece gets it."""
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(None)
