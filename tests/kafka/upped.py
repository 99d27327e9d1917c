"""A running `up`, as a process, for tests: its ready line, its logs, its processes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.until import PATIENCE_S, until

STUB_UP = (sys.executable, "-m", "tests.kafka.stub_up")


@dataclass
class Up:
    """said: lines of its stderr so far. ended_with: its exit status, once `wait` has returned."""

    process: asyncio.subprocess.Process
    data: Path
    said: list[str] = field(default_factory=list)

    async def ready(self) -> dict[str, str]:
        """Its one line on stdout; fails with its stderr where it ends without one."""
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        assert line, "\n".join(self.said)
        found: dict[str, str] = json.loads(line)
        return found

    async def says(self, words: str) -> str:
        """Waits for a line of its stderr that holds `words`."""
        await until(lambda: any(words in line for line in self.said))
        return next(line for line in self.said if words in line)

    async def wait(self) -> int:
        """Its exit status; its stdout must have ended without another line."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            assert await self.process.stdout.read() == b""
            return await self.process.wait()

    def processes(self) -> set[int]:
        """Every process that has the data folder's lock open: `up` and its parts, Java too."""
        return holders(self.data / "lock")


def plain() -> dict[str, str]:
    """Our environment without settings of the router's: what a test needs of them it sets itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROUTER_", "KAFKA_"))}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2])}


def holders(file: Path) -> set[int]:
    wanted, found = file.resolve(), set()
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if descriptor.readlink() == wanted:
                found.add(int(descriptor.parts[2]))
    return found


async def until_gone(file: Path) -> None:
    """Waits until nobody holds the file."""
    await until(lambda: not holders(file))


@asynccontextmanager
async def upped(data: Path, *command: str, env: dict[str, str] | None = None) -> AsyncIterator[Up]:
    """Starts it; whatever the test does, nothing of it is left afterwards."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**plain(), **(env or {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    up = Up(process, data)
    reading = asyncio.create_task(_read(process, up.said))
    try:
        yield up
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await until_gone(data / "lock")
        await reading


async def _read(process: asyncio.subprocess.Process, said: list[str]) -> None:
    assert process.stderr is not None
    while line := await process.stderr.readline():
        said.append(line.decode().rstrip())
