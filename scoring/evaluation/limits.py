"""What a team demands of its figures: `s1-recall=0.97` at least, `calibration=0.05` at most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from channels.errors import Problem
from scoring.evaluation.figures import Figures


class BadLimit(Problem):
    """A limit that can't be read."""


@dataclass(frozen=True)
class Limit:
    """least: the value is the lowest that is good enough, else the highest."""

    name: str
    value: float
    least: bool

    def failed(self, figures: Figures) -> str | None:
        """A sentence where the figures don't keep it; one that the rows say nothing about doesn't either."""
        found = figures[self.name]
        if found is None:
            return f"{self.name}: the rows say nothing about it"
        if found >= self.value if self.least else found <= self.value:
            return None
        return f"{self.name} is {found:.4g}, expected at {'least' if self.least else 'most'} {self.value:g}"


def read(text: str, names: Sequence[str], *, least: bool) -> Limit:
    """names: of the figures that there are. Raises BadLimit, which tells them."""
    name, _, value = text.partition("=")
    if name not in names:
        raise BadLimit(f"there is no figure {name!r}; there are {', '.join(names)}")
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadLimit(f"{name}: expected a number after =, as in {name}=0.9")
    return Limit(name, number, least)
