from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from pathlib import Path

import pytest

from router.gateway import spool as spooling
from router.gateway.blobs import FolderBlobs, StoreFull, storing
from router.gateway.spool import Spool


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_is_spooled_is_stored_without_being_written_again(tmp_path: Path) -> None:
    spool, blobs = Spool(tmp_path / "incoming"), FolderBlobs(tmp_path)
    async with spool.new() as spooled:
        for part in (b"one ", b"x" * spooling.PIECE, b" three"):
            await spooled.write(part)
        await spooled.finish()
        whole = b"one " + b"x" * spooling.PIECE + b" three"
        assert (spooled.size, spooled.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
        inode = spooled.path.stat().st_ino
        await blobs.adopt(spooled.path, spooled.sha256)
        stored = tmp_path / spooled.sha256[:2] / spooled.sha256
        assert stored.stat().st_ino == inode
    assert await blobs.get(spooled.sha256) == whole
    assert files(tmp_path) == [stored]
    await spool.stop()
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_the_same_bytes_again_are_the_same_blob(tmp_path: Path) -> None:
    spool, blobs = Spool(tmp_path / "incoming"), FolderBlobs(tmp_path)
    for _ in range(2):
        async with spool.new() as spooled:
            await spooled.write(b"raw")
            await spooled.finish()
            await blobs.adopt(spooled.path, spooled.sha256)
    assert len(files(tmp_path)) == 1
    await spool.stop()


async def test_what_is_not_kept_leaves_nothing_nor_do_files_made_of_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    async with spool.new() as spooled:
        await spooled.write(b"raw")
        spooled.path.with_name(f"{spooled.path.name}.0").write_bytes(b"attachment")
    assert files(tmp_path) == []
    await spool.stop()


async def test_who_is_cancelled_while_a_part_is_written_leaves_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path)

    async def taking() -> None:
        async with spool.new() as spooled:
            while True:
                await spooled.write(b"x" * spooling.PIECE)

    task = asyncio.create_task(taking())
    while not files(tmp_path):  # noqa: ASYNC110 - the disk tells nobody
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await spool.stop()
    assert files(tmp_path) == []


async def test_a_disk_that_is_full_is_told_and_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path)

    def full(self: object, parts: list[bytes]) -> None:
        with storing():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(spooling.Spooled, "_write", full)
    with pytest.raises(StoreFull):
        async with spool.new() as spooled:
            await spooled.write(b"x" * spooling.PIECE)
    assert files(tmp_path) == []
    await spool.stop()


async def test_what_a_killed_gateway_left_goes_and_what_a_living_one_takes_stays(tmp_path: Path) -> None:
    left = tmp_path / "left"
    left.mkdir()
    (left / "body").write_bytes(b"half a mail")
    other = Spool(tmp_path)
    async with other.new() as spooled:
        Spool(tmp_path).start()
        assert not left.exists()
        assert spooled.path.exists()
    await other.stop()
