"""Whether a probability says what it means: of all that we gave 0.8, are 0.8 so?

Rows are put into ten equal bins by probability. The expected calibration error is the distance between mean
probability and share of hits, averaged over the bins by how many rows they hold (Naeini, Cooper and Hauskrecht,
"Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.evaluation.judged import LEVELS, Judged
from scoring.model import Severity

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Probabilities in [low, high), the last one's end too. mean, hits: shares; None of an empty bin."""

    low: float
    high: float
    count: int
    mean: float | None
    hits: float | None


@dataclass(frozen=True)
class Calibration:
    """error: expected calibration error; None where no row has a probability."""

    bins: tuple[Bin, ...]
    error: float | None


def calibration(said: Iterable[tuple[float, bool]]) -> Calibration:
    """Of (probability, whether it was so)."""
    held: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for probability, so in said:
        held[min(BINS - 1, max(0, int(probability * BINS)))].append((probability, so))
    bins = tuple(_bin(number, each) for number, each in enumerate(held))
    return Calibration(bins, _error(bins))


def of_confidence(rows: Iterable[Judged]) -> Calibration:
    """Of the level that each row was given."""
    return calibration((row.confidence, row.right) for row in rows if row.confidence is not None)


def of_level(rows: Iterable[Judged], level: Severity) -> Calibration:
    """Of one level against the rest."""
    place = LEVELS.index(level)
    return calibration((row.probabilities[place], row.given is level) for row in rows if row.probabilities)


def _bin(number: int, said: Sequence[tuple[float, bool]]) -> Bin:
    low, high, count = number / BINS, (number + 1) / BINS, len(said)
    if not count:
        return Bin(low, high, 0, None, None)
    return Bin(low, high, count, sum(each for each, _ in said) / count, sum(so for _, so in said) / count)


def _error(bins: Sequence[Bin]) -> float | None:
    total = sum(each.count for each in bins)
    apart = (
        each.count * abs(each.mean - each.hits) for each in bins if each.mean is not None and each.hits is not None
    )
    return sum(apart) / total if total else None
