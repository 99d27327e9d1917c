"""Waiting for a condition of another process, which can't notify."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE_S = 60.0
"""How long a test waits for what is bound to come: only a guard, since a busy machine is no fault of what is tested."""


async def until(holds: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - an Event can't be set by another process
            await asyncio.sleep(0.02)
