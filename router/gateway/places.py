"""How many deliveries, and how many bytes of them, the edge holds at once. Beyond that it refuses at once.

Large bodies leave a share of the bytes to small ones: mails that fill the rest keep no text message out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from channels.errors import Problem

MIB = 1024 * 1024

LARGE = MIB
"""Bytes; a body above it is large: it lies in a file, and is parsed by another process."""

MOST_BYTES = 200 * MIB
FOR_SMALL = 16 * MIB
"""Bytes that only small bodies may take, of a cap that is large enough for it."""


class Full(Problem):
    """Too much is under way; the same may be tried again."""


class Place:
    """One delivery's place. It grows while the body comes in, or at once where its size is known."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.size = 0

    def grow(self, size: int) -> None:
        """Raises Full where all deliveries together would be too large."""
        places = self._places
        most = places.most_bytes if self.size + size <= LARGE else places.most_large_bytes
        if places.size + size > most:
            raise Full
        places.size += size
        self.size += size

    def reach(self, size: int) -> None:
        """Grows to `size`, where it isn't as large yet. Raises Full."""
        if size > self.size:
            self.grow(size - self.size)

    def clear(self) -> None:
        """Gives its bytes back before its end."""
        self._places.size -= self.size
        self.size = 0


class Places:
    """most: deliveries. most_bytes: of all of them."""

    def __init__(self, most: int = 512, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self.most_bytes = most_bytes
        self.most_large_bytes = most_bytes - min(FOR_SMALL, most_bytes // 4)
        self.size = 0
        self.taken = 0
        self._empty = asyncio.Event()
        self._empty.set()

    @contextmanager
    def take(self) -> Iterator[Place]:
        """Raises Full."""
        if self.taken >= self._most:
            raise Full
        self.taken += 1
        self._empty.clear()
        place = Place(self)
        try:
            yield place
        finally:
            place.clear()
            self.taken -= 1
            if not self.taken:
                self._empty.set()

    async def idle(self) -> None:
        """Returns once nothing is under way."""
        await self._empty.wait()
