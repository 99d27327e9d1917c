"""What `router explain` does: searches, builds the story, shows it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from rich.console import Console

from channels.registry import CHANNELS
from channels.smtp import PROVIDER as SMTP
from router.cli.pipes import PipedConsole, quiet_end
from router.cli.reading import topic_reader
from router.cli.searching import search
from router.cli.story_view import view
from router.cli.telling import Found, build
from router.cli.where import kafka_servers

_PATIENCE_S = 2
_UNKNOWN = 1


def explain(asked: str, data: Path | None, *, reveal: bool, as_json: bool) -> int:
    """The exit status: 1 where nothing is known of the id. Raises NotRunning, NoBroker, Ambiguous."""
    found = asyncio.run(_search(kafka_servers(data), asked))
    if found is None:
        sys.stderr.write(f"router: nothing is known of {asked}: no queue names it, and nothing came in under it.\n")
        return _UNKNOWN
    story = build(found, reveal=reveal)
    with quiet_end():
        if as_json:
            sys.stdout.write(story.model_dump_json(indent=2) + "\n")
        else:
            PipedConsole(highlight=False).print(view(story))
    return 0


async def _search(servers: str, asked: str) -> Found | None:
    providers = dict.fromkeys((*(channel.provider for channel in CHANNELS), SMTP))
    async with topic_reader(servers) as reader:
        task = asyncio.create_task(search(reader, asked, providers))
        done, _ = await asyncio.wait([task], timeout=_PATIENCE_S)
        if not done:
            with Console(stderr=True).status(f"Looking for {asked} on every topic …"):
                await asyncio.wait([task])
        return task.result()
