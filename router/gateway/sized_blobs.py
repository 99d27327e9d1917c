"""Small bodies in a database of the day, large ones a file each: the cheaper way of making each durable."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from router.gateway.blobs import FolderBlobs
from router.gateway.small_blobs import SmallBlobs

SMALL = 64 * 1024
"""Bytes; up to here a row is cheaper than a file."""


class SizedBlobs:
    def __init__(self, small: SmallBlobs, large: FolderBlobs) -> None:
        self._small = small
        self._large = large

    async def put(self, content: bytes) -> str:
        return await (self._small if len(content) <= SMALL else self._large).put(content)

    async def adopt(self, path: Path, sha256: str) -> None:
        await self._large.adopt(path, sha256)

    async def get(self, sha256: str) -> bytes | None:
        """Looks in both: a folder may hold small ones from before."""
        found = await self._small.get(sha256)
        return await self._large.get(sha256) if found is None else found

    def sweep(self, before: datetime) -> int:
        return self._small.sweep(before) + self._large.sweep(before)

    async def close(self) -> None:
        await self._small.close()
