"""`router broker`: the embedded Kafka alone, in the foreground."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from router.cli.options import Data, settings_for

if TYPE_CHECKING:
    from router.runtime.broker import Broker


def broker(
    data: Data = None,
    kafka_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Kept with the data, 9092 at first; 0 picks one.")
    ] = None,
) -> None:
    """Run the embedded Kafka alone; prints one line of JSON once it answers."""
    asyncio.run(_serve(settings_for(data).data_dir, kafka_port))


async def _serve(data: Path, port: int | None) -> None:
    from router.runtime.broker import Broker, BrokerProblem  # noqa: PLC0415 - not needed by `router --help`
    from router.runtime.data_lock import DataLock  # noqa: PLC0415

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    lock = DataLock(data, "router broker")
    kafka = Broker(data, port=port, inherit=(await asyncio.to_thread(lock.take),))
    stopping = asyncio.create_task(stop.wait())
    running = asyncio.create_task(_run(kafka))
    try:
        await asyncio.wait((stopping, running), return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
            raise BrokerProblem(kafka.trouble())
    finally:
        for task in (stopping, running):
            task.cancel()
        await asyncio.gather(stopping, running, return_exceptions=True)
        await kafka.stop()
        lock.release()


async def _run(kafka: Broker) -> None:
    await kafka.start()
    sys.stdout.write(json.dumps({"ready": True, "kafka": kafka.bootstrap}) + "\n")
    sys.stdout.flush()
    await kafka.ended()
