"""How far a figure could be off by the choice of rows: 95 % percentile intervals of a bootstrap.

Rows are drawn again, with replacement, as many as there are; the figure is taken of each such draw (Efron and
Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13). Chance is a hash of `seed` and the round: the same
seed gives the same intervals, on every machine.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from scoring.evaluation.figures import Figures
from scoring.evaluation.judged import Judged

Interval = tuple[float, float]
T = TypeVar("T")

ROUNDS = 1000
FEWEST_ROUNDS = 200
MOST_DRAWN = 2_000_000
LOW, HIGH = 0.025, 0.975


def rounds_for(count: int) -> int:
    """ROUNDS, but fewer where there are so many rows that they tell little more and take long."""
    return min(ROUNDS, max(FEWEST_ROUNDS, MOST_DRAWN // max(1, count)))


def intervals(
    rows: Sequence[Judged], of: Callable[[Sequence[Judged]], Figures], *, seed: int, rounds: int
) -> dict[str, Interval]:
    """By name, of every figure that the rows say something about. Draws that don't are left out."""
    drawn: dict[str, list[float]] = {}
    for again in draws(rows, seed, rounds):
        for name, value in of(again).items():
            if value is not None:
                drawn.setdefault(name, []).append(value)
    return {name: (_at(sorted(values), LOW), _at(sorted(values), HIGH)) for name, values in drawn.items()}


def draws(rows: Sequence[T], seed: int, rounds: int) -> Iterator[list[T]]:
    """`rounds` times as many rows, with replacement."""
    count = len(rows)
    if not count:
        return
    for number in range(rounds):
        chance = hashlib.shake_256(f"{seed}:{number}".encode()).digest(4 * count)
        yield [rows[(each * count) >> 32] for each in struct.unpack(f"<{count}I", chance)]


def _at(values: Sequence[float], share: float) -> float:
    """The value below which that share lies, between two neighbours in proportion."""
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)
