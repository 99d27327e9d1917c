from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from router.gateway.spool.row import Row
from router.gateway.spool.rows import Rows, SpoolDamaged
from router.model.cloudevents import Message


def row(seq: int, address: bytes = b"ann") -> Row:
    return Row(seq, 1000 + seq, Message("inbound.sms", address, b"words %d" % seq, (("ce_id", b"SM\xff%d" % seq),)))


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of databases are opened in it."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


def small_pages(path: Path) -> None:
    """Makes an empty database whose pages are small, so that there are fewer bytes to go through."""
    database = sqlite3.connect(path)
    for pragma in ("page_size = 512", "auto_vacuum = INCREMENTAL", "journal_mode = WAL"):
        database.execute(f"PRAGMA {pragma}")
    database.close()


def of(rows: Rows, address: bytes = b"ann") -> list[Row]:
    return list(rows.read(address, 0, 10**6, 100)[0])


def test_what_was_written_is_there_after_a_kill_and_a_torn_end_is_dropped_whole(quick: Path) -> None:
    """The log's end is cut off, or turned over, at each byte of the last transaction."""
    path, wal = quick / "spool.db", quick / "spool.db-wal"
    small_pages(path)
    rows = Rows(path)
    rows.contents()
    rows.write([row(1), row(2)], [])
    before = wal.stat().st_size
    rows.write([row(3)], [])
    whole, base = wal.read_bytes(), path.read_bytes()
    assert before < len(whole)
    rows.close()
    path.write_bytes(base)
    wal.write_bytes(whole)
    rows = Rows(path)
    assert of(rows) == [row(1), row(2), row(3)]
    rows.close()
    for at in range(before, len(whole)):
        turned = bytearray(whole)
        turned[at] ^= 0xFF
        for torn in (whole[:at], turned):
            path.write_bytes(base)
            wal.write_bytes(torn)
            again = Rows(path)
            # What SQLite doesn't read of a frame's head may be anything.
            assert of(again) in ([row(1), row(2)], [row(1), row(2), row(3)][: 3 if torn is turned else 2])
            again.close()


def test_what_is_gone_is_gone_and_the_rest_keeps_its_order(tmp_path: Path) -> None:
    rows = Rows(tmp_path / "spool" / "spool.db")
    rows.write([row(2), row(1), row(3)], [])
    rows.write([row(4)], [1])
    assert of(rows) == [row(2), row(3), row(4)]
    rows.close()
    found = Rows(tmp_path / "spool" / "spool.db").contents()
    assert (found.last, [(each.count, each.first) for each in found.waiting]) == (4, [(3, 2)])


def test_whatever_byte_of_the_database_is_changed_nothing_is_read_that_wasnt_written(quick: Path) -> None:
    """A row is read as it was, or held as damaged, or the database is set aside and the others are read from it."""
    path = quick / "spool.db"
    small_pages(path)
    written = [row(n, address) for n, address in enumerate((b"ann", b"ben", b"ann", b"cem"), 1)]
    rows = Rows(path)
    rows.write(written, [])
    rows.shrink()
    rows.close()
    whole = path.read_bytes()
    given_out = 0
    for at in range(len(whole)):
        for each in quick.iterdir():
            each.unlink()
        turned = bytearray(whole)
        turned[at] ^= (0x01, 0xFF)[at % 2]
        path.write_bytes(turned)
        rows = Rows(path)
        found = all_of(rows)
        if found is None:
            rows.set_aside("earlier.db")
            rows.renew((), "broken.db")
            assert (quick / "broken.db").exists()
            found = all_of(rows)
        assert found is not None
        assert all(each in written for each in found)
        given_out += len(found)
        rows.close()
    assert given_out > 3.4 * len(whole)


def all_of(rows: Rows) -> list[Row] | None:
    """None where the database is damaged, as the spool finds it: it says so, or it lacks what it says it has."""
    try:
        found = [row for address in (b"ann", b"ben", b"cem") for row in of(rows, address)]
        waiting = rows.contents().waiting
    except SpoolDamaged:
        return None
    return found if len(found) == sum(each.count for each in waiting) else None


def test_a_kill_while_a_damaged_database_is_set_aside_and_read_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    rows = Rows(path)
    rows.write([row(n) for n in range(1, 10)], [])
    wal = path.with_name("spool.db-wal")
    killed = {each.name: each.read_bytes() for each in (path, wal)}
    rows.close()
    for step in range(3):
        for each in tmp_path.iterdir():
            each.unlink()
        for name, content in killed.items():
            (tmp_path / name).write_bytes(content)
        if step:
            wal.rename(tmp_path / "damaged.db-wal")
        if step == 2:
            path.rename(tmp_path / "damaged.db")
            Rows(path).write([row(1), row(2)], [])  # what had been put back
        rows = Rows(path)
        if step == 0:
            rows.set_aside("earlier.db")
        assert rows.renew({9}, "broken.db") == 8
        assert of(rows) == [row(n) for n in range(1, 9)]
        assert rows.renew((), "again.db") is None
        assert (tmp_path / "broken.db").exists()
        rows.close()


def test_a_database_of_the_first_version_is_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    old = sqlite3.connect(path)
    old.execute(
        "CREATE TABLE row (seq INTEGER PRIMARY KEY, address BLOB NOT NULL, urgent INTEGER NOT NULL,"
        " at INTEGER NOT NULL, size INTEGER NOT NULL, topic TEXT NOT NULL, partition INTEGER, headers TEXT NOT NULL,"
        " value BLOB)"
    )
    old.execute(
        "INSERT INTO row VALUES (1, ?, 0, 1001, 9, 'inbound.sms', NULL, '[[\"ce_id\", \"SM\u00ff1\"]]', ?)",
        (b"ann", b"words 1"),
    )
    old.commit()
    old.close()
    rows = Rows(path)
    rows.write([row(2)], [])
    assert of(rows) == [row(1), row(2)]
    rows.close()


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_rubbish_is_set_aside(tmp_path: Path, size: int) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(b"?" * size)
    rows = Rows(path)
    if size:
        with pytest.raises(SpoolDamaged):
            rows.contents()
        rows.set_aside("earlier.db")
        assert rows.renew((), "broken.db") == 0
        assert (tmp_path / "broken.db").read_bytes() == b"?" * size
    rows.write([row(1)], [])
    assert of(rows) == [row(1)]
    rows.close()
