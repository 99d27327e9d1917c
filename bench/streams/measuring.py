"""One run: streams open, events at a steady rate, and what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from aiokafka import AIOKafkaProducer

from bench.latency.spread import Spread
from bench.latency.usage import Usage
from bench.streams.events import message
from bench.streams.system import TOKEN, System
from scoring.model import Skill

SETTLE_S = 1.0
INCIDENTS = 200
SKILLS = tuple(Skill)

Progress = Callable[[float], None]


class Watching(StrEnum):
    """Who watches what. SPREAD: each one queue, all queues evenly. ALL: each all queues, so every event goes to all."""

    SPREAD = "one queue each"
    ALL = "all queues each"

    def path(self, number: int) -> str:
        return "/desk/events" if self is Watching.ALL else f"/desk/queues/{SKILLS[number % len(SKILLS)]}/events"

    def readers(self, streams: int, event: int) -> int:
        """How many streams the event goes to."""
        if self is Watching.ALL:
            return streams
        return sum(number % len(SKILLS) == event % len(SKILLS) for number in range(streams))


@dataclass(frozen=True)
class Run:
    """took: ms from before an event was handed to the Kafka client until a client had it. lost: events that didn't
    come. cut: streams that ended. before, after: the gateway. watchers_cpu_s: the clients' process."""

    watching: Watching
    streams: int
    rate: float
    seconds: float
    events: int
    expected: int
    took: Spread
    lost: int
    cut: int
    before: Usage
    after: Usage
    watchers_cpu_s: float

    @property
    def cpu(self) -> float:
        """Share of one CPU that the gateway used."""
        return (self.after.cpu_s - self.before.cpu_s) / self.seconds


async def measured(
    system: System, watching: Watching, streams: int, rate: float, seconds: float, warm_s: float, progress: Progress
) -> Run:
    async with _watchers(system, [watching.path(number) for number in range(streams)]) as ask:
        async with AIOKafkaProducer(bootstrap_servers=system.kafka, acks="all") as producer:
            await _offer(producer, rate, warm_s, lambda share: progress(share * warm_s / (warm_s + seconds)))
            await asyncio.sleep(SETTLE_S)
            await ask()
            before, began = system.usage(), time.perf_counter()
            count = await _offer(
                producer, rate, seconds, lambda share: progress((warm_s + share * seconds) / (warm_s + seconds))
            )
            after, lasted = system.usage(), time.perf_counter() - began
        await asyncio.sleep(SETTLE_S)
        seen = await ask()
    expected = sum(watching.readers(streams, event) for event in range(count))
    return Run(
        watching,
        streams,
        rate,
        lasted,
        count,
        expected,
        Spread(**seen["took"]),
        expected - seen["received"],
        seen["lost"],
        before,
        after,
        seen["cpu_s"],
    )


async def _offer(producer: AIOKafkaProducer, rate: float, seconds: float, progress: Progress) -> int:
    """Sends on schedule, whatever became of those before. How many."""
    began, count = time.perf_counter(), max(1, round(rate * seconds))
    # Revisions go up from run to run, since the gateway drops what is older than what it has.
    revision = int(time.time() * 1000)
    sent = []
    for event in range(count):
        await asyncio.sleep(max(0.0, began + event / rate - time.perf_counter()))
        skill = SKILLS[event % len(SKILLS)]
        made = message(
            event % INCIDENTS * len(SKILLS) + event % len(SKILLS), revision + event, skill, time.perf_counter_ns()
        )
        sent.append(await producer.send(made.topic, made.value, made.key, 0, headers=list(made.headers)))
        progress(event / count)
    await asyncio.gather(*sent)
    return count


@contextlib.asynccontextmanager
async def _watchers(system: System, paths: list[str]) -> AsyncIterator[Callable[[], Any]]:
    """The clients, all live. What is yielded asks them what they have seen since it was last asked."""
    at = urlsplit(system.gateway)
    spec = {"host": at.hostname, "port": at.port, "token": TOKEN, "paths": paths}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bench.streams.watchers", json.dumps(spec)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, told = process.stdout, process.stdin
    assert out is not None
    assert told is not None

    async def line() -> dict[str, Any]:
        async with asyncio.timeout(90):
            found: dict[str, Any] = json.loads(await out.readline())
        return found

    async def ask() -> dict[str, Any]:
        told.write(b"\n")
        return await line()

    try:
        await line()
        yield ask
        told.close()
        async with asyncio.timeout(10):
            await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
