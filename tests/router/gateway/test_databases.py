"""A database is there with its folder, keeps what was written, and leaves nothing open where it can't be made."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from router.gateway.databases import opened

SCHEMA = "CREATE TABLE IF NOT EXISTS word (word TEXT)"


def test_what_was_written_is_there_for_the_next_who_opens_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "words.db"
    with contextlib.closing(opened(path, SCHEMA)) as database:
        database.execute("INSERT INTO word VALUES ('seizure')")
    with contextlib.closing(opened(path, SCHEMA)) as database:
        assert database.execute("SELECT word FROM word").fetchall() == [("seizure",)]
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_pragma_holds_from_the_first_table_on(tmp_path: Path) -> None:
    with contextlib.closing(opened(tmp_path / "words.db", SCHEMA, "auto_vacuum = INCREMENTAL")) as database:
        assert database.execute("PRAGMA auto_vacuum").fetchone() == (2,)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.db"
    path.write_bytes(b"no database at all, but a good many bytes of text" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        opened(path, SCHEMA)
