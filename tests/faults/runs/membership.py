"""The consumer groups: a storm of joins and leaves, two workers with one name, a group deleted under way."""

from __future__ import annotations

import asyncio
import shutil
import signal
import time

from confluent_kafka.admin import AdminClient

from router.runtime.farewell import GROUPS, say
from tests.faults.processes import Worker
from tests.faults.run import Outcome, Place, Skipped
from tests.faults.scene import scene

STORM_S = 60.0
JOINING_AT_MOST = 3
ALONE = ("unshare", "--pid", "--fork", "--kill-child=SIGKILL")
"""Each is process 1 of its own, so that both have the same name; stopped with who started it."""


async def storm(place: Place) -> Outcome:
    """times: joins and leaves together. Half of the leaves are kill -9."""
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=1) as made:
        await made.begin()
        began = time.time()
        joining: list[asyncio.Task[Worker]] = []
        joins = kills = leaves = 0
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            if n % 2 == 0 and sum(not task.done() for task in joining) < JOINING_AT_MOST:
                joins += 1
                joining.append(asyncio.create_task(made.processes.worker()))
            else:
                leaving = await _oldest(joining)
                leaves += 1
                kills += leaves % 2
                await leaving.stop(signal.SIGKILL if leaves % 2 else signal.SIGTERM)
                made.processes.workers.remove(leaving)
            await asyncio.sleep(max(0.0, (n + 1) * STORM_S / 30 - (time.time() - began)))
        took = time.time() - began
        outcome.figures |= {"storm s": round(took, 1), "joins": joins, "leaves": leaves, "of these kill -9": kills}
        if took > 1.5 * STORM_S * place.times / 30:
            outcome.aims.append(f"the storm took {took:.0f} s: workers start too slowly here")
        await asyncio.gather(*joining)
        await outcome.settles(made, "the storm", began, 90)
        return outcome.of(made, await made.end())


async def _oldest(joining: list[asyncio.Task[Worker]]) -> Worker:
    """The first that is ready, waited for where a busy machine has only such as are still starting."""
    await asyncio.wait(joining, return_when=asyncio.FIRST_COMPLETED)
    ready = next(task for task in joining if task.done())
    joining.remove(ready)
    return ready.result()


async def same_name(place: Place) -> Outcome:
    if shutil.which("unshare") is None or await _fails(*ALONE, "true"):
        raise Skipped("two workers with one name need process namespaces (unshare, as root).")
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=0) as made:
        twins = [await made.processes.worker(before=ALONE) for _ in range(2)]
        await made.begin()
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            at = time.time()
            twins[n % 2].kill(signal.SIGKILL)
            await asyncio.sleep(0.5)
            await outcome.settles(made, f"kill {n + 1}", at)
            async with asyncio.timeout(90):
                await twins[n % 2].ready.wait()
        return outcome.of(made, await made.end())


async def group_deleted(place: Place) -> Outcome:
    """Members are sent away and the group is deleted before they have come back: no place is kept for intake."""
    outcome, deleted = Outcome(), 0
    async with scene(place.folder, place.seed, place.tell, workers=1) as made:
        await made.begin()
        kafka = made.processes.told["kafka"]
        admin = AdminClient({"bootstrap.servers": kafka, "log_level": 0})
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            at = time.time()
            await made.processes.signal("worker", signal.SIGSTOP)
            made.processes.workers[0].kill(signal.SIGSTOP)
            try:
                await say(kafka, lambda client: client.startswith("worker-"))
                futures = admin.delete_consumer_groups(list(GROUPS), request_timeout=10)
                for future in futures.values():
                    await asyncio.to_thread(future.result, 10)
                    deleted += 1
            finally:
                await made.processes.signal("worker", signal.SIGCONT)
                made.processes.workers[0].kill(signal.SIGCONT)
            await outcome.settles(made, f"deletion {n + 1}", at)
        outcome.figures["groups deleted"] = deleted
        return outcome.of(made, await made.end())


async def _fails(*command: str) -> bool:
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait() != 0
