"""A gateway behind its real HTTP server, for what only shows on a wire."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from router.gateway.serve import _http
from tests.router.gateway.parts import Running


@dataclass
class Listening:
    up: Running
    port: int

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=20)

    async def connect(self, *lines: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which the head of a request was sent."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write("\r\n".join([*lines, "Host: gateway", "", ""]).encode())
        await writer.drain()
        return reader, writer


@asynccontextmanager
async def listening(up: Running) -> AsyncIterator[Listening]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen()
        try:
            async with _http(up.parts.app, bound):
                yield Listening(up, bound.getsockname()[1])
        finally:
            await up.gateway.workshop.stop()


def spooled(up: Running) -> list[Path]:
    """Files of bodies that are being taken."""
    folder = up.gateway.settings.data_dir / "blobs" / "incoming"
    return [path for path in folder.rglob("*") if path.is_file()]
