"""One simulation from one seed: everything happens, then it is quiet until all has settled, then the checker reads."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import random
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog

from router.gateway import producer
from router.gateway.spool import spool
from router.model.topics import parse
from router.runtime import keeping, runner
from router.runtime.changelog import Applied
from router.runtime.ports import Slot
from router.stages.contract import Record
from tests.checker.check import check
from tests.checker.findings import Finding, Kind
from tests.simulation.broker import Broker
from tests.simulation.chances import Chances
from tests.simulation.faults import Faults, Workers
from tests.simulation.gateway import Gateway, closed_producer
from tests.simulation.group import Group
from tests.simulation.loop import VirtualLoop, here
from tests.simulation.operator import Operator
from tests.simulation.parts import Parts
from tests.simulation.replaced import replaced
from tests.simulation.sharing import sharing
from tests.simulation.story import DEPLOYMENT, SECONDS, Story
from tests.simulation.words import assess, deployed, urgent
from tests.simulation.worker import Place, stages

EVENTS = 500
QUIET_SECONDS = 3.0
SETTLED_WITHIN = 120.0
KEPT_SECONDS = 8.0
"""Between two checkpoints, a minute in real life."""

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
TOPICS = Path(__file__).resolve().parents[2] / "topics.yaml"


@dataclass
class Outcome:
    """findings: the checker's. troubles: a worker that died of something, or what never settled.

    digest: of all logs, byte for byte. seconds: of the virtual clock.
    """

    seed: int
    findings: list[Finding] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    digest: str = ""
    records: int = 0
    seconds: float = 0.0
    trace: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        return not self.findings and not self.troubles

    def __str__(self) -> str:
        said = [*self.troubles, *(str(each) for each in self.findings)]
        return f"seed {self.seed}: " + ("fine" if self.fine else "\n  ".join(["", *said[:12]]))


def simulate(
    seed: int, parts: Parts | None = None, events: int = EVENTS, *, traced: bool = False, shared: bool = True
) -> Outcome:
    """Everything random comes from `seed`: the same seed gives the same logs. parts: what workers are made of.

    shared: what one has read or written needn't be read by the next (tests.simulation.sharing).
    """
    outcome = Outcome(seed)
    with _uncollected():
        _simulated(outcome, parts or Parts(), events, traced=traced, shared=shared)
    return outcome


def _simulated(outcome: Outcome, parts: Parts, events: int, *, traced: bool, shared: bool) -> None:
    loop = VirtualLoop(random.Random(f"{outcome.seed}/loop"))  # type: ignore[abstract]  # of the stubs only
    with (
        _virtual(loop, outcome, parts, traced=traced),
        sharing() if shared else nullcontext(),
        TemporaryDirectory(dir=MEMORY) as state,
    ):
        loop.run_until_complete(_run(loop, outcome, parts, events, Path(state)))
    outcome.troubles += loop.errors


async def _run(loop: VirtualLoop, outcome: Outcome, parts: Parts, events: int, state: Path) -> None:
    def chance(name: str) -> random.Random:
        return random.Random(f"{outcome.seed}/{name}")

    def say(what: str) -> None:
        outcome.trace.append(f"{loop.time():8.3f} {what}")

    chances = Chances.of(chance("chances"))
    broker = Broker(loop, chance("broker"), chances, partitions())
    intake, pool = stages(DEPLOYMENT)
    groups = {stage.name: Group(broker, stage.name, stage.sources) for stage in (intake, pool)}
    queues = [topic for topic in partitions() if topic.startswith("queue.")]
    features = chance("features")
    gateway = Gateway(broker, parts, chance("gateway"), say) if features.random() < 0.5 else None
    operator = parts.operator(broker, chance("operator"), say) if features.random() < 0.5 else None
    assessing = deployed(features, loop) if operator else assess
    kept = features.random() < 0.35
    place = Place(broker, groups, DEPLOYMENT, queues, parts, assessing, state if kept else None)
    workers = Workers(place, chance("workers"), say)
    faults = Faults(place, workers, gateway, chance("faults"), say)
    story = Story(broker, chance("story"), events, gateway)
    for number in range(1 + int(chance("size").random() * 3)):
        workers.start(f"worker-{number}")
    await asyncio.sleep(SECONDS)
    say("all is quiet")
    chances.quiet()
    faults.over()
    workers.quiet()
    await story.end()
    await _settled(broker, gateway, operator, outcome)
    await workers.end()
    if gateway is not None:
        await gateway.end()
    outcome.troubles += workers.died
    outcome.seconds = loop.time()
    records = [record for slot in sorted(broker.logs) for record in broker.logs[slot]]
    outcome.records = len(records)
    outcome.digest = _digest(records)
    found = check(story.ledger, records, lambda: stages(DEPLOYMENT)[1])
    outcome.findings = [each for each in found if not _rebuilt_over(each, place)]


async def _settled(broker: Broker, gateway: Gateway | None, operator: Operator | None, outcome: Outcome) -> None:
    """Returns once nothing has landed for a while, all was taken in, and every letter that may be was resubmitted."""
    until = broker.loop.time() + SETTLED_WITHIN
    while broker.loop.time() < until:
        await asyncio.sleep(0.5)
        quiet = not broker.under_way and broker.loop.time() - broker.landed_at > QUIET_SECONDS
        done = (gateway is None or gateway.settled) and (operator is None or operator.settled)
        if quiet and done and _taken_in(broker):
            return
    outcome.troubles.append(f"not settled after {SETTLED_WITHIN:g} s")


def _rebuilt_over(finding: Finding, place: Place) -> bool:
    """A rebuild tells of each incident and agent only what is so now: what they went through before isn't told, and an
    agent whose capacity was lowered meanwhile seems to have taken more than they may."""
    below = {f"{slot.topic}/{slot.partition}@{at}" for slot, end in place.untold.items() for at in range(end)}
    if finding.kind is Kind.UNTOLD:
        return not finding.says.startswith("command.result") and below.issuperset(finding.positions)
    return finding.kind is Kind.OVER_CAPACITY and place.retold.issuperset(finding.positions)


def _taken_in(broker: Broker) -> bool:
    """Whether the place is kept behind everything; a commit that failed is made up for only with the next record, so
    intake's place may be behind what it has done."""
    for slot, log in broker.logs.items():
        if slot.topic == "pool" and _applied(broker.logs[Slot("pool.changelog", slot.partition)]) != len(log) - 1:
            return False
    scored = {record.header("ce_id") for slot, log in broker.logs.items() if slot.topic == "pool" for record in log}
    dead = {(record.header("dlq_offset"), record.header("dlq_tries")) for record in broker.logs[Slot("intake.dlq", 0)]}
    return all(
        f"sim:{record.header('ce_id')}" in scored or _refused(record) in dead
        for slot, log in broker.logs.items()
        if slot.topic.startswith(("inbound.", "intake.retry")) and broker.offsets.get(("intake", slot)) != len(log)
        for record in log
    )


def _refused(record: Record) -> tuple[str | None, str | None]:
    """Place and tries of the letter that would be made of it."""
    tries = record.header("dlq_tries")
    if tries is None:
        return str(record.offset), "1"
    return record.header("dlq_offset"), str(int(tries) + 1)


def _applied(changes: list[Record]) -> int | None:
    last = next((record.value for record in reversed(changes) if record.key == b"applied"), None)
    return None if last is None else Applied.model_validate_json(last).offset


@lru_cache
def partitions() -> Mapping[str, int]:
    """The real topics, with two partitions where there are several."""
    return {name: min(topic.partitions, 2) for name, topic in parse(TOPICS.read_text()).items()}


def _digest(records: list[Any]) -> str:
    found = hashlib.sha256()
    for record in records:
        parts = (record.key, record.value, *(value for _, value in record.headers))
        place = f"{record.topic}/{record.partition}@{record.offset} {record.timestamp.timestamp()}"
        lengths = [-1 if part is None else len(part) for part in parts]
        found.update(b"".join((place.encode(), repr(lengths).encode(), *(part or b"" for part in parts))))
    return found.hexdigest()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Garbage is looked for once, at the end, and only in what was made here: it took half of a seed's time.

    Nothing of the seed may be referenced by then, or it stays for good.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
        gc.enable()


@contextmanager
def _virtual(loop: VirtualLoop, outcome: Outcome, parts: Parts, *, traced: bool) -> Iterator[None]:
    """The runner's clock is the loop's; what it logs goes into the trace."""

    def noted(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if traced:
            process = here()
            name = "" if process is None else process.name
            said = " ".join(f"{key}={value}" for key, value in event.items())
            outcome.trace.append(f"{loop.time():8.3f} {name} {said}")
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[noted], cache_logger_on_first_use=False)
    try:
        mistaken = () if parts.is_of is None else ((keeping, "is_of", parts.is_of),)
        with replaced(
            (runner, "monotonic", loop.time),
            (keeping, "monotonic", loop.time),
            (keeping, "EVERY_SECONDS", KEPT_SECONDS),
            *mistaken,
            (spool, "urgent", urgent),
            (producer, "closed_producer", closed_producer),
        ):
            yield
    finally:
        structlog.configure(**before)
