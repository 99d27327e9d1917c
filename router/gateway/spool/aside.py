"""A damaged database of the spool is kept under another name, and what can still be read of it is read. Blocks."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from router.durable import sync_folder
from router.gateway.spool.row import READ, Row, RowDamaged, row_of

NAME = "broken-{}.db"
"""Of its time."""
PATTERN = NAME.format("*")

UNREAD = "damaged.db"
"""Until all of it is read that can be; so that a kill in between loses none of it."""

LOG = "-wal"
INDEX_OF_LOG = "-shm"


def unread(path: Path) -> Path | None:
    """The damaged database that is yet to be read, where `path` was set aside."""
    found = path.with_name(UNREAD)
    if not found.exists() and found.with_name(found.name + LOG).exists():
        moved(path, found)  # which broke off between the two
    return found if found.exists() else None


def moved(path: Path, name: Path) -> None:
    """Renames a database, and its log before it, so that it can be opened there. Raises OSError."""
    # The index is made anew from the log, and would be of the wrong file.
    path.with_name(path.name + INDEX_OF_LOG).unlink(missing_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.with_name(path.name + LOG).rename(name.with_name(name.name + LOG))
    with contextlib.suppress(FileNotFoundError):
        path.rename(name)
    sync_folder(path.parent)


def salvaged(path: Path, most_bytes: int) -> Iterator[list[Row]]:
    """The rows that are as they were written, about `most_bytes` at once: from the start, and where that breaks off
    from the end too."""
    seen: set[int] = set()
    try:
        # Read only, so that the file stays as it was found.
        database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return
    with contextlib.closing(database):
        for order in ("ASC", "DESC"):
            rows: list[Row] = []
            size = 0
            whole = False
            with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
                for each in database.execute(f"SELECT {READ} FROM row NOT INDEXED ORDER BY seq {order}"):  # noqa: S608 - ours
                    if each[0] in seen:
                        continue
                    seen.add(each[0])
                    with contextlib.suppress(RowDamaged):
                        rows.append(row_of(*each))
                        size += rows[-1].size
                    if size > most_bytes:
                        yield rows
                        rows, size = [], 0
                whole = True
            yield rows
            if whole:
                return
