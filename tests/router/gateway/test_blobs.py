from __future__ import annotations

import errno
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.gateway.blobs import FolderBlobs, StoreFailed, StoreFull
from router.gateway.sweeping import KEEP
from router.runtime import topics


async def test_what_is_put_can_be_got_by_its_hash_and_lies_where_the_hash_says(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    digest = await blobs.put(b"raw")
    assert digest == hashlib.sha256(b"raw").hexdigest()
    assert (tmp_path / "blobs" / digest[:2] / digest).read_bytes() == b"raw"
    assert await blobs.get(digest) == b"raw"
    assert await blobs.get("0" * 64) is None


async def test_the_same_bytes_are_written_once(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    digest = await blobs.put(b"raw")
    before = (tmp_path / digest[:2] / digest).stat()
    await blobs.put(b"raw")
    after = (tmp_path / digest[:2] / digest).stat()
    assert before.st_ino == after.st_ino


async def test_what_was_last_put_long_ago_is_removed_and_what_came_again_stays(tmp_path: Path) -> None:
    blobs, now = FolderBlobs(tmp_path), datetime.now(UTC)
    old, again = await blobs.put(b"old"), await blobs.put(b"again")
    long_ago = (now - timedelta(days=401)).timestamp()
    for digest in (old, again):
        os.utime(tmp_path / digest[:2] / digest, (long_ago, long_ago))
    await blobs.put(b"again")
    assert blobs.sweep(now - KEEP) == 1
    assert await blobs.get(old) is None
    assert await blobs.get(again) == b"again"


def test_bodies_are_kept_as_long_as_the_records_that_name_them() -> None:
    assert topics.load()["pool"].retention_days == KEEP.days


FAILURES = [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, StoreFailed)]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("number", "raised"), FAILURES)
async def test_a_disk_that_fails_leaves_no_half_written_blob(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, raised: type[StoreFailed]
) -> None:
    def fails(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fails)
    blobs = FolderBlobs(tmp_path)
    with pytest.raises(raised) as problem:
        await blobs.put(b"raw")
    assert type(problem.value) is raised
    assert files(tmp_path) == []


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=70))
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    assert FolderBlobs(Path("/nowhere"))._get(name) is None
