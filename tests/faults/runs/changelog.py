"""The state's topic deleted: no worker begins on nothing, and `router rebuild` makes it anew of the pool's log."""

from __future__ import annotations

import asyncio
import time

from confluent_kafka.admin import AdminClient

from tests.faults.processes import Processes
from tests.faults.run import Outcome, Place
from tests.faults.scene import RATE, scene

TOPIC = "pool.changelog"


async def deleted(place: Place) -> Outcome:
    """It refuses to start, and says why; once it is rebuilt everything goes on where it was."""
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=0) as made:
        await made.begin()
        await made.answered(time.time(), count=int(10 * RATE))
        findings = await made.end()
        before = dict(made.reader.incidents)
        place.tell("deleted")
        await made.reader.stop()
        await _delete(made.processes.told["kafka"])
        await made.processes.stop_up()
        await _refused(made.processes, outcome)
        place.tell("being rebuilt")
        began = time.monotonic()
        outcome.figures["rebuild says"] = await made.processes.rebuilt()
        outcome.times("until rebuilt", [time.monotonic() - began])
        await made.processes.start()
        await made.read_anew()
        await made.driver.send(20, 4)
        findings += await made.compared()
        if moved := [contact for contact, incident in before.items() if made.reader.incidents.get(contact) != incident]:
            outcome.broken.append(f"{len(moved)} contacts are in other incidents than before")
        return outcome.of(made, findings)


async def _delete(kafka: str) -> None:
    admin = AdminClient({"bootstrap.servers": kafka, "log_level": 0})
    for future in admin.delete_topics([TOPIC]).values():
        await asyncio.to_thread(future.result, 20)
    async with asyncio.timeout(20):
        while TOPIC in (await asyncio.to_thread(admin.list_topics, timeout=10)).topics:
            pass  # each look is an answer of the broker's


async def _refused(processes: Processes, outcome: Outcome) -> None:
    said = len(processes.log.read_text(errors="replace"))
    try:
        await processes.start()
    except RuntimeError:
        words = processes.log.read_text(errors="replace")[said:]
        why = next((line for line in words.splitlines() if line.startswith("router: ")), "")
        outcome.figures["it says"] = why
        if "changelog" not in why or "router rebuild" not in why:
            outcome.broken.append("it doesn't name the changelog and what to do")
    else:
        outcome.broken.append("it started on a changelog that is empty")
        await processes.stop_up()
