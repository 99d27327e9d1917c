"""The recent events of every queue, by which a stream resumes. Bounded in number and in bytes, packed.

What is kept has no holes: from `since` on, nothing that was on the topic is missing. A compacted topic has holes
where it is old, and after one nobody can tell what stood there, so keeping begins anew behind it.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from router.gateway.stream_positions import Offsets

MOST_EVENTS = 10_000
MOST_BYTES = 8 * 1024 * 1024


class Lost(StrEnum):
    """Why a position can't be resumed from."""

    TOO_OLD = "too-old"
    UNKNOWN = "unknown"  # beyond the end: of another cluster, or of a topic that has been made anew


class Kept(NamedTuple):
    """at: the order in which this gateway read events of several topics. kind: its type. packed: its value."""

    at: int
    topic: str
    offset: int
    kind: bytes
    packed: bytes


@dataclass(slots=True)
class Ring:
    """since: the lowest offset from which on all is kept. end: the offset after the last that was read.

    again: what is read below it was read before the topic went back.
    """

    since: int = 0
    end: int = 0
    again: int = 0
    kept: deque[Kept] = field(default_factory=deque)

    def after(self, offset: int) -> Sequence[Kept]:
        found = deque[Kept]()
        for each in reversed(self.kept):
            if each.offset <= offset:
                break
            found.appendleft(each)
        return found


class Rings:
    """One ring a topic, and the bytes of all of them together."""

    def __init__(self, topics: Collection[str], most_events: int = MOST_EVENTS, most_bytes: int = MOST_BYTES) -> None:
        self._rings = {topic: Ring() for topic in topics}
        self._most_events = most_events
        self._most_bytes = most_bytes
        self._bytes = 0
        self._count = 0

    def passed(self, topic: str, offset: int, packed: bytes | None, kind: bytes = b"") -> bool:
        """A record has been read; packed is None where it was no news. False where the topic went back."""
        ring = self._rings[topic]
        back = offset < ring.end
        if back:
            ring.again = max(ring.again, ring.end)
        if offset != ring.end:
            self._clear(ring, offset)
        ring.end = offset + 1
        if offset < ring.again:
            ring.since = ring.end  # it may have been news at the first reading, and isn't now
        elif packed is not None:
            self._count += 1
            self._bytes += len(packed)
            ring.kept.append(Kept(self._count, topic, offset, kind, packed))
            self._bound(ring)
        return not back

    def ends(self, topics: Collection[str]) -> dict[str, int]:
        """The last offset that was read of each."""
        return {topic: self._rings[topic].end - 1 for topic in topics}

    def missed(self, seen: Offsets) -> Iterator[Kept] | Lost:
        """What came after `seen`, in the order in which it came."""
        for topic, offset in seen.items():
            ring = self._rings[topic]
            if offset >= ring.end:
                return Lost.UNKNOWN
            if offset < ring.since - 1:
                return Lost.TOO_OLD
        return heapq.merge(*(self._rings[topic].after(offset) for topic, offset in seen.items()))

    def _clear(self, ring: Ring, since: int) -> None:
        self._bytes -= sum(len(each.packed) for each in ring.kept)
        ring.kept.clear()
        ring.since = since

    def _bound(self, ring: Ring) -> None:
        if len(ring.kept) > self._most_events:
            self._drop(ring)
        while self._bytes > self._most_bytes:
            self._drop(max(self._rings.values(), key=lambda each: len(each.kept)))

    def _drop(self, ring: Ring) -> None:
        oldest = ring.kept.popleft()
        ring.since = oldest.offset + 1
        self._bytes -= len(oldest.packed)
