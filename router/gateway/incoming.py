"""A body while it comes in, over HTTP or SMTP: in memory while it is small, in a file once it is large."""

from __future__ import annotations

from router.gateway.body_files import BodyFile, BodyFiles
from router.gateway.places import LARGE, Place


class Incoming:
    def __init__(self, place: Place, files: BodyFiles) -> None:
        self._place = place
        self._files = files
        self._parts: list[bytes] = []
        self._file: BodyFile | None = None
        self.size = 0

    async def add(self, part: bytes) -> None:
        """Raises Full, StoreFull, StoreFailed."""
        self.size += len(part)
        self._place.reach(self.size)
        if self._file is None and self.size > LARGE:
            self._file = self._files.new()
            parts, self._parts = self._parts, []
            for one in parts:
                await self._file.write(one)
        if self._file is None:
            self._parts.append(part)
        else:
            await self._file.write(part)

    async def done(self) -> bytes | BodyFile:
        """The whole; a file is the caller's to close. Raises StoreFull, StoreFailed."""
        if self._file is None:
            return b"".join(self._parts)
        return await self._file.finish()

    async def drop(self) -> None:
        """It isn't wanted any more, and takes no room."""
        self._parts = []
        self._place.clear()
        if self._file is not None:
            await self._file.close()
