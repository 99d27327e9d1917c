"""`router explain`: the story of a contact or an incident."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from channels.registry import CHANNELS
from router.cli.pipes import quiet_end
from router.cli.reading import topic_reader
from router.cli.searching import search
from router.cli.story_view import view
from router.cli.telling import Found, build
from router.cli.where import kafka_servers

_PATIENCE_S = 2


def explain(
    asked: Annotated[
        str, typer.Argument(metavar="ID", help="A contact, an incident, or the provider's own id of a message or call.")
    ],
    data: Annotated[Path | None, typer.Option(help="The data folder of the running `router up`.")] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show sender, text and the words that the rules spoke about.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell when it came, who it is, what it scored and why, where it went, who owns it."""
    found = asyncio.run(_search(kafka_servers(data), asked))
    if found is None:
        typer.echo(f"Nothing is known of {asked}: no queue names it, and it never came in.", err=True)
        raise typer.Exit(1)
    story = build(found, reveal=reveal)
    with quiet_end():
        if as_json:
            sys.stdout.write(story.model_dump_json(indent=2) + "\n")
        else:
            Console(highlight=False).print(view(story))


async def _search(servers: str, asked: str) -> Found | None:
    providers = dict.fromkeys((*(channel.provider for channel in CHANNELS), "smtp"))
    async with topic_reader(servers) as reader:
        task = asyncio.ensure_future(search(reader, asked, providers))
        done, _ = await asyncio.wait([task], timeout=_PATIENCE_S)
        if not done:
            with Console(stderr=True).status(f"Looking for {asked} on every topic …"):
                await asyncio.wait([task])
        return task.result()
