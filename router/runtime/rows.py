"""Bytes by bytes in a RocksDB, with what is new since the last flush in memory.

There is no log of its own: a flush puts all that is new into the database's memory as one batch, and writes that to
the disk. A batch is never split, so what a crash leaves is the state at one flush or another. Each block has a sum,
which is checked whenever it is read.

The library holds Python's lock while it takes a batch (a microsecond a row) and reads, but not while it writes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from rocksdict import (
    BlockBasedOptions,
    Cache,
    DBCompressionType,
    Options,
    Rdict,
    RdictIter,
    WriteBatch,
    WriteOptions,
)

from router.runtime.ports import StateUnreadable

BUFFER = 4 * 2**20
BLOCK = 8 * 2**10
FILE = 8 * 2**20
LEVEL = 32 * 2**20
BLOOM_BITS = 10
AT_ONCE = 300
ROOM = 2**20

Changes = Mapping[bytes, bytes | None]


class FlushFailed(Exception):
    """The disk is as it was after an earlier flush; what is new stays in memory."""


class Rows:
    """One database. Reads, `put` and `leave` are one thread's, `flush` any other one's."""

    def __init__(self, folder: Path, cache: Cache) -> None:
        """Opens it, or makes it. cache: for blocks read and for their indices. Raises StateUnreadable."""
        self._folder = folder
        self._options = _options(cache)
        self._write_options = _write_options()
        self._fresh: dict[bytes, bytes | None] = {}
        self._leaving: dict[bytes, bytes | None] = {}
        self._stuck = False
        self.unreadable = False
        self._db = self._open()

    @property
    def empty(self) -> bool:
        """Raises StateUnreadable."""
        return next(self.keys(b"", b"\xff"), None) is None

    @property
    def stuck(self) -> bool:
        """The last flush failed."""
        return self._stuck

    @property
    def waiting(self) -> int:
        """Rows in memory that the next flush writes."""
        return len(self._fresh) + len(self._leaving)

    def get(self, key: bytes) -> bytes | None:
        """Raises StateUnreadable."""
        if key in self._fresh:
            return self._fresh[key]
        if key in self._leaving:
            return self._leaving[key]
        try:
            found: bytes | None = self._db.get(key)
        except Exception as error:  # the library raises no other kind
            raise self._unreadable(error) from None
        return found

    def put(self, key: bytes, value: bytes | None) -> None:
        """None removes it."""
        self._fresh[key] = value

    def keys(self, first: bytes, end: bytes) -> Iterator[bytes]:
        """From `first` on, below `end`; in no order. What is put or removed meanwhile is among them or not.

        Raises StateUnreadable.
        """
        ahead = {key: body for changes in (self._leaving, self._fresh) for key, body in changes.items()}
        yield from [key for key, body in ahead.items() if body is not None and first <= key < end]
        while found := self._some(first, end):
            yield from [key for key in found if key not in ahead]
            first = found[-1] + b"\0"

    def leave(self, also: Changes) -> None:
        """What is new by now, and these, go with the next flush. Raises FlushFailed where there is no room yet after
        one that failed, StateUnreadable."""
        if self._stuck:
            self._reopen()
        self._leaving = {**self._leaving, **self._fresh, **also}
        self._fresh = {}

    def flush(self) -> None:
        """Blocks. Raises FlushFailed."""
        batch = WriteBatch(raw_mode=True)
        for key, value in self._leaving.items():
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        try:
            self._db.write(batch, self._write_options)
            self._db.flush(True)
        except Exception as error:  # as above
            self._stuck = True
            raise FlushFailed(str(error)) from None
        self._leaving = {}

    def close(self) -> None:
        """What wasn't flushed is lost."""
        with suppress(Exception):  # after a failed write it says so again
            self._db.close()

    def _open(self) -> Rdict:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return Rdict(str(self._folder), self._options)
        except Exception as error:  # as above, and OSError
            raise self._unreadable(error) from None

    def _reopen(self) -> None:
        """After a failed write a database takes no other until it was closed; but to be opened it needs some room."""
        try:
            probe = self._folder.with_suffix(".probe")
            with probe.open("wb") as file:
                file.write(bytes(ROOM))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FlushFailed(error.strerror) from None
        finally:
            with suppress(OSError):
                probe.unlink()
        self.close()
        self._db = self._open()
        self._stuck = False

    def _some(self, first: bytes, end: bytes) -> list[bytes]:
        """No iterator stays open: it would keep the database from being closed."""
        found: list[bytes] = []
        try:
            cursor: RdictIter = self._db.iter()
            cursor.seek(first)
            while len(found) < AT_ONCE and cursor.valid() and (key := cursor.key()) < end:
                found.append(key)
                cursor.next()
            cursor.status()
        except Exception as error:  # as above
            raise self._unreadable(error) from None
        return found

    def _unreadable(self, error: Exception) -> StateUnreadable:
        self.unreadable = True
        return StateUnreadable(f"{self._folder} can't be read: {error}")


def _options(cache: Cache) -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_paranoid_checks(True)
    options.set_write_buffer_size(BUFFER)
    options.set_max_write_buffer_number(2)
    options.set_target_file_size_base(FILE)
    options.set_max_bytes_for_level_base(LEVEL)
    options.set_compression_type(DBCompressionType.none())  # bodies are squeezed already
    options.set_max_background_jobs(2)
    options.set_keep_log_file_num(2)
    options.set_max_log_file_size(2**20)
    options.set_stats_dump_period_sec(0)
    options.set_stats_persist_period_sec(0)
    table = BlockBasedOptions()
    table.set_block_cache(cache)
    table.set_block_size(BLOCK)
    table.set_cache_index_and_filter_blocks(True)
    table.set_pin_l0_filter_and_index_blocks_in_cache(True)
    table.set_bloom_filter(BLOOM_BITS, block_based=False)  # most of what is asked for isn't there
    options.set_block_based_table_factory(table)
    return options


def _write_options() -> WriteOptions:
    options = WriteOptions()
    options.disable_wal = True  # type: ignore[method-assign,assignment]  # it is an attribute, whatever the stub says
    options.no_slowdown = True  # it would wait with Python's lock held
    return options
