"""Which addresses have something in the spool, what is under way for each, and whose turn it is. Pure.

An address's contacts are numbered as they come. What waits is told to the log only up to the lowest number that is
still under way, so that whatever fails late keeps its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush

from router.gateway.spool.rows import Waiting

END = 2**62


@dataclass
class Line:
    """first: the lowest number that waits. at: when the oldest was spooled, Unix milliseconds."""

    count: int = 0
    first: int = END
    at: int = 0
    urgent: bool = False
    writing: set[int] = field(default_factory=set)
    draining: bool = False

    @property
    def order(self) -> tuple[bool, int]:
        return (not self.urgent, self.first)


class Backlog:
    """last: the number before the first."""

    def __init__(self, last: int = 0) -> None:
        self.last = last
        self.lines: dict[bytes, Line] = {}
        self._sending: dict[bytes, set[int]] = {}
        self._turns: list[tuple[tuple[bool, int], bytes]] = []

    def load(self, waiting: tuple[Waiting, ...], last: int) -> None:
        """That is all that waits. last: the highest number given so far. Nothing may be under way in the spool."""
        self.last = max(self.last, last)
        self.lines, self._turns = {}, []
        for each in waiting:
            line = Line(each.count, each.first, each.at, each.urgent)
            self.lines[each.address] = line
            heappush(self._turns, (line.order, each.address))

    @property
    def depth(self) -> int:
        return sum(line.count for line in self.lines.values())

    @property
    def oldest(self) -> int | None:
        """Unix milliseconds."""
        return min((line.at for line in self.lines.values() if line.count), default=None)

    def begin(self, address: bytes) -> int:
        """A number for what came now; `end` it."""
        self.last += 1
        self._sending.setdefault(address, set()).add(self.last)
        return self.last

    def end(self, address: bytes, seq: int) -> None:
        sending = self._sending[address]
        sending.discard(seq)
        if not sending:
            del self._sending[address]

    def writing(self, address: bytes, seq: int) -> None:
        """From now on all of this address goes behind it."""
        self.lines.setdefault(address, Line()).writing.add(seq)

    def written(self, address: bytes, seq: int, at: int, *, urgent: bool) -> None:
        line = self.lines[address]
        line.writing.discard(seq)
        line.count += 1
        line.at = min(line.at or at, at)
        line.first = min(line.first, seq)
        line.urgent |= urgent
        if not line.draining:
            heappush(self._turns, (line.order, address))

    def refused(self, address: bytes, seq: int) -> None:
        self.lines[address].writing.discard(seq)
        self._clean(address)

    def take(self) -> bytes | None:
        """The address whose turn it is, now being drained; None where none can be. `release` it."""
        blocked: list[tuple[tuple[bool, int], bytes]] = []
        found = None
        while self._turns and found is None:
            turn = heappop(self._turns)
            line = self.lines.get(turn[1])
            if line is None or line.draining or not line.count or line.order != turn[0]:
                continue
            if self.before(turn[1]) <= line.first:
                blocked.append(turn)
                continue
            line.draining = True
            found = turn[1]
        for turn in blocked:
            heappush(self._turns, turn)
        return found

    def before(self, address: bytes) -> int:
        """The lowest number of the address that is under way."""
        line = self.lines.get(address)
        under_way = (*self._sending.get(address, ()), *(line.writing if line else ()))
        return min(under_way, default=END)

    def drained(self, address: bytes, seq: int) -> None:
        line = self.lines[address]
        line.count -= 1
        line.first = seq + 1

    def dropped(self, address: bytes) -> None:
        """One of it waits no more, and nobody was told."""
        self.lines[address].count -= 1

    def release(self, address: bytes) -> None:
        line = self.lines[address]
        line.draining = False
        if line.count:
            heappush(self._turns, (line.order, address))
        else:
            line.first, line.urgent, line.at = END, False, 0
            self._clean(address)

    def _clean(self, address: bytes) -> None:
        line = self.lines[address]
        if not (line.count or line.writing or line.draining):
            del self.lines[address]
