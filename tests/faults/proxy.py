"""A link to the broker that can be cut, slowed, held, or made to swallow answers; a TCP proxy of our own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import Enum


class Mode(Enum):
    THROUGH = "everything passes"
    CUT = "connections break, and no new one is taken"
    HELD = "connections stay, nothing passes: a network that drops packets"
    SLOW = "each piece is late by `delay_s`"
    SWALLOWING = "requests pass, answers don't"


@dataclass(eq=False)
class Proxy:
    """port: where clients connect; the broker must advertise it. target: the broker's own port."""

    port: int
    target: int
    mode: Mode = Mode.THROUGH
    delay_s: float = 0.1
    carried: int = 0
    swallowed: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _spoilt: set[asyncio.StreamWriter] = field(default_factory=set)
    _passing: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        self._passing.set()
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)

    def turn(self, mode: Mode) -> None:
        """Connections that lost bytes break: what came after would be read as something else."""
        self.mode = mode
        if mode is Mode.HELD:
            self._passing.clear()
        else:
            self._passing.set()
        broken = set(self._writers) if mode is Mode.CUT else set(self._spoilt)
        if mode is not Mode.SWALLOWING:
            for writer in broken:
                writer.transport.abort()
            self._spoilt.clear()

    async def stop(self) -> None:
        self._passing.set()
        writers = set(self._writers)
        for writer in writers:
            writer.transport.abort()
        if self._server is not None:
            self._server.close()
        for task in set(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, *(one.wait_closed() for one in writers), return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        try:
            if self.mode is Mode.CUT:
                writer.transport.abort()
                return
            await self._passing.wait()
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
            self._writers |= {writer, back}
            try:
                await asyncio.gather(self._pipe(reader, back, None), self._pipe(there, writer, writer))
            finally:
                self._writers -= {writer, back}
                writer.close()
                back.close()
        except OSError:
            writer.close()
        finally:
            if task is not None:
                self._tasks.discard(task)

    async def _pipe(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers_to: asyncio.StreamWriter | None
    ) -> None:
        try:
            while data := await reader.read(65536):
                await self._passing.wait()
                if self.mode is Mode.SLOW:
                    await asyncio.sleep(self.delay_s)
                if answers_to is not None and self.mode is Mode.SWALLOWING:
                    self.swallowed += len(data)
                    self._spoilt.add(answers_to)
                    continue
                self.carried += len(data)
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()
