"""Processes that stand still and go on: a worker past its session, whose late writes mustn't count; the broker."""

from __future__ import annotations

import asyncio
import signal
import time
from functools import partial

from tests.faults.processes import Processes
from tests.faults.run import Outcome, Place
from tests.faults.scene import scene

PAST_THE_SESSION_S = 9.0
BROKER_S = 20.0


async def worker(place: Place) -> Outcome:
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=1) as made:
        await made.begin()
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            at = time.time()
            pid = made.processes.pid("worker")
            await made.processes.signal("worker", signal.SIGSTOP)
            try:
                await asyncio.sleep(PAST_THE_SESSION_S)
                if not await made.through(at):
                    outcome.broken.append(f"sleep {n + 1}: nobody took over within a minute")
            finally:
                await made.processes.signal("worker", signal.SIGCONT)
            if await made.reader.until(partial(_ended, made.processes, pid), 2):
                outcome.figures["ended after waking up"] = n + 1
        log = made.processes.log.read_text(errors="replace")
        outcome.figures["times it found itself fenced"] = log.count("stage.fenced")
        outcome.figures["times it gave a batch up"] = log.count("stage.interrupted")
        return outcome.of(made, await made.end())


def _ended(processes: Processes, pid: int) -> bool:
    """Whether the worker is another one by now, or none."""
    try:
        return processes.pid("worker") != pid
    except LookupError:
        return True


async def broker(place: Place) -> Outcome:
    outcome, took = Outcome(), []
    async with scene(place.folder, place.seed, place.tell) as made:
        await made.begin()
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            at = time.time()
            await made.processes.signal("broker", signal.SIGSTOP)
            try:
                await asyncio.sleep(BROKER_S)
            finally:
                await made.processes.signal("broker", signal.SIGCONT)
            took.append(await outcome.recovers(made, f"sleep {n + 1}", at))
        outcome.times("until all was through", took)
        return outcome.of(made, await made.end())
