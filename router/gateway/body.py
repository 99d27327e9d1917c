"""A request's body, read with a limit: first by what it says of itself, then by what comes."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from channels.errors import Problem
from router.gateway.places import Place

READ_S = 30.0


class BodyTooLarge(Problem):
    """The body is larger than the channel takes."""


class BodyCutOff(Problem):
    """The body stopped before its end."""


async def read(request: Request, limit: int, place: Place | None = None) -> bytes:
    """Raises BodyTooLarge, BodyCutOff, Full. limit in bytes."""
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and (len(said) > 15 or int(said) > limit):
        raise BodyTooLarge(f"at most {limit} bytes")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_S):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise BodyTooLarge(f"at most {limit} bytes")
                if place is not None:
                    place.grow(len(part))
                parts.append(part)
    except (TimeoutError, ClientDisconnect):
        raise BodyCutOff(f"the whole body within {READ_S:g} s") from None
    return b"".join(parts)
