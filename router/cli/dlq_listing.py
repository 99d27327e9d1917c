"""What `router dlq list` and `router dlq show` do."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from router.cli import dlq_view
from router.cli.dlq_chosen import Wanted, read_name
from router.cli.dlq_letters import all_letters, all_there, record_at
from router.cli.pipes import PipedConsole, quiet_end
from router.cli.where import kafka_servers
from router.model.dead_letters import Place
from router.model.letters import Letter
from router.stages.contract import Record


def list_(data: Path | None, wanted: Wanted, limit: int, *, everything: bool, as_json: bool) -> None:
    """Raises NotRunning, NoBroker."""
    now = datetime.now(UTC)
    found = asyncio.run(_listed(kafka_servers(data), wanted, now, everything=everything))
    shown = found[-limit:]
    with quiet_end():
        if as_json:
            for letter in shown:
                sys.stdout.write(json.dumps(dlq_view.as_json(letter), ensure_ascii=False) + "\n")
            return
        console = PipedConsole(highlight=False)
        if not console.is_terminal:
            console.width = 200
        if not shown:
            console.print("no dead letters" if everything else "no open dead letters")
            return
        console.print(dlq_view.table(shown, now))
        if len(shown) < len(found):
            console.print(f"{len(found) - len(shown)} older ones aren't shown; --limit shows more.")


def show(data: Path | None, text: str, *, reveal: bool, raw: Path | None, as_json: bool) -> None:
    """Raises BadChoice, NoLetter, NotRunning, NoBroker."""
    letter, record = asyncio.run(_shown(kafka_servers(data), read_name(text)))
    if raw is not None:
        raw.write_bytes(record.value or b"")
    with quiet_end():
        if as_json:
            told = dlq_view.as_json(letter) | {"headers": dlq_view.visible(record.headers, reveal=reveal)}
            if reveal:
                told["payload"] = (record.value or b"").decode("utf-8", "replace")
            sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        else:
            PipedConsole(highlight=False).print(dlq_view.shown(letter, record, reveal=reveal and raw is None))


async def _listed(servers: str, wanted: Wanted, now: datetime, *, everything: bool) -> list[Letter]:
    async with all_letters(servers) as (_, letters):
        return wanted.of(letters.all(), now, settled=everything)


async def _shown(servers: str, name: Place) -> tuple[Letter, Record]:
    async with all_letters(servers) as (reader, letters):
        all_there(letters, [name])
        letter = letters.get(name)
        if letter is None:
            raise KeyError(name)
        return letter, await record_at(reader, name)
