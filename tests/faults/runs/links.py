"""A worker whose link to the broker is cut, drops packets, is slow, or loses answers; another one has a good link."""

from __future__ import annotations

import asyncio
import time

from tests.faults.linked import linked
from tests.faults.proxy import Mode
from tests.faults.run import Outcome, Place
from tests.faults.scene import RATE, scene


async def cut(place: Place) -> Outcome:
    return await _broken(place, (Mode.CUT, Mode.HELD), 8.0)


async def slow(place: Place) -> Outcome:
    return await _broken(place, (Mode.SLOW,), 10.0)


async def unanswered(place: Place) -> Outcome:
    """The broker takes a batch, and the producer never hears of it: its time runs out after 5 s."""
    return await _broken(place, (Mode.SWALLOWING,), 6.5)


async def gateway_unanswered(place: Place) -> Outcome:
    """The same of the gateway, which spools after 1.5 s what stands on the log already. `up`'s worker has its link."""
    return await _broken(place, (Mode.SWALLOWING,), 6.5, of_up=True)


async def _broken(place: Place, modes: tuple[Mode, ...], seconds: float, *, of_up: bool = False) -> Outcome:
    """The link of all that `up` runs, or of one worker beside it."""
    outcome = Outcome()
    async with linked(place.folder / "broker") as link:
        ups, besides = (link.by_link, link.kafka) if of_up else (link.kafka, link.by_link)
        async with scene(place.folder, place.seed, place.tell, workers=0, kafka=ups, read_by=link.kafka) as made:
            await made.processes.worker(besides)
            await made.begin()
            for n in range(place.times):
                mode = modes[n % len(modes)]
                place.tell(f"{n + 1} of {place.times}: {mode.value}")
                at = time.time()
                link.proxy.turn(mode)
                await asyncio.sleep(seconds)
                link.proxy.turn(Mode.THROUGH)
                await outcome.settles(made, f"{mode.value}, {n + 1}", at)
                await made.answered(time.time(), count=made.rng.randint(int(RATE), int(2 * RATE)))
            outcome.figures["MB by the link"] = round(link.proxy.carried / 1e6, 1)
            outcome.figures["kB of answers lost"] = round(link.proxy.swallowed / 1e3, 1)
            findings = await made.end()
            outcome.figures["deliveries that stand on the log twice"] = made.reader.twins()
            return outcome.of(made, findings)
