"""When a provider says that it happened."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


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
