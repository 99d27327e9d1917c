"""Seeds, one after the other, as another process runs them."""

from __future__ import annotations

from tests.simulation.mutations import MUTATIONS
from tests.simulation.run import Outcome, simulate


def one(seed: int, events: int, mutation: str, *, traced: bool = False) -> Outcome:
    return simulate(seed, MUTATIONS.get(mutation), events, traced=traced)


def several(first: int, count: int, events: int, mutation: str) -> list[Outcome]:
    """Those that failed."""
    found = (one(seed, events, mutation) for seed in range(first, first + count))
    return [outcome for outcome in found if not outcome.fine]
