"""How far the stages are: for how long an end of their logs stands unreached.

A mark is set at a log's end and stays until the stage has passed it; then the next one is set. So a stage that keeps
up is never told to be behind, however much comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

Place = tuple[str, int]
"""Topic and partition."""


class Mark(NamedTuple):
    at: datetime
    end: int


@dataclass(frozen=True)
class Sample:
    """What the broker says at one time. committed: by group. dead: dead letters of the last minutes, by topic."""

    ends: Mapping[Place, int]
    committed: Mapping[str, Mapping[Place, int]]
    dead: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Behind:
    """A stage, the records before it, and since when one of them waits."""

    stage: str
    records: int
    since: datetime


class Progress:
    """stages: what each reads, by the prefix of the topics' names."""

    def __init__(self, stages: Mapping[str, str]) -> None:
        self._stages = stages
        self._marks: dict[str, dict[Place, Mark]] = {stage: {} for stage in stages}
        self._sample = Sample({}, {})

    def sampled(self, sample: Sample, now: datetime) -> None:
        self._sample = sample
        for stage in self._stages:
            marks = self._marks[stage]
            for place, end in self._logs(stage):
                reached = self._reached(stage, place)
                mark = marks.get(place)
                if mark is None or reached >= mark.end:
                    marks.pop(place, None)
                    if end > reached:
                        marks[place] = Mark(now, end)

    def reached(self, stage: str, partition: int) -> int:
        """The offset up to which a stage has taken the partition of the log of its own name."""
        return self._reached(stage, (stage, partition))

    def behind(self) -> list[Behind]:
        """Stages with records before them, however shortly."""
        found = []
        for stage, marks in self._marks.items():
            if marks:
                records = sum(max(0, end - self._reached(stage, place)) for place, end in self._logs(stage))
                found.append(Behind(stage, records, min(mark.at for mark in marks.values())))
        return found

    def _logs(self, stage: str) -> list[tuple[Place, int]]:
        prefix = self._stages[stage]
        return [(place, end) for place, end in self._sample.ends.items() if _reads(prefix, place[0])]

    def _reached(self, stage: str, place: Place) -> int:
        return self._sample.committed.get(stage, {}).get(place, 0)


def _reads(prefix: str, topic: str) -> bool:
    return topic.startswith(prefix) if prefix.endswith(".") else topic == prefix
