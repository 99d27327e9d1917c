from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from router.gateway.blobs import FolderBlobs
from router.gateway.sweeping import Sweeper
from tests.router.runtime.counting import until


async def test_a_gateway_that_starts_removes_what_is_too_old(tmp_path: Path) -> None:
    blobs, now = FolderBlobs(tmp_path), datetime.now(UTC)
    old, new = await blobs.put(b"old"), await blobs.put(b"new")
    long_ago = (now - timedelta(days=500)).timestamp()
    os.utime(tmp_path / old[:2] / old, (long_ago, long_ago))
    sweeper = Sweeper(blobs, lambda: now)
    sweeper.start()
    await until(lambda: not (tmp_path / old[:2] / old).exists())
    await sweeper.stop()
    assert await blobs.get(new) == b"new"
