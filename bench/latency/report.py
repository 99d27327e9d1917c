"""Everything that was measured, and its tables: the same rows for a terminal and for docs/performance.md."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.latency.bare import Sizes
from bench.latency.summary import Summary


@dataclass(frozen=True)
class Idle:
    """cpu: per cent of one CPU while nothing comes; rss_mb: then."""

    cpu: dict[str, float]
    rss_mb: dict[str, float]


@dataclass(frozen=True)
class Report:
    """start_s: on a new folder, and once more on the same. highest: contacts a second, None where not searched.

    ours, bare: by rate; probes: of the search. sizes: what the bare loop moved.
    """

    machine: dict[str, str]
    start_s: tuple[float, ...]
    idle: Idle
    sizes: Sizes | None
    ours: Sequence[Summary]
    bare: Sequence[Summary]
    highest: float | None = None
    probes: Sequence[Summary] = field(default_factory=tuple)


@dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def tables(report: Report) -> tuple[Table, ...]:
    found = [_times(report.ours, report.bare), _costs((*report.ours, *report.bare)), _machine(report)]
    if report.probes:
        found.insert(2, _probes(report.probes))
    return tuple(found)


def _times(ours: Sequence[Summary], bare: Sequence[Summary]) -> Table:
    beside = {one.rate: one for one in bare}
    columns = ("contacts/s", "to 2xx p50", "p95", "p99", "to queue p50", "p95", "p99", "refused", "lost")
    rows = []
    for one in ours:
        loop = beside.get(one.rate)
        times = (one.answered.p50, one.answered.p95, one.answered.p99, one.queued.p50, one.queued.p95, one.queued.p99)
        ratio = one.queued.p50 / loop.queued.p50 if loop else math.nan
        rows.append(
            (
                f"{one.rate:g}",
                *(_ms(time) for time in times),
                str(one.refused),
                str(one.lost),
                _ms(loop.queued.p50 if loop else math.nan),
                _ms(loop.queued.p99 if loop else math.nan),
                "" if math.isnan(ratio) else f"{ratio:.2f}",
            )
        )
    return Table("Times, ms", (*columns, "bare loop p50", "p99", "ratio of p50"), tuple(rows))


def _costs(all_: Sequence[Summary]) -> Table:
    rows = tuple(
        (
            f"{one.rate:g}",
            "bare loop" if one.bare else "router",
            part,
            f"{us:.0f}",
            _mb(one.rss_mb.get(part)),
            _mb(one.peak_mb.get(part)),
            f"{one.cpus:.2f}",
        )
        for one in all_
        for part, us in one.cpu_us.items()
        if not (one.bare and part in ("gateway", "worker"))
    )
    return Table("Costs", ("contacts/s", "of", "process", "CPU µs a contact", "MB", "MB at most", "CPUs, all"), rows)


def _probes(probes: Sequence[Summary]) -> Table:
    rows = tuple(
        (
            f"{one.rate:g}",
            "yes" if one.carried else "no",
            _ms(one.answered.p99),
            _ms(one.queued.p50),
            _ms(one.queued.p99),
            str(one.refused),
            str(one.lost),
            _ms(one.late.p99),
            f"{one.cpus:.2f}",
        )
        for one in sorted(probes, key=lambda one: one.rate)
    )
    columns = (
        "contacts/s",
        "carried",
        "to 2xx p99",
        "to queue p50",
        "p99",
        "refused",
        "lost",
        "sent late p99",
        "CPUs, all",
    )
    return Table("Highest rate carried with p99 under 1 s", columns, rows)


def _machine(report: Report) -> Table:
    facts = [*report.machine.items()]
    facts += [
        (name, f"{seconds:.1f} s") for name, seconds in zip(("first start", "next start"), report.start_s, strict=False)
    ]
    facts += [
        (f"{part} idle", f"{cpu:.1f} % of a CPU, {_mb(report.idle.rss_mb[part])} MB")
        for part, cpu in report.idle.cpu.items()
    ]
    if report.highest is not None:
        facts.append(("highest rate carried", f"{report.highest:g} a second"))
    return Table("Machine", ("what", "found"), tuple(facts))


def _ms(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.1f}"


def _mb(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
