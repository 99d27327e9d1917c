from __future__ import annotations

import asyncio

import pytest

from router.gateway.limits import Limits

SHORT_S = 0.02


async def waits(limits: Limits, until: asyncio.Event) -> str:
    limit = limits.begin()
    try:
        async with limit:
            await until.wait()
    except TimeoutError:
        return "ran out"
    finally:
        limits.over(limit)
    return "done"


async def test_who_waits_too_long_is_told_each_time_and_who_doesnt_is_left_alone() -> None:
    limits, never, soon = Limits(SHORT_S), asyncio.Event(), asyncio.Event()
    for _ in range(2):
        first = asyncio.create_task(waits(limits, never))
        second = asyncio.create_task(waits(limits, soon))
        await asyncio.sleep(0)
        soon.set()
        third = asyncio.create_task(waits(limits, never))
        async with asyncio.timeout(10):
            assert list(await asyncio.gather(first, second, third)) == ["ran out", "done", "ran out"]


async def test_all_that_are_under_way_can_be_ended_at_once_and_later_ones_run() -> None:
    limits, until = Limits(1000), asyncio.Event()
    under_way = [asyncio.create_task(waits(limits, until)) for _ in range(3)]
    await asyncio.sleep(0)
    limits.end_all()
    async with asyncio.timeout(10):
        assert await asyncio.gather(*under_way) == ["ran out"] * 3
    later = asyncio.create_task(waits(limits, until))
    await asyncio.sleep(0)
    until.set()
    assert await later == "done"


async def test_what_is_over_when_its_time_comes_is_not_disturbed() -> None:
    limits = Limits(SHORT_S)
    limit = limits.begin()
    with pytest.raises(ValueError, match="our own"):
        async with limit:
            limits.end_all()
            raise ValueError("our own")
    limits.over(limit)
    limits.end_all()


async def test_a_task_that_is_cancelled_stays_cancelled() -> None:
    limits = Limits(1000)
    waiting = asyncio.create_task(waits(limits, asyncio.Event()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
