"""Time limits of one length, under one timer: one each costs more than most of what they bound."""

from __future__ import annotations

import asyncio
import contextlib


class Limits:
    """For one loop. Each limit that is begun is entered at once, and given back by `over`, whatever became of it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # The oldest first, which is the first to run out too.
        self._ends: dict[asyncio.Timeout, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> asyncio.Timeout:
        """To be entered by `async with`, as asyncio.timeout(seconds)."""
        loop = asyncio.get_running_loop()
        limit = asyncio.timeout(None)
        self._ends[limit] = end = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_at(end, self._look)
        return limit

    def over(self, limit: asyncio.Timeout) -> None:
        self._ends.pop(limit, None)

    def end_all(self) -> None:
        """All that are under way run out now."""
        ends, self._ends = self._ends, {}
        for limit in ends:
            _run_out(limit)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        for limit, end in tuple(self._ends.items()):
            if end > loop.time():
                self._timer = loop.call_at(end, self._look)
                return
            del self._ends[limit]
            _run_out(limit)


def _run_out(limit: asyncio.Timeout) -> None:
    if not limit.expired():
        with contextlib.suppress(RuntimeError):  # it is ending already
            limit.reschedule(asyncio.get_running_loop().time())
