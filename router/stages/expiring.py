"""When keys expire: by spans of time, so that a key that has long to live costs a few bytes. Derived of the entries."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Protocol

SPAN_S = 10


class Spans(Protocol):
    """Keys by the span of time in which they expire, or did so once."""

    def add(self, span: int, key: str, /) -> None: ...

    def taken(self, until: int, /) -> Iterable[tuple[int, str]]:
        """Those of all spans up to this one that weren't taken since the start."""
        ...

    def drop(self, span: int, key: str, /) -> None:
        """It needn't be listed after a restart."""
        ...


class InMemory:
    """Nothing stays after the process: what is taken is gone."""

    def __init__(self, listed: dict[int, list[str]] | None = None) -> None:
        self.listed: dict[int, list[str]] = {} if listed is None else listed
        self._spans: list[int] = sorted(self.listed)
        self._opened = -1

    def add(self, span: int, key: str) -> None:
        if span in self.listed:
            self.listed[span].append(key)
        elif span > self._opened:
            self.listed[span] = [key]
            heapq.heappush(self._spans, span)

    def taken(self, until: int) -> Iterator[tuple[int, str]]:
        self._opened = max(self._opened, until)
        while self._spans and self._spans[0] <= until:
            span = heapq.heappop(self._spans)
            for key in dict.fromkeys(self.listed.pop(span)):
                yield span, key

    def drop(self, span: int, key: str) -> None: ...


class Expiring:
    """now: when a key expires as things stand; None for one that is gone or stays. It may have been added before with
    other times: those count for nothing."""

    def __init__(self, now: Callable[[str], datetime | None], spans: Spans | None = None) -> None:
        self._now = now
        self._spans = InMemory() if spans is None else spans
        self._opened = -1
        self._due: list[tuple[datetime, str]] = []

    def add(self, key: str, at: datetime) -> None:
        span = _span(at)
        self._spans.add(span, key)
        if span <= self._opened:
            heapq.heappush(self._due, (at, key))

    def listed(self) -> dict[int, list[str]]:
        """Every key that is listed in memory, by its span; for `restored`."""
        found: dict[int, list[str]] = {}
        if isinstance(self._spans, InMemory):
            found = {span: list(keys) for span, keys in self._spans.listed.items()}
        for at, key in self._due:
            found.setdefault(_span(at), []).append(key)
        return found

    def restored(self, listed: dict[int, list[str]]) -> None:
        """Begins again, in memory, with what was listed."""
        self._spans = InMemory(listed)
        self._opened = -1
        self._due = []

    def expired(self, at: datetime, limit: int) -> tuple[str, ...]:
        """At most `limit` keys that have expired by `at`, the oldest first. Forgets none of them: they stay listed
        until they are gone or renewed."""
        self._open(_span(at))
        found: list[tuple[datetime, str]] = []
        while self._due and self._due[0][0] <= at and len(found) < limit:
            due = heapq.heappop(self._due)
            now = self._now(due[1])
            if now == due[0]:
                if due not in found:
                    found.append(due)
            elif now is None or _span(now) != _span(due[0]):
                self._spans.drop(_span(due[0]), due[1])
        for due in found:
            heapq.heappush(self._due, due)
        return tuple(key for _, key in found)

    def _open(self, until: int) -> None:
        """Looks at what expires within the spans up to this one; it is in order from here on."""
        if until <= self._opened:
            return
        self._opened = until
        for span, key in self._spans.taken(until):
            at = self._now(key)
            if at is not None and _span(at) == span:
                heapq.heappush(self._due, (at, key))
            else:
                self._spans.drop(span, key)


def _span(at: datetime) -> int:
    return int(at.timestamp()) // SPAN_S
