"""A worker in the simulation: the real stages, runners and progress, wired as router.runtime.worker wires them.

What isn't real: scoring (a table of made-up words), meters (none), time, and the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from router.deployment import Deployment
from router.model.events import DeadLetter, PolicyApplied
from router.model.ids import pool_of
from router.policy.load import default_text, sha256
from router.runtime.genesis import PolicyGenesis
from router.runtime.meters import Meters
from router.runtime.ports import LogAway, Slot
from router.runtime.progress import Committed, Progress
from router.runtime.runner import Runner
from router.runtime.takeover import Identity
from router.stages.contract import Record, Stage
from router.stages.in_force import seeded
from router.stages.intake import Assess, Intake
from router.stages.pool import Pool
from tests.simulation.broker import Broker
from tests.simulation.cluster import Connection, SimulatedCluster
from tests.simulation.group import Group
from tests.simulation.loop import Process
from tests.simulation.parts import Parts
from tests.simulation.sharing import reading
from tests.simulation.words import assess

AGAIN_SECONDS = 0.5
TEXT = default_text()
DEFAULT_POLICY = PolicyApplied(sha256=sha256(TEXT), text=TEXT)


Lost = Callable[[Slot], None]


class NoMeters(Meters):
    def __init__(self) -> None: ...

    def batch(self, stage: str, records: Sequence[Record], dead: Sequence[DeadLetter], seconds: float) -> None: ...

    @property
    def rewritten(self) -> Any:
        return _Uncounted()

    @rewritten.setter
    def rewritten(self, value: object) -> None: ...


class _Uncounted:
    def labels(self, *names: str) -> _Uncounted:
        return self

    def inc(self, count: float = 1) -> None: ...


@dataclass(frozen=True)
class Place:
    """Where workers run. queues: topics that the pool writes, compacted. assess: what scoring says of a contact."""

    broker: Broker
    groups: Mapping[str, Group]
    deployment: Deployment
    queues: Collection[str]
    parts: Parts
    assess: Assess = assess


def stages(deployment: Deployment, assess: Assess = assess) -> tuple[Stage, Stage]:
    partitions = {name: pool.partition for name, pool in deployment.pools.items()}
    return Intake(deployment.pool_for, partitions, assess), reading(Pool())


async def work(place: Place, process: Process, start: int, stop: asyncio.Event) -> None:
    """Until `stop`. Raises what ends a worker. start: which start of a worker this is, of all in the simulation."""
    connection = Connection(place.broker, process)
    intake, pool = stages(place.deployment, place.assess)
    identity = Identity(f"{process.name}-{start}", place.broker.now)

    def committed(cluster: SimulatedCluster, lost: Lost) -> Progress:
        return Committed()

    def changelogged(cluster: SimulatedCluster, lost: Lost) -> Progress:
        return _changelogged(place, pool, cluster, identity, lost)

    def intake_runner() -> Runner:
        return _runner(place, intake, connection, committed)

    def pool_runner() -> Runner:
        return _runner(place, pool, connection, changelogged)

    running = [asyncio.create_task(_kept(make, stop)) for make in (intake_runner, pool_runner)]
    try:
        await asyncio.wait(running, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        stop.set()
        results = await asyncio.gather(*running, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


def _runner(
    place: Place,
    stage: Stage,
    connection: Connection,
    progress: Callable[[SimulatedCluster, Lost], Progress],
) -> Runner:
    cluster = place.parts.cluster(connection, place.groups)
    kept = progress(cluster, lambda slot: runner.lost(slot))  # noqa: PLW0108 - the runner is made below
    runner = place.parts.runner(stage, cluster, kept, NoMeters(), lambda: None)
    return runner


def _changelogged(place: Place, stage: Stage, cluster: SimulatedCluster, identity: Identity, lost: Lost) -> Progress:
    def partition_of(incident: str) -> int | None:
        pool = place.deployment.pools.get(pool_of(incident) or "")
        return None if pool is None else pool.partition

    return place.parts.kept(
        stage,
        cluster,
        slots=[Slot("pool", number) for number in range(place.broker.partitions["pool"])],
        written_topics=list(place.queues),
        partition_of=partition_of,
        genesis=PolicyGenesis(cluster, place.deployment.pools_on, DEFAULT_POLICY, seeded, place.broker.now),
        identity=identity,
        on_lost=lost,
    )


async def _kept(make: Callable[[], Runner], stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await make().run(stop)
        except LogAway:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)
