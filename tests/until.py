"""Waiting for a condition of another process, which can't notify."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], bool], seconds: float) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - an Event can't be set by another process
            await asyncio.sleep(0.02)
