"""What a run is, and what it leaves: figures, findings, and whether it kept what is promised."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.checker.findings import Finding
from tests.faults.scene import Scene, Tell


class Skipped(Exception):
    """This machine can't do it; the message says why."""


@dataclass
class Outcome:
    """figures: by name, with their units in the name. broken: promises that weren't kept, in a sentence each.

    aims: as broken, but of times, which a busy machine misses too.
    """

    figures: dict[str, float | int | str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    aims: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        return not self.findings and not self.broken

    def of(self, scene: Scene, findings: Sequence[Finding]) -> Outcome:
        """With what every run under load tells."""
        book = scene.book
        self.findings += findings
        self.figures["sent"] = len(book.deliveries)
        self.figures["acknowledged"] = len(book.acknowledged)
        self.figures["commands"] = len(book.asked)
        if len(book.acknowledged) < len(book.deliveries):
            self.broken.append(f"{len(book.deliveries) - len(book.acknowledged)} deliveries were never accepted")
        if not findings:
            self.broken += [f"the watchdog says what isn't so: {alarm}" for alarm in scene.false_alarms()]
        return self

    async def settles(self, scene: Scene, what: str, since: float, seconds: float = 60) -> None:
        """Everything that was acknowledged since then gets onto a queue; broken where it doesn't within `seconds`."""
        if not await scene.through(since, seconds):
            self.broken.append(f"{what}: not through after {seconds:g} s")

    async def recovers(self, scene: Scene, what: str, since: float) -> float:
        """Contacts are answered again, and everything since then gets through; in how many seconds from now."""
        began = time.time()
        await scene.answered(began)
        await self.settles(scene, what, since, 90)
        return time.time() - began

    def times(self, name: str, seconds: Sequence[float], aim: float | None = None) -> None:
        """p50, p95 and the longest; aim: for p95."""
        if not seconds:
            self.broken.append(f"{name}: nothing could be measured")
            return
        p95 = percentile(seconds, 95)
        self.figures[f"{name} p50 s"] = round(statistics.median(seconds), 3)
        self.figures[f"{name} p95 s"] = round(p95, 3)
        self.figures[f"{name} longest s"] = round(max(seconds), 3)
        if aim is not None and p95 > aim:
            self.aims.append(f"{name}: p95 {p95:.2f} s, aimed at {aim:g} s")


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


@dataclass(frozen=True)
class Place:
    """folder: empty, the run's own. times: how often the fault happens. seed: of the run's chance."""

    folder: Path
    times: int
    seed: int
    tell: Tell


@dataclass(frozen=True)
class Run:
    """times: how often by `make faults`; few: inside `make test`, 0 for not at all. minutes: about what all takes."""

    name: str
    says: str
    body: Callable[[Place], Awaitable[Outcome]]
    times: int = 1
    few: int = 0
