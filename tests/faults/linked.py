"""An embedded broker with a second listener that is reached through a proxy: one worker's link can be broken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from router.runtime.broker import Broker
from router.runtime.broker_settings import HOST
from router.runtime.tcp_ports import choose
from tests.faults.proxy import Proxy


class TwoWays(Broker):
    """behind: the second listener's port; front: what it is advertised as."""

    def __init__(self, data: Path, behind: int, front: int) -> None:
        super().__init__(data, port=0)
        self._behind, self._front = behind, front

    def _write_properties(self, name: str, data: str) -> None:
        super()._write_properties(name, data)
        path = self._folder / name
        lines = path.read_text().splitlines()
        for n, line in enumerate(lines):
            if line.startswith("listeners="):
                lines[n] += f",LINK://{HOST}:{self._behind}"
            elif line.startswith("advertised.listeners="):
                lines[n] += f",LINK://{HOST}:{self._front}"
        lines.append("listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LINK:PLAINTEXT")
        lines.append("inter.broker.listener.name=PLAINTEXT")
        path.write_text("\n".join(lines) + "\n")


@dataclass(frozen=True)
class Linked:
    """kafka: for who is beside it; by_link: bootstrap servers through the proxy."""

    kafka: str
    by_link: str
    proxy: Proxy


@asynccontextmanager
async def linked(folder: Path) -> AsyncIterator[Linked]:
    behind = choose(HOST)
    front = choose(HOST, taken=frozenset({behind}))
    proxy = Proxy(front, behind)
    broker = TwoWays(folder, behind, front)
    try:
        await proxy.start()
        await broker.start()
        yield Linked(broker.bootstrap, f"{HOST}:{front}", proxy)
        await broker.stop()
    finally:
        await broker.kill()
        await proxy.stop()
