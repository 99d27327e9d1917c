"""What the pure steps cost: CPU of one contact through intake and through the pool, without Kafka.

    python -m bench.steps [--count 4000] [--rounds 3]

Each round takes the same contacts through both, part by part, in batches as a worker does. Of each batch the quickest
round counts, so that what else the machine does hardly shows.
"""

from __future__ import annotations

import argparse
import resource
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from time import process_time

from rich.console import Console
from rich.table import Table

from bench.contacts import contacts, record
from router import deployment
from router.model.cloudevents import Message
from router.model.events import PolicyApplied
from router.policy.load import default_text, sha256
from router.runtime.changelog import entry_messages
from router.runtime.ports import Slot
from router.runtime.steps import step_all
from router.runtime.worker import warm
from router.stages.contract import Entries, Record, Stage
from router.stages.entries import Layer, Store, bodies
from router.stages.in_force import seeded
from router.stages.intake import Intake
from router.stages.pool import Pool
from scoring.assess import assess
from scoring.classifier.asked import Asked

BATCH = 20
EPOCH = 1


class Stopwatch:
    """CPU seconds by part, batch by batch."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        began = process_time()
        yield
        self.seconds[part].append(process_time() - began)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=4000)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    began, before = process_time(), _resident()
    warm(Asked.NEVER)
    loaded, grown = process_time() - began, _resident() - before
    rounds = [_round(asked.count) for _ in range(asked.rounds)]
    table = Table("part", "µs a contact", title=f"{asked.count} contacts, best of {asked.rounds}")
    for part in rounds[0]:
        quickest = (min(batch) for batch in zip(*(each[part] for each in rounds), strict=True))
        table.add_row(part, f"{sum(quickest) / asked.count * 1e6:.0f}")
    Console().print(table)
    Console().print(f"rules and language model: {loaded:.2f} s of CPU, {grown / 1024:.0f} MB")


def _round(count: int) -> dict[str, list[float]]:
    watch = Stopwatch()
    found = deployment.load()
    incoming = list(contacts(count))
    for start in range(0, count, BATCH):
        with watch.of("scoring alone"):
            for contact in incoming[start : start + BATCH]:
                assess(contact)
    intake = Intake(found.pool_for, {name: pool.partition for name, pool in found.pools.items()})
    scored = _through(intake, [_appended(record(contact), at) for at, contact in enumerate(incoming)], None, watch)
    text = default_text()
    store = Store()
    store.merge(seeded(Entries({}), PolicyApplied(sha256=sha256(text), text=text)).changes)
    _through(Pool(), [_appended(message, at) for at, message in enumerate(scored)], store, watch)
    return dict(watch.seconds)


def _through(stage: Stage, records: Sequence[Record], store: Store | None, watch: Stopwatch) -> list[Message]:
    """What the stage publishes for the records; with a store, what it keeps is written and merged, too."""
    kept = store or Store()
    published: list[Message] = []
    for start in range(0, len(records), BATCH):
        batch, layer = records[start : start + BATCH], Layer(kept)
        with watch.of(f"{stage.name}, outputs encoded"):
            stepped = step_all(stage, layer, batch, None if store is None else EPOCH)
        if store is not None:
            with watch.of(f"{stage.name}, changelog encoded"):
                written = bodies(layer.changes)
                entry_messages(Slot("pool.changelog", 0), EPOCH, written, batch[-1].offset)
            with watch.of(f"{stage.name}, state kept"):
                store.merge(layer.changes, written)
        if stepped.dead:
            raise ValueError(f"{stage.name} refused {stepped.dead} of {len(batch)}")
        published += stepped.messages
    return published


def _appended(message: Message, offset: int) -> Record:
    return Record(message.topic, message.partition or 0, offset, message.key, message.value, message.headers, _now())


def _now() -> datetime:
    return datetime.now(UTC)


def _resident() -> int:
    """In KB, the most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
