"""Runs one part's process: gateway or worker, alone or on the string of a supervisor."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog

from router import logging
from router.cli.explained import explained
from router.runtime.supervision.string import Followed

ORPHANED_S = 2.0
REFUSED = 2


@dataclass(frozen=True)
class Ready:
    """A part that has imported and read what it needs. body(ready, stop) serves until `stop`.

    announcement: what it prints once it serves, where nobody keeps it running. failed: its exit status where a
    Problem ends it; statuses: where a Problem of a certain kind does.
    """

    body: Callable[[Callable[[], None], asyncio.Event], Awaitable[None]]
    announcement: Mapping[str, object]
    failed: int = REFUSED
    statuses: Mapping[type[Exception], int] = field(default_factory=dict)


def run(prepare: Callable[[], Ready], parent_fd: int | None) -> None:
    """Prepares and serves until a signal; exits with its status.

    On a supervisor's string it waits, prepared, for the word to go, says there that it is ready, or why it fails,
    and stops when the supervisor is gone.
    """
    import uvloop  # noqa: PLC0415 - only the parts' own processes need it

    status = uvloop.run(_run(prepare, parent_fd))
    if status:
        sys.exit(status)


async def _run(prepare: Callable[[], Ready], parent_fd: int | None) -> int:
    logging.configure()  # as the settings say once they are read
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    followed = None if parent_fd is None else await Followed.of(parent_fd)
    part: Ready | None = None
    watching: asyncio.Task[None] | None = None
    try:
        part = prepare()
        if followed is None:
            await part.body(lambda: _announce(part.announcement), stop)
        elif await _told_to_go(followed, stop):
            watching = asyncio.create_task(_watch(followed, stop))
            await part.body(followed.ready, stop)
    except Exception as error:
        sentence, status = explained(error)
        if status != REFUSED:
            structlog.get_logger().error("part.failed", exc_info=error)
            return 1
        await _say(sentence, followed)
        return REFUSED if part is None else part.statuses.get(type(error), part.failed)
    finally:
        if watching is not None:
            watching.cancel()
    return 0


async def _say(sentence: str, followed: Followed | None) -> None:
    if followed is None:
        sys.stderr.write(f"router: {sentence}\n")
    else:
        await followed.failed(sentence)


def _announce(line: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def _told_to_go(followed: Followed, stop: asyncio.Event) -> bool:
    going, stopping = asyncio.create_task(followed.go()), asyncio.create_task(stop.wait())
    await asyncio.wait((going, stopping), return_when=asyncio.FIRST_COMPLETED)
    for task in (going, stopping):
        task.cancel()
    return going.done() and not going.cancelled() and going.result()


async def _watch(followed: Followed, stop: asyncio.Event) -> None:
    await followed.gone()
    stop.set()
    await asyncio.sleep(ORPHANED_S)
    structlog.get_logger().error("part.orphaned")
    signal.raise_signal(signal.SIGKILL)
