"""When keys expire: by spans of time, so that a key that has long to live costs a few bytes. Derived of the entries."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime

SPAN_S = 10


class Expiring:
    """now: when a key expires as things stand; None for one that is gone or stays. It may have been added before with
    other times: those count for nothing."""

    def __init__(self, now: Callable[[str], datetime | None]) -> None:
        self._now = now
        self._keys: dict[int, list[str]] = {}
        self._spans: list[int] = []
        self._opened = -1
        self._due: list[tuple[datetime, str]] = []

    def add(self, key: str, at: datetime) -> None:
        span = _span(at)
        if span <= self._opened:
            heapq.heappush(self._due, (at, key))
        elif span in self._keys:
            self._keys[span].append(key)
        else:
            self._keys[span] = [key]
            heapq.heappush(self._spans, span)

    def listed(self) -> dict[int, list[str]]:
        """Every key that is listed, by its span; for `restored`."""
        found = {span: list(keys) for span, keys in self._keys.items()}
        for at, key in self._due:
            found.setdefault(_span(at), []).append(key)
        return found

    def restored(self, listed: dict[int, list[str]]) -> None:
        """Begins again with what was listed."""
        self._keys = listed
        self._spans = sorted(listed)
        self._opened = -1
        self._due = []

    def expired(self, at: datetime, limit: int) -> tuple[str, ...]:
        """At most `limit` keys that have expired by `at`, the oldest first. Forgets none of them: they stay listed
        until they are gone or renewed."""
        self._open(_span(at))
        found: list[tuple[datetime, str]] = []
        while self._due and self._due[0][0] <= at and len(found) < limit:
            due = heapq.heappop(self._due)
            if self._now(due[1]) == due[0] and due not in found:
                found.append(due)
        for due in found:
            heapq.heappush(self._due, due)
        return tuple(key for _, key in found)

    def _open(self, until: int) -> None:
        """Looks at what expires within the spans up to this one; it is in order from here on."""
        while self._spans and self._spans[0] <= until:
            span = heapq.heappop(self._spans)
            for key in dict.fromkeys(self._keys.pop(span)):
                at = self._now(key)
                if at is not None and _span(at) == span:
                    heapq.heappush(self._due, (at, key))
        self._opened = max(self._opened, until)


def _span(at: datetime) -> int:
    return int(at.timestamp()) // SPAN_S
