from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from router.gateway.blobs import FolderBlobs
from router.gateway.sized_blobs import SMALL, SizedBlobs
from router.gateway.small_blobs import SmallBlobs


async def test_small_bodies_are_rows_and_large_ones_files_and_both_are_found(tmp_path: Path) -> None:
    large = FolderBlobs(tmp_path / "blobs")
    before = await large.put(b"small, from an earlier version")
    now = datetime.now(UTC)
    blobs = SizedBlobs(SmallBlobs(tmp_path / "small", lambda: now), large)
    sizes = {await blobs.put(bytes(size)): size for size in (0, 1, SMALL, SMALL + 1)}
    for digest, size in sizes.items():
        assert await blobs.get(digest) == bytes(size)
        assert (await large.get(digest) is None) == (size <= SMALL)
    assert await blobs.get(before) == b"small, from an earlier version"
    assert blobs.sweep(now + timedelta(days=2)) == 2
    await blobs.close()
