"""The command line: `python -m bench.mails --help`."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from bench.latency.system import running
from bench.mails import sending
from bench.mails.arrived import arrived
from bench.mails.beside import Texts, texts
from bench.mails.bodies import SENDGRID_AUTH
from bench.mails.memory import Peak, watch
from bench.mails.sending import Sent
from router.cli.where import find
from router.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

SENDING_S = 300.0
MOST_S = 400.0
WARM_S = 3.0


@dataclass(frozen=True)
class Found:
    alone: Texts
    beside: Texts
    sent: Sent
    peak: Peak
    on_topic: Counter[str]
    left: int


def main(
    count: Annotated[int, typer.Option(min=1, max=100, help="Mails, all at once.")] = 20,
    size: Annotated[int, typer.Option(min=2, max=38, help="Of each, in MB.")] = 30,
    seconds: Annotated[float, typer.Option(min=1, max=60, help="Text messages alone, before.")] = 10,
) -> None:
    """Send large mails at once (SendGrid raw, Postmark, SMTP in turn) and text messages beside them."""
    console = Console()
    with console.status(f"{count} mails of {size} MB"):
        try:
            found = asyncio.run(_until_a_signal(count, size, seconds))
        except asyncio.CancelledError:
            raise typer.Exit(130) from None
    console.print(_table(found, count, size))
    once = list(found.on_topic.values()) == [1] * count
    if found.sent.failed or not once or found.left:
        console.print(f"Failed: {found.sent.failed}; on the topic {dict(found.on_topic)}; files left {found.left}")
        raise typer.Exit(1)


async def _until_a_signal(count: int, size: int, seconds: float) -> Found:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("no task")
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    async with asyncio.timeout(MOST_S):
        return await _measured(count, size * 1024 * 1024, seconds)


async def _measured(count: int, size: int, seconds: float) -> Found:
    with tempfile.TemporaryDirectory(prefix="bench-mails-") as folder:
        data = Path(folder)
        (data / "secrets").mkdir()
        (data / "secrets" / "sendgrid_basic_auth").write_text(SENDGRID_AUTH)
        async with running(data) as system:
            smtp = find(Settings(data_dir=data)).smtp
            if smtp is None:
                raise ValueError("no SMTP listener")
            await _texts_for(system.gateway, WARM_S, 1)
            alone = await _texts_for(system.gateway, seconds, 2)
            done = asyncio.Event()
            watching = asyncio.create_task(watch(system.pids["gateway"], done))
            beside = asyncio.create_task(texts(system.gateway, done, 3))
            try:
                sent = await _elsewhere(sending.sent, count, size, system.gateway, smtp, SENDING_S)
            finally:
                done.set()
            on_topic = await arrived(system.kafka)
            left = sum(path.is_file() for path in (data / "blobs" / "incoming").rglob("*"))
            return Found(alone, await beside, sent, await watching, on_topic, left)


async def _elsewhere(function: Callable[P, R], *arguments: P.args, **none: P.kwargs) -> R:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, function, *arguments)


async def _texts_for(gateway: str, seconds: float, seed: int) -> Texts:
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, done.set)
    return await texts(gateway, done, seed)


def _table(found: Found, count: int, size: int) -> Table:
    table = Table("what", "figure", title=f"{count} mails of {size} MB at once")
    sent, peak = found.sent, found.peak
    rows = {
        "gateway before, MB": f"{peak.before:.0f}",
        "gateway and the process that reads large bodies, most at once, MB": f"{peak.together:.0f}",
        "gateway alone, most, MB": f"{peak.own:.0f}",
        "mails taken, each once on the log": f"{sent.taken}, {sum(each == 1 for each in found.on_topic.values())}",
        "taken at the first try": str(sent.taken_at_once),
        "answers 503 or 451; connections cut off": f"{sent.put_off}; {sent.cut}",
        "until the last was taken, s": f"{max(sent.took_s, default=0.0):.1f}",
    }
    for name, texts_ in (("alone", found.alone), ("beside the mails", found.beside)):
        spread = texts_.spread
        rows[f"text messages {name}: p50, p99, worst, ms"] = f"{spread.p50:.1f}, {spread.p99:.1f}, {spread.worst:.1f}"
        rows[f"text messages {name}: count, refused"] = f"{spread.count}, {texts_.refused}"
    for row in rows.items():
        table.add_row(*row)
    return table


if __name__ == "__main__":
    typer.run(main)
