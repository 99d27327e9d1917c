"""A mail's bytes off an SMTP connection, from DATA to the dot, in pieces: a large one is never whole in memory."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from channels.errors import Problem
from router.gateway.body_files import BodyFile
from router.gateway.dots import Dots
from router.gateway.incoming import Incoming
from router.gateway.pace import Pace

BUFFERED = 64 * 1024
"""What a connection's reader holds at most is a little over twice this."""

ALL = 1024 * 1024
"""More than a reader holds: what is read is all that it has, and what came after the mail can be given back to it."""


class MailTooLarge(Problem):
    """The mail is larger than the listener takes."""


class MailCutOff(Problem):
    """The mail stopped before its end, or came too slowly."""


async def receive(reader: asyncio.StreamReader, limit: int, incoming: Incoming) -> bytes | BodyFile:
    """A file is the caller's to close. limit in bytes, as sent.

    A mail that can't be taken is read to its end all the same, since the client listens only then; but nothing of it
    is kept. Raises MailTooLarge, MailCutOff, Full, StoreFull, StoreFailed.
    """
    dots, size = Dots(), 0
    clock = asyncio.get_running_loop().time
    pace = Pace(clock())
    problem: Problem | None = None
    while not dots.ended:
        raw = b""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(pace.deadline(clock(), size)):
                raw = await reader.read(ALL)
        if not raw:
            raise MailCutOff
        size += len(raw)
        told = dots.feed(raw)
        if dots.rest:
            reader.feed_data(dots.rest)
        if problem is None:
            problem = await _added(told, incoming, too_large=size > limit)
    if problem is not None:
        raise problem
    return await incoming.done()


async def _added(told: bytes, incoming: Incoming, *, too_large: bool) -> Problem | None:
    """Why it can't be taken, None where it can."""
    try:
        if too_large:
            raise MailTooLarge
        await incoming.add(told)
    except Problem as problem:
        await incoming.drop()
        return problem
    return None
