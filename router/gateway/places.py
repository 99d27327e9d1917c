"""How many deliveries, and how many bytes of them, the edge holds at once. Beyond that it refuses at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from channels.errors import Problem


class Full(Problem):
    """Too much is under way; the same may be tried again."""


class Place:
    """One delivery's place. It grows while the body comes in."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.size = 0

    def grow(self, size: int) -> None:
        """Raises Full where all deliveries together would be too large."""
        if self._places.size + size > self._places.most_bytes:
            raise Full
        self._places.size += size
        self.size += size


class Places:
    def __init__(self, most: int = 512, most_bytes: int = 256 * 1024 * 1024) -> None:
        self._most = most
        self.most_bytes = most_bytes
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
            self.size -= place.size
            self.taken -= 1
            if not self.taken:
                self._empty.set()

    async def idle(self) -> None:
        """Returns once nothing is under way."""
        await self._empty.wait()
