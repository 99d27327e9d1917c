"""The string between a supervisor and its child: one socket, three words, and its end.

    supervisor -> child   go              what you need is there, begin
    child -> supervisor   ready           I serve
    child -> supervisor   failed REASON   I end, and this is the sentence for a user
    end of either         the other is gone; a child without its supervisor stops

A child is started early, so that it has imported everything by the time its "go" comes.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

GO = b"go\n"
READY = b"ready\n"
FAILED = b"failed "


class Held:
    """The supervisor's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def pair(cls) -> tuple[Held, socket.socket]:
        """This end, and the socket that the child inherits; close that one here once the child has been started."""
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=ours)
        return cls(reader, writer), theirs

    def go(self) -> None:
        self._writer.write(GO)

    async def words(self) -> AsyncIterator[str | None]:
        """None when the child says that it serves, a sentence when it says why it ends. Ends with the child."""
        try:
            while line := await self._reader.readline():
                if line == READY:
                    yield None
                elif line.startswith(FAILED):
                    yield line.removeprefix(FAILED).decode("utf-8", "replace").strip()
        except OSError:
            return

    async def cut(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


class Followed:
    """The child's end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def of(cls, descriptor: int) -> Followed:
        reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=descriptor))
        return cls(reader, writer)

    async def go(self) -> bool:
        """True once the supervisor says so, False if it is gone."""
        return await self._reader.readline() == GO

    def ready(self) -> None:
        self._writer.write(READY)

    async def failed(self, reason: str) -> None:
        with suppress(OSError):
            self._writer.write(FAILED + " ".join(reason.split()).encode() + b"\n")
            await self._writer.drain()

    async def gone(self) -> None:
        """Returns when the supervisor is gone."""
        with suppress(OSError):
            while await self._reader.read(100):
                pass

    async def cut(self) -> None:
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()
