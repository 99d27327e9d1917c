from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway import small_blobs
from router.gateway.blobs import StoreFailed, StoreFull
from router.gateway.small_blobs import SmallBlobs

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@asynccontextmanager
async def store(folder: Path, clock: Callable[[], datetime] = lambda: NOON) -> AsyncIterator[SmallBlobs]:
    blobs = SmallBlobs(folder / "small", clock)
    try:
        yield blobs
    finally:
        await blobs.close()


def on_disk(folder: Path, day: str = "2026-03-01") -> set[bytes]:
    """What another process reads, with the writer still running."""
    path = folder / "small" / f"{day}.db"
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return {bytes(row[0]) for row in database.execute("SELECT content FROM blob")}
    finally:
        database.close()


async def test_what_is_put_is_in_the_days_database_and_can_be_got_by_its_hash(tmp_path: Path) -> None:
    async with store(tmp_path) as blobs:
        digest = await blobs.put(b"raw")
        assert digest == hashlib.sha256(b"raw").hexdigest()
        assert on_disk(tmp_path) == {b"raw"}
        assert await blobs.get(digest) == b"raw"
        assert await blobs.get("0" * 64) is None


async def test_many_at_once_are_all_there_once_each_is_answered(tmp_path: Path) -> None:
    async with store(tmp_path) as blobs:

        async def put_and_look(content: bytes) -> None:
            await blobs.put(content)
            assert content in on_disk(tmp_path)

        await asyncio.gather(*(put_and_look(b"%d" % number) for number in range(100)))


async def test_more_than_a_transaction_takes_are_all_there(tmp_path: Path) -> None:
    async with store(tmp_path) as blobs:
        contents = {b"%d" % number for number in range(2 * small_blobs.MOST + 1)}
        await asyncio.gather(*(blobs.put(content) for content in contents))
        assert on_disk(tmp_path) == contents


async def test_many_at_once_share_the_disks_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    transactions: list[int] = []
    write = SmallBlobs._write

    def counted(self: SmallBlobs, puts: Sequence[small_blobs.Put]) -> None:
        transactions.append(len(puts))
        write(self, puts)

    monkeypatch.setattr(SmallBlobs, "_write", counted)
    async with store(tmp_path) as blobs:
        await asyncio.gather(*(blobs.put(b"%d" % number) for number in range(100)))
    assert sum(transactions) == 100
    assert len(transactions) <= 2


async def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    async with store(tmp_path) as blobs:
        together = await asyncio.gather(blobs.put(b"raw"), blobs.put(b"raw"))
        assert {*together, await blobs.put(b"raw")} == {hashlib.sha256(b"raw").hexdigest()}
        assert on_disk(tmp_path) == {b"raw"}


async def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    async with store(tmp_path) as blobs:
        await blobs.put(b"raw")
        assert blobs._database is not None
        assert blobs._database.execute("PRAGMA synchronous").fetchone() == (2,)
        assert blobs._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_later_start_reads_what_an_earlier_one_wrote(tmp_path: Path) -> None:
    async with store(tmp_path) as blobs:
        digest = await blobs.put(b"raw")
    async with store(tmp_path) as blobs:
        assert await blobs.get(digest) == b"raw"
        await blobs.put(b"more")
        assert on_disk(tmp_path) == {b"raw", b"more"}


async def test_a_day_goes_as_a_whole_once_all_of_it_is_too_old(tmp_path: Path) -> None:
    now = NOON
    async with store(tmp_path, lambda: now) as blobs:
        old = await blobs.put(b"old")
        again = await blobs.put(b"again")
        now += timedelta(days=1)
        await blobs.put(b"again")
        assert blobs.sweep(NOON + timedelta(hours=1)) == 0
        assert blobs.sweep(NOON + timedelta(days=1)) == 2
        assert await blobs.get(old) is None
        assert await blobs.get(again) == b"again"
        assert sorted(path.name for path in (tmp_path / "small").glob("*.db")) == ["2026-03-02.db"]


async def test_the_day_that_is_written_to_is_never_removed(tmp_path: Path) -> None:
    async with store(tmp_path) as blobs:
        digest = await blobs.put(b"raw")
        assert blobs.sweep(NOON + timedelta(days=900)) == 0
        assert await blobs.get(digest) == b"raw"


async def test_a_full_disk_is_told_and_what_comes_later_is_taken(tmp_path: Path) -> None:
    async with store(tmp_path) as blobs:
        await blobs.put(b"first")
        assert blobs._database is not None
        blobs._database.execute("PRAGMA max_page_count = 4")
        with pytest.raises(StoreFull):
            await blobs.put(b"x" * 60_000)
        await blobs.put(b"later")
        assert on_disk(tmp_path) == {b"first", b"later"}


async def test_a_store_that_fails_says_so_to_everybody_who_waits(tmp_path: Path) -> None:
    (tmp_path / "small").write_text("in the way")
    async with store(tmp_path) as blobs:
        found = await asyncio.gather(blobs.put(b"a"), blobs.put(b"b"), return_exceptions=True)
        assert [type(each) for each in found] == [StoreFailed, StoreFailed]
        (tmp_path / "small").unlink()
        await blobs.put(b"c")
        assert on_disk(tmp_path) == {b"c"}


async def test_a_file_that_is_no_database_fails_the_store_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "2026-03-01.db").write_bytes(b"rubbish" * 1000)
    async with store(tmp_path) as blobs:
        with pytest.raises(StoreFailed):
            await blobs.put(b"a")
        assert await blobs.get("0" * 64) is None


async def test_who_gives_up_takes_nobody_elses_body_with_them(tmp_path: Path) -> None:
    async with store(tmp_path) as blobs:
        given_up, other = asyncio.create_task(blobs.put(b"a")), asyncio.create_task(blobs.put(b"b"))
        await asyncio.sleep(0)
        given_up.cancel()
        await other
        assert b"b" in on_disk(tmp_path)


@given(name=st.text(max_size=70))
async def test_no_name_finds_or_breaks_anything(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    blobs = SmallBlobs(tmp_path_factory.getbasetemp() / "none", lambda: NOON)
    assert await blobs.get(name) is None
