"""A disk that is full: the one that holds everything, the spool's while the broker is away, the state's."""

from __future__ import annotations

import asyncio
import signal
import time

from tests.faults.disks import full, small_disk
from tests.faults.run import Outcome, Place
from tests.faults.scene import Scene, scene

ALL_MB, SPOOL_MB, STATE_MB = 400, 16, 64
FULL_S = 8.0
AWAY_S = 6.0


async def everything(place: Place) -> Outcome:
    """All of `up` on one small disk: Kafka's log, the gateway's bodies and spool, the state's folder."""
    outcome, took = Outcome(), []
    data = place.folder / "data"
    async with small_disk(data, ALL_MB), scene(place.folder, place.seed, place.tell, workers=0) as made:
        await made.begin()
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            at = time.time()
            with full(data):
                await asyncio.sleep(FULL_S)
            took.append(await outcome.recovers(made, f"{n + 1}", at))
        outcome.times("until all was through", took)
        return _of(outcome, made).of(made, await made.end())


async def spool(place: Place) -> Outcome:
    """The broker stands still, and the spool has no room: nothing may be acknowledged. Then it has room."""
    outcome = Outcome()
    folder = place.folder / "data" / "spool"
    async with small_disk(folder, SPOOL_MB), scene(place.folder, place.seed, place.tell, workers=0) as made:
        await made.begin()
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            at = time.time()
            refused = _refused(made)
            await made.processes.signal("broker", signal.SIGSTOP)
            try:
                with full(folder):
                    await asyncio.sleep(AWAY_S)
                if _refused(made) == refused:
                    outcome.broken.append(f"{n + 1}: nothing was refused while there was no room")
                await made.answered(time.time(), count=10)
            finally:
                await made.processes.signal("broker", signal.SIGCONT)
            await outcome.settles(made, f"{n + 1}", at, 90)
        return _of(outcome, made).of(made, await made.end())


async def state(place: Place) -> Outcome:
    """The worker's own disk has no room: it goes on, is stopped, killed and started again on what the log says."""
    outcome, took = Outcome(), []
    folder = place.folder / "data" / "state"
    async with small_disk(folder, STATE_MB), scene(place.folder, place.seed, place.tell, workers=0) as made:
        await made.begin()
        for n in range(place.times):
            with full(folder):
                for number in (signal.SIGTERM, signal.SIGKILL):
                    place.tell(f"{n + 1} of {place.times}: {number.name}")
                    at = time.time()
                    await made.processes.signal("worker", number)
                    await made.answered(at, count=10)
                    await outcome.settles(made, f"{number.name}, {n + 1}", at)
                    took.append(time.time() - at)
            await made.answered(time.time(), count=10)
        outcome.times("until all was through", took)
        outcome.figures["checkpoints not kept"] = made.processes.log.read_text(errors="replace").count(
            "checkpoint.failed"
        )
        return outcome.of(made, await made.end())


def _refused(made: Scene) -> int:
    """Contacts that were told to come again."""
    return sum(made.book.statuses.get(f"contact {status}", 0) for status in (503, 451))


def _of(outcome: Outcome, made: Scene) -> Outcome:
    outcome.figures |= {f"answers, {name}": count for name, count in sorted(made.book.statuses.items())}
    return outcome
