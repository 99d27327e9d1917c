"""The system as its users run it, in processes that can be killed: `router up`, and more workers beside it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tests.faults.secrets import SETTINGS
from tests.kafka.upped import holders, plain
from tests.ports import Ports

START_S = 120
STOP_S = 30
# Each try is a process, and waits for the broker.
FREED_S = 40
ROUTER = (sys.executable, "-m", "router")
WORDS = {"gateway": "gateway", "worker": "worker", "broker": "kafka.Kafka", "watchdog": "watchdog"}
"""A word of each part's command line."""


@dataclass
class Worker:
    """One beside `up`, started again whenever it ends, until it is stopped. before: words before its command.

    statuses: with which it has ended.
    """

    env: Mapping[str, str]
    log: Path
    before: tuple[str, ...] = ()
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    statuses: list[int] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    _keeping: asyncio.Task[None] | None = None
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        self._keeping = asyncio.create_task(self._keep())
        async with asyncio.timeout(START_S):
            await self.ready.wait()

    def kill(self, number: int) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    async def stop(self, number: int = signal.SIGTERM) -> None:
        """Doesn't start it again. Killed where it takes too long."""
        if self._keeping is not None:
            async with self._starting:  # else a process that is just being started would be nobody's
                self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self.process is not None and self.process.returncode is None:
            self.kill(number)
            self.kill(signal.SIGCONT)
            try:
                async with asyncio.timeout(STOP_S):
                    await self.process.wait()
            except TimeoutError:
                self.kill(signal.SIGKILL)
                await self.process.wait()

    async def _keep(self) -> None:
        while True:
            async with self._starting:
                with self.log.open("ab") as log:
                    self.process = await asyncio.create_subprocess_exec(
                        *self.before, *ROUTER, "worker", env=self.env, stdout=asyncio.subprocess.PIPE, stderr=log
                    )
            if self.process.stdout is not None and await self.process.stdout.readline():
                self.ready.set()
            self.statuses.append(await self.process.wait())
            self.ready.clear()
            await asyncio.sleep(0.1)


@dataclass
class Processes:
    """kafka: bootstrap servers to use instead of `up`'s own broker. more: further settings."""

    data: Path
    kafka: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    ports: Ports = field(default_factory=Ports.chosen)
    up: asyncio.subprocess.Process | None = None
    _made: int = 0

    @property
    def log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    async def start(self) -> None:
        """`up`, on the same ports and folder as before."""
        command = ("up", "--data", str(self.data), *self.ports.options)
        own = ("--kafka-port", "0") if self.kafka is None else ()
        with self.log.open("ab") as log:
            self.up = await asyncio.create_subprocess_exec(
                *ROUTER, *command, *own, env=self._env(self.kafka), stdout=asyncio.subprocess.PIPE, stderr=log
            )
        if self.up.stdout is None:
            raise ValueError("no pipe")
        async with asyncio.timeout(START_S):
            line = await self.up.stdout.readline()
        if not line:
            raise RuntimeError(f"`router up` ended: {self.log.read_text()[-2000:]}")
        self.told = json.loads(line)

    async def worker(self, kafka: str | None = None, before: tuple[str, ...] = ()) -> Worker:
        """One more, ready."""
        number, self._made = self._made, self._made + 1
        env = {**self._env(kafka or self.told["kafka"]), "ROUTER_DATA_DIR": str(self.data / f"worker-{number}")}
        made = Worker(env, self.data.with_name(f"{self.data.name}.worker-{number}.log"), before)
        self.workers.append(made)
        await made.start()
        return made

    def pid(self, part: str) -> int:
        """Of a part of `up`. Raises LookupError while there is none."""
        if self.up is None:
            raise LookupError(part)
        for pid in _children(self.up.pid):
            with suppress(OSError):
                if WORDS[part].encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                    return pid
        raise LookupError(part)

    async def signal(self, part: str, number: int) -> int:
        """Sends it to a part of `up`, waited for where it is just being started; its process id."""
        async with asyncio.timeout(START_S):
            while True:
                with suppress(LookupError):
                    pid = self.pid(part)
                    os.kill(pid, number)
                    return pid
                await asyncio.sleep(0.02)

    async def stop_up(self) -> int:
        """By SIGTERM; its exit status."""
        if self.up is None:
            return 0
        with suppress(ProcessLookupError):
            self.up.terminate()
        async with asyncio.timeout(STOP_S):
            return await self.up.wait()

    async def rebuilt(self) -> str:
        """`router rebuild` beside a broker that runs alone; what it said. Raises RuntimeError where it fails."""
        with self.log.open("ab") as log:
            broker = await asyncio.create_subprocess_exec(
                *ROUTER,
                "broker",
                "--data",
                str(self.data),
                env=self._env(None),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
            try:
                async with asyncio.timeout(START_S):
                    line = await broker.stdout.readline() if broker.stdout is not None else b""
                    return await self._rebuild(json.loads(line)["kafka"], log)
            finally:
                with suppress(ProcessLookupError):
                    broker.terminate()
                await broker.wait()

    async def _rebuild(self, kafka: str, log: BinaryIO) -> str:
        """Again, for as long as a worker that has ended is still in the group."""
        deadline = time.monotonic() + FREED_S
        while time.monotonic() < deadline:
            rebuild = await asyncio.create_subprocess_exec(
                *ROUTER, "rebuild", "--yes", env=self._env(kafka), stdout=asyncio.subprocess.PIPE, stderr=log
            )
            said, _ = await rebuild.communicate()
            if rebuild.returncode == 0:
                return said.decode().strip()
        raise RuntimeError("`router rebuild` failed")

    async def stop(self) -> None:
        """Whatever has happened, nothing is left running."""
        await asyncio.gather(*(worker.stop() for worker in self.workers))
        if self.up is not None:
            for pid in holders(self.data / "lock") - {self.up.pid}:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
            try:
                await self.stop_up()
            except TimeoutError:
                self.up.kill()
                await self.up.wait()

    def _env(self, kafka: str | None) -> dict[str, str]:
        named = {} if kafka is None else {"KAFKA_BOOTSTRAP_SERVERS": kafka}
        return {**plain(), **SETTINGS, "ROUTER_PUBLIC_URL": self.ports.url, **self.more, **named}


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(each) for each in (task / "children").read_text().split()]
    return found
