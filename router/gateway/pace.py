"""How slow a sender may be. Pure: times are a clock's seconds.

A total bound alone would either cut off a large mail on a slow line or let a dripping sender hold its place for long.
"""

from __future__ import annotations

from dataclasses import dataclass

SILENT_S = 10.0
"""Seconds without a byte."""

SLOWEST = 64 * 1024
"""Bytes a second on the average, the first SILENT_S apart: 40 MB in eleven minutes at most."""


@dataclass(frozen=True)
class Pace:
    started: float

    def deadline(self, now: float, received: int) -> float:
        """Until when the next bytes must come."""
        return min(now + SILENT_S, self.started + SILENT_S + received / SLOWEST)
