"""Waiting for one thing while others may fail."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


async def guarded(step: Coroutine[Any, Any, Result], *guards: asyncio.Task[None]) -> Result:
    """The step's result. Raises what a guard ends with first; then the step is cancelled."""
    task = asyncio.ensure_future(step)
    try:
        await asyncio.wait((task, *guards), return_when=asyncio.FIRST_COMPLETED)
        for guard in guards:
            if guard.done():
                guard.result()
        return await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
