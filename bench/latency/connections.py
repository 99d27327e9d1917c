"""Keep-alive connections to the gateway, as a provider holds them; a request a connection at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast

from bench.latency.answers import Answers

BROKEN = 0
"""In place of a status: the connection ended before the answer."""

MOST = 400

Answered = Callable[[int], None]


class Connection(asyncio.Protocol):
    def __init__(self, pool: Connections) -> None:
        self._pool = pool
        self._answers = Answers()
        self._answered: Answered | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def send(self, wire: bytes, answered: Answered) -> None:
        if self.transport is None:
            raise ValueError("not connected")
        self._answered = answered
        self.transport.write(wire)

    def data_received(self, data: bytes) -> None:
        for status in self._answers.feed(data):
            self._tell(status)
            self._pool.free(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._pool.lost(self)
        self._tell(BROKEN)

    def _tell(self, status: int) -> None:
        answered, self._answered = self._answered, None
        if answered is not None:
            answered(status)


class Connections:
    """Opens connections as they are needed, up to MOST; what comes beyond waits in order."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._free: list[Connection] = []
        self._waiting: deque[tuple[bytes, Answered]] = deque()
        self._open: set[Connection] = set()
        self._opening: set[asyncio.Task[None]] = set()

    async def open(self, count: int) -> None:
        """Raises OSError where nobody listens."""
        await asyncio.gather(*(self._connect() for _ in range(count)))

    def send(self, wire: bytes, answered: Answered) -> None:
        """answered: called with the status, BROKEN where none comes."""
        if self._free:
            self._free.pop().send(wire, answered)
            return
        self._waiting.append((wire, answered))
        self._more()

    def free(self, connection: Connection) -> None:
        if self._waiting:
            connection.send(*self._waiting.popleft())
        else:
            self._free.append(connection)

    def lost(self, connection: Connection) -> None:
        self._open.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
        if self._waiting:
            self._more()

    def close(self) -> None:
        for task in self._opening:
            task.cancel()
        for connection in self._open:
            if connection.transport is not None:
                connection.transport.close()

    def _more(self) -> None:
        if len(self._open) + len(self._opening) < MOST:
            task = asyncio.get_running_loop().create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._opened)

    def _opened(self, task: asyncio.Task[None]) -> None:
        self._opening.discard(task)
        if not task.cancelled() and task.exception() is not None:
            while self._waiting and not self._open:
                self._waiting.popleft()[1](BROKEN)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(self), *self._address)
        self._open.add(connection)
        self.free(connection)
