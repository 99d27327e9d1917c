"""Keeps a board up to date from the queue topics: first what is there from before, then what comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import ValidationError

from router.cli.reading import QUEUE, skill_of, topic_reader
from router.model.cloudevents import version
from router.model.events import QueueEvent
from router.play.board import Board, Placed
from router.stages.contract import Record


async def watch(
    servers: str, board: Board, started: asyncio.Event, placed: Callable[[Placed], None] = lambda _: None
) -> None:
    """Until cancelled. started: set once everything from before has been read; `placed` is called from then on."""
    async with topic_reader(servers) as reader:
        await reader.take([name for name in await reader.topics() if name.startswith(QUEUE)], from_start=True)
        ends = await reader.ends()
        while not await reader.reached(ends):
            for record in await reader.fetch():
                feed(board, record)
        board.starts()
        started.set()
        while True:
            for record in await reader.fetch():
                for one in feed(board, record):
                    placed(one)


def feed(board: Board, record: Record) -> tuple[Placed, ...]:
    """Shows one record to the board. What can't be read changes nothing."""
    skill = skill_of(record.topic)
    if skill is None or record.key is None:
        return ()
    try:
        event = None if record.value is None else QueueEvent.model_validate_json(record.value)
    except ValidationError:
        return ()
    key = record.key.decode("utf-8", "replace")
    return board.saw(skill, key, event, version(record.headers), at=record.timestamp, now=datetime.now(UTC))
