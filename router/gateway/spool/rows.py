"""The spool on the disk: one SQLite database, WAL, synchronous=FULL; a transaction is whole or isn't there.

Everything blocks; one thread uses it. Freed pages are overwritten, and given back once nothing waits.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from router.gateway.databases import opened
from router.gateway.log import Unavailable
from router.model.cloudevents import Message

OVERHEAD = 200
"""Bytes that a row takes besides what is in it, by a generous guess."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS row (
    seq INTEGER PRIMARY KEY, address BLOB NOT NULL, urgent INTEGER NOT NULL, at INTEGER NOT NULL,
    size INTEGER NOT NULL, topic TEXT NOT NULL, partition INTEGER, headers TEXT NOT NULL, value BLOB
);
CREATE INDEX IF NOT EXISTS row_address ON row (address, seq);
"""
PRAGMAS = ("auto_vacuum = INCREMENTAL", "secure_delete = ON")


class SpoolFailed(Unavailable):
    """The spool can't be written or read."""


class SpoolFull(SpoolFailed):
    """The spool holds as much as it may, or its disk does."""


@dataclass(frozen=True)
class Row:
    """seq: in the order of receipt. at: when it was spooled, Unix milliseconds. urgent: it may be an S1."""

    seq: int
    at: int
    message: Message
    urgent: bool = False

    @property
    def size(self) -> int:
        """Bytes, about, that it takes on the disk."""
        message = self.message
        return (
            OVERHEAD + len(message.key) + len(message.value or b"") + sum(len(n) + len(v) for n, v in message.headers)
        )


@dataclass(frozen=True)
class Held:
    """What an address has in the spool."""

    address: bytes
    count: int
    first: int
    at: int
    urgent: bool


class Rows:
    """Raises SpoolFailed, SpoolFull, here and in every method; after one of them the next call connects anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None

    def held(self) -> tuple[tuple[Held, ...], int, int]:
        """By address; the highest seq; bytes of all."""
        with self._connected() as database:
            found = database.execute(
                "SELECT address, count(*), min(seq), min(at), max(urgent) FROM row GROUP BY address"
            )
            held = tuple(Held(bytes(a), n, first, at, bool(urgent)) for a, n, first, at, urgent in found)
            last, size = database.execute("SELECT coalesce(max(seq), 0), coalesce(sum(size), 0) FROM row").fetchone()
            return held, last, size

    def write(self, new: Sequence[Row], gone: Sequence[int]) -> None:
        """One transaction; it is on the disk when this returns."""
        with self._connected() as database:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("DELETE FROM row WHERE seq = ?", [(seq,) for seq in gone])
            database.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [_columns(row) for row in new])
            database.execute("COMMIT")

    def read(self, address: bytes, since: int, before: int, most: int) -> tuple[Row, ...]:
        """Some of an address in order, from `since` to below `before`."""
        with self._connected() as database:
            found = database.execute(
                "SELECT seq, at, urgent, topic, partition, headers, value FROM row"
                " WHERE address = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT ?",
                (address, since, before, most),
            )
            return tuple(_row(address, *columns) for columns in found)

    def shrink(self) -> None:
        """Gives free pages back to the file system."""
        with self._connected() as database:
            database.execute("PRAGMA incremental_vacuum").fetchall()
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            with contextlib.suppress(sqlite3.Error):
                database.close()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._database is None:
                self._database = opened(self._path, SCHEMA, *PRAGMAS)
            yield self._database
        except sqlite3.Error as error:
            # What SQLite has in memory needn't be what is on the disk now: the next one starts afresh.
            self.close()
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                raise SpoolFull("the disk of the spool is full") from None
            raise SpoolFailed(f"the spool {self._path} failed: {getattr(error, 'sqlite_errorname', error)}") from None
        except OSError as error:
            self.close()
            raise SpoolFailed(f"the spool {self._path} failed: {error.strerror}") from None


def _columns(row: Row) -> tuple[object, ...]:
    message = row.message
    headers = json.dumps([[name, value.decode("latin-1")] for name, value in message.headers])
    told = (message.topic, message.partition, headers, message.value)
    return (row.seq, message.key, int(row.urgent), row.at, row.size, *told)


def _row(
    address: bytes, seq: int, at: int, urgent: int, topic: str, partition: int | None, headers: str, value: bytes | None
) -> Row:
    pairs = tuple((name, text.encode("latin-1")) for name, text in json.loads(headers))
    return Row(seq, at, Message(topic, address, value, pairs, partition), bool(urgent))
