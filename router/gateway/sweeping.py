"""Raw bodies go when the records go that name them: what people wrote isn't kept without end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from router.closing import ended

KEEP = timedelta(days=400)
"""As long as topics.yaml keeps the topic `pool`."""

EVERY_S = 24 * 60 * 60.0

log = structlog.get_logger()


class Swept(Protocol):
    def sweep(self, before: datetime) -> int:
        """Removes what was last put before then; how many. Blocks."""
        ...


class Sweeper:
    """Looks through the store at its start and once a day, in a thread."""

    def __init__(self, blobs: Swept, clock: Callable[[], datetime], *, every_s: float = EVERY_S) -> None:
        self._blobs = blobs
        self._clock = clock
        self._every_s = every_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep(), name="sweeper")

    async def stop(self) -> None:
        await ended(self._task)

    async def _keep(self) -> None:
        while True:
            removed = await asyncio.to_thread(self._blobs.sweep, self._clock() - KEEP)
            if removed:
                log.info("blobs.removed", count=removed, older_than_days=KEEP.days)
            await asyncio.sleep(self._every_s)
