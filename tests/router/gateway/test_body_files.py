from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from pathlib import Path

import pytest

from router.gateway import body_files
from router.gateway.blobs import FolderBlobs, StoreFull, storing
from router.gateway.body_files import BodyFiles


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_is_spooled_is_stored_without_being_written_again(tmp_path: Path) -> None:
    files, blobs = BodyFiles(tmp_path / "incoming"), FolderBlobs(tmp_path)
    async with files.new() as body:
        for part in (b"one ", b"x" * body_files.PIECE, b" three"):
            await body.write(part)
        await body.finish()
        whole = b"one " + b"x" * body_files.PIECE + b" three"
        assert (body.size, body.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
        inode = body.path.stat().st_ino
        await blobs.adopt(body.path, body.sha256)
        stored = tmp_path / body.sha256[:2] / body.sha256
        assert stored.stat().st_ino == inode
    assert await blobs.get(body.sha256) == whole
    assert left(tmp_path) == [stored]
    await files.stop()
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_the_same_bytes_again_are_the_same_blob(tmp_path: Path) -> None:
    files, blobs = BodyFiles(tmp_path / "incoming"), FolderBlobs(tmp_path)
    for _ in range(2):
        async with files.new() as body:
            await body.write(b"raw")
            await body.finish()
            await blobs.adopt(body.path, body.sha256)
    assert len(left(tmp_path)) == 1
    await files.stop()


async def test_what_is_not_kept_leaves_nothing_nor_do_files_made_of_it(tmp_path: Path) -> None:
    files = BodyFiles(tmp_path)
    async with files.new() as body:
        await body.write(b"raw")
        body.path.with_name(f"{body.path.name}.0").write_bytes(b"attachment")
    assert left(tmp_path) == []
    await files.stop()


async def test_who_is_cancelled_while_a_part_is_written_leaves_nothing(tmp_path: Path) -> None:
    files = BodyFiles(tmp_path)

    async def taking() -> None:
        async with files.new() as body:
            while True:
                await body.write(b"x" * body_files.PIECE)

    task = asyncio.create_task(taking())
    while not left(tmp_path):  # noqa: ASYNC110 - the disk tells nobody
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await files.stop()
    assert left(tmp_path) == []


async def test_a_disk_that_is_full_is_told_and_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = BodyFiles(tmp_path)

    def full(self: object, parts: list[bytes]) -> None:
        with storing():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(body_files.BodyFile, "_write", full)
    with pytest.raises(StoreFull):
        async with files.new() as body:
            await body.write(b"x" * body_files.PIECE)
    assert left(tmp_path) == []
    await files.stop()


async def test_what_a_killed_gateway_left_goes_and_what_a_living_one_takes_stays(tmp_path: Path) -> None:
    left = tmp_path / "left"
    left.mkdir()
    (left / "body").write_bytes(b"half a mail")
    other = BodyFiles(tmp_path)
    async with other.new() as body:
        BodyFiles(tmp_path).start()
        assert not left.exists()
        assert body.path.exists()
    await other.stop()
