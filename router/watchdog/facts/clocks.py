"""Whether the clocks of those who write to the pool's log can be believed: their times beside the broker's.

A record's own time more than 5 s after its append: that clock is ahead (or the broker's is behind). More than 24 h
before it: the pool doesn't believe it and counts from the append. What came through a spool may be old.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from router.model.cloudevents import attributes
from router.stages.contract import Record

AHEAD = timedelta(seconds=5)
LATE = timedelta(hours=24)
REMEMBERED = timedelta(minutes=1)
SPOOLED = "spooled"
"""Name of the header that marks what waited in a spool, with or without a prefix."""


class Clocks:
    """ahead, behind: by who wrote it, when it was last so and by how much."""

    def __init__(self) -> None:
        self._ahead: dict[str, tuple[datetime, datetime, timedelta]] = {}
        self._behind: dict[str, tuple[datetime, datetime, timedelta]] = {}

    def apply(self, record: Record, now: datetime) -> None:
        """Raises ValueError for what can't be read."""
        told = attributes(record.headers)
        skew = told.time - record.timestamp
        if skew > AHEAD:
            _note(self._ahead, _writer(told.source), now, skew)
        elif -skew > LATE and not any(name.endswith(SPOOLED) for name, _ in record.headers):
            _note(self._behind, _writer(told.source), now, -skew)

    def ahead(self, now: datetime) -> dict[str, tuple[datetime, timedelta]]:
        """Writers whose clock was ahead within the last minute: since when, and by how much."""
        return _recent(self._ahead, now)

    def behind(self, now: datetime) -> dict[str, tuple[datetime, timedelta]]:
        return _recent(self._behind, now)


def _note(noted: dict[str, tuple[datetime, datetime, timedelta]], writer: str, now: datetime, skew: timedelta) -> None:
    known = noted.get(writer)
    since = now if known is None or now - known[1] > REMEMBERED else known[0]
    noted[writer] = (since, now, skew)


def _recent(
    noted: dict[str, tuple[datetime, datetime, timedelta]], now: datetime
) -> dict[str, tuple[datetime, timedelta]]:
    return {writer: (since, skew) for writer, (since, last, skew) in noted.items() if now - last <= REMEMBERED}


def _writer(source: str) -> str:
    """Which part writes with such a `ce_source`."""
    return source.removeprefix("/stages/") if source.startswith("/stages/") else "gateway"
