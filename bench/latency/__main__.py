"""The command line: `python -m bench.latency --help`."""

from __future__ import annotations

import asyncio
import json
import signal
import tempfile
from collections.abc import Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable

from bench.latency.measuring import Plan, measured
from bench.latency.report import Report, Table, tables

T = TypeVar("T")

MOST_RATE, MOST_SECONDS = 5000, 600


def main(
    rates: Annotated[str, typer.Option(help="Contacts a second, several with commas between them.")] = "50,200,500",
    seconds: Annotated[float, typer.Option(min=1, max=MOST_SECONDS, help="Of each run.")] = 30,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Alternating with the bare loop.")] = 3,
    minutes: Annotated[
        float, typer.Option(min=0, max=60, help="Instead: load at the first rate for so long, for the memory.")
    ] = 0,
    quick: Annotated[bool, typer.Option("--quick", help="One short round at 50 and 200, and no search.")] = False,
    search: Annotated[bool, typer.Option(help="Search for the highest rate carried.")] = True,
    to: Annotated[Path | None, typer.Option("--json", help="A file for all figures.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The tables as docs/performance.md has them.")] = False,
) -> None:
    """Measure latency and cost from webhook to queue, beside a bare Kafka loop. Load goes to 127.0.0.1 only."""
    console = Console()
    plan = Plan(_rates("50,200" if quick else rates), 5 if quick else seconds, 1 if quick else rounds, 10, 10, search)
    if quick:
        plan = Plan(plan.rates, plan.seconds, plan.rounds, warm_s=4, idle_s=4, search=False)
    if minutes:
        plan = Plan(plan.rates[:1], plan.seconds, plan.rounds, plan.warm_s, plan.idle_s, search=False, minutes=minutes)
    try:
        report = asyncio.run(_until_a_signal(_shown(plan, console)))
    except asyncio.CancelledError:
        raise typer.Exit(130) from None
    if to is not None:
        to.write_text(json.dumps(asdict(report), indent=1))
    for table in tables(report):
        if markdown:
            typer.echo(f"\n{table.title}\n\n{table.markdown()}")
        else:
            console.print(_rich(table))


def _rates(text: str) -> tuple[float, ...]:
    try:
        found = tuple(float(rate) for rate in text.split(","))
    except ValueError:
        found = ()
    if not found or not all(1 <= rate <= MOST_RATE for rate in found):
        raise typer.BadParameter(f"expected rates from 1 to {MOST_RATE} with commas between them", param_hint="--rates")
    return found


async def _shown(plan: Plan, console: Console) -> Report:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with (
        tempfile.TemporaryDirectory(prefix="router-bench-", ignore_cleanup_errors=True) as folder,
        Progress(*columns, console=console, transient=True, refresh_per_second=2) as progress,
    ):
        task = progress.add_task("", total=1.0)
        return await measured(
            plan, Path(folder), lambda what, share: progress.update(task, description=what, completed=share)
        )


async def _until_a_signal(work: Coroutine[None, None, T]) -> T:
    """A first signal cancels, so that everything is stopped in order and the folder removed."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return await task


def _rich(table: Table) -> RichTable:
    shown = RichTable(title=table.title, title_justify="left")
    for column in table.columns:
        shown.add_column(column, justify="left" if table.title == "Machine" else "right")
    for row in table.rows:
        shown.add_row(*row)
    return shown


if __name__ == "__main__":
    typer.run(main)
