"""A request's body, read with a limit: first by what it says of itself, then by what comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request

from channels.errors import Problem
from router.gateway.body_files import BodyFile, BodyFiles
from router.gateway.incoming import Incoming
from router.gateway.limits import Limits
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
    started = asyncio.get_running_loop().time()
    return b"".join([part async for part in _parts(request, limit, started)])


async def take(request: Request, limit: int, place: Place, files: BodyFiles, silence: Limits) -> bytes | BodyFile:
    """The body, in a file where it is large: the caller closes it.

    Its place is taken before any of it is read where it tells its size, else as it comes. silence: bounds the wait for
    the first part, which is all of most bodies. Raises BodyTooLarge, BodyCutOff, Full, StoreFull, StoreFailed.
    """
    place.reach(_length(request, limit))
    started = asyncio.get_running_loop().time()
    waiting = silence.begin()
    try:
        async with waiting:
            part, more = await _part(request)
    except TimeoutError:
        raise BodyCutOff(WHOLE) from None
    finally:
        silence.over(waiting)
    if len(part) > limit:
        raise BodyTooLarge(f"at most {limit} bytes")
    incoming = Incoming(place, files)
    try:
        await incoming.add(part)
        if more:
            async for each in _parts(request, limit, started, incoming.size):
                await incoming.add(each)
        return await incoming.done()
    except BaseException:
        await incoming.drop()
        raise


def _length(request: Request, limit: int) -> int:
    """What the body says of its size; 0 where it says nothing. Raises BodyTooLarge."""
    said = next((value for name, value in request.scope["headers"] if name == b"content-length"), b"")
    if not said.isdigit():  # of bytes: ASCII's only
        return 0
    if len(said) > LONGEST_LENGTH or int(said) > limit:
        raise BodyTooLarge(f"at most {limit} bytes")
    return int(said)


async def _parts(request: Request, limit: int, started: float, size: int = 0) -> AsyncIterator[bytes]:
    """What is still to come behind the first `size` bytes. started: when the body's reading began."""
    clock = asyncio.get_running_loop().time
    pace, more = Pace(started), True
    while more:
        try:
            # Each wait is bounded by itself: while a part is written to the disk, the sender isn't to blame.
            async with asyncio.timeout_at(pace.deadline(clock(), size)):
                part, more = await _part(request)
        except TimeoutError:
            raise BodyCutOff(WHOLE) from None
        size += len(part)
        if size > limit:
            raise BodyTooLarge(f"at most {limit} bytes")
        yield part


async def _part(request: Request) -> tuple[bytes, bool]:
    """The next part, and whether more comes."""
    message = await request.receive()
    if message["type"] == "http.disconnect":
        raise BodyCutOff(WHOLE)
    return message.get("body", b""), message.get("more_body", False)
