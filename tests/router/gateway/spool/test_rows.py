from pathlib import Path
from shutil import copytree

from router.gateway.spool.rows import Row, Rows
from router.model.cloudevents import Message


def row(seq: int, address: bytes = b"ann") -> Row:
    return Row(seq, 1000 + seq, Message("inbound.sms", address, b"words %d" % seq, (("ce_id", b"SM\xff%d" % seq),)))


def of(rows: Rows) -> list[Row]:
    return list(rows.read(b"ann", 0, 10**6, 100))


def test_what_was_written_is_there_after_a_kill_and_a_torn_end_is_dropped_whole(tmp_path: Path) -> None:
    """The log's end is cut off, or turned over, at each 61st byte of the last transaction."""
    folder = tmp_path / "spool"
    rows = Rows(folder / "spool.db")
    rows.held()
    rows.write([row(1), row(2)], [])
    wal = folder / "spool.db-wal"
    before = wal.stat().st_size
    rows.write([row(3)], [])
    whole = wal.read_bytes()
    copytree(folder, tmp_path / "copy")
    rows.close()
    copy = tmp_path / "copy" / "spool.db-wal"
    base = (tmp_path / "copy" / "spool.db").read_bytes()
    for at in range(before, len(whole), 61):
        for torn in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            (tmp_path / "copy" / "spool.db").write_bytes(base)
            (tmp_path / "copy" / "spool.db-shm").unlink(missing_ok=True)
            copy.write_bytes(torn)
            again = Rows(tmp_path / "copy" / "spool.db")
            assert of(again) in ([row(1), row(2)], [row(1), row(2), row(3)])
            again.close()


def test_what_is_gone_is_gone_and_the_rest_keeps_its_order(tmp_path: Path) -> None:
    rows = Rows(tmp_path / "spool" / "spool.db")
    rows.write([row(2), row(1), row(3)], [])
    rows.write([row(4)], [1])
    assert of(rows) == [row(2), row(3), row(4)]
    rows.close()
    held, last, _ = Rows(tmp_path / "spool" / "spool.db").held()
    assert (last, [(each.count, each.first) for each in held]) == (4, [(3, 2)])
