"""When a provider says that it happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

LONGEST_UNIX = 11
"""Digits: until the year 5138."""


def rfc2822(text: str | None) -> datetime | None:
    """The time in UTC; None where the text is no such date, or one before 1970. A time without zone is UTC."""
    if not text:
        return None
    try:
        at = parsedate_to_datetime(text[:200].strip())
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return at if at >= EARLIEST else None


def unix(text: str | None) -> datetime | None:
    """The time in UTC; None where the text is no whole number of seconds since 1970 (of at most eleven digits)."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_UNIX):
        return None
    return EARLIEST + timedelta(seconds=int(text))


def within(at: datetime | None, now: datetime, *, before: timedelta, after: timedelta) -> bool:
    """True if `at` is at most `before` earlier and at most `after` later than `now`."""
    return at is not None and now - before <= at <= now + after


def iso8601(text: str | None) -> datetime | None:
    """A date and time (RFC 3339, or near it) in UTC; None where the text is none, or one before 1970.

    A time without zone is UTC; what is finer than a microsecond is cut off.
    """
    if not text or "T" not in text.upper():
        return None
    try:
        at = datetime.fromisoformat(text[:100].strip())
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at >= EARLIEST else None
