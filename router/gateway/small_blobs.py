"""Small bodies, a database a day: `<folder>/<date>.db`, content-addressed.

Everything that waits is made durable together: one transaction, one fsync (SQLite in WAL mode, synchronous=FULL),
however many deliveries there are. `put` returns once its transaction is on the disk. A day's file goes as a whole
when all of it is too old, so nothing of what people wrote is left in freed pages.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

from router.gateway.blobs import StoreFailed, StoreFull
from router.gateway.databases import BUSY_S, opened

SCHEMA = "CREATE TABLE IF NOT EXISTS blob (sha256 BLOB NOT NULL UNIQUE, content BLOB NOT NULL)"
GET = "SELECT content FROM blob WHERE sha256 = ?"
MOST = 500
"""Bodies in one transaction."""

Put = tuple[bytes, bytes]


class SmallBlobs:
    """One for a process, used on one loop. clock: says which day it is, UTC."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock
        # One thread owns the connection.
        self._thread = ThreadPoolExecutor(1, "blobs")
        self._day: date | None = None
        self._database: sqlite3.Connection | None = None
        self._waiting: dict[bytes, bytes] = {}
        self._written: asyncio.Future[None] | None = None
        self._writing: asyncio.Task[None] | None = None

    async def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).digest()
        self._waiting[digest] = content
        if self._written is None:
            self._written = asyncio.get_running_loop().create_future()
        written = self._written
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name="small-blobs")
        # Whoever gives up doesn't take the others' writing with them.
        await asyncio.shield(written)
        return digest.hex()

    async def get(self, sha256: str) -> bytes | None:
        with contextlib.suppress(ValueError):
            return await asyncio.to_thread(self._get, bytes.fromhex(sha256))
        return None

    def sweep(self, before: datetime) -> int:
        """Removes the days that ended before then; how many bodies that was. Blocks."""
        removed = 0
        for day, path in self._days().items():
            if day < before.astimezone(UTC).date() and day != self._day:
                with contextlib.suppress(sqlite3.Error, OSError):
                    removed += _count(path)
                for part in ("", "-wal", "-shm"):
                    with contextlib.suppress(OSError):
                        path.with_name(path.name + part).unlink(missing_ok=True)
        return removed

    async def close(self) -> None:
        """Returns once what waits is written."""
        if self._writing is not None:
            await asyncio.wait({self._writing})
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown(wait=False)

    async def _write_all(self) -> None:
        """Until nothing waits: all that came while the last transaction was under way goes into the next."""
        loop = asyncio.get_running_loop()
        try:
            while self._written is not None:
                puts, written = tuple(self._waiting.items()), self._written
                self._waiting, self._written = {}, None
                try:
                    await loop.run_in_executor(self._thread, self._write, puts)
                except Exception as error:  # whoever waits must hear of it, whatever it is
                    written.set_exception(error)
                    written.exception()  # they may all have given up
                else:
                    written.set_result(None)
        finally:
            self._writing = None

    def _write(self, puts: Sequence[Put]) -> None:
        try:
            database = self._connected(self._clock().astimezone(UTC).date())
            # One statement is a transaction by itself, and takes the interpreter's lock once, not once a body.
            for some in (puts[at : at + MOST] for at in range(0, len(puts), MOST)):
                database.execute(_put(len(some)), [value for put in some for value in put])
        except sqlite3.Error as error:
            # What SQLite has in memory needn't be what is on the disk now: the next one starts afresh.
            self._disconnect()
            code = getattr(error, "sqlite_errorcode", None)
            if code == sqlite3.SQLITE_FULL:
                raise StoreFull from None
            raise StoreFailed(f"the store of small bodies failed: {getattr(error, 'sqlite_errorname', '')}") from None
        except OSError as error:
            raise StoreFailed(f"the store of small bodies failed: {error.strerror}") from None

    def _connected(self, day: date) -> sqlite3.Connection:
        if self._database is None or self._day != day:
            self._disconnect()
            self._database, self._day = opened(self._path(day), SCHEMA), day
        return self._database

    def _disconnect(self) -> None:
        database, self._database, self._day = self._database, None, None
        if database is not None:
            with contextlib.suppress(sqlite3.Error):
                database.close()

    def _get(self, digest: bytes) -> bytes | None:
        for _, path in sorted(self._days().items(), reverse=True):
            with contextlib.suppress(sqlite3.Error), contextlib.closing(_readable(path)) as database:
                row = database.execute(GET, (digest,)).fetchone()
                if row is not None:
                    return bytes(row[0])
        return None

    def _days(self) -> Mapping[date, Path]:
        found: dict[date, Path] = {}
        for path in self._folder.glob("*.db"):
            with contextlib.suppress(ValueError):
                found[date.fromisoformat(path.stem)] = path
        return found

    def _path(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.db"


def _put(count: int) -> str:
    return f"INSERT INTO blob (sha256, content) VALUES {', '.join(['(?, ?)'] * count)} ON CONFLICT DO NOTHING"  # noqa: S608 - marks only


def _readable(path: Path) -> sqlite3.Connection:
    """For reading; raises OperationalError where the file is gone."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_S)


def _count(path: Path) -> int:
    with contextlib.closing(_readable(path)) as database:
        return int(database.execute("SELECT count(*) FROM blob").fetchone()[0])
