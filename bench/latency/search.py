"""Which rate to try next, in search of the highest that is carried."""

from __future__ import annotations

GROWTH = 1.4
NEAR = 1.1
MOST = 9


class Search:
    """Grows from `start` until a rate isn't carried, then halves the distance until both ends are near each other."""

    def __init__(self, start: float) -> None:
        self._rate = start
        self._tries = 0
        self.carried: float | None = None
        self.failed: float | None = None

    def next(self) -> float | None:
        """A rate to try, contacts a second; None where the search is over."""
        near = self.carried and self.failed and self.failed <= self.carried * NEAR
        return None if near or self._tries >= MOST else self._rate

    def tell(self, rate: float, *, carried: bool) -> None:
        self._tries += 1
        if carried:
            self.carried = max(rate, self.carried or 0)
        else:
            self.failed = min(rate, self.failed or rate)
        if self.failed is None:
            self._rate = round(rate * GROWTH)
        elif self.carried is None:
            self._rate = round(rate / 2)
        else:
            self._rate = round((self.carried + self.failed) / 2)
