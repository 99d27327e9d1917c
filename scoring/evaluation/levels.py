"""How well levels are told: for each its precision, recall and F1, and who was taken for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scoring.model import Severity

Confusion = Counter[tuple[Severity, Severity]]
"""How often (given, got)."""


@dataclass(frozen=True)
class Level:
    """Of one level. support: rows labelled so. named: rows that we called so. hits: both.

    A share is None where there is nothing to divide by.
    """

    level: Severity
    support: int
    named: int
    hits: int

    @property
    def precision(self) -> float | None:
        return self.hits / self.named if self.named else None

    @property
    def recall(self) -> float | None:
        return self.hits / self.support if self.support else None

    @property
    def f1(self) -> float | None:
        """0 where the level is labelled or named and never both; None where it is neither."""
        return 2 * self.hits / (self.support + self.named) if self.support + self.named else None


def confusion(pairs: Iterable[tuple[Severity, Severity]]) -> Confusion:
    return Counter(pairs)


def level(counts: Confusion, of: Severity) -> Level:
    return Level(
        level=of,
        support=sum(counts[of, got] for got in Severity),
        named=sum(counts[given, of] for given in Severity),
        hits=counts[of, of],
    )


def accuracy(counts: Confusion) -> float | None:
    total = counts.total()
    return sum(counts[each, each] for each in Severity) / total if total else None


def macro_f1(counts: Confusion) -> float | None:
    """The mean F1 of the levels that are labelled or named at all; None of no rows."""
    scores = [score for each in Severity if (score := level(counts, each).f1) is not None]
    return sum(scores) / len(scores) if scores else None
