"""When a channel's silence is news: what usually comes at this hour of the day, from its own counts.

Of each hour of the day the least that ever came in it, over at least three days, is what always comes. A silence is
news once SURELY contacts should have come in it: with chance arrivals 99 of 100 gaps are shorter than ln(100) mean
gaps, and it takes ten times that. A channel that is quiet every night, or on one day of the week, is never news then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import log

LEAST = timedelta(minutes=15)
DAYS = 3
SURELY = 10 * log(100)
HOUR = timedelta(hours=1)


def hour_of(at: datetime) -> datetime:
    """The full hour before `at`."""
    return at.replace(minute=0, second=0, microsecond=0)


def usual(counts: Mapping[datetime, int]) -> Mapping[int, int]:
    """Contacts that always come, by hour of the day (UTC). counts: of whole hours, by the hour that they began."""
    by_hour = defaultdict[int, list[int]](list)
    for hour, count in counts.items():
        by_hour[hour.hour].append(count)
    return {hour: min(found) for hour, found in by_hour.items() if len(found) >= DAYS}


def expected(always: Mapping[int, int], since: datetime, until: datetime) -> float:
    """How many contacts should have come between the two."""
    total, at = 0.0, since
    while at < until and total < SURELY:
        following = min(hour_of(at) + HOUR, until)
        total += always.get(at.hour, 0) * ((following - at) / HOUR)
        at = following
    return total


def silent(always: Mapping[int, int], since: datetime, now: datetime) -> bool:
    """True if nothing came from `since` to `now`, and that is news."""
    return now - since >= LEAST and expected(always, since, now) >= SURELY


class Rhythm:
    """One channel: its counts of past hours, and since when it is quiet."""

    def __init__(self) -> None:
        self._always: Mapping[int, int] = {}
        self._end: int | None = None
        self.quiet_since: datetime | None = None

    def learnt(self, counts: Mapping[datetime, int], until: datetime) -> None:
        """counts: of the whole hours before `until`, those without contacts too."""
        self._always = usual(counts)
        if self.quiet_since is None:
            spoke = [hour for hour, count in counts.items() if count]
            self.quiet_since = min(max(spoke) + HOUR, until) if spoke else None

    def ended(self, end: int, now: datetime) -> None:
        """end: how many records its topic ever had."""
        if self._end is not None and end != self._end:
            self.quiet_since = now
        self._end = end

    def silent(self, now: datetime) -> datetime | None:
        """Since when it is silent, where that is news."""
        since = self.quiet_since
        return since if since is not None and silent(self._always, since, now) else None
