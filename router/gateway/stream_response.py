"""Sends a stream as an HTTP response, until its client goes, it is cut off, or the gateway stops.

docs/decisions/0006-event-streams.md says why this isn't a library's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from router.gateway.stream import Stream

MEDIA_TYPE = "text/event-stream"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """left: called once it is over, however it ended."""

    media_type = MEDIA_TYPE

    def __init__(self, stream: Stream, left: Callable[[Stream], None]) -> None:
        self.status_code = 200
        self.background = None
        self._stream = stream
        self._left = left
        self.init_headers(HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send(send))
        gone = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            gone.cancel()
            self._left(self._stream)
            await asyncio.gather(sending, gone, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        stream, clock = self._stream, asyncio.get_running_loop().time
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for first in stream.first:
            if stream.cut_off:
                break
            stream.sending_since = clock()
            await send({"type": "http.response.body", "body": first, "more_body": True})
        stream.sending_since = None
        while (piece := await stream.piece()) is not None:
            stream.sending_since = clock()
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            stream.sending_since = None
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
