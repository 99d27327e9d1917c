"""How long assessments take, and what they take to load."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter, process_time

from channels.contact import Contact
from scoring.assess import assess
from scoring.classifier.asked import Asked


@dataclass(frozen=True)
class Times:
    """p50, p99, most: ms by the clock. cpu: the median's ms of CPU, of all threads."""

    count: int
    p50: float
    p99: float
    most: float
    cpu: float


@dataclass(frozen=True)
class Load:
    """seconds: from the first import to the first assessment. cpu: s. rss_mb: resident more than before."""

    seconds: float
    cpu: float
    rss_mb: float


def times(contacts: Sequence[Contact], rounds: int = 1, asked: Asked = Asked.UNSURE) -> Times:
    """Of each contact, so many times; the first is judged once before, uncounted. asked: when the encoder is."""
    assess(contacts[0], asked)
    taken: list[float] = []
    spent: list[float] = []
    for _ in range(rounds):
        for contact in contacts:
            began, cpu = perf_counter(), process_time()
            assess(contact, asked)
            spent.append((process_time() - cpu) * 1e3)
            taken.append((perf_counter() - began) * 1e3)
    taken.sort()
    return Times(len(taken), _at(taken, 0.5), _at(taken, 0.99), taken[-1], _at(sorted(spent), 0.5))


def pace() -> float:
    """Seconds of CPU that ten million additions take: how quick the machine is in this hour."""
    began, total = process_time(), 0
    for number in range(10_000_000):
        total += number
    return process_time() - began


def load() -> Load:
    """In a process of its own, which has what channels need already."""
    said = subprocess.run(
        [sys.executable, "-m", "bench.scoring.loading"], check=True, capture_output=True, text=True, timeout=120
    )
    return Load(**json.loads(said.stdout))


def _at(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))]
