"""A worker's state as a database for each partition: `<data>/state/<stage>.db/<number>/<partition>`.

Entries rest there, not in memory, and beside them stands the place in the changelog that they are of: a flush writes
both, or neither. So a start opens what is there and reads nothing of it until it is asked for.

The changelog on Kafka is the truth, as for router.runtime.checkpoints: what was kept is used on the same conditions.
Anything else is removed, and the changelog read from its beginning. Each worker on a data folder takes the lowest
number that no other has.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import structlog
from rocksdict import Cache

from router.runtime.changelog import Replica
from router.runtime.checkpoint import About, BadCheckpoint, samples_of
from router.runtime.ports import StateUnreadable
from router.runtime.resting import ABOUT, Bodies, Spans, kept_about
from router.runtime.rows import FlushFailed, Rows
from router.runtime.standing import Place, Standing, stand_at
from router.stages.contract import Entry
from router.stages.entries import Store

# Blocks, indices and filters of all partitions.
CACHE = 16 * 2**20
PRESSING = 10_000  # rows
WORKERS = 100

log = structlog.get_logger()


class Taken(NamedTuple):
    partition: int
    rows: Rows


class OnDisk:
    """now: the wall clock."""

    def __init__(self, folder: Path, stage: str, kinds: Mapping[str, type[Entry]], now: Callable[[], datetime]) -> None:
        self._parent = folder / f"{stage}.db"
        self._standing = Standing(stage, kinds, now)
        self._cache = Cache(CACHE)
        self._rows: dict[int, Rows] = {}
        self._lock: int | None = None
        self._folder: Path | None = None

    def load(self, partition: int) -> About | None:
        """Blocks. None where there is nothing that can be used; what can't be is removed."""
        if self._lock is None:
            self._take_folder()
        if self._folder is None:
            return None
        place = self._folder / str(partition)
        opening = place.with_suffix(".opening")
        try:
            return self._opened(partition, place, opening)
        except (OSError, BadCheckpoint, StateUnreadable) as error:
            log.warning("checkpoint.unusable", stage=self._standing.stage, partition=partition, reason=str(error))
        self._removed(partition, place)
        with suppress(OSError, BadCheckpoint, StateUnreadable):
            self._opened(partition, place, opening)
        return None

    def begin(self, partition: int, replica: Replica, about: About | None) -> None:
        """Where the disk can't be used the replica stays in memory, and nothing of it is kept.

        Raises KeyError for entries that aren't this stage's.
        """
        rows = self._rows.get(partition)
        if rows is not None and about is None and self._folder is not None and not rows.empty:
            place = self._folder / str(partition)
            self._removed(partition, place)
            with suppress(OSError, BadCheckpoint, StateUnreadable):
                self._opened(partition, place, place.with_suffix(".opening"))
            rows = self._rows.get(partition)
        if rows is None:
            log.warning("checkpoint.none", stage=self._standing.stage, partition=partition)
            return
        replica.store = Store(Bodies(rows), Spans(rows))
        if about is not None:
            replica.store.sampled(samples_of(about), replica.kinds)
            stand_at(replica, about)

    def pressing(self, partition: int) -> bool:
        """A good deal waits in memory."""
        rows = self._rows.get(partition)
        return rows is not None and rows.waiting > PRESSING and not rows.stuck

    def taken(self, partition: int, replica: Replica, place: Place) -> Taken | None:
        """What is new by now waits for `save`; None where nobody has owned the partition yet.

        Raises StateUnreadable.
        """
        rows = self._rows.get(partition)
        about = self._standing.of(partition, replica, place)
        if rows is None or about is None:
            return None
        try:
            rows.leave({ABOUT: about.model_dump_json().encode()})
        except FlushFailed as error:
            self._failed(partition, error)
            return None
        return Taken(partition, rows)

    def save(self, taken: Taken) -> bool:
        """Blocks. False where it couldn't be written: it waits in memory for the next time."""
        try:
            taken.rows.flush()
        except FlushFailed as error:
            self._failed(taken.partition, error)
            return False
        return True

    def close(self) -> None:
        for partition, rows in list(self._rows.items()):
            rows.close()
            if rows.unreadable and self._folder is not None:
                self._removed(partition, self._folder / str(partition))
        self._rows.clear()
        if self._lock is not None:
            os.close(self._lock)
            self._lock, self._folder = None, None

    def _opened(self, partition: int, place: Path, opening: Path) -> About | None:
        """Raises OSError, BadCheckpoint, StateUnreadable."""
        place.parent.mkdir(parents=True, exist_ok=True)
        if opening.exists():
            # A database that ends the process that opens it would end this one, too.
            raise BadCheckpoint("its last opening came to no end")
        opening.touch()
        rows = self._rows[partition] = Rows(place, self._cache)
        about = kept_about(rows)
        opening.unlink()
        if about is not None:
            self._standing.check(about, partition)
        elif not rows.empty:
            raise BadCheckpoint("nothing says what it is")
        return about

    def _removed(self, partition: int, place: Path) -> None:
        rows = self._rows.pop(partition, None)
        if rows is not None:
            rows.close()
        with suppress(FileNotFoundError, NotADirectoryError):
            shutil.rmtree(place, ignore_errors=False)
        place.with_suffix(".opening").unlink(missing_ok=True)

    def _take_folder(self) -> None:
        """Where there is none, nothing is kept."""
        try:
            self._parent.mkdir(parents=True, exist_ok=True)
            for number in range(WORKERS):
                lock = os.open(self._parent / f"{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    os.close(lock)
                    continue
                self._lock, self._folder = lock, self._parent / str(number)
                return
        except OSError as error:
            log.warning("checkpoint.failed", stage=self._standing.stage, reason=error.strerror)

    def _failed(self, partition: int, error: Exception) -> None:
        log.warning("checkpoint.failed", stage=self._standing.stage, partition=partition, reason=str(error))
