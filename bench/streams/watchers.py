"""The clients' process: opens the streams and notes when each event comes. `python -m bench.streams.watchers SPEC`.

Raw sockets, so that what is measured is the gateway. Prints {"open": …} once every stream is live; at a line on stdin
it prints what it saw, at its end it ends. JSON lines.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from array import array
from dataclasses import asdict, dataclass

import uvloop

from bench.latency.spread import Spread
from bench.streams.events import Receipts

OPEN_S = 60
AT_ONCE = 50


@dataclass(frozen=True)
class Spec:
    """paths: one for each stream."""

    host: str
    port: int
    token: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """received: events since the last time it was asked, over all streams. lost: streams that have ended.

    took: ms."""

    received: int
    lost: int
    took: Spread
    cpu_s: float


class Stream(asyncio.Protocol):
    def __init__(self, request: bytes, took: array[int]) -> None:
        self.live = asyncio.get_running_loop().create_future()
        self.ended = False
        self._request = request
        self._took = took
        self._receipts = Receipts()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter_ns()
        if self.live.done():
            self._took.extend([now - sent for sent in self._receipts.take(data)])
        elif b"event: live" in data:
            self.live.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        if not self.live.done():
            self.live.set_exception(ConnectionError("the stream ended before it was live"))


async def watch(spec: Spec) -> None:
    took: array[int] = array("q")
    streams: list[Stream] = []
    async with asyncio.timeout(OPEN_S):
        for path in spec.paths:
            request = (
                f"GET {path} HTTP/1.1\r\nHost: {spec.host}\r\nAuthorization: Bearer {spec.token}\r\n"
                "Accept: text/event-stream\r\n\r\n"
            ).encode()
            made = Stream(request, took)
            streams.append(made)
            await _connected(made, spec)
            if len(streams) % AT_ONCE == 0:
                await asyncio.gather(*(stream.live for stream in streams))
        await asyncio.gather(*(stream.live for stream in streams))
    _say({"open": len(streams)})
    cpu = time.process_time()
    while await asyncio.to_thread(sys.stdin.readline):
        spread = Spread.of(each / 1e6 for each in took)
        lost = sum(stream.ended for stream in streams)
        _say(asdict(Seen(len(took), lost, spread, time.process_time() - cpu)))
        del took[:]
        cpu = time.process_time()


async def _connected(stream: Stream, spec: Spec) -> None:
    await asyncio.get_running_loop().create_connection(lambda: stream, spec.host, spec.port)


def _say(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    fields = json.loads(sys.argv[1])
    uvloop.run(watch(Spec(**fields)))


if __name__ == "__main__":
    main()
