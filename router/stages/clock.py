"""Time in the fold: the broker's append time, kept from going back. Nothing here reads a clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from router.stages.contract import Entries, Entry
from router.stages.state import CLOCK, Clock

LATE = timedelta(hours=24)


def now(entries: Entries, appended_at: datetime) -> datetime:
    """The time of a record that was appended at `appended_at`: no earlier than that of any record before it."""
    entry = entries.get(CLOCK)
    at = appended_at.astimezone(UTC)
    return max(entry.at, at) if isinstance(entry, Clock) else at


def reached(entries: Mapping[str, Entry]) -> datetime | None:
    """The time of the last record that changed anything; None before the first."""
    entry = entries.get(CLOCK)
    return entry.at if isinstance(entry, Clock) else None


def told(entries: Entries, at: datetime) -> Entries:
    """The same state once it is `at`."""
    entry = entries.get(CLOCK)
    return entries if isinstance(entry, Clock) and entry.at == at else entries.put(CLOCK, Clock(at=at))


def waiting_from(received_at: datetime, at: datetime, spooled: int | None = None) -> tuple[datetime, bool]:
    """When a person began to wait who was received then, and True if that couldn't be believed.

    Never later than now; more than 24 hours ago is some clock's mistake and counts as now. What a gateway kept in its
    spool may be older: the 24 hours count until it was spooled, Unix milliseconds.
    """
    if (at.timestamp() if spooled is None else spooled / 1000) - received_at.timestamp() > LATE.total_seconds():
        return at, True
    return min(received_at, at), False
