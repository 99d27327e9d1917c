"""How long to wait before a part is started again."""

from __future__ import annotations

from dataclasses import dataclass

FIRST_S = 0.2
MOST_S = 5.0
STEADY_S = 60.0


@dataclass(frozen=True)
class Backoff:
    """wait_s: before the next start. It doubles with each end, and begins anew after a minute of running."""

    wait_s: float = FIRST_S

    def after(self, ran_s: float) -> tuple[float, Backoff]:
        """The wait now, and what holds for the next time. ran_s: how long the part ran before it ended."""
        now = FIRST_S if ran_s >= STEADY_S else self.wait_s
        return now, Backoff(min(now * 2, MOST_S))
