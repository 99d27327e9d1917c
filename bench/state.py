"""What a worker's state costs, in memory and on its disk: CPU a contact to merge and to read, memory, and opening it.

    python -m bench.state [--contacts 100000] [--in memory,disk]

No broker: entries as the pool makes them, of as many different people, are merged into a store as the runner does it,
and kept by what keeps it. Each kind of store in a process of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from typing import NamedTuple

from rich.console import Console

from bench.latency.usage import usage
from bench.restart import scored
from router.model.events import PolicyApplied
from router.policy.load import default_text, sha256
from router.runtime.changelog import Replica
from router.runtime.checkpoints import Checkpoints
from router.runtime.keeping import Keeper
from router.runtime.on_disk import OnDisk
from router.runtime.steps import step_all
from router.stages.contract import Entries, Entry, Record
from router.stages.entries import Layer, Store, bodies
from router.stages.in_force import seeded
from router.stages.pool import Pool

EVERY = 2_000  # contacts between flushes
READ = 20_000
KEPT_WITH: dict[str, type[Checkpoints] | type[OnDisk]] = {"memory": Checkpoints, "disk": OnDisk}

Changes = dict[str, Entry | None]


class Sample(NamedTuple):
    """What a contact changes, and the ids in it."""

    changes: Changes
    written: dict[str, bytes | None]
    ids: list[str]


def samples() -> list[Sample]:
    text = default_text()
    stage, store = Pool(), Store()
    store.merge(seeded(Entries({}), PolicyApplied(sha256=sha256(text), text=text)).changes)
    found: list[Sample] = []
    for at, message in enumerate(scored()):
        layer = Layer(store)
        record = Record("pool", 0, at, message.key, message.value, message.headers, datetime.now(UTC))
        step_all(stage, layer, [record], 1)
        store.merge(layer.changes)
        ids = [key.partition("/")[2] for key in layer.changes if "/" in key]
        if any(key.startswith("incident/") for key in layer.changes):
            found.append(Sample(dict(layer.changes), bodies(layer.changes), ids))
    return found


def other(name: str, number: int) -> str:
    """Another id of the same length and look."""
    digest = hashlib.shake_128(f"{name}{number}".encode()).hexdigest(len(name))
    return name[: len(name) // 4] + digest[: len(name) - len(name) // 4]


def many(chosen: list[Sample], count: int) -> Iterator[tuple[Changes, dict[str, bytes | None]]]:
    """As many contacts' changes, each of somebody else. The entries are another's, the bodies their own."""
    for number in range(count):
        changes, written, ids = chosen[number % len(chosen)]
        names = [(each.encode(), other(each, number).encode()) for each in ids]
        renamed: dict[str, bytes | None] = {}
        entries: Changes = {}
        for key, body in written.items():
            kind, slash, name = key.partition("/")
            fresh = kind + slash + (other(name, number) if slash else "")
            text = body or b""
            for old, new in names:
                text = text.replace(old, new)
            renamed[fresh], entries[fresh] = None if body is None else text, changes[key]
        yield entries, renamed


def measured(where: str, count: int, folder: Path) -> None:
    stage = Pool()
    made: Keeper = KEPT_WITH[where](folder, stage.name, stage.kinds, lambda: datetime.now(UTC))
    replica = Replica(stage.kinds)
    made.load(0)
    made.begin(0, replica, None)
    replica.fence, replica.fence_worker, replica.fence_at = 1, "bench", 0
    keys: list[str] = []
    chance = random.Random(1)  # noqa: S311 - a sample
    chosen = samples()
    merging = keeping = 0.0
    base = usage(os.getpid()).rss_mb
    for number, (changes, written) in enumerate(many(chosen, count)):
        if chance.random() < READ / count:
            keys += changes
        began = process_time()
        replica.merge(changes, written, number)
        merging += process_time() - began
        if where == "disk" and number % EVERY == 0:
            began = process_time()
            taken = made.taken(0, replica, (number, None))
            made.save(taken)
            keeping += process_time() - began
    began = process_time()
    made.save(made.taken(0, replica, (count, None)))
    keeping += process_time() - began
    memory = usage(os.getpid()).rss_mb - base
    chance.shuffle(keys)
    began = process_time()
    for key in keys:
        replica.store.get(key)
    reading = (process_time() - began) / len(keys)
    began = process_time()
    for key in keys:
        replica.store.get(f"{key}?")
    absent = (process_time() - began) / len(keys)
    made.close()
    size = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) / 2**20
    Console(width=200).print(
        f"{where}: {count:,} contacts: {merging / count * 1e6:.0f} µs a contact to merge, "
        f"{keeping / count * 1e6:.0f} µs to keep; an entry {reading * 1e6:.0f} µs to read, {absent * 1e6:.1f} µs "
        f"where it isn't there; {memory:.0f} MB of memory, {size:.0f} MB on disk"
    )


def opened(where: str, folder: Path) -> None:
    stage = Pool()
    made: Keeper = KEPT_WITH[where](folder, stage.name, stage.kinds, lambda: datetime.now(UTC))
    replica = Replica(stage.kinds)
    base, began = usage(os.getpid()).rss_mb, process_time()
    about = made.load(0)
    made.begin(0, replica, about)
    replica.store.get("policy")
    replica.store.expired(datetime.now(UTC), 20)
    used, memory = process_time() - began, usage(os.getpid()).rss_mb - base
    made.close()
    Console(width=200).print(f"{where}: opened with {used * 1000:.0f} ms of CPU, {memory:.0f} MB")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--contacts", type=int, default=100_000)
    options.add_argument("--in", dest="where", default="memory,disk")
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--opened", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.folder is not None:
        if asked.opened:
            opened(asked.where, asked.folder)
        else:
            measured(asked.where, asked.contacts, asked.folder)
        return
    for where in asked.where.split(","):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            command = [sys.executable, "-m", "bench.state", "--in", where, "--contacts", str(asked.contacts)]
            for more in ([], ["--opened"]):
                subprocess.run(  # noqa: S603 - ourselves
                    [*command, "--folder", folder, *more], check=True
                )


if __name__ == "__main__":
    main()
