"""A request's body, read with a limit: first by what it says of itself, then by what comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request

from channels.errors import Problem
from router.gateway.body_files import BodyFile, BodyFiles
from router.gateway.incoming import Incoming
from router.gateway.pace import Pace
from router.gateway.places import Place

LONGEST_LENGTH = 15
WHOLE = "the whole body, without long pauses"


class BodyTooLarge(Problem):
    """The body is larger than the channel takes."""


class BodyCutOff(Problem):
    """The body stopped before its end, or came too slowly."""


async def read(request: Request, limit: int) -> bytes:
    """For bodies that are small by their limit, in bytes. Raises BodyTooLarge, BodyCutOff."""
    _length(request, limit)
    return b"".join([part async for part in _parts(request, limit)])


async def take(request: Request, limit: int, place: Place, files: BodyFiles) -> bytes | BodyFile:
    """The body, in a file where it is large: the caller closes it.

    Its place is taken before any of it is read where it tells its size, else as it comes. Raises BodyTooLarge,
    BodyCutOff, Full, StoreFull, StoreFailed.
    """
    place.reach(_length(request, limit))
    incoming = Incoming(place, files)
    try:
        async for part in _parts(request, limit):
            await incoming.add(part)
        return await incoming.done()
    except BaseException:
        await incoming.drop()
        raise


def _length(request: Request, limit: int) -> int:
    """What the body says of its size; 0 where it says nothing. Raises BodyTooLarge."""
    said = request.headers.get("content-length", "")
    if not (said.isascii() and said.isdigit()):
        return 0
    if len(said) > LONGEST_LENGTH or int(said) > limit:
        raise BodyTooLarge(f"at most {limit} bytes")
    return int(said)


async def _parts(request: Request, limit: int) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    pace, size, more = Pace(clock()), 0, True
    while more:
        try:
            # Each wait is bounded by itself: while a part is written to the disk, the sender isn't to blame.
            async with asyncio.timeout_at(pace.deadline(clock(), size)):
                message = await request.receive()
        except TimeoutError:
            raise BodyCutOff(WHOLE) from None
        if message["type"] == "http.disconnect":
            raise BodyCutOff(WHOLE)
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size > limit:
            raise BodyTooLarge(f"at most {limit} bytes")
        yield part
