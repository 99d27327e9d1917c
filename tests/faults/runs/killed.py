"""kill -9 under load: of a worker, of the gateway in the middle of requests, of the broker."""

from __future__ import annotations

import asyncio
import signal
import time

from tests.faults.run import Outcome, Place
from tests.faults.scene import Scene, scene

TAKEOVER_S = 8.0
HANDOVER_S = 1.5
AROUND_S = 0.7


async def worker(place: Place) -> Outcome:
    return await _worker_ended(place, signal.SIGKILL, "takeover", TAKEOVER_S)


async def worker_asked(place: Place) -> Outcome:
    return await _worker_ended(place, signal.SIGTERM, "handover", HANDOVER_S)


async def _worker_ended(place: Place, number: int, name: str, aim: float) -> Outcome:
    """Turn by turn `up`'s own worker, whose end `up` tells the broker, and one beside it, whose session runs out."""
    took: dict[str, list[float]] = {"of up": [], "beside": []}
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=2) as made:
        await made.begin()
        beside = made.processes.workers
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            at = time.time()
            if n % 2:
                whose = "of up"
                await made.processes.signal("worker", number)
            else:
                whose = "beside"
                beside[n // 2 % len(beside)].kill(number)
            await asyncio.sleep(AROUND_S)
            await outcome.settles(made, f"kill {n + 1}", at)
            slowest = made.slowest(at, at + AROUND_S)
            if slowest is not None:
                took[whose].append(slowest)
            await _all_up(made)
        outcome.times(name, [one for values in took.values() for one in values], aim)
        for whose, values in took.items():
            if values:
                outcome.times(f"{name} {whose}", values)
        return outcome.of(made, await made.end())


async def _all_up(made: Scene) -> None:
    """Each kill finds every worker at work: a joining one would be measured instead."""
    async with asyncio.timeout(90):
        for each in made.processes.workers:
            await each.ready.wait()
    await asyncio.sleep(made.rng.uniform(0.5, 1.5))


async def gateway(place: Place) -> Outcome:
    return await _part_killed(place, "gateway", 0.6)


async def broker(place: Place) -> Outcome:
    return await _part_killed(place, "broker", 1.5)


async def _part_killed(place: Place, part: str, pause: float) -> Outcome:
    took, caught = [], 0
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell) as made:
        await made.begin()
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            await asyncio.sleep(pause + made.rng.random())
            await _under_way(made)
            caught += made.driver.under_way > 0
            at = time.time()
            await made.processes.signal(part, signal.SIGKILL)
            took.append(await made.answered(time.time()) - at)
            await outcome.settles(made, f"kill {n + 1}", at)
        outcome.figures["kills with a request under way"] = caught
        outcome.times("until the third answer", took)
        return outcome.of(made, await made.end())


async def _under_way(made: Scene) -> None:
    """Returns at some moment of some request."""
    async with asyncio.timeout(30):
        while not made.driver.under_way:  # noqa: ASYNC110 - the driver notifies nobody
            await asyncio.sleep(0.001)
    await asyncio.sleep(made.rng.uniform(0, 0.01))
