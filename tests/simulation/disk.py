"""The gateway's disk: what was committed stays when the gateway is killed, what wasn't is gone.

Only router.gateway.spool's own rows are replaced; the spool over them is the real one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from router.gateway.spool.row import Row
from router.gateway.spool.rows import Contents, SpoolFull, Waiting
from router.gateway.spool.spool import Spool

MOST_BYTES = 100_000_000


class MemoryRows:
    """As Rows. full: whether the disk takes nothing now."""

    def __init__(self, full: Callable[[], bool]) -> None:
        self._full = full
        self.rows: dict[int, Row] = {}

    def contents(self) -> Contents:
        found: dict[bytes, list[Row]] = {}
        for seq in sorted(self.rows):
            found.setdefault(self.rows[seq].message.key, []).append(self.rows[seq])
        waiting = tuple(
            Waiting(address, len(rows), rows[0].seq, min(row.at for row in rows), any(row.urgent for row in rows))
            for address, rows in found.items()
        )
        return Contents(waiting, 0, max(self.rows, default=0), sum(row.size for row in self.rows.values()))

    def write(self, new: Sequence[Row], gone: Sequence[int], *, again: bool = False) -> None:
        if self._full():
            raise SpoolFull("the disk of the spool is full: simulated")
        for seq in gone:
            self.rows.pop(seq, None)
        self.rows.update((row.seq, row) for row in new)

    def read(self, address: bytes, since: int, before: int, most: int) -> tuple[tuple[Row, ...], tuple[int, ...]]:
        mine = (row for seq, row in sorted(self.rows.items()) if since <= seq < before)
        return tuple(row for row in mine if row.message.key == address)[:most], ()

    def probe(self) -> None:
        self.write((), ())

    def shrink(self) -> None: ...


class MemoryDisk:
    """As Disk; never damaged."""

    broken = 0

    def __init__(self, rows: MemoryRows) -> None:
        self.rows = rows

    def open(self) -> Contents:
        return self.rows.contents()

    def anew(self, gone: Collection[int]) -> Contents:
        return self.rows.contents()

    def count(self) -> None: ...
    def close(self) -> None: ...


class SimulatedSpool(Spool):
    def __init__(self, rows: MemoryRows, now_ms: Callable[[], int]) -> None:
        super().__init__(Path("simulated"), MOST_BYTES, now_ms)
        disk: Any = MemoryDisk(rows)
        self._disk, self._rows = disk, disk.rows
