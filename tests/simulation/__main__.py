"""Simulations by the thousand, or one of them again.

python -m tests.simulation --seeds 100000 --from 0    with all cores; stops after the first few that fail
python -m tests.simulation 4711 -v                    that seed once more, with all that happened in it
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from time import monotonic
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.simulation.mutations import MUTATIONS
from tests.simulation.run import EVENTS, Outcome
from tests.simulation.several import one, several

AT_ONCE = 10
FAILURES = 5

console = Console()


def main(
    seed: Annotated[int | None, typer.Argument(help="Replay this one.")] = None,
    seeds: Annotated[int, typer.Option(help="How many, where no single one is named.")] = 1000,
    start: Annotated[int, typer.Option("--from", help="The first of them.")] = 0,
    events: Annotated[int, typer.Option(help="Contacts, updates and commands of each.")] = EVENTS,
    mutation: Annotated[str, typer.Option(help=f"A mistake to find: {', '.join(MUTATIONS)}.")] = "",
    verbose: Annotated[bool, typer.Option("-v", help="All that happened.")] = False,
) -> None:
    if mutation and mutation not in MUTATIONS:
        raise typer.BadParameter(f"no such mutation: {mutation}")
    if seed is None:
        sys.exit(many(range(start, start + seeds), events, mutation))
    outcome = one(seed, events, mutation, traced=verbose)
    if verbose:
        console.print("\n".join(outcome.trace), markup=False, highlight=False)
    console.print(str(outcome), markup=False, highlight=False)
    console.print(f"{outcome.records} records, {outcome.seconds:.1f} virtual seconds, logs {outcome.digest}")
    sys.exit(0 if outcome.fine else 1)


def many(seeds: range, events: int, mutation: str) -> int:
    """Exit status: 0 if all were fine."""
    began, failed, done = monotonic(), list[Outcome](), 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    cores = os.cpu_count() or 1
    fresh = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(cores, mp_context=fresh) as pool,
        Progress(*columns, TimeRemainingColumn(), console=console) as shown,
    ):
        bar = shown.add_task("seeds", total=len(seeds))
        for count, outcomes in _through(pool, seeds, events, mutation, cores):
            done += count
            shown.advance(bar, count)
            failed += outcomes
            for outcome in outcomes:
                shown.console.print(str(outcome), markup=False, highlight=False)
                shown.console.print(f"  again: python -m tests.simulation {outcome.seed} -v")
            if len(failed) >= FAILURES:
                break
        pool.shutdown(cancel_futures=True)
    seconds = monotonic() - began
    console.print(f"{done} seeds of {events} events in {seconds:.0f} s, {len(failed)} failed")
    return 1 if failed else 0


def _through(
    pool: ProcessPoolExecutor, seeds: range, events: int, mutation: str, cores: int
) -> Iterator[tuple[int, list[Outcome]]]:
    """How many more were tried, and those of them that failed. No more is handed out than keeps the cores busy."""
    parts = iter([(first, min(AT_ONCE, seeds.stop - first)) for first in range(seeds.start, seeds.stop, AT_ONCE)])
    under_way: dict[Future[list[Outcome]], int] = {}
    while True:
        while len(under_way) < 2 * cores and (part := next(parts, None)):
            under_way[pool.submit(several, *part, events, mutation)] = part[1]
        if not under_way:
            return
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in done:
            yield under_way.pop(future), future.result()


if __name__ == "__main__":
    typer.run(main)
