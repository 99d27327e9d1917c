"""The command line: `python -m bench.streams --help`."""

from __future__ import annotations

import asyncio
import json
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.latency.machine import machine
from bench.streams.measuring import Run, Watching, measured
from bench.streams.system import running


def main(
    streams: Annotated[int, typer.Option(min=1, max=2000, help="Open at once.")] = 500,
    rate: Annotated[float, typer.Option(min=1, max=500, help="Events a second.")] = 50,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="Of each run.")] = 30,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Of both ways of watching, alternating.")] = 3,
    quick: Annotated[bool, typer.Option("--quick", help="One round of 5 s.")] = False,
    to: Annotated[Path | None, typer.Option("--json", help="A file for all figures.")] = None,
) -> None:
    """Measure how fast queue events reach many event streams. Everything is on 127.0.0.1."""
    console = Console()
    if quick:
        seconds, rounds = 5, 1
    try:
        runs = asyncio.run(_until_a_signal(streams, rate, seconds, rounds, console))
    except asyncio.CancelledError:
        raise typer.Exit(130) from None
    if to is not None:
        to.write_text(json.dumps({"machine": machine(), "runs": [asdict(run) for run in runs]}, indent=1))
    console.print(shown(runs))


def shown(runs: Sequence[Run]) -> Table:
    """A column each run, so that it fits a terminal of 80 characters."""
    table = Table(title=", ".join(machine().values()), title_justify="left")
    table.add_column("each stream watches")
    for run in runs:
        table.add_column(run.watching.value, justify="right")
    found = [figures(run) for run in runs]
    for name in found[0] if found else ():
        table.add_row(name, *(each[name] for each in found))
    return table


def figures(run: Run) -> dict[str, str]:
    """What is told of a run, by its name."""
    took = run.took
    return {
        "streams": str(run.streams),
        "events a second": f"{run.rate:g}",
        "sends a second": f"{run.expected / run.seconds:,.0f}",
        "p50 ms": f"{took.p50:.1f}",
        "p95 ms": f"{took.p95:.1f}",
        "p99 ms": f"{took.p99:.1f}",
        "worst ms": f"{took.worst:.1f}",
        "lost": str(run.lost),
        "cut off": str(run.cut),
        "gateway's CPU": f"{run.cpu:.0%}",
        "gateway, MB": f"{run.after.rss_mb:.0f}",
        "at most, MB": f"{run.after.peak_mb:.0f}",
        "clients' CPU": f"{run.watchers_cpu_s / run.seconds:.0%}",
    }


async def _until_a_signal(streams: int, rate: float, seconds: float, rounds: int, console: Console) -> list[Run]:
    """A first signal cancels, so that everything is stopped in order and the folder removed."""
    task = asyncio.ensure_future(_all(streams, rate, seconds, rounds, console))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


async def _all(streams: int, rate: float, seconds: float, rounds: int, console: Console) -> list[Run]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    runs: list[Run] = []
    with (
        tempfile.TemporaryDirectory(prefix="router-bench-", ignore_cleanup_errors=True) as folder,
        Progress(*columns, console=console, transient=True, refresh_per_second=2) as progress,
    ):
        task = progress.add_task("starting", total=1.0)
        async with running(Path(folder), streams) as system:
            for number in range(rounds):
                for watching in Watching:
                    progress.update(task, description=f"round {number + 1} of {rounds}: {watching.value}", completed=0)
                    runs.append(
                        await measured(
                            system,
                            watching,
                            streams,
                            rate,
                            seconds,
                            min(5.0, seconds),
                            lambda share: progress.update(task, completed=share),
                        )
                    )
    return runs


if __name__ == "__main__":
    typer.run(main)
