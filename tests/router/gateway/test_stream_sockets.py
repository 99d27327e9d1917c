"""Streams on real sockets, by the server as it is run: readers that don't read, and stopping."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from router.gateway.serve import _http
from scoring.model import Skill
from tests.router.gateway.parts import DESK, Running, told
from tests.router.gateway.test_queues import on_queues
from tests.router.stages.situations import S3, Table, came

SMALL = 4096
EVENTS = "/desk/queues/claims/events"


@pytest.fixture
def listening() -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
    made.bind(("127.0.0.1", 0))
    made.listen()
    return made


@asynccontextmanager
async def connected(to: socket.socket, last_id: str = "") -> AsyncIterator[asyncio.StreamReader]:
    """A client that asks for the stream, with little room for what it doesn't read."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    made.setblocking(False)
    await asyncio.get_running_loop().sock_connect(made, to.getsockname())
    reader, writer = await asyncio.open_connection(sock=made, limit=SMALL)
    wanted = f"GET {EVENTS} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {DESK}\r\nLast-Event-ID: {last_id}\r\n\r\n"
    writer.write(wanted.encode())
    try:
        yield reader
    finally:
        writer.transport.abort()


def storm(desk: Running) -> Iterator[None]:
    """One event each time: an incident that is told of under ever newer epochs, which costs no pool's work."""
    table = Table()
    table.take_all(came("c1", "ann", S3, Skill.CLAIMS), came("c2", "ann", S3, Skill.CLAIMS))
    first, second = on_queues(table)
    for number in itertools.count():
        desk.gateway.handle(told((first, second)[number % 2], epoch=number + 1, offset=number), live=True)
        yield


async def heard(reader: asyncio.StreamReader, until: bytes) -> bytes:
    async with asyncio.timeout(10):
        return await reader.readuntil(until)


async def test_a_reader_that_does_not_read_is_cut_off_and_its_connection_closed(
    desk: Running, listening: socket.socket
) -> None:
    async with _http(desk.parts.app, listening), connected(listening) as reader:
        await heard(reader, b"event: live\ndata: {}\n\n")
        events = storm(desk)
        async with asyncio.timeout(30):
            while not desk.metric("router_streams_cut_total", why="behind"):
                next(events)
                await asyncio.sleep(0)
        assert desk.metric("router_streams") == 0
        with suppress(ConnectionResetError):
            async with asyncio.timeout(10):
                while await reader.read(SMALL):
                    pass
        async with connected(listening, "0-0") as again:
            await heard(again, b"id: 0-1\n")


async def test_who_reads_nothing_for_a_while_is_cut_off_though_little_happens(
    desk: Running, listening: socket.socket
) -> None:
    streams = desk.gateway.streams
    async with _http(desk.parts.app, listening), connected(listening) as reader:
        await heard(reader, b"event: live\ndata: {}\n\n")
        (stream,) = streams._aborts
        events = storm(desk)
        async with asyncio.timeout(30):
            while stream.sending_since is None:
                next(events)
                await asyncio.sleep(0)
        stream.sending_since -= 6
        streams.watch()
        assert desk.metric("router_streams") == 0
        with suppress(ConnectionResetError):
            async with asyncio.timeout(10):
                while await reader.read(SMALL):
                    pass
        assert desk.metric("router_streams_cut_total", why="stuck") == 1


async def test_the_server_stops_though_one_reads_and_one_does_not(desk: Running, listening: socket.socket) -> None:
    streams = desk.gateway.streams
    async with (
        _http(desk.parts.app, listening) as serving,
        connected(listening) as reads,
        connected(listening) as sleeps,
    ):
        await heard(reads, b"event: live\ndata: {}\n\n")
        await heard(sleeps, b"event: live\ndata: {}\n\n")
        async with streams.running():
            next(storm(desk))
        assert b"event: incident.opened" in await heard(reads, b"\r\n0\r\n\r\n")
    assert serving.done()
