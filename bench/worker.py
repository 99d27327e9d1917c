"""What worker and broker cost a contact: records straight to inbound.*, at fixed rates, and CPU from /proc.

    python -m bench.worker [--rates 150,500,1000] [--seconds 20] [--jvm "-XX:+UseG1GC …"]

The load generator's own CPU isn't counted. The time from a record's making to its incident on a queue's topic is
taken by a client that reads all of them; it shares the cores, so read it as a bound.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import monotonic, time

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from rich.console import Console
from rich.table import Table

from bench.contacts import contacts, record
from bench.latency.usage import Usage, usage
from router.closing import closed, closed_producer
from router.model.cloudevents import Message
from router.runtime import topics
from router.runtime.broker import Broker
from router.runtime.process import Child
from scoring.model import Skill

TICK_S = 0.01
IDLE_S = 5.0
DRAIN_S = 30.0


@dataclass(frozen=True)
class Measured:
    """One rate's figures. CPU in seconds over `seconds`; waited: ms from a record's making to its incident."""

    offered: float
    count: int
    seconds: float
    worker: tuple[Usage, Usage]
    broker: tuple[Usage, Usage]
    waited: list[float]


class Queued:
    """Reads all queues' topics from their ends; when the incident of a contact came, by the contact's id."""

    def __init__(self, bootstrap: str) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap, enable_auto_commit=False, check_crcs=False, fetch_max_wait_ms=20
        )
        self._task: asyncio.Task[None] | None = None
        self.at: list[tuple[float, float]] = []

    async def start(self) -> None:
        await self._consumer.start()
        self._consumer.assign([TopicPartition(f"queue.{skill.value}", 0) for skill in Skill])
        await self._consumer.seek_to_end()
        self._task = asyncio.create_task(self._read())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await closed(self._consumer)

    async def _read(self) -> None:
        while True:
            fetched = await self._consumer.getmany(timeout_ms=200)
            now = time()
            for records in fetched.values():
                self.at += [(now, _made(raw.headers)) for raw in records if raw.value is not None]


def _made(headers: tuple[tuple[str, bytes], ...]) -> float:
    """When the record was made that a queue's event comes of: the load's traceparent carries it."""
    return int(dict(headers)["traceparent"]) / 1e6


async def produced(producer: AIOKafkaProducer, messages: list[Message], rate: float) -> None:
    """Sends them at the rate, whatever becomes of them, and waits for the acknowledgements at the end."""
    began, sent, acks = monotonic(), 0, []
    while sent < len(messages):
        due = min(len(messages), int((monotonic() - began) * rate) + 1)
        for message in messages[sent:due]:
            headers = [*message.headers, ("traceparent", str(int(time() * 1e6)).encode())]
            acks.append(await producer.send(message.topic, message.value, message.key, headers=headers))
        sent = due
        await asyncio.sleep(TICK_S)
    await asyncio.gather(*acks)


@asynccontextmanager
async def platform(folder: Path, jvm: tuple[str, ...]) -> AsyncIterator[tuple[Broker, Child]]:
    """A broker of its own with all topics, and one worker."""
    broker = Broker(folder, port=0, jvm=jvm)
    await broker.start()
    worker: Child | None = None
    try:
        async with topics.connected(broker.bootstrap) as admin:
            await admin.create(topics.load())
        env = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "ROUTER_LOG_LEVEL": "warning"}
        command = [sys.executable, "-m", "router", "worker", "--data", str(folder)]
        worker = await Child.start(command, env=env, stderr=2)
        yield broker, worker
    finally:
        if worker is not None:
            await worker.stop(5)
        await broker.stop()


async def measured(
    broker: Broker, worker: Child, producer: AIOKafkaProducer, rate: float, seconds: float, seed: int
) -> Measured:
    messages = [record(contact) for contact in contacts(int(rate * seconds), seed)]
    queued = Queued(broker.bootstrap)
    await queued.start()
    pids = worker.pid, broker.pid or 0
    began, before = monotonic(), [usage(pid) for pid in pids]
    await produced(producer, messages, rate)
    with suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_S):
            while len(queued.at) < len(messages):  # noqa: ASYNC110 - another process's work: it can't notify
                await asyncio.sleep(TICK_S)
    taken, after = monotonic() - began, [usage(pid) for pid in pids]
    await queued.stop()
    waited = [(came - made) * 1000 for came, made in queued.at]
    return Measured(rate, len(queued.at), taken, (before[0], after[0]), (before[1], after[1]), waited)


async def idle(broker: Broker, worker: Child) -> tuple[float, float]:
    """CPU in % of a core of worker and broker, with nothing to do."""
    pids = worker.pid, broker.pid or 0
    before = [usage(pid).cpu_s for pid in pids]
    await asyncio.sleep(IDLE_S)
    used = [usage(pid).cpu_s - then for pid, then in zip(pids, before, strict=True)]
    return used[0] / IDLE_S * 100, used[1] / IDLE_S * 100


def shown(rounds: list[Measured]) -> Table:
    columns = ("offered/s", "carried/s", "worker µs", "broker µs", "queue p50 ms", "p99 ms", "worker MB", "broker MB")
    table = Table(*columns, title="CPU a contact")
    for each in rounds:
        cuts = quantiles(each.waited, n=100) if len(each.waited) > 1 else [0.0] * 99
        table.add_row(
            f"{each.offered:.0f}",
            f"{each.count / each.seconds:.0f}",
            *(
                f"{(end.cpu_s - start.cpu_s) / max(each.count, 1) * 1e6:.0f}"
                for start, end in (each.worker, each.broker)
            ),
            f"{cuts[49]:.1f}",
            f"{cuts[98]:.1f}",
            f"{each.worker[1].rss_mb:.0f}",
            f"{each.broker[1].rss_mb:.0f}",
        )
    return table


async def run(rates: list[float], seconds: float, jvm: tuple[str, ...]) -> None:
    console = Console()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with platform(Path(folder), jvm) as (broker, worker):
            producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", linger_ms=2)
            await producer.start()
            try:
                await measured(broker, worker, producer, 200, 5, seed=99)  # warm
                rounds = []
                for seed, rate in enumerate(rates, 1):
                    rounds.append(await measured(broker, worker, producer, rate, seconds, seed))
                console.print(shown(rounds))
                quiet = await idle(broker, worker)
                console.print(f"idle: worker {quiet[0]:.1f} %, broker {quiet[1]:.1f} % of a core")
            finally:
                await closed_producer(producer)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rates", default="150,500,1000")
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--jvm", default="")
    asked = options.parse_args()
    rates = [float(rate) for rate in asked.rates.split(",")]
    uvloop.run(run(rates, asked.seconds, tuple(asked.jvm.split())))


if __name__ == "__main__":
    main()
