"""Offers contacts on their schedule, and notes when each was answered and when it came out."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.latency.way import Way

GRACE_S = 15.0
LEAD_S = 0.2


@dataclass
class Offered:
    """Times in ms from when a contact was due. late: until the generator sent it, which is its own doing.

    refused: statuses other than 2xx, 0 where no answer came. lost: answered 2xx, and didn't come out within GRACE_S
    of the end. cpu_s: the generator's.
    """

    count: int
    late: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    queued: list[float] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)
    lost: int = 0
    cpu_s: float = 0.0


async def offer(way: Way, due: Sequence[float], brings: Sequence[bool], tell: Callable[[str, int], None]) -> Offered:
    """tell: called with started, sent (and how many, now and then), done."""
    found = Offered(len(due))
    expected = {number for number, one in enumerate(brings) if one}
    answers, done = len(due), asyncio.Event()
    began = 0.0

    def since(number: int) -> float:
        return round((time.perf_counter() - began - due[number]) * 1000, 3)

    def settled() -> None:
        if not answers and not expected:
            done.set()

    def arrived(number: int) -> None:
        found.queued.append(since(number))
        expected.discard(number)
        settled()

    def answered_to(number: int) -> Callable[[int], None]:
        def answered(status: int) -> None:
            nonlocal answers
            answers -= 1
            if 200 <= status < 300:
                found.answered.append(since(number))
            else:
                found.refused[status] = found.refused.get(status, 0) + 1
                expected.discard(number)
            settled()

        return answered

    await way.start(arrived)
    try:
        tell("started", 0)
        cpu = _cpu()
        began = time.perf_counter() + LEAD_S
        told = 0.0
        for number, at in enumerate(due):
            left = began + at - time.perf_counter()
            if left > 0:
                await asyncio.sleep(left)
            found.late.append(max(0.0, since(number)))
            way.send(number, answered_to(number))
            if at - told >= 0.5:
                told = at
                tell("sent", number)
        try:
            async with asyncio.timeout(GRACE_S):
                await done.wait()
        except TimeoutError:
            if answers:
                found.refused[0] = found.refused.get(0, 0) + answers
            found.lost = len(expected)
        found.cpu_s = _cpu() - cpu
        tell("done", len(due))
    finally:
        await way.stop()
    return found


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
