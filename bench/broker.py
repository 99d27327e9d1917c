"""The embedded broker under different collectors and flags: memory, CPU, pauses. Choose by it (docs/decisions/0010).

    python -m bench.broker [--rate 300] [--seconds 20] [--rounds 2]

Each round starts every candidate in turn on fresh data, with a worker, warms it and offers the same contacts. A
candidate's flags come after the router's own and undo them where they must.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic

import uvloop
from aiokafka import AIOKafkaProducer
from rich.console import Console
from rich.table import Table

from bench.worker import measured, platform
from router.closing import closed_producer

NO_SERIAL = "-XX:-UseSerialGC"
CANDIDATES = {
    "as it is": (),
    "Serial 256 MB": ("-Xms128m", "-Xmx256m"),
    "Serial 160 MB": ("-Xms64m", "-Xmx160m"),
    "Serial 256 MB, C2": ("-XX:TieredStopAtLevel=4",),
    "Parallel 256 MB": (NO_SERIAL, "-XX:+UseParallelGC", "-Xms128m", "-Xmx256m"),
    "G1 256 MB": (NO_SERIAL, "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=10", "-Xms128m", "-Xmx256m"),
    "G1 512 MB": (NO_SERIAL, "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=10", "-Xms256m", "-Xmx512m"),
    "ZGC 256 MB": (NO_SERIAL, "-XX:+UseZGC", "-Xms128m", "-Xmx256m"),
}
_PAUSE = re.compile(r"Pause.* ([0-9.]+)ms$", re.MULTILINE)


@dataclass(frozen=True)
class Candidate:
    """cpu_us: a contact. peak_mb: resident. pauses_ms: each of the collector's. start_s: until clients are answered."""

    cpu_us: float
    peak_mb: float
    pauses_ms: tuple[float, ...]
    start_s: float


def pauses(log: str) -> tuple[float, ...]:
    """Milliseconds of each pause in a log of Java's (-Xlog:gc)."""
    return tuple(float(each) for each in _PAUSE.findall(log))


async def tried(flags: tuple[str, ...], rate: float, seconds: float) -> Candidate:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        log = Path(folder) / "gc.log"
        began = monotonic()
        async with platform(Path(folder), (*flags, f"-Xlog:gc:file={log}")) as (broker, worker):
            started = monotonic() - began
            producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", linger_ms=2)
            await producer.start()
            try:
                await measured(broker, worker, producer, rate, 5, seed=99)
                warm = len(pauses(log.read_text()))
                found = await measured(broker, worker, producer, rate, seconds, seed=1)
                before, after = found.broker
                return Candidate(
                    cpu_us=(after.cpu_s - before.cpu_s) / max(found.count, 1) * 1e6,
                    peak_mb=after.peak_mb,
                    pauses_ms=pauses(log.read_text())[warm:],
                    start_s=started,
                )
            finally:
                await closed_producer(producer)


def shown(found: dict[str, list[Candidate]], rate: float, seconds: float) -> Table:
    columns = ("flags", "CPU µs a contact", "peak MB", "pauses", "all, ms", "longest, ms", "start s")
    table = Table(
        *columns, title=f"{rate:.0f} contacts/s for {seconds:.0f} s; medians of the rounds, worst pause of all"
    )
    for name, rounds in found.items():
        table.add_row(
            name,
            f"{median(each.cpu_us for each in rounds):.0f}",
            f"{median(each.peak_mb for each in rounds):.0f}",
            f"{median(len(each.pauses_ms) for each in rounds):.0f}",
            f"{median(sum(each.pauses_ms) for each in rounds):.0f}",
            f"{max((pause for each in rounds for pause in each.pauses_ms), default=0):.1f}",
            f"{median(each.start_s for each in rounds):.1f}",
        )
    return table


async def run(rate: float, seconds: float, rounds: int, only: str) -> None:
    chosen = {name: flags for name, flags in CANDIDATES.items() if any(part in name for part in only.split(","))}
    found: dict[str, list[Candidate]] = {name: [] for name in chosen}
    console = Console(width=120)
    for _ in range(rounds):
        for name, flags in chosen.items():
            found[name].append(await tried(flags, rate, seconds))
            console.print(f"{name}: {found[name][-1]}")
    console.print(shown(found, rate, seconds))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rate", type=float, default=300)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--only", default="", help="candidates whose names hold one of these, by commas")
    asked = options.parse_args()
    uvloop.run(run(asked.rate, asked.seconds, asked.rounds, asked.only))


if __name__ == "__main__":
    main()
