"""How long a worker with many open incidents in its state takes to serve again.

    python -m bench.restart [--incidents 100000]

One broker, one worker. The pool's log is filled with contacts of as many people, the worker folds it; then it is ended
and started again: after SIGTERM, after kill -9 (its session said goodbye to, as `up` does), and without what it has
kept on its disk. Seconds from the start of the process to its ready line, and to the next contact on its queue.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from rich.console import Console
from rich.table import Table

from bench.contacts import contacts, record
from bench.latency.usage import Usage, usage
from router import deployment
from router.model.cloudevents import Message
from router.runtime import farewell, topics
from router.runtime.broker import Broker
from router.runtime.steps import step_all
from router.runtime.worker import warm
from router.stages.contract import Record
from router.stages.entries import Layer, Store
from router.stages.intake import Intake
from scoring.classifier.asked import Asked
from scoring.model import Skill

SCORED = 400
FOLD_S = 1200.0
READY_S = 300.0


@dataclass(frozen=True)
class Restart:
    """ready, served: seconds since the start of the process. cpu: its seconds of CPU until it served. rss: MB then."""

    how: str
    ready: float
    served: float
    cpu: float
    rss: float


def scored() -> list[Message]:
    """A few hundred contacts, as intake writes them."""
    found = deployment.load()
    intake = Intake(found.pool_for, {name: pool.partition for name, pool in found.pools.items()})
    came = [record(contact) for contact in contacts(SCORED)]
    records = [
        Record(message.topic, 0, at, message.key, message.value, message.headers, contact.happened_at)
        for at, (message, contact) in enumerate(zip(came, contacts(SCORED), strict=True))
    ]
    return step_all(intake, Layer(Store()), records, None).messages


def many(count: int, first: int = 0) -> Iterator[Message]:
    """As many contacts, each of somebody else."""
    samples = [(json.loads(message.value or b""), message) for message in scored()]
    for number in range(first, first + count):
        value, message = samples[number % len(samples)]
        name = f"restart{number:012d}"
        value |= {"contact_id": name, "address_key": f"person{number:015d}"}
        own = {"ce_id": f"bench:{name}".encode(), "ce_subject": name.encode()}
        headers = tuple((key, own.get(key, header)) for key, header in message.headers)
        yield replace(message, value=json.dumps(value).encode(), headers=headers)


@asynccontextmanager
async def filled(folder: Path, count: int) -> AsyncIterator[str]:
    """A broker with as many contacts on the pool's log."""
    broker = Broker(folder, port=0)
    await broker.start()
    try:
        async with topics.connected(broker.bootstrap) as admin:
            await admin.create(topics.load())
        await send(broker.bootstrap, count)
        yield broker.bootstrap
    finally:
        await broker.stop()


async def send(bootstrap: str, count: int, first: int = 0) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=20, max_batch_size=2**20)
    async with producer:
        for message in many(count, first):
            await producer.send(
                message.topic, message.value, message.key, message.partition, headers=list(message.headers)
            )
        await producer.flush()


class Worker:
    """A worker's process. state: what it keeps on its disk."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self._bootstrap = bootstrap
        self._folder = folder
        self.state = folder / "state"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> float:
        """Returns the seconds to its ready line."""
        began = monotonic()
        env = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": self._bootstrap, "ROUTER_LOG_LEVEL": "warning"}
        command = (sys.executable, "-m", "router", "worker", "--data", str(self._folder))
        self.process = await asyncio.create_subprocess_exec(*command, env=env, stdout=asyncio.subprocess.PIPE)
        async with asyncio.timeout(READY_S):
            if self.process.stdout is None or not await self.process.stdout.readline():
                raise SystemExit("the worker didn't start")
        return monotonic() - began

    async def end(self, number: signal.Signals) -> float:
        """Returns the seconds that its end took."""
        began = monotonic()
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)
            async with asyncio.timeout(60):
                await self.process.wait()
        await farewell.say(self._bootstrap, farewell.has_ended)
        return monotonic() - began

    def used(self) -> Usage:
        return Usage(0.0, 0.0, 0.0) if self.process is None else usage(self.process.pid)


async def folded(bootstrap: str, count: int) -> None:
    """Returns once the group has committed `count` records of the pool's log."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        async with asyncio.timeout(FOLD_S):
            while True:
                offsets = await client.list_consumer_group_offsets("pool")
                if sum(max(0, found.offset) for found in offsets.values()) >= count:
                    return
                await asyncio.sleep(0.5)
    finally:
        await client.close()


async def restarted(how: str, worker: Worker, bootstrap: str, number: int) -> Restart:
    """One contact is on the log already when the worker starts: it is served once that is on its queue."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([TopicPartition(f"queue.{skill.value}", 0) for skill in Skill])
        await consumer.seek_to_end()
        for partition in consumer.assignment():
            await consumer.position(partition)
        await send(bootstrap, 1, number)
        began = monotonic()
        ready = await worker.start()
        async with asyncio.timeout(READY_S):
            wanted = f"restart{number:012d}".encode()
            while wanted not in ((await consumer.getone()).value or b""):
                pass
        served, used = monotonic() - began, worker.used()
        return Restart(how, ready, served, used.cpu_s, used.rss_mb)
    finally:
        await consumer.stop()


async def run(count: int) -> None:
    console = Console()
    rounds: list[Restart] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with filled(Path(folder), count) as bootstrap:
            worker = Worker(bootstrap, Path(folder))
            try:
                began = monotonic()
                await worker.start()
                await folded(bootstrap, count)
                used = worker.used()
                took = f"{monotonic() - began:.0f} s, {used.cpu_s:.0f} s of CPU"
                console.print(f"{count:,} contacts folded in {took}, {used.rss_mb:.0f} MB")
                ended = await worker.end(signal.SIGTERM)
                kept = sum(each.stat().st_size for each in worker.state.rglob("*") if each.is_file())
                console.print(f"ended in {ended:.1f} s; {kept / 2**20:.0f} MB kept on disk")
                rounds.append(await restarted("SIGTERM", worker, bootstrap, count))
                await worker.end(signal.SIGKILL)
                rounds.append(await restarted("kill -9", worker, bootstrap, count + 1))
                await worker.end(signal.SIGTERM)
                shutil.rmtree(worker.state, ignore_errors=True)
                rounds.append(await restarted("nothing on disk", worker, bootstrap, count + 2))
            finally:
                await worker.end(signal.SIGTERM)
    table = Table("after", "ready s", "next contact on its queue s", "CPU s", "MB")
    for each in rounds:
        table.add_row(each.how, f"{each.ready:.1f}", f"{each.served:.1f}", f"{each.cpu:.1f}", f"{each.rss:.0f}")
    console.print(table)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--incidents", type=int, default=100_000)
    asked = options.parse_args()
    warm(Asked.NEVER)
    asyncio.run(run(asked.incidents))


if __name__ == "__main__":
    main()
