"""`router tail`: follows a queue or any topic, a line a record."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from router.cli import looks, rows
from router.cli.pipes import quiet_end
from router.cli.reading import QUEUE, topic_named, topic_reader
from router.cli.where import kafka_servers
from router.stages.contract import Record


def tail(
    name: Annotated[str, typer.Argument(metavar="QUEUE|TOPIC", help="A skill (emergency-vet), or a topic's name.")],
    data: Annotated[Path | None, typer.Option(help="The data folder of the running `router up`.")] = None,
    json_lines: Annotated[
        bool, typer.Option("--json", help="One JSON object a record: topic, partition, offset, key, headers, value.")
    ] = False,
    from_start: Annotated[bool, typer.Option("--from-start", help="From the first record, not from now.")] = False,
    until_end: Annotated[bool, typer.Option("--until-end", help="Stop at what is there now.")] = False,
) -> None:
    """Follow a queue, or any topic, as it grows."""
    show = _json_line if json_lines else _row(Console(highlight=False, soft_wrap=False))
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

    def show(record: Record) -> None:
        row = (rows.queue_row if record.topic.startswith(QUEUE) else rows.other_row)(record, wide=wide)
        console.print(row, no_wrap=True, overflow="ellipsis" if console.is_terminal else "ignore", crop=False)

    return show


def _json_line(record: Record) -> None:
    sys.stdout.write(rows.as_json(record) + "\n")
    sys.stdout.flush()
