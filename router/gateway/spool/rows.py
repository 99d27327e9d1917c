"""The spool on the disk: one SQLite database, WAL, synchronous=FULL; a transaction is whole or isn't there.

Everything blocks; one thread uses it. Freed pages are overwritten, and given back once nothing waits. A row that the
broker never takes as it is, or that the disk has changed, is held: it stays, and whoever is behind it goes on.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from router.gateway.databases import opened
from router.gateway.log import Unavailable
from router.gateway.spool.aside import UNREAD, moved, salvaged, unread
from router.gateway.spool.row import COLUMNS, READ, Row, RowDamaged, columns, row_of

SCHEMA = """
CREATE TABLE IF NOT EXISTS row (
    seq INTEGER PRIMARY KEY, address BLOB NOT NULL, urgent INTEGER NOT NULL, at INTEGER NOT NULL,
    size INTEGER NOT NULL, topic TEXT NOT NULL, partition INTEGER, headers TEXT NOT NULL, value BLOB,
    checksum INTEGER, held TEXT
);
CREATE INDEX IF NOT EXISTS row_address ON row (address, seq);
CREATE TABLE IF NOT EXISTS probe (bytes BLOB);
"""
FIRST = frozenset({"seq", "address", "urgent", "at", "size", "topic", "partition", "headers", "value"})
"""Columns that databases of the first version have."""

SINCE = ("checksum INTEGER", "held TEXT")

# What we ask of it is right: where SQLite finds an error in that, its schema isn't what it was.
NOT_OURS = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)

PRAGMAS = ("auto_vacuum = INCREMENTAL", "secure_delete = ON")

DAMAGED = "damaged"
TOO_LARGE = "too-large"

MOST_BYTES = 8 * 1024 * 1024
"""Of rows that are read at once, give or take one."""

PROBE_BYTES = 64 * 1024


class SpoolFailed(Unavailable):
    """The spool can't be written or read."""


class SpoolFull(SpoolFailed):
    """The spool holds as much as it may, or its disk does."""


class SpoolDamaged(SpoolFailed):
    """The spool's database isn't what was written; it has to be set aside."""


@dataclass(frozen=True)
class Waiting:
    """What of an address waits."""

    address: bytes
    count: int
    first: int
    at: int
    urgent: bool


@dataclass(frozen=True)
class Contents:
    """waiting: by address. held: rows that are. last: the highest seq. size: bytes of all."""

    waiting: tuple[Waiting, ...]
    held: int
    last: int
    size: int


class Rows:
    """Raises SpoolFailed, SpoolFull, SpoolDamaged in every method; after one of them the next call connects anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None

    def contents(self) -> Contents:
        with self._connected() as database:
            found = database.execute(
                "SELECT CAST(address AS BLOB), count(*), min(seq), min(CAST(at AS INTEGER)), max(urgent)"
                " FROM row NOT INDEXED WHERE held IS NULL GROUP BY 1"
            )
            waiting = tuple(Waiting(a, n, first, at, bool(urgent)) for a, n, first, at, urgent in found)
            told = "count(held), coalesce(max(seq), 0), coalesce(sum(CAST(size AS INTEGER)), 0)"
            return Contents(waiting, *database.execute(f"SELECT {told} FROM row NOT INDEXED").fetchone())  # noqa: S608 - ours

    def write(self, new: Sequence[Row], gone: Sequence[int], *, again: bool = False) -> None:
        """One transaction; it is on the disk when this returns. again: some may be there already."""
        insert = "INSERT OR IGNORE" if again else "INSERT"
        with self._connected() as database:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("DELETE FROM row WHERE seq = ?", [(seq,) for seq in gone])
            database.executemany(
                f"{insert} INTO row ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [columns(row) for row in new],
            )
            database.execute("COMMIT")

    def read(self, address: bytes, since: int, before: int, most: int) -> tuple[tuple[Row, ...], tuple[int, ...]]:
        """Some of an address in order, from `since` to below `before`; and which of them were damaged, now held."""
        rows: list[Row] = []
        damaged: list[int] = []
        size = 0
        with self._connected() as database:
            found = database.execute(
                f"SELECT {READ} FROM row WHERE address = ? AND seq >= ? AND seq < ? AND held IS NULL"  # noqa: S608 - ours
                " ORDER BY seq LIMIT ?",
                (address, since, before, most),
            )
            for each in found:
                try:
                    rows.append(row_of(*each))
                    size += rows[-1].size
                except RowDamaged:
                    damaged.append(each[0])
                if size > MOST_BYTES:
                    break
            found.close()
            for seq in damaged:
                database.execute("UPDATE row SET held = ? WHERE seq = ?", (DAMAGED, seq))
        return tuple(rows), tuple(damaged)

    def hold(self, seq: int) -> None:
        """It is too large for the broker."""
        with self._connected() as database:
            database.execute("UPDATE row SET held = ? WHERE seq = ?", (TOO_LARGE, seq))

    def held(self, after: int) -> Row | None:
        """The first behind `after` that was too large."""
        with self._connected() as database:
            found = database.execute(
                f"SELECT {READ} FROM row WHERE held = ? AND seq > ? ORDER BY seq LIMIT 1",  # noqa: S608 - ours
                (TOO_LARGE, after),
            ).fetchone()
            try:
                return found and row_of(*found)
            except RowDamaged:
                database.execute("UPDATE row SET held = ? WHERE seq = ?", (DAMAGED, found[0]))
                return None

    def probe(self) -> None:
        """Returns if the disk takes something."""
        with self._connected() as database:
            database.execute("INSERT INTO probe VALUES (zeroblob(?))", (PROBE_BYTES,))
            database.execute("DELETE FROM probe")

    def shrink(self) -> None:
        """Gives free pages back to the file system."""
        with self._connected() as database:
            database.execute("PRAGMA incremental_vacuum").fetchall()
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def renew(self, gone: Collection[int], name: str) -> int | None:
        """Where the database was set aside: puts back what of it can be read and isn't gone, and keeps it as `name`.

        How many rows were put back; None where nothing had been set aside.
        """
        try:
            damaged = unread(self._path)
            if damaged is None:
                return None
            count = 0
            for rows in salvaged(damaged, MOST_BYTES):
                left = [row for row in rows if row.seq not in gone]
                self.write(left, [], again=True)
                count += len(left)
            moved(damaged, damaged.with_name(name))
        except OSError as error:
            raise _failed(self._path, error) from None
        return count

    def set_aside(self, name: str) -> None:
        """The next call begins another database; `renew` reads this one.

        name: for one that was set aside before, and not read.
        """
        self.close()
        try:
            earlier = unread(self._path)
            if earlier is not None:
                moved(earlier, earlier.with_name(name))
            moved(self._path, self._path.with_name(UNREAD))
        except OSError as error:
            raise _failed(self._path, error) from None

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
                _upgrade(self._path, self._database)
            yield self._database
        except SpoolDamaged:
            self.close()
            raise
        except (sqlite3.Error, UnicodeDecodeError) as error:
            # What SQLite has in memory needn't be what is on the disk now: the next one starts afresh.
            self.close()
            raise _problem(self._path, error) from None
        except OSError as error:
            self.close()
            raise _failed(self._path, error) from None


def _upgrade(path: Path, database: sqlite3.Connection) -> None:
    """Raises SpoolDamaged where its tables aren't ours."""
    tables = database.execute("SELECT CAST(name AS BLOB) FROM sqlite_master WHERE type = 'table'")
    if {bytes(name) for (name,) in tables} != {b"row", b"probe"}:  # one whose name is damaged was made anew, empty
        raise SpoolDamaged(f"the spool {path} failed: its tables aren't ours")
    there = {bytes(name) for (name,) in database.execute("SELECT CAST(name AS BLOB) FROM pragma_table_info('row')")}
    known = {name.encode() for name in FIRST}
    if there == known:
        for column in SINCE:
            database.execute(f"ALTER TABLE row ADD COLUMN {column}")
    elif there != known | {column.split()[0].encode() for column in SINCE}:
        raise SpoolDamaged(f"the spool {path} failed: its columns aren't ours")


def _problem(path: Path, error: sqlite3.Error | UnicodeDecodeError) -> SpoolFailed:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    says = f"the spool {path} failed: {getattr(error, 'sqlite_errorname', type(error).__name__)}"
    if code == sqlite3.SQLITE_READONLY and os.access(path, os.W_OK):
        return SpoolDamaged(says)  # only its head says so
    code &= 0xFF  # without what specifies it further
    if code == sqlite3.SQLITE_FULL:
        return SpoolFull("the disk of the spool is full")
    return SpoolDamaged(says) if code in NOT_OURS else SpoolFailed(says)


def _failed(path: Path, error: OSError) -> SpoolFailed:
    return SpoolFailed(f"the spool {path} failed: {error.strerror}")
