"""Idle for ten minutes, then one message; and everything stopped in order, then started again."""

from __future__ import annotations

import asyncio
import time

from tests.faults.run import Outcome, Place
from tests.faults.scene import scene

AT_ONCE_S = 0.25
BETWEEN_S = 600.0


async def idle(place: Place) -> Outcome:
    """times: tenths of a minute of idleness; 100 are the ten minutes."""
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=0) as made:
        await made.driver.send(5, 3)
        await made.reader.settled(1.5, 30)
        for n in range(place.times):
            if n % 10 == 0:
                place.tell(f"{n * BETWEEN_S / 100:.0f} s of {place.times * BETWEEN_S / 100:.0f} s")
            await asyncio.sleep(BETWEEN_S / 100)
        began = time.time()
        piece = await made.driver.one()
        answered = time.time() - began
        if await made.reader.until(lambda: piece.contact_id in made.reader.seen, 30):
            took = made.reader.seen[piece.contact_id] - began
            outcome.times("from webhook to queue", [took], AT_ONCE_S)
        else:
            outcome.broken.append("the message after the silence isn't on a queue after 30 s")
        outcome.figures["answered after s"] = round(answered, 3)
        return outcome.of(made, await made.end())


async def all_stopped(place: Place) -> Outcome:
    outcome, took = Outcome(), []
    async with scene(place.folder, place.seed, place.tell, workers=1) as made:
        await made.begin()
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            at = time.time()
            status = await made.processes.stop_up()
            took.append(time.time() - at)
            if status != 0:
                outcome.broken.append(f"stop {n + 1}: exit status {status}")
            await asyncio.sleep(made.rng.uniform(0, 1))
            await made.processes.start()
            await made.answered(time.time())
            await outcome.settles(made, f"start {n + 1}", at, 90)
            await asyncio.sleep(made.rng.uniform(0.5, 1.5))
        outcome.times("until stopped", took)
        return outcome.of(made, await made.end())
