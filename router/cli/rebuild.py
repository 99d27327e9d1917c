"""`router rebuild`: makes the pool's state anew of its log, where its changelog was deleted or cut."""

from __future__ import annotations

import asyncio
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from channels.errors import Problem
from router.cli.options import Data, needed_kafka, settings_for
from scoring.classifier.asked import Asked


class Owned(Problem):
    """Workers run."""


def rebuild(
    data: Data = None,
    partition: Annotated[int | None, typer.Option(min=0, help="One partition; else all that need it.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Make the pool's changelog anew of its log, after it was deleted or cut. No worker may run."""
    settings = settings_for(data)
    kafka = needed_kafka(settings)
    if not yes:
        typer.confirm("Write the pool's changelog anew, from the pool's log?", abort=True, err=True)
    asyncio.run(_rebuild(kafka, settings.config, partition))


async def _rebuild(kafka: str, config: Path | None, only: int | None) -> None:
    from router import deployment  # noqa: PLC0415 - not needed by `router --help`
    from router.runtime import farewell, topics  # noqa: PLC0415
    from router.runtime.kafka import KafkaCluster  # noqa: PLC0415
    from router.runtime.ports import Slot  # noqa: PLC0415
    from router.runtime.rebuild import NotNeeded  # noqa: PLC0415
    from router.runtime.takeover import Identity  # noqa: PLC0415
    from router.runtime.worker import pool_rebuild, warm  # noqa: PLC0415

    wanted = topics.load()
    partitions = range(wanted["pool"].partitions) if only is None else [only]
    if only is not None and only >= wanted["pool"].partitions:
        raise Problem(f"the pool's log has no partition {only}.")
    async with topics.connected(kafka) as admin:
        await admin.create({name: topic for name, topic in wanted.items() if name == "pool.changelog"})
    if await farewell.members(kafka, "pool"):
        raise Owned("a worker runs, or died within the last seconds. Stop all of them, and try again.")
    warm(Asked.NEVER)
    name = f"rebuild-{uuid.uuid4().hex[:12]}"
    cluster = KafkaCluster(kafka, name)
    identity = Identity(name, lambda: datetime.now(UTC))
    writer = await cluster.writer()
    try:
        for number in partitions:
            slot = Slot("pool", number)
            run = pool_rebuild(deployment.load(config), wanted, cluster, identity)
            try:
                done = await run(slot, writer, _progressed)
            except NotNeeded as reason:
                sys.stdout.write(f"{reason}\n")
                continue
            sys.stdout.write(
                f"pool/{number}: {done.records:,} records, {done.entries:,} entries under epoch {done.epoch}; "
                f"{done.differing} queue records differ, and the next worker writes them again; "
                f"{done.retold} records of agents and their commands were told once more.\n"
            )
    finally:
        await writer.close()


def _progressed(at: int, end: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{at:,} of {end:,} records" + ("\n" if at == end else ""))
