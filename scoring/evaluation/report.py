"""All that `router evaluate` tells of labelled rows: figures, who was taken for whom, and which rows were missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scoring.evaluation.calibration import Calibration, of_confidence, of_level
from scoring.evaluation.figures import Figures, figures
from scoring.evaluation.intervals import Interval, intervals, rounds_for
from scoring.evaluation.judged import LEVELS, Judged
from scoring.evaluation.levels import Confusion, Level, confusion, level
from scoring.model import Severity, Skill

NOT_TOLD = "-"


@dataclass(frozen=True)
class Mixed:
    """Rows of skill `given` that went to `got`, and how many."""

    given: Skill
    got: Skill
    count: int


@dataclass(frozen=True)
class Group:
    """The rows of one language or channel; `-` stands for those that tell none."""

    name: str
    count: int
    emergencies: int
    figures: Figures


@dataclass(frozen=True)
class Report:
    """missed: rows labelled S1 that we call less. mixed: the most frequent confusions of skills first.

    calibrations: of each level against the rest. seed, rounds: of the intervals.
    """

    version: str
    rows: int
    figures: Figures
    intervals: dict[str, Interval]
    levels: tuple[Level, ...]
    confusion: Confusion
    missed: tuple[Judged, ...]
    mixed: tuple[Mixed, ...]
    confidence: Calibration
    calibrations: dict[Severity, Calibration]
    languages: tuple[Group, ...]
    channels: tuple[Group, ...]
    seed: int
    rounds: int


def report(rows: Sequence[Judged], version: str, *, seed: int, rounds: int | None = None) -> Report:
    """version: of what judged them. rounds: of the intervals; chosen by the number of rows where None, 0 for none."""
    counts = confusion((row.given, row.got) for row in rows)
    drawn = rounds_for(len(rows)) if rounds is None else rounds
    return Report(
        version=version,
        rows=len(rows),
        figures=figures(rows),
        intervals=intervals(rows, figures, seed=seed, rounds=drawn),
        levels=tuple(level(counts, each) for each in LEVELS),
        confusion=counts,
        missed=tuple(row for row in rows if row.given is Severity.S1 and not row.right),
        mixed=_mixed(rows),
        confidence=of_confidence(rows),
        calibrations={each: of_level(rows, each) for each in LEVELS},
        languages=_groups(rows, lambda row: row.given_language),
        channels=_groups(rows, lambda row: row.channel),
        seed=seed,
        rounds=drawn,
    )


def _mixed(rows: Sequence[Judged]) -> tuple[Mixed, ...]:
    counts = Counter((row.given_skill, row.got_skill) for row in rows if row.skill_right is False)
    found = [Mixed(given, got, count) for (given, got), count in counts.items() if given is not None]
    return tuple(sorted(found, key=lambda each: (-each.count, each.given, each.got)))


def _groups(rows: Sequence[Judged], of: Callable[[Judged], str | None]) -> tuple[Group, ...]:
    """The largest first."""
    held: dict[str, list[Judged]] = {}
    for row in rows:
        held.setdefault(of(row) or NOT_TOLD, []).append(row)
    found = [
        Group(name, len(each), sum(row.given is Severity.S1 for row in each), figures(each))
        for name, each in held.items()
    ]
    return tuple(sorted(found, key=lambda group: (-group.count, group.name)))
