"""SQLite databases that one connection writes, and whose transactions are on the disk once they are done."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from router.durable import sync_folder

BUSY_S = 5.0


def opened(path: Path, schema: str, *pragmas: str) -> sqlite3.Connection:
    """A connection, WAL and synchronous=FULL; made with its folder where it isn't there, and found again after a crash.

    pragmas: further ones, "name = value", set before there is a table. Raises sqlite3.Error, OSError.
    """
    fresh = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        for pragma in (*pragmas, "journal_mode = WAL", "synchronous = FULL"):
            database.execute(f"PRAGMA {pragma}")
        database.executescript(schema)
        if fresh:
            for folder in (path.parent, path.parent.parent):
                sync_folder(folder)
    except BaseException:
        database.close()
        raise
    return database
