"""How likely what is, of one seed: some seeds have a calm network, some a bad one, some one kind of trouble only."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import NamedTuple


class Fate(NamedTuple):
    """What becomes of a batch.

    lands: when, in seconds from now, but where it is lost. heard: how long its acknowledgement takes from then, None
    where that is lost. held: once its producer has given it up, it lands right before the next batch of anybody.
    """

    lands: float
    lost: bool
    heard: float | None
    held: bool = False


@dataclass
class Chances:
    """lost, deaf, late: of a batch, never to land; to land unheard; to land once its producer has given up.

    slow: of anything, to take a second instead of some milliseconds. All are zero once things are quiet.
    """

    lost: float
    deaf: float
    late: float
    slow: float

    @classmethod
    def of(cls, chance: random.Random) -> Chances:
        def some(most: float) -> float:
            return chance.random() * most if chance.random() < 0.5 else 0.0

        return cls(lost=some(0.02), deaf=some(0.02), late=some(0.03), slow=some(0.05))

    def quiet(self) -> None:
        self.lost = self.deaf = self.late = self.slow = 0.0

    def delay(self, chance: random.Random) -> float:
        """One way through the network, in seconds."""
        if self.slow and chance.random() < self.slow:
            return 0.05 + chance.random() * 1.5
        return 0.001 + chance.random() * 0.01

    def fate(self, chance: random.Random) -> Fate:
        lands, heard, drawn = self.delay(chance), self.delay(chance), chance.random()
        if drawn < self.lost:
            return Fate(lands, True, None)
        drawn -= self.lost
        if drawn < self.deaf:
            return Fate(lands, False, None)
        drawn -= self.deaf
        if drawn < self.late:
            held = chance.random() < 0.5
            return Fate((20.0 if held else 4.5) + chance.random() * 10, False, heard, held)
        return Fate(lands, False, heard)
