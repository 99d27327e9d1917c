"""A worker: both stages on one loop, each in its own consumer group. Any number of workers share the partitions."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog

from router.deployment import Deployment
from router.model.events import PolicyApplied
from router.model.ids import pool_of
from router.model.topics import Topic
from router.policy.load import default_text, sha256
from router.runtime.changelogged import Changelogged
from router.runtime.checkpoints import Checkpoints
from router.runtime.genesis import PolicyGenesis
from router.runtime.kafka import KafkaCluster
from router.runtime.keeping import Keeper, Kept
from router.runtime.meters import Meters
from router.runtime.ports import LogAway, Slot, StateUnreadable, Writer
from router.runtime.progress import Committed
from router.runtime.rebuild import Progressed, Rebuild, Rebuilt
from router.runtime.runner import Runner
from router.runtime.takeover import Identity
from router.stages.contract import Stage
from router.stages.in_force import seeded
from router.stages.intake import Intake
from router.stages.pool import Pool
from scoring.assess import assess
from scoring.classifier.asked import Asked
from scoring.classifier.classifier import load_classifier
from scoring.language import load_model
from scoring.rules import load_rules

AGAIN_SECONDS = 0.5

log = structlog.get_logger()


def intake_runner(
    deployment: Deployment,
    cluster: KafkaCluster,
    meters: Meters,
    on_ready: Callable[[], None],
    encoder: Asked = Asked.NEVER,
) -> Runner:
    """encoder: when scoring asks its sentence encoder, which takes about 5 ms."""
    partitions = {name: pool.partition for name, pool in deployment.pools.items()}
    careful = None if encoder is Asked.NEVER else partial(assess, asked=encoder)
    stage = Intake(deployment.pool_for, partitions, assess=partial(assess, asked=Asked.NEVER), careful=careful)
    return Runner(stage, cluster, Committed(), meters, on_ready)


def pool_runner(
    deployment: Deployment,
    topics: Mapping[str, Topic],
    cluster: KafkaCluster,
    meters: Meters,
    on_ready: Callable[[], None],
    state: Path | None = None,
    *,
    on_disk: bool = False,
) -> Runner:
    """state: the folder of checkpoints; None: none are kept. on_disk: the state rests there, too, not in memory."""
    stage = Pool()
    progress = Changelogged(
        stage,
        cluster,
        slots=[Slot("pool", number) for number in range(topics["pool"].partitions)],
        written_topics=_queues(topics),
        partition_of=_partition_of(deployment),
        genesis=_genesis(deployment, cluster),
        # Unique to this start of the process: a worker must not take its own former self's fence for its own.
        identity=Identity(f"{cluster.client_id}-{uuid.uuid4().hex[:12]}", _now),
        on_lost=lambda slot: runner.lost(slot),  # noqa: PLW0108 - the runner is made below
        kept=None if state is None else Kept(_checkpoints(state, stage, on_disk=on_disk), cluster.reader),
    )
    runner = Runner(stage, cluster, progress, meters, on_ready)
    return runner


def _checkpoints(state: Path, stage: Stage, *, on_disk: bool) -> Keeper:
    if not on_disk:
        return Checkpoints(state, stage.name, stage.kinds, _now)
    from router.runtime.on_disk import OnDisk  # noqa: PLC0415 - its library takes 9 MB

    return OnDisk(state, stage.name, stage.kinds, _now)


def pool_rebuild(
    deployment: Deployment, topics: Mapping[str, Topic], cluster: KafkaCluster, identity: Identity
) -> Callable[[Slot, Writer, Progressed], Awaitable[Rebuilt]]:
    """Makes the changelog of one of the pool's partitions anew, as Rebuild.run does."""
    rebuild = Rebuild(Pool(), cluster, _queues(topics), _partition_of(deployment), identity)
    genesis = _genesis(deployment, cluster)

    async def run(slot: Slot, writer: Writer, progressed: Progressed) -> Rebuilt:
        return await rebuild.run(slot, await genesis(slot, writer), writer, progressed)

    return run


def _queues(topics: Mapping[str, Topic]) -> list[str]:
    return [name for name in topics if name.startswith("queue.")]


def _partition_of(deployment: Deployment) -> Callable[[str], int | None]:
    def partition_of(incident: str) -> int | None:
        pool = deployment.pools.get(pool_of(incident) or "")
        return None if pool is None else pool.partition

    return partition_of


def _genesis(deployment: Deployment, cluster: KafkaCluster) -> PolicyGenesis:
    text = default_text()
    return PolicyGenesis(cluster, deployment.pools_on, PolicyApplied(sha256=sha256(text), text=text), seeded, _now)


def warm(encoder: Asked) -> None:
    """Loads what scoring reads from the package: nothing slow is left for the loop that heartbeats. Raises BadRules."""
    load_rules()
    load_model()
    load_classifier(Asked.NEVER)  # for floods
    load_classifier(encoder)


async def serve(
    deployment: Deployment,
    topics: Mapping[str, Topic],
    cluster: KafkaCluster,
    meters: Meters,
    *,
    ready: Callable[[], None],
    stop: asyncio.Event,
    state: Path | None = None,
    on_disk: bool = False,
    encoder: Asked = Asked.NEVER,
) -> None:
    """Runs both stages until `stop`. `ready` is called once, when each has its partitions. state: the folder that the
    pool's state is kept in beside the changelog, so that the next start is short. on_disk: it rests there, not in
    memory.

    Raises what a restart doesn't mend: LogBroken, BrokenChangelog, TooManyDeadLetters.
    """
    waiting = {"intake", "pool"}

    def on_ready(stage: str) -> None:
        if stage in waiting:
            waiting.discard(stage)
            if not waiting:
                ready()

    makers: dict[str, Callable[[], Runner]] = {
        "intake": lambda: intake_runner(deployment, cluster, meters, lambda: on_ready("intake"), encoder),
        "pool": lambda: pool_runner(
            deployment, topics, cluster, meters, lambda: on_ready("pool"), state, on_disk=on_disk
        ),
    }
    running = [asyncio.create_task(_kept(name, make, stop), name=name) for name, make in makers.items()]
    try:
        await asyncio.wait(running, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        stop.set()
        results = await asyncio.gather(*running, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _kept(name: str, make: Callable[[], Runner], stop: asyncio.Event) -> None:
    """A runner, made anew for as long as the broker can't be reached at its start, and where its disk fails it."""
    while not stop.is_set():
        try:
            await make().run(stop)
        except (LogAway, StateUnreadable) as error:
            log.warning("stage.waiting", stage=name, reason=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_SECONDS)


def _now() -> datetime:
    return datetime.now(UTC)
