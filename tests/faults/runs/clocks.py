"""A clock that jumps by an hour, ahead and back, in one process at a time: a worker, the gateway, the watchdog."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

from router.model.alerts import AlertKind
from tests.faults.run import Outcome, Place
from tests.faults.scene import RATE, Scene, scene

AHEAD, BACK = signal.SIGUSR1, signal.SIGUSR2
"""As tests/faults/clock has it."""
PARTS = ("worker", "gateway", "watchdog")
ROOT = Path(__file__).parents[3]
STEPPABLE = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'faults' / 'clock'}"}
TOLD_S = 30.0


async def clock_stepped(place: Place) -> Outcome:
    """times: how often each goes an hour off and back again; the first time ahead, then behind, and so on."""
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=1, more=STEPPABLE) as made:
        await made.begin()
        for n in range(place.times):
            for part in PARTS:
                pid = made.processes.pid(part)
                at = time.time()
                for step in (AHEAD, BACK) if n % 2 == 0 else (BACK, AHEAD):
                    place.tell(f"{n + 1} of {place.times}: the {part}, {step.name}")
                    await made.processes.signal(part, step)
                    await made.answered(time.time(), count=int(3 * RATE))
                await outcome.settles(made, f"{part}, {n + 1}", at)
                if made.processes.pid(part) != pid:
                    outcome.broken.append(f"{part}, {n + 1}: it ended")
        findings = await made.end()
        if not await made.reader.until(lambda: told_of(made), TOLD_S):
            outcome.broken.append("no alert has told of the gateway's clock")
        return outcome.of(made, findings)


def told_of(made: Scene) -> bool:
    """Whether an alert has said that somebody's clock is ahead."""
    alerts = (record.value for record in list(made.reader.records) if record.topic == "alerts")
    return any(json.loads(value).get("kind") == AlertKind.CLOCK_AHEAD for value in alerts if value)
