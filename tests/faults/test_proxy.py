from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from router.runtime.tcp_ports import choose
from tests.faults.proxy import Mode, Proxy
from tests.until import PATIENCE_S


@asynccontextmanager
async def echoing() -> AsyncIterator[Proxy]:
    ended = asyncio.Semaphore(0)

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(100):
                writer.write(data)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        ended.release()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = Proxy(choose("127.0.0.1"), server.sockets[0].getsockname()[1])
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
        async with asyncio.timeout(PATIENCE_S):
            await ended.acquire()  # each test opens one connection
        server.close()


async def said(proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    writer.write(b"hello")
    async with asyncio.timeout(PATIENCE_S):
        return await reader.read(100)


async def broken(reader: asyncio.StreamReader) -> bool:
    """An end in order, or a reset: a client takes both for a lost connection."""
    async with asyncio.timeout(PATIENCE_S):
        try:
            return await reader.read(1) == b""
        except ConnectionResetError:
            return True


async def test_it_passes_everything_on_and_back() -> None:
    async with echoing() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await said(proxy, reader, writer) == b"hello"
        writer.close()


async def test_a_cut_breaks_what_is_open_and_takes_nothing_new() -> None:
    async with echoing() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await said(proxy, reader, writer) == b"hello"
        proxy.turn(Mode.CUT)
        assert await broken(reader)
        writer.close()


async def test_what_lost_an_answer_breaks_once_answers_pass_again() -> None:
    async with echoing() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await said(proxy, reader, writer) == b"hello"
        proxy.turn(Mode.SWALLOWING)
        writer.write(b"lost")
        async with asyncio.timeout(PATIENCE_S):
            while not proxy.swallowed:  # noqa: ASYNC110 - the proxy notifies nobody
                await asyncio.sleep(0.01)
        proxy.turn(Mode.THROUGH)
        assert await broken(reader)
        writer.close()
