"""What `router tail` does: hands each record to a line on the terminal."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from router.cli import looks, rows
from router.cli.pipes import PipedConsole, quiet_end
from router.cli.reading import QUEUE, topic_named, topic_reader
from router.cli.where import kafka_servers
from router.stages.contract import Record


def tail(name: str, data: Path | None, *, json_lines: bool, from_start: bool, until_end: bool) -> None:
    """Raises NotRunning, NoBroker, UnknownTopic."""
    show = _json_line if json_lines else _row(PipedConsole(highlight=False))
    with quiet_end():
        asyncio.run(follow(kafka_servers(data), name, show, from_start=from_start, until_end=until_end))


async def follow(servers: str, name: str, show: Callable[[Record], None], *, from_start: bool, until_end: bool) -> None:
    """Hands each record to `show`. Raises UnknownTopic and NoBroker."""
    async with topic_reader(servers) as reader:
        topic = topic_named(name, await reader.topics())
        await reader.take([topic], from_start=from_start)
        until = await reader.ends() if until_end else None
        async for record in reader.records(until):
            show(record)


def _row(console: Console) -> Callable[[Record], None]:
    wide = not console.is_terminal or console.width >= looks.WIDE
    day = ""

    def show(record: Record) -> None:
        nonlocal day
        if day != (day := looks.day(record.timestamp)):
            console.print(day, style="dim")
        row = (rows.queue_row if record.topic.startswith(QUEUE) else rows.other_row)(record, wide=wide)
        console.print(row, no_wrap=True, overflow="ellipsis" if console.is_terminal else "ignore", crop=False)

    return show


def _json_line(record: Record) -> None:
    sys.stdout.write(rows.as_json(record) + "\n")
    sys.stdout.flush()
