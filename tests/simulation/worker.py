"""A worker in the simulation: the real stages, runners and progress, wired as router.runtime.worker wires them.

What isn't real: scoring (a table of made-up words), meters (none), time, and the log.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from router.deployment import Deployment
from router.model.events import DeadLetter, PolicyApplied
from router.model.ids import pool_of
from router.policy.load import default_text, sha256
from router.runtime.checkpoints import Checkpoints
from router.runtime.genesis import PolicyGenesis
from router.runtime.keeping import Kept
from router.runtime.meters import Meters
from router.runtime.ports import LogAway, SendFailed, Slot
from router.runtime.progress import Committed, Progress
from router.runtime.rebuild import NotNeeded, Rebuild
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
    """Where workers run. queues: topics that the pool writes, compacted. assess: what scoring says of a contact.

    state: a folder for what each keeps of its state, by its name; None: nothing is kept. untold: by slot, below which
    offset a rebuild has taken in what nobody may have been told. retold: where it has told on the desk what is so now.
    """

    broker: Broker
    groups: Mapping[str, Group]
    deployment: Deployment
    queues: Collection[str]
    parts: Parts
    assess: Assess = assess
    state: Path | None = None
    untold: dict[Slot, int] = field(default_factory=dict)
    retold: set[str] = field(default_factory=set)


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
        return _changelogged(place, pool, cluster, identity, lost, _kept_at(place, process, pool, cluster))

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


def _kept_at(place: Place, process: Process, stage: Stage, cluster: SimulatedCluster) -> Kept | None:
    """On the disk of who has this name: whoever starts again finds what was kept there."""
    if place.state is None:
        return None
    checkpoints = Checkpoints(place.state / process.name, stage.name, stage.kinds, place.broker.now)
    return Kept(checkpoints, cluster.reader)


async def rebuild(place: Place, partition: int) -> None:
    """As `router rebuild`, tried until the broker lets it be done."""
    connection = Connection(place.broker, Process("rebuild"))
    cluster = SimulatedCluster(connection, place.groups)
    stage = stages(place.deployment)[1]
    making = Rebuild(stage, cluster, place.queues, _partition_of(place), Identity("rebuild", place.broker.now))
    slot, desk = Slot("pool", partition), Slot("desk", 0)
    began = place.broker.end(desk)
    while True:
        with suppress(LogAway, SendFailed):
            writer = await cluster.writer()
            seed = await _genesis(place, cluster)(slot, writer)
            with suppress(NotNeeded):
                await making.run(slot, seed, writer, _unheard)
            place.untold[slot] = place.broker.end(slot)
            place.retold.update(f"desk/0@{offset}" for offset in range(began, place.broker.end(desk)))
            return
        await asyncio.sleep(AGAIN_SECONDS)


def _unheard(done: int, of: int) -> None: ...


def _genesis(place: Place, cluster: SimulatedCluster) -> PolicyGenesis:
    return PolicyGenesis(cluster, place.deployment.pools_on, DEFAULT_POLICY, seeded, place.broker.now)


def _partition_of(place: Place) -> Callable[[str], int | None]:
    def partition_of(incident: str) -> int | None:
        pool = place.deployment.pools.get(pool_of(incident) or "")
        return None if pool is None else pool.partition

    return partition_of


def _changelogged(
    place: Place, stage: Stage, cluster: SimulatedCluster, identity: Identity, lost: Lost, kept: Kept | None
) -> Progress:
    return place.parts.kept(
        stage,
        cluster,
        slots=[Slot("pool", number) for number in range(place.broker.partitions["pool"])],
        written_topics=list(place.queues),
        partition_of=_partition_of(place),
        genesis=_genesis(place, cluster),
        identity=identity,
        on_lost=lost,
        kept=kept,
    )


async def _kept(make: Callable[[], Runner], stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            await make().run(stop)
        except LogAway:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)
