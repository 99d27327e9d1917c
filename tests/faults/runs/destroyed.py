"""A disk that is full, a changelog that somebody deleted, a clock that is off."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from confluent_kafka.admin import AdminClient

from tests.faults.run import Outcome, Place, Skipped
from tests.faults.scene import RATE, scene

DISK_MB = 400
FULL_S = 8.0


async def disk_full(place: Place) -> Outcome:
    """All of `up` on one small disk: Kafka's log, the gateway's bodies and spool, the state's folder."""
    outcome, took = Outcome(), []
    async with small_disk(place.folder / "data"), scene(place.folder, place.seed, place.tell, workers=0) as made:
        await made.begin()
        ballast = place.folder / "data" / "ballast"
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            at = time.time()
            await asyncio.to_thread(_fill, ballast)
            await asyncio.sleep(FULL_S)
            ballast.unlink()
            freed = time.time()
            await made.answered(freed)
            if not await made.through(at, 90):
                outcome.broken.append(f"{n + 1}: not through 90 s after there was room again")
            took.append(time.time() - freed)
        outcome.times("until all was through", took)
        outcome.figures |= {f"answers, {name}": count for name, count in sorted(made.book.statuses.items())}
        return outcome.of(made, await made.end())


async def changelog_deleted(place: Place) -> Outcome:
    """It refuses to start, and says why. (What brings it back isn't tested here.)"""
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=0) as made:
        await made.begin()
        outcome.of(made, await made.end())
        await made.reader.stop()
        admin = AdminClient({"bootstrap.servers": made.processes.told["kafka"], "log_level": 0})
        for future in admin.delete_topics(["pool.changelog"]).values():
            await asyncio.to_thread(future.result, 20)
        async with asyncio.timeout(20):
            while "pool.changelog" in (await asyncio.to_thread(admin.list_topics, timeout=10)).topics:
                pass  # each look is an answer of the broker's
        await made.processes.stop_up()
        said = len(made.processes.log.read_text(errors="replace"))
        try:
            await made.processes.start()
        except RuntimeError:
            words = made.processes.log.read_text(errors="replace")[said:]
            why = next((line for line in words.splitlines() if line.startswith("router: ")), "")
            outcome.figures["it says"] = why
            if "changelog" not in why:
                outcome.broken.append("it doesn't name the changelog")
        else:
            outcome.broken.append("it started on a changelog that is empty")
    return outcome


async def clock_stepped(place: Place) -> Outcome:
    """A worker whose clock is an hour ahead, then one an hour behind."""
    if shutil.which("faketime") is None:
        raise Skipped("the clock of one process is stepped by libfaketime (faketime), which isn't installed.")
    outcome = Outcome()
    async with scene(place.folder, place.seed, place.tell, workers=0) as made:
        await made.begin()
        for n in range(place.times):
            place.tell(f"{n + 1} of {place.times}")
            at = time.time()
            off = await made.processes.worker(before=("faketime", "-f", "+1h" if n % 2 == 0 else "-1h"))
            await made.answered(time.time(), count=int(10 * RATE))
            if not await made.through(at):
                outcome.broken.append(f"{n + 1}: not through after a minute")
            await off.stop()
        return outcome.of(made, await made.end())


@asynccontextmanager
async def small_disk(folder: Path) -> AsyncIterator[None]:
    """A tmpfs. Raises Skipped where it can't be mounted."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - before anything runs
    if await _ran("mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)):
        raise Skipped("a small disk is a tmpfs, which only root may mount.")
    try:
        yield
    finally:
        await _ran("umount", "-l", str(folder))


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as out:
        try:
            while out.write(bytes(1 << 20)):
                pass
        except OSError:
            return


async def _ran(*command: str) -> int:
    """Exit status; 1 where there is no such command."""
    try:
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    except OSError:
        return 1
    return await process.wait()
