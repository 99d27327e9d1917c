"""A small disk of a run's own, and what fills it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from tests.faults.run import Skipped


@asynccontextmanager
async def small_disk(folder: Path, megabytes: int) -> AsyncIterator[None]:
    """A tmpfs on the folder. Raises Skipped where it can't be mounted."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - before anything runs
    if await _ran("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)):
        raise Skipped("a small disk is a tmpfs, which only root may mount.")
    try:
        yield
    finally:
        await _ran("umount", "-l", str(folder))


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Not a byte is left on its disk for as long as the context lasts."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as out:
        for piece in (1 << 20, 1 << 12, 1):
            try:
                while out.write(bytes(piece)):
                    pass
            except OSError:
                continue
    try:
        yield
    finally:
        ballast.unlink()


async def _ran(*command: str) -> int:
    """Exit status; 1 where there is no such command."""
    try:
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    except OSError:
        return 1
    return await process.wait()
